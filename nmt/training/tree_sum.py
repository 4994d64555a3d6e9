"""Sums whose last bits do not depend on who computes which part: every addition belongs to a fixed binary tree."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from torch import Tensor


@dataclass(frozen=True, kw_only=True)
class Node:
    """The sum of 2^level consecutive shards, from index * 2^level on: a tensor for each parameter."""

    level: int
    index: int
    values: Sequence[Tensor]


@dataclass(frozen=True)
class TreeSum:
    """Sums of consecutive shards, as far up the tree over all shards as they reach; their number is a power of two.

    With n shards it holds at most 1 + log2(n) nodes, so a process never has the gradients of all its shards in memory.
    """

    nodes: list[Node] = field(default_factory=list)  # in the order of shards

    def add(self, node: Node) -> None:
        """Add the node that follows those added before; its values may be overwritten."""
        while node.index % 2 and self.nodes and self._ends_beside(node):
            left = self.nodes.pop()
            for sum_, value in zip(left.values, node.values, strict=True):
                sum_.add_(value)
            node = Node(level=node.level + 1, index=node.index // 2, values=left.values)
        self.nodes.append(node)

    def root(self) -> list[Tensor]:
        """The sum of all shards, once all were added."""
        [node] = self.nodes
        return list(node.values)

    def _ends_beside(self, node: Node) -> bool:
        return (self.nodes[-1].level, self.nodes[-1].index) == (node.level, node.index - 1)


def nodes_of(shards: range) -> list[Node]:
    """The nodes, without values, to which the sums of some consecutive shards lead."""
    tree = TreeSum()
    for shard in shards:
        tree.add(Node(level=0, index=shard, values=()))
    return tree.nodes
