"""Why a line became what it became: subwords, placeholders, attention, probabilities, and what else was likely.

Shapes: T target subwords with the end of the sentence, S source subwords.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from nmt.decoding.config import DecodingConfig
from nmt.decoding.hypotheses import Hypothesis
from nmt.decoding.model import TranslationModel
from nmt.decoding.search import search
from nmt.decoding.segments import Protector, Segment, segments_of
from nmt.decoding.translator import Translation, translate_chunks
from nmt.engines.base import Floats
from nmt.protection.placeholders import Item
from nmt.text.tokenizer import EOS_ID

END = "</s>"


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A subword that the model may write next."""

    piece: str  # U+2581 stands for a space
    probability: float


@dataclass(frozen=True, kw_only=True)
class WrittenSubword:
    """A subword of a translation: its probability after those before it, and the most probable others there."""

    piece: str
    probability: float
    others: Sequence[Choice]  # best first


@dataclass(frozen=True, kw_only=True)
class ExplainedSegment:
    """A sentence of a line, as the model sees it, and how its best translation was written."""

    items: Sequence[Item]  # what its placeholders stand for
    source: Sequence[str]  # S pieces
    target: Sequence[WrittenSubword]  # T, the end among them unless the translation was stopped
    attention: Floats  # [T, S]


@dataclass(frozen=True, kw_only=True)
class Explanation:
    """A line with its translations, and its sentences; what is kept as it is has none."""

    translation: Translation
    segments: Sequence[ExplainedSegment]


def explain_lines(
    model: TranslationModel,
    lines: Sequence[str],
    config: DecodingConfig,
    protector: Protector | None = None,
    *,
    others: int = 3,
) -> Iterator[Explanation]:
    """Translate lines, which is what translate_chunks gives, and explain the best translation of each.

    others is how many other subwords to tell at each place. Takes three times as long as translating, and more.
    """
    protector = protector or Protector()
    for translation, parts in zip(
        translate_chunks(model, [lines], config, protector, align=True),
        segments_of(model, protector, lines),
        strict=True,
    ):
        segments = [part for part in parts if isinstance(part, Segment)]
        found = search(model, [segment.query for segment in segments], config)
        yield Explanation(
            translation=translation,
            segments=[
                _explained(model, segment, hypotheses[0], others)
                for segment, hypotheses in zip(segments, found, strict=True)
            ],
        )


def _explained(model: TranslationModel, segment: Segment, hypothesis: Hypothesis, others: int) -> ExplainedSegment:
    """Follow a hypothesis by forced decoding, and note what the model thinks at each step."""
    ids = [*hypothesis.ids, EOS_ID] if hypothesis.finished else hypothesis.ids
    state = model.engine.start([segment.query.ids], 1)
    previous, target, attention = model.decoder_start_id, [], []
    for id_ in ids:
        step = model.engine.step(np.array([previous]), state, others + 1, np.array([id_]))
        likely = zip(step.ids[0].tolist(), step.log_probs[0].tolist(), strict=True)
        target.append(
            WrittenSubword(
                piece=_piece(model, id_),
                probability=math.exp(step.watched[0, 0]),
                others=[
                    Choice(piece=_piece(model, other), probability=math.exp(log_prob))
                    for other, log_prob in likely
                    if other != id_
                ][:others],
            )
        )
        attention.append(step.attention()[0, : len(segment.query.ids)])
        previous, state = id_, step.state
    return ExplainedSegment(
        items=segment.items,
        source=[model.source_tokenizer.piece(id_) for id_ in segment.query.ids],
        target=target,
        attention=np.array(attention),
    )


def _piece(model: TranslationModel, id_: int) -> str:
    return END if id_ == EOS_ID else model.target_tokenizer.piece(id_)
