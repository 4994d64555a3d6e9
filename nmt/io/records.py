"""Records with named fields: JSON Lines, folders saved by `datasets`, and hf:NAME[:CONFIG[:SPLIT]] from the hub."""

import json
import logging
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from nmt.errors import DataError
from nmt.io.lines import read_file

HUB = "hf:"
ROWS_AT_ONCE = 1000
SECONDS_TO_ANSWER = 5.0


def json_records(path: Path) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the place, for error messages, and the object of each line of a JSON Lines file that is not blank."""
    for number, line in enumerate(read_file(path), start=1):
        if not line.strip():
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise DataError(f"{path}:{number}: not JSON ({error}); write one object on each line") from error
        if not isinstance(record, Mapping):
            raise DataError(f"{path}:{number}: not a JSON object; write one object on each line")
        yield f"{path}:{number}", record


def is_dataset(name: str) -> bool:
    """Whether a name is a folder, or a data set on the hub."""
    return name.startswith(HUB) or Path(name).is_dir()


def open_dataset(name: str) -> Any:
    """Open a saved folder, or fetch hf:NAME[:CONFIG[:SPLIT]]; the default split is "train"."""
    if name.startswith(HUB):
        dataset_name, config, split = [*name.removeprefix(HUB).split(":", 2), "", ""][:3]
        return load_dataset(
            name, lambda datasets: datasets.load_dataset(dataset_name, config or None, split=split or "train")
        )
    dataset = load_dataset(name, lambda datasets: datasets.load_from_disk(name))
    if isinstance(dataset, Mapping):
        raise DataError(
            f"{name}: has the splits {listed(list(dataset))}; name one, such as {name}/{next(iter(dataset))}"
        )
    return dataset


def load_dataset(name: str, loader: Callable[[ModuleType], Any]) -> Any:
    """Call loader with the module `datasets`. Raises DataError, with the data set's name, for any error in it."""
    import datasets  # takes a second, and the most common forms do not need it

    if name.startswith(HUB) and not _reachable():
        datasets.config.HF_HUB_OFFLINE = True  # use the cache at once; the library would try to connect for 20 seconds
    for library in ("datasets", "huggingface_hub"):
        logging.getLogger(library).setLevel(logging.CRITICAL)  # their messages are in the error
    if not sys.stderr.isatty():
        datasets.disable_progress_bars()
    try:
        return loader(datasets)
    except Exception as error:  # errors of five libraries, which have no common base class
        raise _unreadable(name, error) from error


def dataset_records(dataset: Any, name: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a data set."""
    try:
        for columns in dataset.iter(batch_size=ROWS_AT_ONCE):
            for values in zip(*columns.values(), strict=True):
                yield dict(zip(columns, values, strict=True))
    except Exception as error:  # as in load_dataset
        raise _unreadable(name, error) from error


def text_of(value: object, where: str) -> str:
    """The text of a cell; "" for a missing value."""
    if value is None:
        return ""
    if not isinstance(value, str):
        raise DataError(f"{where}: {str(value)[:40]!r} is not text; write it in quotes, or choose other columns")
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise DataError(f"{where}: half of a surrogate pair at character {error.start + 1}; repair the text") from error
    return value


def listed(names: Sequence[object]) -> str:
    """The first few of some names, for an error message."""
    shown = ", ".join(repr(str(name)[:40]) for name in names[:8])
    return shown + (" ..." if len(names) > 8 else "") if names else "none"


def _reachable() -> bool:
    """Whether the hub accepts connections; behind a proxy this is assumed, as only the proxy can tell."""
    import socket  # these are slow to import, and few corpora are on the hub
    from urllib.parse import urlsplit
    from urllib.request import getproxies

    from huggingface_hub import constants

    address = urlsplit(constants.ENDPOINT)
    if getproxies().get(address.scheme):
        return True
    try:
        port = address.port or {"http": 80}.get(address.scheme, 443)
        socket.create_connection((address.hostname or "", port), timeout=SECONDS_TO_ANSWER).close()
    except OSError:
        return False
    return True


def _unreadable(name: str, error: Exception) -> DataError:
    reason = str(error).strip().split("\n")[0] or type(error).__name__
    cure = "check the name and the network" if name.startswith(HUB) else "check its format, or make it again"
    return DataError(f"{name}: cannot be read ({reason}); {cure}")
