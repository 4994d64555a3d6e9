"""The processes of a training, joined by torch.distributed: gloo between CPUs, NCCL between GPUs.

Shapes: N processes, G numbers in a gradient, K subtrees of a process (1 if the number of processes is a power of two).
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import numpy as np
import torch
import torch.distributed as dist
from torch import Tensor
from torch.distributed.rendezvous import rendezvous

from nmt.errors import ConfigError, NMTError
from nmt.training.processes import Settings, own_shards
from nmt.training.tree_sum import TreeSum, nodes_of

SHARDS = 8  # under a launcher, unless the configuration says otherwise

# A validation or a save of the first process may take any time; a process that ends is noticed by its connection.
_WITHOUT_LIMIT = timedelta(days=365)


@dataclass(frozen=True, kw_only=True)
class JoinedProcesses:
    """One of many processes that train together; see nmt.training.processes.Processes."""

    rank: int
    count: int
    _store: Any  # a torch.distributed.Store

    def with_shards(self, settings: Settings) -> Settings:
        """The settings with SHARDS shards, if they name none. Raises ConfigError for fewer shards than processes."""
        shards = settings.shards or SHARDS
        if self.count > shards:
            raise ConfigError(
                f"{self.count} processes cannot share {shards} shards; start at most {shards} processes, or set "
                f"shards = {1 << (self.count - 1).bit_length()} (another number gives other weights)"
            )
        return replace(settings, shards=shards)

    def own_device(self, device: str) -> str:
        """The GPU of this process's number on its machine for "cuda"."""
        return f"cuda:{os.environ.get('LOCAL_RANK', self.rank)}" if device == "cuda" else device

    def broadcast(self, make: Callable[[], bytes]) -> bytes:
        """What make returns in the first process."""
        data = b"" if self.rank else make()
        with _loss_told():
            size = torch.tensor([len(data)])
            dist.broadcast(size, 0)
            buffer = np.empty(int(size), np.uint8) if self.rank else np.frombuffer(bytearray(data), np.uint8)
            dist.broadcast(torch.from_numpy(buffer), 0)
            return buffer.tobytes()

    def add(self, numbers: Tensor) -> Tensor:
        """The sum of a tensor over all processes, if at most one has a number other than 0 in each place, exactly."""
        with _loss_told():
            dist.all_reduce(numbers)
            return numbers

    def add_trees(self, tree: TreeSum, shards: int) -> list[Tensor]:
        """The sum over all shards, for which each process adds a slice of what all have, from leaf to root.

        So it sends and receives no more than by a ring (2 G (N - 1) / N numbers if N is a power of two), but the order
        of the additions is always that of the tree.
        """
        shapes = [value.shape for value in tree.nodes[0].values]
        own = torch.stack([torch.cat([value.flatten() for value in node.values]) for node in tree.nodes])  # [K, G]
        size = own.shape[1]
        width = -(-size // self.count)  # of a slice
        own = torch.nn.functional.pad(own, (0, width * self.count - size))
        slices = own.view(-1, self.count, width).transpose(0, 1).contiguous()  # [N, K, width]
        nodes = [nodes_of(own_shards(rank, self.count, shards)) for rank in range(self.count)]
        received = slices.new_empty(sum(map(len, nodes)), width)
        with _loss_told():
            dist.all_to_all_single(received, slices.flatten(0, 1), [*map(len, nodes)], [len(tree.nodes)] * self.count)
        total = TreeSum()
        for node, value in zip((node for own in nodes for node in own), received, strict=True):
            total.add(replace(node, values=[value]))
        gathered = slices.new_empty(self.count, width)
        with _loss_told():
            dist.all_gather(list(gathered), total.root()[0])
        parts = gathered.flatten()[:size].split([shape.numel() for shape in shapes])
        return [part.view(shape) for part, shape in zip(parts, shapes, strict=True)]

    def tell_of_end(self) -> bool:
        """Tell the others that this process ends before its time; returns whether it is the first to do so."""
        try:
            return bool(self._store.add("ended", 1) == 1)
        except RuntimeError:  # the launcher's store has gone, too
            return True


@contextmanager
def join() -> Iterator[JoinedProcesses]:
    """Meet the other processes, as many as the launcher started, and leave them at the end of the block."""
    with _loss_told():
        store, rank, count = next(iter(rendezvous("env://", timeout=_WITHOUT_LIMIT)))
        backends = "cpu:gloo,cuda:nccl" if torch.cuda.is_available() else "gloo"
        dist.init_process_group(backends, store=store, rank=rank, world_size=count, timeout=_WITHOUT_LIMIT)
    try:
        yield JoinedProcesses(rank=rank, count=count, _store=store)
    finally:
        dist.destroy_process_group()


@contextmanager
def _loss_told() -> Iterator[None]:
    """Turn an error of the connections between processes into an NMTError."""
    try:
        yield
    except RuntimeError as error:
        raise NMTError(
            "a process of this training was lost; what was saved last is unharmed, and the same command goes on from it"
        ) from error
