"""How the corpora that a folder was prepared from are mixed in training."""

from pathlib import Path

from nmt.config import Config
from nmt.data.mixture import WeightedCorpus
from nmt.errors import ConfigError, DataError
from nmt.io.records import json_records
from nmt.stages.paths import REPORT


def weighted_corpora(config: Config, data: Path) -> list[WeightedCorpus]:
    """The weights of the configuration with the sizes in the folder's report; empty if it was not prepared from them.

    Raises ConfigError if the folder was prepared from other corpora than the configuration has.
    """
    report = data / REPORT
    if not config.corpora or not report.exists():
        return []
    try:
        sizes = {
            part["name"]: int(part["pairs"]) for _, found in json_records(report) for part in found.get("corpora", [])
        }
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{report}: not as nmt prepare writes it; prepare the folder again") from error
    weights = {corpus.name: corpus.weight for corpus in config.corpora}
    if sizes and list(sizes) != list(weights):
        raise ConfigError(
            f"{data}: was prepared from the corpora {', '.join(sizes)}, and the configuration has "
            f"{', '.join(weights)}; prepare it again"
        )
    return [WeightedCorpus(pairs=pairs, weight=weights[name]) for name, pairs in sizes.items()]
