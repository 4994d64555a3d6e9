"""The formats of documents, and what tells a file's: its ending, or how it begins."""

import re
from pathlib import PurePath
from typing import Literal

Format = Literal["html", "markdown", "srt", "vtt", "csv", "tsv", "json", "jsonl", "po", "xliff", "docx"]

_ENDINGS: dict[str, Format] = {
    ".html": "html", ".htm": "html", ".xhtml": "html", ".md": "markdown", ".markdown": "markdown", ".srt": "srt",
    ".vtt": "vtt", ".csv": "csv", ".tsv": "tsv", ".json": "json", ".jsonl": "jsonl",
    ".ndjson": "jsonl", ".po": "po", ".pot": "po", ".xlf": "xliff",
    ".xliff": "xliff", ".docx": "docx",
}  # fmt: skip
_BEGINNINGS = {  # what a file surely is that begins so, and the formats that it may have
    re.compile(rb"PK\x03\x04"): ("a zip file", {"docx"}),
    re.compile(rb"%PDF-"): ("a PDF", set[str]()),
    re.compile(rb"\xd0\xcf\x11\xe0"): ("an old or an encrypted Office document", set[str]()),
    re.compile(rb"\s*<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE): ("HTML", {"html", "markdown"}),
    re.compile(rb"\s*<\?xml\s"): ("XML", {"html", "xliff"}),
    re.compile(rb"WEBVTT\s"): ("WebVTT", {"vtt"}),
}


def format_of(path: PurePath) -> Format | None:
    """The format that a file's ending names, also before .gz; None for text that is translated line by line."""
    return _ENDINGS.get(PurePath(path.name.removesuffix(".gz")).suffix.lower())


def mismatch(data: bytes, format: str) -> str:
    """What a file is, by its first bytes, if it cannot be of a format; else nothing."""
    data = data.removeprefix(b"\xef\xbb\xbf")
    return next(
        (kind for start, (kind, may_be) in _BEGINNINGS.items() if start.match(data) and format not in may_be), ""
    )
