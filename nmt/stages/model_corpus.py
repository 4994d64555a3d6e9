"""Training pairs, tokenized for an existing model."""

from collections.abc import Sequence
from pathlib import Path

from nmt.data.mixture import WeightedCorpus
from nmt.data.tokenized_corpus import TokenizedCorpus, tokenize_corpus
from nmt.io.lines import read_parallel
from nmt.model_folder.contents import load_statistics, load_tokenizers
from nmt.model_folder.descriptions import read_description
from nmt.model_folder.parts import KNOWN_WORDS
from nmt.model_folder.store import open_folder
from nmt.protection.training_pairs import PairProtection
from nmt.protection.word_statistics import learn
from nmt.text.directions import decoder_start_ids


def tokenize_for_model(
    model: Path, data: Path, max_length: int, mixture: Sequence[WeightedCorpus] = ()
) -> TokenizedCorpus:
    """A prepared folder's training pairs, tokenized as the given model needs them."""
    folder = open_folder(model)
    description = read_description(folder)
    source, target = load_tokenizers(folder)
    languages = description["source"], description["target"]
    start_ids = decoder_start_ids(*languages, description["directions"], target)
    texts = data / f"train.{languages[0]}", data / f"train.{languages[1]}"
    statistics = load_statistics(folder)
    if statistics is None and folder.has(KNOWN_WORDS):  # an older one was trained with placeholders, too
        statistics = learn(read_parallel(*texts), languages)
    return tokenize_corpus(
        *texts,
        source,
        target,
        cache=data / ".tokenized",
        max_length=max_length,
        decoder_start_ids=list(start_ids.values()),
        protection=None if statistics is None else PairProtection.between(source, target, statistics, languages),
        mixture=mixture,
    )
