"""Lines in, lines out: tokenize, search, detokenize, and put the parts of long lines together again.

Models that were trained with placeholders for literals are given them: a translation has every number and address of
its source, unless no hypothesis has all the placeholders: then the plain text is translated.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeVar

from nmt.decoding.beam import beam_search
from nmt.decoding.engine import padded_length
from nmt.decoding.model import TranslationModel
from nmt.decoding.sampling import sample
from nmt.decoding.search import Hypothesis, SearchConfig
from nmt.text.capitals import in_usual_case, is_in_capitals
from nmt.text.lines import clean_output
from nmt.text.literals import hide, keeps_placeholders, only_literals, show
from nmt.text.segments import split_line

ROWS = 128  # hypotheses searched for at once
SUBWORDS = 4096  # and at most so many source subwords, padding included

_UNSPACED = {"zh", "ja", "th", "lo", "km", "my"}  # written without spaces between sentences

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """One translation of a line."""

    text: str
    score: float  # see Hypothesis.score; summed over the parts of a line that was cut
    finished: bool  # False if some part of it was stopped at the greatest length allowed


@dataclass(frozen=True, kw_only=True)
class Translation:
    """A line and its translations, best first."""

    source: str
    alternatives: list[Alternative]

    @property
    def text(self) -> str:
        """The best translation."""
        return self.alternatives[0].text


@dataclass(frozen=True, kw_only=True)
class _Part:
    """A line, or what it was cut into."""

    text: str
    literals: Mapping[str, str]  # what placeholders in it stand for
    in_capitals: bool  # as it was given
    ids: tuple[int, ...]  # its subwords


def translate(model: TranslationModel, windows: Iterable[Sequence[str]], config: SearchConfig) -> Iterator[Translation]:
    """Translate lines, a window at a time: each gives one Translation, in order; a blank line gives a blank one."""
    for lines in windows:
        yield from _translate_window(model, lines, config)


def _translate_window(model: TranslationModel, lines: Sequence[str], config: SearchConfig) -> list[Translation]:
    parts = [_parts(model, line) for line in lines]
    found = iter(_alternatives(model, [part for line in parts for part in line], config))
    joiner = "" if model.target.split("-")[0] in _UNSPACED else " "
    translations = []
    for line, own in zip(lines, parts, strict=True):
        choices = [next(found) for _ in own]
        ranks = range(max(map(len, choices), default=1))
        chosen = [[part[min(rank, len(part) - 1)] for part in choices] for rank in ranks]
        alternatives = [
            Alternative(
                text=joiner.join(clean_output(part.text, line).strip() for part in rank),
                score=sum(part.score for part in rank),
                finished=all(part.finished for part in rank),
            )
            for rank in chosen
        ]
        translations.append(Translation(source=line, alternatives=alternatives))
    return translations


def _parts(model: TranslationModel, line: str) -> list[_Part]:
    """A line's parts; none for a line in which the tokenizer sees nothing."""
    made: dict[str, _Part] = {}

    def fits(length: int, text: str) -> bool:
        # No subword is longer than a few dozen characters: do not encode what cannot fit.
        if len(text) > 100 * length and len(_hidden(model, text)[0]) > 100 * length:
            return False
        made[text] = made.get(text) or _part(model, text)
        return len(made[text].ids) <= length

    texts = split_line(
        line,
        model.source,
        sentence_fits=lambda text: fits(model.usual_length, text),
        part_fits=lambda text: fits(model.greatest_length, text),
    )
    parts = [made.get(text) or _part(model, text) for text in texts]
    return [part for part in parts if part.ids]


def _part(model: TranslationModel, text: str, hidden: bool = True) -> _Part:
    """A text to search a translation of, in usual case; with placeholders, if the model knows them."""
    in_capitals = is_in_capitals(text)
    text, literals = _hidden(model, text) if hidden else (text, {})
    if in_capitals:
        text = in_usual_case(text, model.source_tokenizer.likelihood)
    return _Part(text=text, literals=literals, in_capitals=in_capitals, ids=tuple(model.source_tokenizer.encode(text)))


