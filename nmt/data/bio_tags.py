"""Tags of words: BIO2 (O, B-TYPE at the start of a name, I-TYPE inside), and the conversion of other schemes to it."""

import re
from collections.abc import Iterator, Sequence

from nmt.errors import DataError

TAG = re.compile(r"([BIESLU])-(\S+)")  # prefix and type in any scheme; the only other tag is O
FORBIDDEN = -1e4  # a score that no sum of ordinary ones can outweigh, and whose exponential is zero

_SCHEMES = ("BI", "BIES", "BILU")  # BIO (BIO2 or IOB1), BIOES, BILOU
_BEGIN, _END = frozenset("BSU"), frozenset("ESLU")  # prefixes that begin and that end an entity


def bio_tags(types: Sequence[str]) -> list[str]:
    """The tags for these types of names: O, then B-TYPE and I-TYPE for each type."""
    return ["O", *(f"{prefix}-{kind}" for kind in types for prefix in "BI")]


def bio_scores(tags: Sequence[str]) -> list[list[float]]:
    """[L + 1, L]: 0 if a tag (column) may follow another (row), else FORBIDDEN; the last row is the sentence start.

    I-X may only follow B-X and I-X.
    """

    def score(before: str, tag: str) -> float:
        return FORBIDDEN if tag.startswith("I-") and before[2:] != tag[2:] else 0.0

    return [[score(before, tag) for tag in tags] for before in (*tags, "O")]


def to_bio2(tags: Sequence[str], places: Sequence[str], prefixes: set[str], strict: bool) -> Iterator[str]:
    """Yield tags in BIO2; prefixes are those seen in the corpus so far, from which its scheme is inferred."""
    open_type = None
    for tag, place in zip(tags, places, strict=True):
        if tag == "O":
            open_type = None
            yield tag
            continue
        match = TAG.fullmatch(tag)
        if not match:
            raise DataError(f"{place}: tag {tag[:40]!r} is neither O nor of a form such as B-PER; correct it")
        prefix, type_ = match.groups()
        prefixes.add(prefix)
        if not any(prefixes <= set(scheme) for scheme in _SCHEMES):
            raise DataError(
                f"{place}: tag {tag[:40]!r} is of another scheme than the tags before it; use one of BIO, BIOES, BILOU"
            )
        begins = prefix in _BEGIN or type_ != open_type
        if strict and begins and prefix not in _BEGIN:
            raise DataError(f"{place}: tag {tag[:40]!r} continues an entity that was not begun; begin it with B-")
        yield f"{'B' if begins else 'I'}-{type_}"
        open_type = None if prefix in _END else type_
