"""What corpora bring along from the programs that they went through: repaired on request, or else counted and told."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

from nmt.data.cleaning import CleaningConfig, Pair
from nmt.text.escapes import is_escaped, unescape
from nmt.text.unspaced import is_split, is_unspaced, join_words


def repair(
    pairs: Iterable[Pair], config: CleaningConfig, *, languages: tuple[str, str], counts: Counter[str]
) -> Iterator[Pair]:
    """Yield pairs of texts in two languages, repaired as config asks; counts receives what it leaves as it is."""
    unspaced = [is_unspaced(language) for language in languages]
    for pair in pairs:
        counts["pairs"] += 1
        if config.unescape:
            pair = unescape(pair[0]), unescape(pair[1])
        else:
            counts["escaped"] += any(map(is_escaped, pair))
        if config.join_words:
            source, target = (join_words(side) if joined else side for side, joined in zip(pair, unspaced, strict=True))
            pair = source, target
        else:
            for side, language, without_spaces in zip(pair, languages, unspaced, strict=True):
                counts[f"split {language}"] += without_spaces and is_split(side)
        yield pair


def advice(counts: Mapping[str, int], languages: tuple[str, str]) -> Iterator[str]:
    """A line for each fault that was counted and that an option of CleaningConfig repairs."""
    pairs = counts.get("pairs", 0)
    if escaped := counts.get("escaped", 0):
        yield (
            f"{escaped:,} of {pairs:,} pairs have escapes of XML or Moses, such as &quot; or @-@; "
            "to write them as text: --set cleaning.unescape=true"
        )
    for language in languages:
        split = counts.get(f"split {language}", 0)
        if split * 2 > pairs:
            yield (
                f"in {split:,} of {pairs:,} pairs spaces stand between the words of {language}, which has none; "
                "to join them: --set cleaning.join_words=true"
            )
