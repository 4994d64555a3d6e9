"""Lines in, lines out: tokenize, search, detokenize, and put the parts of long lines together again."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from typing import TypeVar

from nmt.decoding.beam import beam_search
from nmt.decoding.engine import padded_length
from nmt.decoding.model import TranslationModel
from nmt.decoding.sampling import sample
from nmt.decoding.search import Hypothesis, SearchConfig
from nmt.text.lines import clean_output
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


def translate(model: TranslationModel, windows: Iterable[Sequence[str]], config: SearchConfig) -> Iterator[Translation]:
    """Translate lines, a window at a time: each gives one Translation, in order; a blank line gives a blank one."""
    for lines in windows:
        yield from _translate_window(model, lines, config)


def _translate_window(model: TranslationModel, lines: Sequence[str], config: SearchConfig) -> list[Translation]:
    parts = [_parts(model, line) for line in lines]
    different = list(dict.fromkeys(part for line in parts for part in line))  # what comes twice is searched once
    found = dict(zip(different, _search(model, different, config), strict=True))
    joiner = "" if model.target.split("-")[0] in _UNSPACED else " "
    translations = []
    for line, own in zip(lines, parts, strict=True):
        hypotheses = [found[part] for part in own]
        texts = [[_text(model, hypothesis, line) for hypothesis in part] for part in hypotheses]
        alternatives = [
            Alternative(
                text=joiner.join(part[min(rank, len(part) - 1)] for part in texts),
                score=sum(part[min(rank, len(part) - 1)].score for part in hypotheses),
                finished=all(part[min(rank, len(part) - 1)].finished for part in hypotheses),
            )
            for rank in range(max(map(len, hypotheses), default=1))
        ]
        translations.append(Translation(source=line, alternatives=alternatives))
    return translations


def _parts(model: TranslationModel, line: str) -> list[tuple[int, ...]]:
    """A line's parts as subwords; none for a line in which the tokenizer sees nothing."""
    ids = model.source_tokenizer.encode(line)
    if len(ids) <= model.usual_length:
        return [tuple(ids)] if ids else []

    def fits(length: int, text: str) -> bool:
        # no subword is longer than a few dozen characters: do not encode what cannot fit
        return len(text) <= 100 * length and len(model.source_tokenizer.encode(text)) <= length

    parts = split_line(
        line,
        model.source,
        sentence_fits=lambda text: fits(model.usual_length, text),
        part_fits=lambda text: fits(model.greatest_length, text),
    )
    return [tuple(ids) for part in parts if (ids := model.source_tokenizer.encode(part))]


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


def _text(model: TranslationModel, hypothesis: Hypothesis, source: str) -> str:
    return clean_output(model.target_tokenizer.decode(hypothesis.ids), source).strip()
