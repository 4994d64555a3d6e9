"""Translations chosen by a language model as well."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from nmt.decoding.config import DecodingConfig
from nmt.decoding.language_model import load_language_model
from nmt.decoding.model import TranslationModel
from nmt.decoding.reranking import WEIGHT, rerank
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
    judge = load_language_model(lm)
    wide = replace(config, n_best=max(config.n_best, config.beam_size))
    for lines in chunks:
        found = list(translate_chunks(model, [lines], wide, protector, align=align, prefix=prefix))
        yield from rerank(found, judge, WEIGHT if weight is None else weight, config.n_best)
