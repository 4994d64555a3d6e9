"""The settings that determine a network's shape."""

from dataclasses import dataclass
from typing import Literal

from nmt.errors import ConfigError
from nmt.settings import FRACTION, Limit, at_least, checked, setting

Cell = Literal["gru", "lstm", "rnn", "ssru"]

_HALVES = Limit(lambda size: size >= 0 and size % 2 == 0, "even, or 0 for none")


@dataclass(frozen=True, kw_only=True)
@checked("model")
class ModelConfig:
    """The shape of the translator. The vocabulary sizes come from the tokenizer."""

    cell: Cell = setting("gru", "kind of recurrent layer; ssru is the fastest")
    embedding_size: int = setting(256, "size of a subword's embedding", at_least(1))
    hidden_size: int = setting(512, "size of the layers; of the encoder, both directions together", at_least(1))
    encoder_layers: int = setting(1, "bidirectional recurrent layers of the encoder", at_least(1))
    decoder_layers: int = setting(1, "blocks of the decoder, each a recurrent layer and attention", at_least(1))
    attention_heads: int = setting(1, "heads of each attention", at_least(1))
    dropout: float = setting(0.3, "between layers, on embeddings and on outputs", FRACTION)
    word_dropout: float = setting(0.0, "share of words hidden from the network (Gal and Ghahramani, 2016)", FRACTION)

    def __post_init__(self) -> None:
        if self.hidden_size % (2 * self.attention_heads):
            raise ConfigError(
                f"model.hidden_size is {self.hidden_size}; it must be a multiple of 2 (encoder directions) times "
                f"model.attention_heads ({self.attention_heads})",
                key="model.hidden_size",
            )


@dataclass(frozen=True, kw_only=True)
@checked("tagger")
class TaggerConfig:
    """The shape of the tagging head."""

    crf: bool = setting(True, "score tag sequences; false scores the tags of each word separately")
    hidden_size: int = setting(256, "size of the hidden layer", at_least(1))
    recurrent: bool = setting(True, "the hidden layer reads a sentence's words in turn; false: each by itself")
    characters: int = setting(128, "size of the feature read from a word's characters; 0: none", _HALVES)
    dropout: float = setting(0.5, "on features and on the hidden layer", FRACTION)

    def __post_init__(self) -> None:
        """Raise ConfigError for settings that contradict each other."""
        if self.recurrent and self.hidden_size % 2:
            raise ConfigError(
                f"tagger.hidden_size is {self.hidden_size}; two directions share it, so it must be even",
                key="tagger.hidden_size",
            )


@dataclass(frozen=True, kw_only=True)
@checked("classifier")
class ClassifierConfig:
    """The shape of the classification head."""

    hidden_size: int = setting(256, "size of the hidden layer", at_least(1))
    dropout: float = setting(0.3, "on what is read of the line and on the hidden layer", FRACTION)


@dataclass(frozen=True, kw_only=True)
@checked("language_model")
class LanguageModelConfig:
    """The shape of a language model."""

    cell: Cell = setting("gru", "kind of recurrent layer; ssru is the fastest")
    embedding_size: int = setting(256, "size of a subword's embedding", at_least(1))
    hidden_size: int = setting(512, "size of the layers", at_least(1))
    layers: int = setting(2, "recurrent layers", at_least(1))
    dropout: float = setting(0.2, "between layers, on embeddings and on outputs", FRACTION)
