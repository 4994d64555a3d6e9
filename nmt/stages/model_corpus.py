"""Training pairs, tokenized for an existing model."""

from pathlib import Path

from nmt.data.tokenized_corpus import TokenizedCorpus, tokenize_corpus
from nmt.model_folder.contents import load_known_words, load_tokenizers, read_description
from nmt.model_folder.store import open_folder
from nmt.stages.paths import pair_files
from nmt.text.directions import decoder_start_ids


def tokenize_for_model(model: Path, data: Path, max_length: int) -> TokenizedCorpus:
    """A prepared folder's training pairs, tokenized as the given model needs them."""
    folder = open_folder(model)
    description = read_description(folder)
    source, target = load_tokenizers(folder)
    start_ids = decoder_start_ids(
        description["source"], description["target"], description.get("directions", "one"), target
    )
    return tokenize_corpus(
        *pair_files(data, "train", description["source"], description["target"]),
        source,
        target,
        cache=data / ".tokenized",
        max_length=max_length,
        decoder_start_ids=list(start_ids.values()),
        known_words=load_known_words(folder),
    )
