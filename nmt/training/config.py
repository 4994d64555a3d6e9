"""The settings of training."""

from dataclasses import dataclass
from typing import Literal

from nmt.settings import FRACTION, Limit, above, at_least, between, checked, setting

Optimizer = Literal["adamw", "adam", "rmsprop", "sgd"]
Schedule = Literal["cosine", "inverse_sqrt", "constant"]
Precision = Literal["auto", "bfloat16", "float32"]

GUIDED_ATTENTION = 0.05  # where placeholders stand

_SHARDS = Limit(lambda number: number >= 0 and number & (number - 1) == 0, "0 or a power of two")
_SHARDS_MEANING = "parts of an update that processes share; 0 cuts it only under torchrun, into 8"


@dataclass(frozen=True, kw_only=True)
@checked("training")
class TrainingConfig:
    """How a translator is trained."""

    epochs: int = setting(20, "passes over the training pairs", at_least(1))
    max_updates: int = setting(0, "stop after this number of updates; 0 means after all epochs", at_least(0))
    batch_tokens: int = setting(4096, "target subwords per batch, padding included, without sampling", at_least(1))
    accumulate: int = setting(1, "batches per update", at_least(1))
    max_length: int = setting(200, "pairs with a longer side, in subwords, are left out", at_least(1))
    optimizer: Optimizer = setting("adamw", "what turns gradients into updates")
    learning_rate: float = setting(1.5e-3, "the highest one, after the warmup", above(0))
    weight_decay: float = setting(0.01, "of matrices; biases and norms have none", at_least(0))
    schedule: Schedule = setting("cosine", "how the learning rate decreases after the warmup")
    warmup: int = setting(400, "updates in which the learning rate rises", at_least(0))
    max_grad_norm: float = setting(1.0, "longer gradients are cut to that norm", above(0))
    label_smoothing: float = setting(0.1, "probability given to all other subwords together", FRACTION)
    teacher_forcing: float = setting(
        1.0, "share of target subwords shown as they are; below 1: scheduled sampling", between(0, 1)
    )
    r_drop: float = setting(0.0, "alpha of R-Drop: pairs read twice, with other dropout; 0 turns it off", at_least(0))
    softmax_sample: int = setting(
        0, "subwords besides a batch's own from which its softmax is estimated; 0 means all", at_least(0)
    )
    placeholders: bool = setting(
        False, "symbols stand for numbers, names, tags and so on, which come through unchanged"
    )
    guided_attention: float = setting(
        GUIDED_ATTENTION, "weight of attention's own loss where placeholders stand; 0 turns it off", at_least(0)
    )
    subword_sampling: float = setting(0.0, "alpha of subword regularisation; 0 turns it off", between(0, 1))
    ema_decay: float = setting(0.0, "of the moving average of the weights to save; 0: the weights themselves", FRACTION)
    validate_every: int = setting(0, "updates; 0 means once per epoch", at_least(0))
    validate_by: Literal["bleu", "loss"] = setting("bleu", "by what the best validation is chosen")
    patience: int = setting(0, "stop after that many validations without a better one; 0 never does", at_least(0))
    save_every: int = setting(500, "updates between checkpoints, besides those at validations", at_least(1))
    report_every: int = setting(50, "updates between reports", at_least(1))
    precision: Precision = setting("auto", "of matrix products; auto is bfloat16 where the hardware multiplies it")
    shards: int = setting(0, _SHARDS_MEANING, _SHARDS)
    threads: int = setting(0, "0 means all CPUs; another number gives other last bits", at_least(0))
    seed: int = setting(1, "decides everything random", at_least(0))


@dataclass(frozen=True, kw_only=True)
class HeadConfig:
    """How a head on a translator's encoder is trained."""

    encoder: Literal["frozen", "finetune", "joint"] = setting("frozen", "joint: batches of both tasks in turns")
    start: Literal["translation", "random"] = setting("translation", "random: as if the translator had learnt nothing")
    translation_share: float = setting(0.5, "share of the updates that translate, in joint training", FRACTION)
    translation_batch_tokens: int = setting(2048, "target subwords per batch of those, padding included", at_least(1))
    epochs: int = setting(15, "passes over the sentences", at_least(1))
    batch_tokens: int = setting(1024, "source subwords per batch, padding included", at_least(1))
    learning_rate: float = setting(2e-3, "the highest one, after the warmup", above(0))
    weight_decay: float = setting(0.01, "of matrices; biases and norms have none", at_least(0))
    warmup: int = setting(200, "updates in which the learning rate rises", at_least(0))
    max_grad_norm: float = setting(5.0, "longer gradients are cut to that norm", above(0))
    word_dropout: float = setting(0.1, "of the encoder meanwhile", FRACTION)
    label_smoothing: float = setting(0.1, "of those updates", FRACTION)
    ema_decay: float = setting(
        0.99, "of the moving average of the weights to save; 0: the weights themselves", FRACTION
    )
    patience: int = setting(0, "stop after that many epochs without a better one; 0 never does", at_least(0))
    save_every: int = setting(500, "updates between checkpoints, besides those at validations", at_least(1))
    report_every: int = setting(50, "updates between reports", at_least(1))
    precision: Precision = setting("auto", "of matrix products; auto is bfloat16 where the hardware multiplies it")
    shards: int = setting(0, _SHARDS_MEANING, _SHARDS)
    threads: int = setting(0, "0 means all CPUs; another number gives other last bits", at_least(0))
    seed: int = setting(1, "decides everything random", at_least(0))


@dataclass(frozen=True, kw_only=True)
@checked("tagging")
class TaggingConfig(HeadConfig):
    """How a tagger is trained."""


@dataclass(frozen=True, kw_only=True)
@checked("classification")
class ClassificationConfig(HeadConfig):
    """How a classifier of lines is trained."""

    epochs: int = setting(5, "passes over the lines", at_least(1))


@dataclass(frozen=True, kw_only=True)
@checked("language_modelling")
class LanguageModellingConfig:
    """How a language model is trained."""

    bptt: int = setting(
        64, "subwords of the stream that a gradient goes back over; 0: each line by itself", at_least(0)
    )
    epochs: int = setting(5, "passes over the text", at_least(1))
    batch_tokens: int = setting(4096, "subwords per update, padding included", at_least(1))
    learning_rate: float = setting(1.5e-3, "the highest one, after the warmup", above(0))
    weight_decay: float = setting(0.01, "of matrices; biases and norms have none", at_least(0))
    warmup: int = setting(200, "updates in which the learning rate rises", at_least(0))
    max_grad_norm: float = setting(1.0, "longer gradients are cut to that norm", above(0))
    ema_decay: float = setting(
        0.99, "of the moving average of the weights to save; 0: the weights themselves", FRACTION
    )
    patience: int = setting(0, "stop after that many epochs without a better one; 0 never does", at_least(0))
    save_every: int = setting(500, "updates between checkpoints, besides those at validations", at_least(1))
    report_every: int = setting(50, "updates between reports", at_least(1))
    precision: Precision = setting("auto", "of matrix products; auto is bfloat16 where the hardware multiplies it")
    threads: int = setting(0, "0 means all CPUs; another number gives other last bits", at_least(0))
    seed: int = setting(1, "decides everything random", at_least(0))

    @property
    def shards(self) -> int:
        """None: what a window begins with is left by the one before, so that one process trains."""
        return 0


TaskConfig = TrainingConfig | HeadConfig | LanguageModellingConfig
