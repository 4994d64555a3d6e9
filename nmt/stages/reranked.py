"""Translations chosen by a language model as well."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from nmt.decoding.config import DecodingConfig
from nmt.decoding.language_model import load_language_model
from nmt.decoding.model import TranslationModel
from nmt.decoding.reranking import WEIGHT, weighted_fluency
from nmt.decoding.segments import Protector
from nmt.decoding.translator import Translation, translate_chunks


def translate_reranked(
    model: TranslationModel,
    chunks: Iterable[Sequence[str]],
    config: DecodingConfig,
    protector: Protector | None,
    *,
    lm: Path,
    weight: float | None,
    align: bool,
    prefix: str,
) -> Iterator[Translation]:
    """What translate_chunks gives, the best of all that the search finds by the translator and a language model."""
    fluency = weighted_fluency(load_language_model(lm), WEIGHT if weight is None else weight)
    wide = replace(config, n_best=max(config.n_best, config.beam_size))
    for found in translate_chunks(model, chunks, wide, protector, align=align, prefix=prefix, fluency=fluency):
        yield replace(found, alternatives=found.alternatives[: config.n_best])
