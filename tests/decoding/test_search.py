from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from tests_engine import A, B, C, D, TableEngine

from nmt.decoding import search as searching
from nmt.decoding.config import DecodingConfig
from nmt.decoding.search import Query, search
from nmt.text.tokenizer import BOS_ID

END = [0, 0, 0, 0.98, 0, 0, 0.01, 0.01]


@dataclass
class Model:
    """As much of a translation model as a search needs; A and B are its placeholders, in both languages."""

    engine: TableEngine
    source_placeholders: list[int] = field(default_factory=lambda: [A, B])
    target_placeholders: list[int] = field(default_factory=lambda: [A, B])
    decoder_start_id: int = BOS_ID
    target_tokenizer: Any = field(default_factory=lambda: SimpleNamespace(space_id=-1))


def model(table, attention=None, workers=1):
    engine = TableEngine(table, attention, vocab_size=8)
    engine.workers = workers
    return Model(engine)


def query(*ids, apart=()):
    """A sentence; placeholders are in it from A on, and cost nothing where they are turned round."""
    size = sum(id_ in (A, B) for id_ in ids)
    return Query(ids=ids, inversion_costs=((0.0,) * size,) * size, apart=apart)


def config(**changes):
    return DecodingConfig(**{"beam_size": 2, "length_penalty": 0.0, **changes})


def copied(source, read):
    """The subwords of the source one after the other, then the end."""
    row = np.full(8, 0.01)
    row[source[len(read)] if len(read) < len(source) else 3] = 0.9
    return row


def test_translations_come_in_the_order_of_the_queries_and_what_comes_twice_is_searched_once(monkeypatch):
    searched = []

    def counted(engine, sources, *rest):
        searched.extend(sources)
        return beam_search(engine, sources, *rest)

    beam_search = searching.beam_search
    monkeypatch.setattr(searching, "beam_search", counted)
    queries = [query(C), query(*[D] * 9), query(A, C), query(C), query(C, D, C), query(C)]
    found = search(model(copied), queries, config())
    assert [best.ids for best, *_ in found] == [list(each.ids) for each in queries]
    assert sorted(searched) == sorted({each.ids for each in queries})


@pytest.mark.parametrize("workers", [1, 3])
def test_threads_change_nothing(workers, monkeypatch):
    monkeypatch.setattr(searching, "ROWS", 2)
    queries = [query(*([C, D] * length)[:length], A) for length in range(1, 20)]
    found = search(model(copied, workers=workers), queries, config(n_best=2))
    assert found == [search(model(copied), [each], config(n_best=2))[0] for each in queries]


def test_a_bug_in_a_thread_is_raised(monkeypatch):
    monkeypatch.setattr(searching, "ROWS", 1)
    with pytest.raises(ZeroDivisionError):
        search(model(lambda source, read: 1 / 0, workers=3), [query(C), query(D)], config())


def test_a_placeholder_that_plain_search_loses_is_found_in_banks():
    # Without A the network goes on for ever with C; A is so unlikely that a beam of two drops it in the first steps.
    [[best]] = search(
        model(lambda source, read: END if A in read else [0, 0, 0, 0, 1e-9, 0, 0.7, 0.3]), [query(A)], config()
    )
    assert (best.ids.count(A), best.finished, best.inserted) == (1, True, frozenset())


def test_what_no_search_finds_is_inserted_behind_what_its_left_neighbour_was_translated_to():
    # C D A becomes D C, since A has no probability at all; D, in front of A, was attended to where D was written.
    def table(source, read):
        return {(): [0, 0, 0, 0, 0, 0, 0, 1], (D,): [0, 0, 0, 0, 0, 0, 1, 0]}.get(read, END)

    def attention(source, read):
        return [0.1, 0.8, 0.1] if not read else [0.8, 0.1, 0.1]

    [[best]] = search(model(table, attention), [query(C, D, A)], config())
    assert best.ids == [D, A, C]
    assert best.inserted == {0}
    assert best.finished


def test_only_what_is_missing_is_inserted():
    def table(source, read):
        return END if read else [0, 0, 0, 0, 0, 0.9, 0.1, 0]

    [[best]] = search(model(table, lambda source, read: [1.0, 0.0, 0.0]), [query(A, C, B)], config())
    assert (best.ids, best.inserted) == ([A, B], {0})


