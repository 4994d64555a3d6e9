"""What training needs of the processes that it runs in: one that is alone, or many that nmt/distributed joins."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from nmt.training.config import ClassificationConfig, TaggingConfig, TrainingConfig

if TYPE_CHECKING:
    from torch import Tensor

    from nmt.training.tree_sum import TreeSum

Settings = TypeVar("Settings", TrainingConfig, TaggingConfig, ClassificationConfig)


class Processes(Protocol):
    """The processes that train one network together; the first alone validates, saves and reports.

    All of them call the same methods in the same order. A method raises NMTError if a process was lost.
    """

    @property
    def rank(self) -> int:
        """The number of this process, counted from 0."""

    @property
    def count(self) -> int:
        """The number of processes."""

    def with_shards(self, settings: Settings) -> Settings:
        """The settings with as many shards as these processes need. Raises ConfigError if there are too few."""

    def own_device(self, device: str) -> str:
        """The device that this process computes on, of those that `--device` names."""

    def broadcast(self, make: Callable[[], bytes]) -> bytes:
        """What make returns in the first process; it is called there alone, while the others wait without limit."""

    def add(self, numbers: "Tensor") -> "Tensor":
        """The sum of a float64 tensor over all processes."""

    def add_trees(self, tree: "TreeSum", shards: int) -> "list[Tensor]":
        """The sum over all shards, given this process's own: the same bits whatever the number of processes."""


class _Alone:
    """A process that trains by itself."""

    rank, count = 0, 1

    def with_shards(self, settings: Settings) -> Settings:
        return settings

    def own_device(self, device: str) -> str:
        return device

    def broadcast(self, make: Callable[[], bytes]) -> bytes:
        return make()

    def add(self, numbers: "Tensor") -> "Tensor":
        return numbers

    def add_trees(self, tree: "TreeSum", shards: int) -> "list[Tensor]":
        return tree.root()


ALONE: Processes = _Alone()


def own_shards(rank: int, count: int, shards: int) -> range:
    """The shards that a process computes: consecutive ones, and as many as any other or one fewer."""
    return range(rank * shards // count, (rank + 1) * shards // count)


def shared(processes: Processes, make: Callable[[], Any]) -> Any:
    """The JSON value that make returns in the first process, to the last bit; it is called there alone."""
    return json.loads(processes.broadcast(lambda: json.dumps(make()).encode()))


def any_of(processes: Processes, flag: bool) -> bool:
    """Whether the flag is set in any of the processes."""
    if processes.count == 1:
        return flag
    from torch import float64, tensor

    return bool(processes.add(tensor([flag], dtype=float64)))


@contextmanager
def first_before_others(processes: Processes) -> Iterator[None]:
    """The first process runs the block; when it is done, the others do, and find what it has made."""
    if processes.rank:
        processes.broadcast(bytes)
    yield
    if not processes.rank:
        processes.broadcast(bytes)
