"""What can be asked of a search."""

from dataclasses import dataclass

from nmt.errors import ConfigError

GREATEST_PENALTY = 100  # usual ones are below 2; scores stay finite numbers


@dataclass(frozen=True, kw_only=True)
class SearchConfig:
    """How translations are searched for; the defaults suit most models."""

    beam_size: int = 5  # 1 is greedy search
    length_penalty: float = 1.0  # alpha of Wu et al. (2016); 0 favours short translations
    coverage_penalty: float = 0.0  # beta of the same
    max_length_ratio: float = 2.0  # a translation has at most this many subwords a source subword, and ten more
    no_repeat_ngram_size: int = 0  # no sequence of so many subwords twice, unless the source has one; 0: any may come
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
        for name in ("no_repeat_ngram_size", "sample_from", "seed"):
            if getattr(self, name) < 0:
                raise ConfigError(f"search.{name} is {getattr(self, name)}; it must be at least 0")
        for name in ("length_penalty", "coverage_penalty"):
            if not 0 <= getattr(self, name) <= GREATEST_PENALTY:
                raise ConfigError(f"search.{name} is {getattr(self, name)}; it must be from 0 to {GREATEST_PENALTY}")
        for name in ("max_length_ratio", "temperature"):
            if not 0 < getattr(self, name) < float("inf"):
                raise ConfigError(f"search.{name} is {getattr(self, name)}; it must be above 0")
