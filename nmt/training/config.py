"""What can be asked of trainings."""

import math
from dataclasses import dataclass
from typing import Literal

from nmt.errors import ConfigError
from nmt.training.compute import Precision
from nmt.training.optimizer import Optimizer, Schedule


@dataclass(frozen=True, kw_only=True)
class TrainingConfig:
    """How a translator is trained."""

    epochs: int = 20
    max_updates: int = 0  # stop after that many; 0 means no limit but epochs
    batch_tokens: int = 4096  # target subwords a batch, padding included, as segmented without subword_sampling
    accumulate: int = 1  # batches an update
    max_length: int = 200  # pairs with a longer side, in subwords, are left out
    optimizer: Optimizer = "adamw"
    learning_rate: float = 1.5e-3
    weight_decay: float = 0.01
    schedule: Schedule = "cosine"
    warmup: int = 400  # updates
    max_grad_norm: float = 1.0
    label_smoothing: float = 0.1
    teacher_forcing: float = 1.0  # share of target subwords that are shown as they are (scheduled sampling below 1)
    r_drop: float = 0.0  # alpha of R-Drop, every pair read twice with different dropout; 0 turns it off
    placeholders: bool = False  # for numbers, addresses and unknown names, which come through letter by letter
    subword_sampling: float = 0.0  # alpha of subword regularisation; 0 turns it off
    ema_decay: float = 0.0  # save the moving average of the weights; 0 saves the weights themselves
    validate_every: int = 0  # updates; 0 means once an epoch
    validate_by: str = "bleu"  # or "loss"
    patience: int = 0  # stop after that many validations without a better one; 0 never stops early
    save_every: int = 500  # updates between checkpoints, besides those at validations
    report_every: int = 50  # updates
    precision: Precision = "auto"
    threads: int = 0  # 0 means all processors; another number gives other last bits
    seed: int = 1

    def __post_init__(self) -> None:
        choices = {
            "optimizer": ("adamw", "adam", "rmsprop", "sgd"),
            "schedule": ("cosine", "inverse_sqrt", "constant"),
            "validate_by": ("bleu", "loss"),
        }
        for name, allowed in choices.items():
            if getattr(self, name) not in allowed:
                raise ConfigError(f"training.{name} is {getattr(self, name)!r}; choose one of {', '.join(allowed)}")
        for name in ("epochs", "batch_tokens", "accumulate", "max_length", "save_every", "report_every"):
            if getattr(self, name) < 1:
                raise ConfigError(f"training.{name} is {getattr(self, name)}; it must be at least 1")
        for name in ("max_updates", "weight_decay", "warmup", "validate_every", "patience", "threads", "seed"):
            if not getattr(self, name) >= 0:
                raise ConfigError(f"training.{name} is {getattr(self, name)}; it must be at least 0")
        for name in ("learning_rate", "max_grad_norm"):
            if not 0 < getattr(self, name) < math.inf:
                raise ConfigError(f"training.{name} is {getattr(self, name)}; it must be above 0")
        if not 0 <= self.r_drop < math.inf:
            raise ConfigError(f"training.r_drop is {self.r_drop}; it must be at least 0")
        for name in ("label_smoothing", "ema_decay"):
            if not 0 <= getattr(self, name) < 1:
                raise ConfigError(f"training.{name} is {getattr(self, name)}; it must be at least 0 and below 1")
        for name in ("teacher_forcing", "subword_sampling"):
            if not 0 <= getattr(self, name) <= 1:
                raise ConfigError(f"training.{name} is {getattr(self, name)}; it must be between 0 and 1")


@dataclass(frozen=True, kw_only=True)
class TaggingConfig:
    """How a tagger is trained."""

    encoder: Literal["frozen", "finetune", "joint"] = "frozen"  # joint: batches of both tasks in turns
    start: Literal["translation", "random"] = "translation"  # random: as if the translator had learnt nothing
    translation_share: float = 0.5  # of the updates, in joint training
    translation_batch_tokens: int = 2048  # target subwords of those updates, padding included
    epochs: int = 15
    batch_tokens: int = 1024  # source subwords a batch, padding included
    learning_rate: float = 2e-3
    weight_decay: float = 0.01
    warmup: int = 200  # updates
    max_grad_norm: float = 5.0
    word_dropout: float = 0.1  # of the encoder while it learns to tag
    label_smoothing: float = 0.1  # of the translation batches
    ema_decay: float = 0.99
    patience: int = 0  # stop after that many epochs without a better one; 0 never stops early
    save_every: int = 500  # updates between checkpoints, besides those at validations
    report_every: int = 50  # updates
    precision: Precision = "auto"
    threads: int = 0  # 0 means all processors; another number gives other last bits
    seed: int = 1

    def __post_init__(self) -> None:
        for name in ("epochs", "batch_tokens", "translation_batch_tokens", "save_every", "report_every"):
            if getattr(self, name) < 1:
                raise ConfigError(f"tagging.{name} is {getattr(self, name)}; it must be at least 1")
        for name in ("weight_decay", "warmup", "patience", "threads", "seed"):
            if not getattr(self, name) >= 0:
                raise ConfigError(f"tagging.{name} is {getattr(self, name)}; it must be at least 0")
        for name in ("learning_rate", "max_grad_norm"):
            if not 0 < getattr(self, name) < math.inf:
                raise ConfigError(f"tagging.{name} is {getattr(self, name)}; it must be above 0")
        for name in ("translation_share", "word_dropout", "label_smoothing", "ema_decay"):
            if not 0 <= getattr(self, name) < 1:
                raise ConfigError(f"tagging.{name} is {getattr(self, name)}; it must be at least 0 and below 1")
