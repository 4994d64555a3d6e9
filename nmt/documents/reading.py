"""Documents of every format, read."""

import re
from collections.abc import Callable, Iterator, Sequence

from nmt.documents.document import Document, Lacking, Languages, says_none, text_document
from nmt.documents.docx import read_docx
from nmt.documents.encoding import decode
from nmt.documents.formats import Format, mismatch
from nmt.documents.gettext import CHARSET, cut_po, languages_of_po
from nmt.documents.html import cut_html
from nmt.documents.json import cut_json, cut_json_lines
from nmt.documents.markdown import cut_markdown
from nmt.documents.passages import Passage
from nmt.documents.subtitles import cut_srt, cut_vtt
from nmt.documents.tables import cut_csv, cut_tsv
from nmt.documents.xliff import cut_xliff, languages_of_xliff
from nmt.documents.xml import DECLARED
from nmt.errors import ConfigError, DataError

MOST_BYTES = 1 << 26  # of a document, which is held in memory

_WITH_COLUMNS: dict[str, Callable[[str, str, Sequence[str]], Iterator[Passage]]] = {
    "csv": cut_csv,
    "tsv": cut_tsv,
    "json": cut_json,
    "jsonl": cut_json_lines,
}
_WITHOUT: dict[str, Callable[[str, str], Iterator[Passage]]] = {
    "html": lambda text, name: cut_html(text),
    "markdown": lambda text, name: cut_markdown(text),
    "srt": cut_srt,
    "vtt": cut_vtt,
    "po": cut_po,
    "xliff": cut_xliff,
}
_LANGUAGES: dict[str, Callable[[str], Languages]] = {"po": languages_of_po, "xliff": languages_of_xliff}
_HTML_CHARSET = re.compile(rb"""<meta\s[^>]*?charset\s*=\s*["']?\s*([A-Za-z0-9._:-]+)|""" + DECLARED.pattern)


def read_document(data: bytes, format: Format, *, name: str = "document", columns: Sequence[str] = ()) -> Document:
    """Read a document, whose name is for messages. columns chooses columns of csv and tsv and keys of json.

    Raises DataError for a document that is not sound, larger than MOST_BYTES, or without a column; ConfigError for
    columns of another format and if a parser is not installed.
    """
    if len(data) > MOST_BYTES:
        raise DataError(f"{name}: has more than {MOST_BYTES >> 20} MB; split it, or translate it by --format text")
    if kind := mismatch(data, format):
        raise DataError(f"{name}: is {kind} and not {format}; choose by --format, or convert it")
    if columns and format not in _WITH_COLUMNS:
        raise ConfigError(f"{name}: {format} has no columns or keys to choose; leave out --column")
    if format == "docx":
        return read_docx(data, name)
    declared = {"html": _HTML_CHARSET, "xliff": DECLARED, "po": CHARSET}.get(format)
    lacking: Lacking = "xmlcharrefreplace" if format in ("html", "xliff") else "replace"
    decoded = decode(data, name, declared)
    if with_columns := _WITH_COLUMNS.get(format):
        return text_document(decoded, lambda text: with_columns(text, name, columns), lacking)
    return text_document(decoded, lambda text: _WITHOUT[format](text, name), lacking, _LANGUAGES.get(format, says_none))
