"""The settings of a mixture of corpora."""

from collections.abc import Sequence
from dataclasses import dataclass

from nmt.errors import ConfigError
from nmt.settings import above, checked, setting


@dataclass(frozen=True, kw_only=True)
@checked("corpora")
class CorpusConfig:
    """One corpus of a mixture."""

    name: str = setting("", "what reports call it")
    files: Sequence[str] = setting((), "two text files, or others of pairs, as nmt prepare takes them")
    weight: float = setting(1.0, "how often an epoch goes through it; 0.5: through half of it, in turn", above(0))

    def __post_init__(self) -> None:
        if not self.files:
            raise ConfigError("corpora.files is missing; name the files of each corpus", key="corpora.files")
