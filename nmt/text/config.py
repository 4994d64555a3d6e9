"""The settings of tokenizers, and the directions of a model."""

from dataclasses import dataclass
from typing import Literal

from nmt.settings import at_least, between, checked, setting

Directions = Literal["one", "both"]


@dataclass(frozen=True, kw_only=True)
@checked("tokenizer")
class TokenizerConfig:
    """How to train the subword model."""

    kind: Literal["unigram", "bpe"] = setting("unigram", "kind of subword model")
    vocab_size: int = setting(8000, "number of pieces", at_least(8))
    character_coverage: float = setting(
        1.0, "share of the text whose characters get a piece; rarer ones are unknown", between(0.9, 1)
    )
    byte_fallback: bool = setting(False, "spell unknown characters as UTF-8 bytes, at the cost of 256 more pieces")
    shared: bool = setting(True, "one model for both languages")
    max_sentences: int = setting(2_000_000, "train on a random sample of that size if there are more", at_least(1))
    seed: int = setting(1, "random seed of that sample")
