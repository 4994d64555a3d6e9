"""The search for the translations of many sentences: in batches, in threads, and again where placeholders are lost.

Most sentences get all their placeholders by plain constrained search. Those that do not are searched again with the
beam shared out by how many have been met (Post and Vilar, 2018); what is missing even then is inserted into a search
without that demand, behind what its left neighbour was translated to.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TypeVar

import numpy as np

from nmt.decoding.alignment import attention_weights, insertion_place
from nmt.decoding.beam_search import beam_search
from nmt.decoding.config import DecodingConfig
from nmt.decoding.constraints import PlaceholderConstraint
from nmt.decoding.hypotheses import Hypothesis
from nmt.decoding.model import TranslationModel
from nmt.decoding.prefix import Prefix
from nmt.decoding.sampling import sample
from nmt.engines.base import padded_length
from nmt.threads import in_threads

ROWS = 256  # hypotheses searched for at once
SENTENCES = 128  # that they are of at most, so that each thread has something of a short text
SUBWORDS = 4096  # and at most so many source subwords, padding included

Item = TypeVar("Item")
Result = TypeVar("Result")


@dataclass(frozen=True)
class Query:
    """A sentence as subword ids, without EOS, and its N placeholders: the first N of the model's, in their order."""

    ids: tuple[int, ...]
    inversion_costs: tuple[tuple[float, ...], ...] = ()  # [N, N], in nats: see PlaceholderConstraint
    apart: tuple[tuple[int, int], ...] = ()  # numbers i, j of those of which j must not follow i at once
    prefix: str = ""  # how the translation must begin

    @property
    def placeholders(self) -> int:
        """N."""
        return len(self.inversion_costs)


def search(model: TranslationModel, queries: Sequence[Query], config: DecodingConfig) -> list[list[Hypothesis]]:
    """The translations of each sentence, best first, in the order of the queries; what comes twice is searched once."""
    different = list(dict.fromkeys(queries))
    batches = list(_batches(different, config.n_best if config.sample else config.beam_size))
    found: dict[Query, list[Hypothesis]] = {}
    for batch, results in zip(batches, in_threads(_task(model, config), batches, model.engine.workers), strict=True):
        found.update(zip(batch, results, strict=True))
    return [found[query] for query in queries]


def _task(model: TranslationModel, config: DecodingConfig) -> Callable[[Sequence[Query]], list[list[Hypothesis]]]:
    return lambda batch: _search_batch(model, batch, config)


def _search_batch(model: TranslationModel, batch: Sequence[Query], config: DecodingConfig) -> list[list[Hypothesis]]:
    """The same for queries of like length, all with placeholders or none."""
    held = any(query.placeholders for query in batch)
    prefix = Prefix.of(batch[0].prefix, model.target_tokenizer) if batch[0].prefix else None
    constraint = _constraint(model, batch)
    sources = [query.ids for query in batch]
    asked = constraint if held else None  # none comes unasked but for once in a thousand: see below
    if config.sample:
        found = sample(model.engine, sources, config, model.decoder_start_id, asked)
    else:
        found = beam_search(model.engine, sources, config, model.decoder_start_id, asked, prefix)
    constraints = [constraint]
    if held:
        constraints = [replace(constraint, in_banks=True), replace(constraint, complete=False)]
    for weaker in constraints:
        again = [place for place, query in enumerate(batch) if _differs(model, query, found[place])]
        for count, places in _by_placeholders(batch, again):
            retried = beam_search(
                model.engine,
                [batch[place].ids for place in places],
                replace(config, sample=False, beam_size=max(config.beam_size, 2 * (count + 1))),
                model.decoder_start_id,
                weaker.of(places),
                prefix,
            )
            for place, hypotheses in zip(places, retried, strict=True):
                found[place] = hypotheses
    return [
        [_with_all(model, query, hypothesis) for hypothesis in hypotheses]
        for query, hypotheses in zip(batch, found, strict=True)
    ]


def _by_placeholders(batch: Sequence[Query], places: Iterable[int]) -> Iterator[tuple[int, list[int]]]:
    """Places of a batch by how many placeholders their sentences have: no beam is to depend on a neighbour."""

    def count(place: int) -> int:
        return batch[place].placeholders

    for number, group in groupby(sorted(places, key=count), key=count):
        yield number, list(group)


def _constraint(model: TranslationModel, batch: Sequence[Query]) -> PlaceholderConstraint:
    """What a batch is held to: to its own placeholders, of all that the model knows."""
    size = len(model.target_placeholders)
    costs = np.zeros((len(batch), size, size))
    required = np.zeros((len(batch), size), dtype=bool)
    apart = np.zeros((len(batch), size, size), dtype=bool)
    for row, query in enumerate(batch):
        required[row, : query.placeholders] = True
        if own := query.placeholders:
            costs[row, :own, :own] = query.inversion_costs
        for first, second in query.apart:
            apart[row, first, second] = True
    return PlaceholderConstraint(
        symbols=np.array(model.target_placeholders, dtype=np.int64),
        required=required,
        inversion_costs=costs,
        apart=apart,
        space_id=model.target_tokenizer.space_id,
    )


def _differs(model: TranslationModel, query: Query, hypotheses: Sequence[Hypothesis]) -> bool:
    """Whether the best translation lacks a placeholder of its source, or any has one that the source does not have."""
    own = set(model.target_placeholders[: query.placeholders])
    others = set(model.target_placeholders) - own
    return not own.issubset(hypotheses[0].ids) or any(others.intersection(each.ids) for each in hypotheses)


def _missing(model: TranslationModel, query: Query, hypothesis: Hypothesis) -> list[int]:
    """The numbers of the placeholders that a translation lacks."""
    return [number for number in range(query.placeholders) if model.target_placeholders[number] not in hypothesis.ids]


def _with_all(model: TranslationModel, query: Query, hypothesis: Hypothesis) -> Hypothesis:
    """A translation with the placeholders inserted that it lacks."""
    ids = list(hypothesis.ids)
    missing = _missing(model, query, hypothesis)
    if not missing:
        return hypothesis
    for number in missing:
        source_place = query.ids.index(model.source_placeholders[number])
        [weights] = attention_weights(model.engine, [query.ids], [ids], model.decoder_start_id)
        ids.insert(insertion_place(weights, source_place), model.target_placeholders[number])
    return replace(hypothesis, ids=ids, inserted=frozenset(missing))


def _batches(queries: Sequence[Query], rows: int) -> Iterator[list[Query]]:
    """Sentences to search at the same time, with so many rows each; the longest first.

    Those with placeholders are searched apart from those without, whose search they must not change, and each that has
    a prefix by itself.
    """

    def kind(query: Query) -> tuple[int, bool, str]:
        return padded_length(len(query.ids)), query.placeholders > 0, query.prefix

    order = sorted(queries, key=lambda query: (kind(query), len(query.ids)), reverse=True)
    for (width, _, prefix), group in groupby(order, key=kind):
        alike = list(group)
        size = 1 if prefix else max(1, min(ROWS // rows, SENTENCES, SUBWORDS // width))
        yield from (alike[start : start + size] for start in range(0, len(alike), size))