@pytest.mark.parametrize("changes", [{"n_best": 2}, {"sample": True, "n_best": 2}])
def test_each_of_several_translations_has_what_is_inserted(changes):
    def table(source, read):
        return END if read else [0, 0, 0, 0, 0, 0, 0.6, 0.4]

    [found] = search(model(table, lambda source, read: [1.0, 0.0]), [query(C, A)], config(**changes))
    assert [each.ids for each in found] == [[C, A], [D, A]]
    assert [each.inserted for each in found] == [{0}, {0}]


def test_how_wide_a_sentence_is_searched_again_does_not_depend_on_its_neighbours(monkeypatch):
    wide = []

    def noted(engine, sources, config, *rest):
        wide.extend((source, config.beam_size) for source in sources)
        return beam_search(engine, sources, config, *rest)

    beam_search = searching.beam_search
    monkeypatch.setattr(searching, "beam_search", noted)
    queries = [query(A, C), query(A, B, C), query(A, D), query(C)]  # of which all are lost at first
    search(model(lambda source, read: END if read else [0, 0, 0, 0, 0, 0, 1, 0]), queries, config())
    # Twice the number of placeholders and one more, for the search in banks and for the one after it.
    assert sorted(wide) == sorted([(each.ids, 2) for each in queries] + [((A, C), 4), ((A, D), 4), ((A, B, C), 6)] * 2)


def test_a_translation_besides_the_best_that_lacks_something_has_it_inserted():
    # The best one has A; the other goes on with C until it is stopped.
    def table(source, read):
        return END if A in read else [0, 0, 0, 0, 0.5 if not read else 0, 0, 0.5, 0]

    [found] = search(model(table, lambda source, read: [1.0]), [query(A)], config(n_best=2))
    assert [each.ids.count(A) for each in found] == [1, 1]
    assert [each.inserted for each in found] == [frozenset(), {0}]


def test_a_placeholder_that_nothing_asked_for_is_searched_for_without_it():
    def stray(source, read):
        return END if read else [0, 0, 0, 0, 0.9, 0, 0, 0.1]

    [[best]] = search(model(stray), [query(C)], config())
    assert best.ids == [D]
    [[asked_for]] = search(model(stray), [query(A)], config())
    assert asked_for.ids == [A]


def test_of_several_translations_none_has_a_placeholder_that_nothing_asked_for():
    def stray(source, read):
        return END if read else [0, 0, 0, 0, 0.3, 0, 0.4, 0.3]

    [found] = search(model(stray), [query(C)], config(beam_size=3, n_best=3))
    assert [each.ids for each in found[:2]] == [[C], [D]]
    assert not any(A in each.ids for each in found)


def test_marks_round_something_stay_apart():
    def table(source, read):
        return {(A,): [0, 0, 0, 0, 0, 0.9, 0.1, 0]}.get(read, END if B in read else [0, 0, 0, 0, 0.4, 0.4, 0.2, 0])

    [[together]] = search(model(table), [query(A, C, B)], config())
    assert together.ids in ([A, B], [B, A])
    [[apart]] = search(model(table), [query(A, C, B, apart=((0, 1),))], config())
    assert (A, B) not in list(zip(apart.ids, apart.ids[1:], strict=False))


def test_sentences_searched_together_are_padded_to_one_length_and_few(monkeypatch):
    def batches(*lengths, rows, held=()):
        queries = [query(*([A] if length in held else []), *[C] * (length - (length in held))) for length in lengths]
        return [[len(each.ids) for each in batch] for batch in searching._batches(queries, rows)]

    monkeypatch.setattr(searching, "ROWS", 10)
    # With EOS, 3, 7 and 1 subwords are padded to 8, 8 to 16, 20 and 21 to 24; two sentences have 5 rows each.
    assert batches(3, 20, 7, 8, 21, 1, rows=5) == [[21, 20], [8], [7, 3], [1]]
    assert batches(3, 7, 1, rows=1, held=[7]) == [[7], [3, 1]]
    monkeypatch.setattr(searching, "SUBWORDS", 40)
    assert batches(20, 20, rows=1) == [[20], [20]]  # of 24 subwords each
