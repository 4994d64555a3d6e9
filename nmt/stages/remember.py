"""`nmt remember`: a memory of a user's own translations for a model."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from nmt.data.cleaning import tidy
from nmt.data.parallel_corpus import read_corpora
from nmt.decoding.model import TranslationModel
from nmt.decoding.remembering import Fit, Pair, remember
from nmt.errors import DataError
from nmt.io.files import refuse_overwriting, replacing
from nmt.protection.training_pairs import PairProtection, protect_pair
from nmt.resources import shipped_model
from nmt.stages.memory import weights_of
from nmt.stages.models import load_models
from nmt.stages.paths import corpus_files, model_files
from nmt.text.tokenizer import UNK_ID

LEAST = 10  # pairs


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """What became of the pairs."""

    pairs: int
    left_out: int  # empty, too long, or with characters that the model cannot write
    fit: Fit


def make_memory(
    *,
    corpora: Sequence[str],
    output: Path,
    model: Path | None = None,
    source: str = "",
    target: str = "",
    warn: Callable[[str], None] = lambda message: None,
) -> Remembered:
    """Write a memory of the pairs of corpora, for `nmt translate --memory`.

    Raises DataError for fewer than LEAST usable pairs.
    """
    model = model or shipped_model()
    refuse_overwriting([output], [*corpus_files(corpora), *model_files(model)])
    loaded = load_models(model, source=source, target=target, engine="onnx")
    read = [
        (tidy(here), tidy(there)) for here, there in read_corpora(corpora, source=loaded.source, target=loaded.target)
    ]
    pairs = list(_encoded(loaded, read))
    if len(pairs) < LEAST:
        raise DataError(
            f"{', '.join(corpora)}: {len(pairs)} of {len(read)} pairs can be remembered, where at least {LEAST} are "
            "needed; give more pairs, or fix single words by nmt translate --glossary"
        )
    memory, fit = remember(
        loaded.engine,
        pairs,
        decoder_start_id=loaded.decoder_start_id,
        model=weights_of(model),
        direction=(loaded.source, loaded.target),
    )
    if fit.after >= fit.before:
        warn("the memory foresees pairs that were left out no better than the model alone; it may not help")
    with replacing(output) as [file]:
        file.write(memory.to_bytes())
    return Remembered(pairs=len(pairs), left_out=len(read) - len(pairs), fit=fit)


def _encoded(model: TranslationModel, pairs: Sequence[tuple[str, str]]) -> Iterator[Pair]:
    """Pairs as the model reads and writes them, with placeholders for what would have them in use."""
    tokenizers, languages = (model.source_tokenizer, model.target_tokenizer), (model.source, model.target)
    protection = None
    if model.statistics is not None:
        protection = PairProtection.between(*tokenizers, model.statistics, languages)
    for number, pair in enumerate(pairs):
        if not all(pair):
            continue
        if protection is not None:
            pair = protect_pair(pair, number, protection)
        here, there = model.source_tokenizer.encode(pair[0]), model.target_tokenizer.encode(pair[1])
        if UNK_ID not in there and 0 < len(here) <= model.max_source_length and 0 < len(there) <= 2 * len(here) + 10:
            yield here, there
