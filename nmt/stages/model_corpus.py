"""Training pairs as a model that is there already reads them."""

from pathlib import Path

from nmt.data.tokenized_corpus import TokenizedCorpus, tokenize_corpus
from nmt.model_folder.contents import load_tokenizers, load_words, read_description
from nmt.model_folder.store import open_folder
from nmt.text.directions import first_ids


def tokenize_for_model(model: Path, data: Path, max_length: int) -> TokenizedCorpus:
    """A prepared folder's training pairs, tokenized as a model does it."""
    folder = open_folder(model)
    about = read_description(folder)
    source, target = load_tokenizers(folder)
    firsts = first_ids(about["source"], about["target"], about.get("directions", "one"), target)
    return tokenize_corpus(
        data / f"train.{about['source']}",
        data / f"train.{about['target']}",
        source,
        target,
        cache=data / ".tokenized",
        max_length=max_length,
        firsts=list(firsts.values()),
        known=load_words(folder),
    )
