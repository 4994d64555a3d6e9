"""Lines in, lines out: tokenize, search, detokenize, and put the parts of long lines together again.

Models that were trained with placeholders for literals are given them, and every translation must have those of its
source.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby

from nmt.decoding.beam_search import beam_search
from nmt.decoding.config import DecodingConfig
from nmt.decoding.constraints import Required
from nmt.decoding.hypotheses import Hypothesis
from nmt.decoding.model import TranslationModel
from nmt.decoding.sampling import sample
from nmt.engines.base import padded_length
from nmt.io.lines import clean_output
from nmt.protection.literals import hide, only_literals, show
from nmt.text.sentence_splitter import split_line
from nmt.text.truecasing import is_in_capitals, truecase
from nmt.threads import in_threads

ROWS = 128  # hypotheses searched for at once
SUBWORDS = 4096  # and at most so many source subwords, padding included

_UNSPACED = {"zh", "ja", "th", "lo", "km", "my"}  # written without spaces between sentences


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
    in_capitals: bool  # the line, as it was given
    fixed: bool  # whether it is the same in any language
    ids: tuple[int, ...]  # its subwords


def translate_chunks(
    model: TranslationModel, chunks: Iterable[Sequence[str]], config: DecodingConfig
) -> Iterator[Translation]:
    """Translate lines, a chunk at a time: each gives one Translation, in order; a blank line gives a blank one."""
    for lines in chunks:
        yield from _translate_chunk(model, lines, config)


def _translate_chunk(model: TranslationModel, lines: Sequence[str], config: DecodingConfig) -> list[Translation]:
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
    in_capitals = is_in_capitals(line)

    @cache
    def part_of(text: str) -> _Part:
        return _part(model, text, in_capitals)

    def fits(length: int, text: str) -> bool:
        # No subword is longer than a few dozen characters: do not encode what cannot fit.
        if len(text) > 100 * length and len(_hidden(model, text)[0]) > 100 * length:
            return False
        return len(part_of(text).ids) <= length

    texts = split_line(
        line,
        model.source,
        sentence_fits=lambda text: fits(model.split_above_length, text),
        part_fits=lambda text: fits(model.max_source_length, text),
    )
    return [part for part in map(part_of, texts) if part.ids]


def _part(model: TranslationModel, text: str, in_capitals: bool) -> _Part:
    """A text to search a translation of, in usual case; with placeholders, if the model knows them."""
    text, literals = _hidden(model, text)
    if in_capitals:
        text = truecase(text, model.source_tokenizer.likelihood)
    return _Part(
        text=text,
        literals=literals,
        in_capitals=in_capitals,
        fixed=bool(literals) and only_literals(text),
        ids=tuple(model.source_tokenizer.encode(text)),
    )


def _hidden(model: TranslationModel, text: str) -> tuple[str, Mapping[str, str]]:
    return (text, {}) if model.known_words is None else hide(text, model.known_words)


def _alternatives(model: TranslationModel, parts: Sequence[_Part], config: DecodingConfig) -> list[list[Alternative]]:
    """The translations of each part, best first; what comes twice is searched once."""
    different = list(dict.fromkeys(part.ids for part in parts if not part.fixed))
    found = dict(zip(different, _search(model, different, config), strict=True))
    return [
        [Alternative(text=show(part.text, part.literals), score=0.0, finished=True)]
        if part.fixed
        else [_alternative(model, part, hypothesis) for hypothesis in found[part.ids]]
        for part in parts
    ]


def _alternative(model: TranslationModel, part: _Part, hypothesis: Hypothesis) -> Alternative:
    text = model.target_tokenizer.decode(hypothesis.ids)
    if model.known_words is not None:
        text = show(text, part.literals)
    if part.in_capitals:
        text = text.upper()
    return Alternative(text=text, score=hypothesis.score, finished=hypothesis.finished)


def _search(
    model: TranslationModel, sources: Sequence[Sequence[int]], config: DecodingConfig
) -> list[list[Hypothesis]]:
    """Search for all sources, those of a kind side by side, and return the results in their order."""
    required = model.required(sources)
    held = [required is not None and bool(required.counts[place].any()) for place in range(len(sources))]
    kinds = list(zip(map(len, sources), held, strict=True))
    batches = list(_batches(kinds, config.n_best if config.sample else config.beam_size))

    def search(batch: Sequence[int]) -> list[list[Hypothesis]]:
        return _whole(model, [sources[index] for index in batch], config, required and required.of(batch))

    found: list[list[Hypothesis]] = [[] for _ in sources]
    for batch, results in zip(batches, in_threads(search, batches, model.engine.workers), strict=True):
        for index, hypotheses in zip(batch, results, strict=True):
            found[index] = hypotheses
    return found


def _whole(
    model: TranslationModel, sources: Sequence[Sequence[int]], config: DecodingConfig, required: Required | None
) -> list[list[Hypothesis]]:
    """Hypotheses with all placeholders that are required of them, which is some of each or none, and no others.

    Where the best of them comes to no end so, those that lost some.
    """
    find = sample if config.sample else beam_search
    held = required if required and required.counts.any() else None
    found = find(model.engine, sources, config, model.decoder_start_id, held)
    if required is None:
        return found
    if held:
        again = [place for place, each in enumerate(found) if not each[0].finished]
    else:  # to hold all of them to having none would cost time, for what hardly ever comes
        symbols = set(required.symbols.tolist())
        again = [place for place, each in enumerate(found) if any(symbols.intersection(one.ids) for one in each)]
    if again:
        less = replace(required.of(again), enough=False)
        second = find(model.engine, [sources[place] for place in again], config, model.decoder_start_id, less)
        for place, hypotheses in zip(again, second, strict=True):
            found[place] = hypotheses
    return found


def _batches(kinds: Sequence[tuple[int, bool]], rows: int) -> Iterator[list[int]]:
    """Places of sentences to search at the same time, with so many rows each; the longest first.

    Given are their lengths, and whether something is required of them, which must not change the search for others.
    """

    def kind(index: int) -> tuple[int, bool]:
        length, required = kinds[index]
        return padded_length(length), required

    order = sorted(range(len(kinds)), key=lambda index: (kind(index), kinds[index]), reverse=True)
    for (width, _), group in groupby(order, key=kind):
        places = list(group)
        size = max(1, min(ROWS // rows, SUBWORDS // width))
        yield from (places[start : start + size] for start in range(0, len(places), size))
