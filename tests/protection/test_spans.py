from hypothesis import given
from hypothesis import strategies as st

from nmt.protection.spans import Span, disjoint, within


def span(start, end, **more):
    return Span(start=start, end=end, kind="literal", **more)


def test_of_overlapping_spans_the_longer_stays():
    assert disjoint([span(0, 2), span(1, 4), span(4, 5)]) == [span(1, 4), span(4, 5)]


def test_of_equally_long_ones_the_first_in_the_text_stays():
    assert disjoint([span(1, 3), span(0, 2)]) == [span(0, 2)]


def test_an_earlier_list_wins_over_a_longer_span():
    assert disjoint([span(2, 3)], [span(0, 9), span(4, 5)]) == [span(2, 3), span(4, 5)]


def test_an_empty_span_is_no_span():
    assert disjoint([span(2, 2)]) == []


spans = st.lists(st.builds(lambda start, size: span(start, start + size), st.integers(0, 30), st.integers(1, 9)))


@given(st.lists(spans, max_size=3))
def test_spans_are_kept_as_by_comparing_each_with_each(found):
    kept = []
    for group in found:
        for one in sorted(group, key=lambda one: (one.start - one.end, one.start)):
            if all(one.end <= other.start or other.end <= one.start for other in kept):
                kept.append(one)
    assert disjoint(*found) == sorted(kept, key=lambda one: one.start)


def test_spans_of_a_part_count_from_its_start_and_lose_a_partner_outside():
    pair = [span(2, 5, role="open", partner=8), span(8, 12, role="close", partner=2)]
    assert within(pair, 1, 12) == [span(1, 4, role="open", partner=7), span(7, 11, role="close", partner=1)]
    assert within(pair, 1, 9) == [span(1, 4, role="open", partner=7)]
    assert within(pair, 6, 12) == [span(2, 6, role="close")]
    assert within(pair, 3, 11) == []
