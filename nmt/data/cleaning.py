"""Rules that reject unsuitable sentence pairs; each can be switched off."""

import hashlib
import math
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from nmt.data.on_disk import KeySet
from nmt.settings import Limit, checked, setting
from nmt.text.languages import in_wrong_script, scripts_of

Pair = tuple[str, str]
Rule = Callable[[str, str], bool]  # whether to reject a source and its target

LENGTH_ALLOWANCE = 10  # characters added to both sides before the ratio, so that "Ja." may be "Yes, it is."

_NUMBER = Limit(lambda number: number >= 0, "a positive number, or 0 for no limit")
_RATIO = Limit(lambda ratio: ratio == 0 or 1 <= ratio < math.inf, "at least 1, or 0 for no limit")


@dataclass(frozen=True, kw_only=True)
@checked("cleaning")
class CleaningConfig:
    """Which pairs to reject, and what to repair; 0 or False switches a rule off.

    A pair counts under the first rule that rejects it.
    """

    empty: bool = setting(True, "a side without text")
    max_words: int = setting(200, "on either side; words are separated by white space", _NUMBER)
    max_characters: int = setting(2000, "on either side; for scripts that do not separate words", _NUMBER)
    max_length_ratio: float = setting(4.0, f"of the sides' lengths in characters, plus {LENGTH_ALLOWANCE} each", _RATIO)
    copies: bool = setting(True, "target equal to source")
    script: bool = setting(True, "most letters of a side in a script that its language does not use")
    overlap: bool = setting(True, "a side is also in the validation or test set, compared like near_duplicates")
    duplicates: bool = setting(True, "the same pair again")
    near_duplicates: bool = setting(True, "the same pair except for case, encoding of accents, spaces and punctuation")
    unescape: bool = setting(False, "repair: escapes of XML and Moses, such as &quot; and @-@, become text")
    join_words: bool = setting(
        False, "repair: spaces go where a language, such as zh, ja or th, has none between words"
    )


def clean(
    pairs: Iterable[Pair],
    config: CleaningConfig,
    *,
    source_language: str,
    target_language: str,
    held_out: Set[int],
    counts: Counter[str],
    folder: Path,
) -> Iterator[Pair]:
    """Yield the pairs that no rule rejects; held_out has the sentence keys of the validation and test sets.

    counts receives the number of pairs that each rule rejects, by the rule's name, a config field. Each pair is
    remembered by its hashes, in temporary files in folder: up to 48 bytes.
    """
    rules = _rules(config, source_language, target_language, held_out, folder)
    for source, target in pairs:
        reason = next((name for name, rejects in rules.items() if rejects(source, target)), None)
        if reason is None:
            yield source, target
        else:
            counts[reason] += 1


def tidy(text: str) -> str:
    """The text without white space at its ends, and with each line end inside replaced by a space."""
    return re.sub(r"\r?\n", " ", text.strip())


def left_out(counts: Mapping[str, int], kept: int) -> str:
    """How many pairs were left out by a rule, and by which most of them, as the end of a sentence; or ""."""
    if not (rejected := sum(counts.values())):
        return ""
    rule, count = max(counts.items(), key=lambda item: item[1])
    return f": {rejected} of {kept + rejected} were left out, {count} by the rule {rule!r}"


@lru_cache(maxsize=8)  # the rules, and then the splits, need the keys of the same two sentences
def sentence_key(text: str) -> int:
    """A 64-bit hash that sentences share if they differ in case, composition, spaces or punctuation only."""
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    # Marks are vowels in Indic and Thai scripts. A line of punctuation alone is its own key.
    bare = "".join(char for char in folded if char.isalnum() or unicodedata.category(char)[0] == "M")
    return _hash(bare or folded)


def _rules(
    config: CleaningConfig, source_language: str, target_language: str, held_out: Set[int], folder: Path
) -> dict[str, Rule]:
    """The active rules, cheap ones first; those for duplicates remember the pairs that they see."""
    source_scripts, target_scripts = scripts_of(source_language), scripts_of(target_language)
    rules: dict[str, Rule] = {
        "empty": lambda source, target: not source or not target,
        "max_words": lambda source, target: max(len(source.split()), len(target.split())) > config.max_words,
        "max_characters": lambda source, target: max(len(source), len(target)) > config.max_characters,
        "max_length_ratio": lambda source, target: _length_ratio(source, target) > config.max_length_ratio,
        "copies": lambda source, target: source == target,
        "script": lambda source, target: (
            in_wrong_script(source, source_scripts) or in_wrong_script(target, target_scripts)
        ),
        "overlap": lambda source, target: sentence_key(source) in held_out or sentence_key(target) in held_out,
        "duplicates": _seen_before(_hash, folder),
        "near_duplicates": _seen_before(
            lambda source, target: hash((sentence_key(source), sentence_key(target))), folder
        ),
    }
    return {name: rule for name, rule in rules.items() if getattr(config, name)}


def _length_ratio(source: str, target: str) -> float:
    shorter, longer = sorted((len(source), len(target)))
    return (longer + LENGTH_ALLOWANCE) / (shorter + LENGTH_ALLOWANCE)


def _seen_before(key: Callable[[str, str], int], folder: Path) -> Rule:
    seen = KeySet(folder)
    return lambda source, target: not seen.add(key(source, target))


def _hash(*texts: str) -> int:
    """64 bits that are the same in every process; one in a million corpora of 5 million texts has a collision."""
    return int.from_bytes(hashlib.blake2b("\n".join(texts).encode(), digest_size=8).digest())
