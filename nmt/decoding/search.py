"""What can be asked of a search, and what it finds."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from nmt.decoding.engine import Ints
from nmt.errors import ConfigError
from nmt.text.tokenizer import EOS_ID

GREATEST_PENALTY = 100  # usual ones are below 2; scores stay finite numbers


@dataclass(frozen=True, kw_only=True)
class SearchConfig:
    """How translations are searched for; the defaults suit most models."""

    beam_size: int = 5  # 1 is greedy search
    length_penalty: float = 1.0  # alpha of Wu et al. (2016); 0 favours short translations
    coverage_penalty: float = 0.0  # beta of the same
    max_length_ratio: float = 2.0  # a translation has at most this many subwords a source subword, and ten more
    n_best: int = 1
    sample: bool = False  # draw n_best translations at random instead of searching
    sample_from: int = 0  # draw each subword from that many most probable ones; 0 means all
    temperature: float = 1.0  # below 1 keeps samples close to the most probable
    seed: int = 1

    def __post_init__(self) -> None:
        if self.beam_size < 1:
            raise ConfigError(f"search.beam_size is {self.beam_size}; it must be at least 1")
        if not 1 <= self.n_best <= (self.n_best if self.sample else self.beam_size):
            most = "" if self.sample else f" and at most search.beam_size ({self.beam_size}), which --beam-size raises"
            raise ConfigError(f"search.n_best is {self.n_best}; it must be at least 1{most}")
        for name in ("sample_from", "seed"):
            if getattr(self, name) < 0:
                raise ConfigError(f"search.{name} is {getattr(self, name)}; it must be at least 0")
        for name in ("length_penalty", "coverage_penalty"):
            if not 0 <= getattr(self, name) <= GREATEST_PENALTY:
                raise ConfigError(f"search.{name} is {getattr(self, name)}; it must be from 0 to {GREATEST_PENALTY}")
        for name in ("max_length_ratio", "temperature"):
            if not 0 < getattr(self, name) < float("inf"):
                raise ConfigError(f"search.{name} is {getattr(self, name)}; it must be above 0")


@dataclass(frozen=True)
class Required:
    """How often each of N subwords is to come in the translations of B sentences: neither less nor more."""

    symbols: Ints  # [N]
    counts: Ints  # [B, N]
    enough: bool = True  # False lets a translation end with less

    def of(self, places: Sequence[int]) -> "Required":
        """What is required of some of the sentences."""
        return replace(self, counts=self.counts[places])

    def forbids(self, ids: Ints, missing: Ints) -> NDArray[np.bool_]:
        """[R, C], which of the next subwords must not come where these counts [R, N] are missing still."""
        spent = (ids[:, :, None] == self.symbols) & (missing[:, None] <= 0)
        early = (ids == EOS_ID) & (missing.max(axis=1)[:, None] > 0)
        forbidden: NDArray[np.bool_] = spent.any(axis=2) | (early & self.enough)
        return forbidden


@dataclass(frozen=True, kw_only=True)
class Hypothesis:
    """One translation of one sentence."""

    ids: list[int]  # without EOS
    score: float  # what the search ranks by: the log-probability over its length penalty, plus the coverage penalty
    log_prob: float
    finished: bool  # False if it was stopped at the greatest length allowed


def length_limit(source_length: int, ratio: float) -> int:
    """The greatest number of subwords, EOS included, of a translation of source_length subwords."""
    return int(ratio * source_length) + 10


def length_penalty(length: int, alpha: float) -> float:
    """GNMT length penalty (Wu et al., 2016, eq. 14) of length subwords, EOS included; alpha 0 turns it off."""
    return float(((5 + length) / 6) ** alpha)
