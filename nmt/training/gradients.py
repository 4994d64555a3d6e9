"""The gradient of an update: of its batches as they are or, by `training.shards`, of shards in whatever process.

With shards, everything random is seeded by (seed, update, shard), the gradients of the shards are added by a fixed
tree, and the sum is divided by what all of them count: no bit depends on how many processes share the shards.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from nmt.training.compute import autocast, seed_torch
from nmt.training.config import TaskConfig
from nmt.training.processes import Processes, own_shards
from nmt.training.state import Network
from nmt.training.tree_sum import Node, TreeSum


@dataclass(frozen=True, kw_only=True)
class BatchLoss(Generic[Network]):
    """The loss of a batch, which has not been computed yet."""

    name: str  # in logs: "loss", or another for each kind of loss that a task has
    count: int  # number of terms in the sum: target subwords or sentences
    tokens: int  # subwords, for the measurement of speed
    compute: Callable[[Network], Tensor]  # the sum, in nats


@dataclass(frozen=True, kw_only=True)
class LazyBatch(Generic[Network]):
    """A batch that is made when it is needed, as a whole or as a shard."""

    rows: NDArray[np.int64]  # of the training set
    make: Callable[[NDArray[np.int64], int], BatchLoss[Network]]  # of some of these rows, by the seed of its update

    def whole(self, seed: int) -> BatchLoss[Network]:
        """The batch of all rows."""
        return self.make(self.rows, seed)

    def shard(self, number: int, shards: int, seed: int) -> BatchLoss[Network] | None:
        """The shard of this number, by its own seed; None if there are too few rows for it to have any."""
        rows = np.array_split(self.rows, shards)[number]
        return self.make(rows, seed) if len(rows) else None


@dataclass(frozen=True, kw_only=True)
class UpdateLoss:
    """What the gradients of an update were computed of."""

    name: str  # of its loss
    mean: float  # nats per counted term: see BatchLoss.count
    tokens: int


def add_gradients(
    model: Network,
    batches: Sequence[LazyBatch[Network]],
    seed: int,
    config: TaskConfig,
    processes: Processes,
) -> UpdateLoss:
    """Add the gradients of the mean loss per counted term of an update's batches; seed is that of the update."""
    if config.shards:
        return _add_by_shards(model, batches, seed, config, processes)
    seed_torch(seed)
    made = [batch.whole(seed) for batch in batches]
    count = sum(batch.count for batch in made)  # subword sampling changes their number
    loss, device = 0.0, next(model.parameters()).device
    for batch in made:
        with autocast(config.precision, device):
            batch_loss = batch.compute(model)
        (batch_loss / count).backward()
        loss += batch_loss.item() / count
    return UpdateLoss(name=made[0].name, mean=loss, tokens=sum(batch.tokens for batch in made))


def _add_by_shards(
    model: Network,
    batches: Sequence[LazyBatch[Network]],
    seed: int,
    config: TaskConfig,
    processes: Processes,
) -> UpdateLoss:
    shards, parameters = config.shards, list(model.parameters())
    tree, name = TreeSum(), ""
    sums = torch.zeros(shards, 3, dtype=torch.float64)  # loss, count and tokens
    reached = torch.zeros(len(parameters), dtype=torch.float64)  # above 0: the loss depends on this parameter
    for shard in own_shards(processes.rank, processes.count, shards):
        own_seed = seed * shards + shard
        seed_torch(own_seed)
        for batch in filter(None, (batch.shard(shard, shards, own_seed) for batch in batches)):
            with autocast(config.precision, parameters[0].device):
                loss = batch.compute(model)
            loss.backward()
            sums[shard] += torch.tensor([loss.item(), batch.count, batch.tokens], dtype=torch.float64)
            name = batch.name
        reached += torch.tensor([p.grad is not None for p in parameters])
        # An empty shard adds zeros too, for an addition left out would be another sum: -0.0 + 0.0 is 0.0.
        gradient = [torch.zeros_like(p) if p.grad is None else p.grad for p in parameters]
        tree.add(Node(level=0, index=shard, values=gradient))
        model.zero_grad()
    added = processes.add(torch.cat([sums.flatten(), reached]))
    sums, reached = added[: sums.numel()].view_as(sums), added[sums.numel() :]
    loss_sum, count, tokens = (sum(column) for column in sums.t().tolist())
    for parameter, gradient_sum, one in zip(parameters, processes.add_trees(tree, shards), reached, strict=True):
        parameter.grad = gradient_sum.div_(count) if one else None
    return UpdateLoss(name=name, mean=loss_sum / count, tokens=int(tokens))