def _hidden(model: TranslationModel, text: str) -> tuple[str, Mapping[str, str]]:
    return (text, {}) if model.known is None else hide(text, model.known)


def _alternatives(model: TranslationModel, parts: Sequence[_Part], config: SearchConfig) -> list[list[Alternative]]:
    """The translations of each part, best first."""
    found = _found(model, parts, config) if model.known is None else _whole(model, parts, config)
    return [
        [
            replace(alternative, text=alternative.text.upper()) if part.in_capitals else alternative
            for alternative in alternatives
        ]
        for part, alternatives in zip(parts, found, strict=True)
    ]


def _whole(model: TranslationModel, parts: Sequence[_Part], config: SearchConfig) -> list[list[Alternative]]:
    """The translations of each part that have all its literals, or else those of its plain text."""
    whole = [
        [alternative for alternative in alternatives if keeps_placeholders(alternative.text, part.text)]
        for part, alternatives in zip(parts, _found(model, parts, config), strict=True)
    ]
    plain: dict[int, _Part] = {}  # by its place, what is left to be searched for without placeholders
    for place, part in enumerate(parts):
        if only_literals(part.text):
            whole[place] = [Alternative(text=part.text, score=0.0, finished=True)]
        elif not whole[place]:
            shown = _part(model, show(part.text, part.literals), hidden=False)
            if len(shown.ids) <= model.greatest_length:
                plain[place] = shown
            else:  # an address may have any length: such a part stays as it is
                whole[place] = [Alternative(text=part.text, score=0.0, finished=False)]
    for place, alternatives in zip(plain, _found(model, list(plain.values()), config), strict=True):
        whole[place] = alternatives
    return [
        [replace(alternative, text=show(alternative.text, part.literals)) for alternative in alternatives]
        for part, alternatives in zip(parts, whole, strict=True)
    ]


def _found(model: TranslationModel, parts: Sequence[_Part], config: SearchConfig) -> list[list[Alternative]]:
    """The translations of each part as they were found; what comes twice is searched once."""
    different = list(dict.fromkeys(part.ids for part in parts))
    found = dict(zip(different, _search(model, different, config), strict=True))
    return [
        [
            Alternative(
                text=model.target_tokenizer.decode(hypothesis.ids),
                score=hypothesis.score,
                finished=hypothesis.finished,
            )
            for hypothesis in found[part.ids]
        ]
        for part in parts
    ]


def _search(model: TranslationModel, parts: Sequence[Sequence[int]], config: SearchConfig) -> list[list[Hypothesis]]:
    """Search for all parts, those of like length side by side, and return the results in the parts' order."""
    rows = config.n_best if config.sample else config.beam_size
    batches = list(_batches([len(part) for part in parts], rows))

    def search(batch: Sequence[int]) -> list[list[Hypothesis]]:
        find = sample if config.sample else beam_search
        return find(model.engine, [parts[index] for index in batch], config, model.first)

    found: list[list[Hypothesis]] = [[] for _ in parts]
    for batch, results in zip(batches, _in_threads(search, batches, model.engine.workers), strict=True):
        for index, hypotheses in zip(batch, results, strict=True):
            found[index] = hypotheses
    return found


def _batches(lengths: Sequence[int], rows: int) -> Iterator[list[int]]:
    """Places of sentences of these lengths to search at the same time, with so many rows each; the longest first."""
    order = sorted(range(len(lengths)), key=lambda index: lengths[index], reverse=True)
    for width, group in groupby(order, key=lambda index: padded_length(lengths[index])):
        places = list(group)
        size = max(1, min(ROWS // rows, SUBWORDS // width))
        yield from (places[start : start + size] for start in range(0, len(places), size))


def _in_threads(function: Callable[[Item], Result], items: Sequence[Item], workers: int) -> Iterable[Result]:
    """The results of a function for each item, in order; a bug in any of them is raised."""
    if workers == 1 or len(items) < 2:
        return map(function, items)
    with ThreadPoolExecutor(workers) as threads:
        return list(threads.map(function, items))
