"""What can be asked of a search."""

from dataclasses import dataclass

from nmt.errors import ConfigError
from nmt.settings import above, at_least, between, checked, setting

_PENALTY = between(0, 100)  # usual ones are below 2; scores stay finite numbers


@dataclass(frozen=True, kw_only=True)
@checked("search")
class DecodingConfig:
    """How translations are searched for; the defaults suit most models."""

    beam_size: int = setting(5, "hypotheses kept at a time; 1 is greedy search", between(1, 1000))
    beam_threshold: float = setting(
        2.0, "nats that a hypothesis may be behind the n_best-th of its sentence; 0: any", at_least(0)
    )
    length_penalty: float = setting(1.0, "alpha of Wu et al. (2016); 0 favours short translations", _PENALTY)
    coverage_penalty: float = setting(0.0, "beta of the same paper; above 0 favours translating every word", _PENALTY)
    max_length_ratio: float = setting(2.0, "most subwords per source subword; ten more are free", above(0))
    no_repeat_ngram_size: int = setting(
        3, "no sequence of so many subwords comes twice, unless the source has one; 0: any may", at_least(0)
    )
    n_best: int = setting(1, "translations of a line", at_least(1))
    sample: bool = setting(False, "draw n_best translations at random instead of searching")
    top_k: int = setting(0, "draw each subword from that many most probable ones; 0 means all", at_least(0))
    temperature: float = setting(1.0, "below 1 keeps samples close to the most probable", above(0))
    seed: int = setting(1, "decides what is drawn", at_least(0))

    def __post_init__(self) -> None:
        if not self.sample and self.n_best > self.beam_size:
            raise ConfigError(
                f"search.n_best is {self.n_best}; it must be at most search.beam_size ({self.beam_size}), "
                "which --beam-size raises",
                key="search.n_best",
            )
