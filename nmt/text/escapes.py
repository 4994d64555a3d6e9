"""Text that other programs have escaped: entities (XML, Moses's tokenizer), Moses's @-@, and tags round a segment."""

import re

from nmt.io.entities import decode_entities

_JOINT = re.compile(r"(?:(?<=\S) |^)@([-/,.:])@(?: |$)")  # "well @-@ known"; "2 @,@ 000" in WikiText
_SEGMENT_TAG = re.compile(r"</?seg\b[^<>]*>", re.IGNORECASE)


def unescape(text: str) -> str:
    """Take away what was escaped, once; words and punctuation that stand apart stay apart."""
    if "&" not in text and "@" not in text and "<" not in text:
        return text  # the usual case, and quick to see
    return decode_entities(_JOINT.sub(r"\1", _SEGMENT_TAG.sub("", text)))


def is_escaped(text: str) -> bool:
    """Whether anything in a text is escaped."""
    return unescape(text) != text
