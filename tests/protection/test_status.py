import pytest

from nmt.protection.spans import Span
from nmt.protection.status import check_items

SOURCE = "Tom zahlte 5 in 15"
SPANS = [
    Span(start=0, end=3, kind="name"),
    Span(start=11, end=12, kind="literal"),
    Span(start=16, end=18, kind="literal"),
]


def statuses(target, places, said=None):
    return [item.status for item in check_items(SOURCE, SPANS, target, places, said)]


def test_what_stands_at_its_place_was_copied():
    assert statuses("Tom paid 5 in 15", [(0, 3), (9, 10), (14, 16)]) == ["copied"] * 3


def test_what_has_no_place_is_looked_for_as_a_whole_word():
    found = check_items(SOURCE, SPANS, "15 paid Tom", [None] * 3)
    assert [item.status for item in found] == ["copied", "lost", "copied"]
    assert [item.target for item in found] == [(8, 11), None, (0, 2)]


def test_each_occurrence_serves_one_item():
    spans = [Span(start=0, end=1, kind="literal"), Span(start=2, end=3, kind="literal")]
    assert [item.status for item in check_items("5 5", spans, "5", [None, None])] == ["copied", "lost"]
    assert [item.status for item in check_items("5 5", spans, "5", [None, (0, 1)])] == ["lost", "copied"]


@pytest.mark.parametrize("status", ["converted", "glossary", "inflected", "inserted"])
def test_what_stands_there_otherwise_is_as_was_said(status):
    assert statuses("Toms 5 15", [(0, 4), None, None], {0: status})[0] == status


def test_what_stands_there_otherwise_without_a_word_is_lost():
    assert statuses("Tim 5 15", [(0, 3), None, None])[0] == "lost"


def test_what_was_said_of_an_item_that_is_not_there_does_not_count():
    assert statuses("5 15", [None, None, None], {0: "inserted"})[0] == "lost"


def test_a_status_goes_into_json():
    found = check_items(SOURCE, SPANS[:2], "Tom", [(0, 3), None])
    assert [item.as_dict() for item in found] == [
        {"kind": "name", "text": "Tom", "source": [0, 3], "target": [0, 3], "status": "copied"},
        {"kind": "literal", "text": "5", "source": [11, 12], "target": None, "status": "lost"},
    ]
