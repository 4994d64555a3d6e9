"""What makes scores mislead: files given the wrong way round, copies, empty references, tokenised or escaped text."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import islice

from nmt.text.escapes import is_escaped

_LINES = 1000  # that show what a text looks like
_FEW_LINES = 20  # less of a text does not show it

# 240 samples of 20 or 100 lines of Tatoeba (de, fr, es, en) and newstest2012 (de, en): a text and its translation have
# a BLEU of at most 11 and a similarity of at most 0.43; lines of one language that do not belong together have at most
# 1.3 and at least 0.47.
_BLEU_IN_DOUBT = 15.0
_UNRELATED_BLEU = 1.0
_OTHER_LANGUAGE = 0.45

_COPIES = 0.1  # of the lines; as many that are right leave no doubt about the language
_TOKENISED = 0.5  # of the lines


def reference_doubts(references: Sequence[Sequence[str]], *, tokenised: bool = False) -> Iterator[str]:
    """Yield a line for each reason to doubt scores by these references; tokenised says that they are meant to be so."""
    total = len(references[0])
    if empty := sum(not all(line.strip() for line in lines) for lines in zip(*references, strict=True)):
        yield f"{empty:,} of {total:,} lines have an empty reference; complete them, or leave these lines out"
    if not tokenised:
        for lines in references:
            yield from _not_plain("references", lines)


def hypothesis_doubts(
    hypotheses: Sequence[str],
    references: Sequence[Sequence[str]],
    sources: Sequence[str] | None = None,
    *,
    bleu: float,
    tokenised: bool = False,
) -> Iterator[str]:
    """Yield a line for each reason to doubt the scores of hypotheses, whose BLEU is given."""
    if not tokenised:
        yield from _not_plain("hypotheses", hypotheses)
    copies = 0 if sources is None else _copies(hypotheses, references, sources)
    if copies > _COPIES * len(hypotheses):
        yield f"{copies:,} of {len(hypotheses):,} hypotheses are their source line: untranslated, or a file given twice"
    elif bleu < _BLEU_IN_DOUBT and _right(hypotheses, references) <= _COPIES * len(hypotheses):
        yield from _other_language(hypotheses, references, sources, bleu)


def _not_plain(name: str, lines: Sequence[str]) -> Iterator[str]:
    """Doubts that a text is as people write it."""
    if escaped := sum(map(is_escaped, lines)):
        yield (
            f"{escaped:,} of {len(lines):,} {name} have escapes of XML or Moses, such as &quot; or @-@; "
            "write them as text, or score tokenised text by --tokenize none"
        )
    apart = sum(line.endswith(" .") for line in lines)
    if apart > _TOKENISED * len(lines):
        yield (
            f"{apart:,} of {len(lines):,} {name} end in a full stop that stands apart, as in tokenised text; "
            "detokenise them, or score tokenised text by --tokenize none"
        )


def _copies(hypotheses: Sequence[str], references: Sequence[Sequence[str]], sources: Sequence[str]) -> int:
    """How many hypotheses are what their source is, while no reference is."""
    rows = zip(hypotheses, sources, zip(*references, strict=True), strict=True)
    return sum(
        hypothesis == source and source not in others and any(map(str.isalpha, source))
        for hypothesis, source, others in rows
    )


def _right(hypotheses: Sequence[str], references: Sequence[Sequence[str]]) -> int:
    """How many hypotheses are what a reference is; BLEU of short lines may be 0 all the same."""
    return sum(line in others for line, others in zip(hypotheses, zip(*references, strict=True), strict=True))


def _other_language(
    hypotheses: Sequence[str], references: Sequence[Sequence[str]], sources: Sequence[str] | None, bleu: float
) -> Iterator[str]:
    """The doubt that hypotheses of a low BLEU are in the language of the references at all, if there is one."""
    found = _trigrams(hypotheses)
    likeness = max(_similarity(found, _trigrams(lines)) for lines in references)
    if sources is not None and _similarity(found, _trigrams(sources)) > likeness:
        yield (
            f"BLEU is {bleu:.2f}, and the hypotheses look like the source, not like the references; "
            "are source and references (--source and --target, or the files) the wrong way round?"
        )
    elif (bleu < _UNRELATED_BLEU) + (likeness < _OTHER_LANGUAGE) + (len(hypotheses) >= _FEW_LINES) >= 2:
        yield (
            f"BLEU is {bleu:.2f}: hypotheses and references have little in common; "
            "are they in one language, and does line i of one belong to line i of the other?"
        )


def _trigrams(lines: Sequence[str]) -> Counter[str]:
    """How often each three characters stand in a text."""
    counts: Counter[str] = Counter()
    for line in islice(lines, _LINES):
        padded = f" {line.lower()} "
        counts.update(padded[start : start + 3] for start in range(len(padded) - 2))
    return counts


def _similarity(one: Counter[str], other: Counter[str]) -> float:
    """The cosine of two texts' counts: from 0, nothing in common, to 1."""
    product = sum(count * other[key] for key, count in one.items())
    length = math.sqrt(sum(count**2 for count in one.values()) * sum(count**2 for count in other.values()))
    return product / length if length else 0.0
