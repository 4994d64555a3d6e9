import math

import pytest

from nmt.protection.order import USUAL, inversion_costs
from nmt.protection.placeholders import Item


def item(kind, role="word"):
    return Item(symbol="<ph0>", text="x", kind=kind, role=role, start=0)


def test_turning_two_items_round_costs_the_odds_that_their_order_is_kept():
    # Nine in ten pairs keep the order of names, 9 to 1: log 9 = 2.197. Three in four that of numbers: log 3 = 1.099.
    shares = {"name": 0.9, "literal": 0.75, "mixed": 0.6}
    costs = inversion_costs([item("name"), item("name"), item("literal"), item("literal")], shares)
    assert costs[0] == pytest.approx((0.0, math.log(9), math.log(1.5), math.log(1.5)))
    assert costs[1] == pytest.approx((0.0, 0.0, math.log(1.5), math.log(1.5)))
    assert costs[2] == pytest.approx((0.0, 0.0, 0.0, math.log(3)))
    assert costs[3] == (0.0,) * 4


def test_only_what_comes_too_early_costs():
    """A row's column is an item written while the row's is still to come: in the source's order there is none."""
    costs = inversion_costs([item("name")] * 3, USUAL)
    assert [costs[missing][written] for missing in range(3) for written in range(missing + 1)] == [0.0] * 6


@pytest.mark.parametrize(
    ("first", "second", "share"),
    [
        ("name", "name", "name"),
        ("name", "glossary", "name"),
        ("glossary", "glossary", "name"),
        ("literal", "unknown", "literal"),
        ("markup", "pattern", "literal"),
        ("glossary", "literal", "mixed"),
        ("markup", "name", "mixed"),
    ],
)
def test_terms_are_names_and_all_else_is_literal(first, second, share):
    [[_, cost], _] = inversion_costs(
        [item(first), item(second)], {"name": 0.6, "literal": 0.7, "mixed": 0.8} | {share: 0.9}
    )
    assert cost == pytest.approx(math.log(9))


def test_a_mark_never_closes_before_it_opens():
    costs = inversion_costs([item("markup", "open"), item("name"), item("markup", "close")], USUAL)
    assert costs[0][2] == math.inf
    assert math.isfinite(costs[1][2])
    assert inversion_costs([item("markup", "close"), item("markup", "open")], USUAL)[0][1] < math.inf


@pytest.mark.parametrize(("share", "cost"), [(1.0, math.log(999)), (0.1, 0.0), (0.0, 0.0)])
def test_no_share_makes_an_inversion_impossible_or_welcome(share, cost):
    assert inversion_costs([item("name")] * 2, {"name": share})[0][1] == pytest.approx(cost)


def test_what_was_not_counted_costs_what_two_kinds_usually_do():
    assert inversion_costs([item("name")] * 2, {})[0][1] == pytest.approx(math.log(19))  # 95 in 100


def test_what_has_no_items_has_no_costs():
    assert inversion_costs([], USUAL) == ()
