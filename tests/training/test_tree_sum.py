import pytest
import torch

from nmt.training.processes import own_shards
from nmt.training.tree_sum import Node, TreeSum, nodes_of

# In float32 1 + 2^-24 + 2^-24 is 1 from the left, and more than 1 if the small ones come first.
NUMBERS = [1.0, 2**-24, 2**-24, 2**-24, 3.0, -3.0, 2**-24, 1.0]


def leaf(shard):
    return Node(level=0, index=shard, values=[torch.tensor([NUMBERS[shard]])])


def test_numbers_are_added_in_pairs_and_pairs_of_pairs():
    tree = TreeSum()
    for shard in range(4):
        tree.add(leaf(shard))
    assert tree.root()[0].item() == 1 + 2**-23  # (1 + 2^-24) + (2^-24 + 2^-24), and not 1


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 8])
def test_the_last_bit_does_not_depend_on_who_adds_which_part(count):
    whole, parts = TreeSum(), TreeSum()
    for shard in range(8):
        whole.add(leaf(shard))
    for rank in range(count):
        own, tree = own_shards(rank, count, 8), TreeSum()
        for shard in own:
            tree.add(leaf(shard))
        places = [(node.level, node.index) for node in tree.nodes]
        assert places == [(node.level, node.index) for node in nodes_of(own)]
        for node in tree.nodes:
            parts.add(node)
    assert parts.root()[0].item() == whole.root()[0].item() == 2.0


def test_shards_are_shared_out_in_order_and_as_evenly_as_can_be():
    assert [list(own_shards(rank, 3, 8)) for rank in range(3)] == [[0, 1], [2, 3, 4], [5, 6, 7]]
