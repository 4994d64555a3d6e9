"""The order of what is protected: how much a translation must gain by turning two items round.

Human translators keep the order of two names or numbers in 94 to 98 of 100 sentence pairs. A translation that turns
them round is that much less likely to be right: log(p / (1 - p)) nats, with the share p that keeps their order.
"""

import math
from collections.abc import Mapping, Sequence

from nmt.protection.order_counts import order_kind
from nmt.protection.placeholders import Item

# Of sentence pairs of Tatoeba; a model has the shares of its own training pairs.
USUAL: Mapping[str, float] = {"name": 0.985, "literal": 0.969, "mixed": 0.95}
_LEAST, _GREATEST = 0.5, 0.999


def inversion_costs(items: Sequence[Item], shares: Mapping[str, float]) -> tuple[tuple[float, ...], ...]:
    """[N, N], the cost in nats of writing item j while item i, before it in the source, is still to come.

    shares say how often items of a kind keep their order, "mixed" of two kinds. A mark never closes before it opens.
    """
    return tuple(
        tuple(_cost(first, second, shares) if place > before else 0.0 for place, second in enumerate(items))
        for before, first in enumerate(items)
    )


def _cost(first: Item, second: Item, shares: Mapping[str, float]) -> float:
    if first.role == "open" and second.role == "close":
        return math.inf
    share = shares.get(order_kind(first.kind, second.kind), USUAL["mixed"])
    share = min(max(share, _LEAST), _GREATEST)
    return math.log(share / (1 - share))
