import itertools
from dataclasses import replace

import numpy as np
import pytest
from tests_engine import A, B, C, D, TableEngine

from nmt.decoding.beam_search import beam_search
from nmt.decoding.config import DecodingConfig
from nmt.decoding.constraints import PlaceholderConstraint, repetitions
from nmt.decoding.hypotheses import length_penalty
from nmt.decoding.sampling import sample
from nmt.engines.base import NONE
from nmt.errors import ModelError
from nmt.text.tokenizer import BOS_ID, EOS_ID


def two_step(source, read):
    # A first: 0.6 * 0.5 = 0.30.  B first: 0.4 * 0.9 = 0.36.
    return {
        (): [0, 0, 0, 0, 0.6, 0.4, 0],
        (A,): [0, 0, 0, 0, 0.2, 0.3, 0.5],
        (B,): [0, 0, 0, 0, 0.1, 0.9, 0],
    }.get(read, [0, 0, 0, 1, 0, 0, 0])


def random_table(seed):
    def table(source, read):
        random = np.random.default_rng([seed, *source, len(source), *read])
        weights = random.random(4)
        return [0, 0, 0, *(weights / weights.sum())]

    return table


def plain(**changes):
    return DecodingConfig(**{"length_penalty": 0.0, "no_repeat_ngram_size": 0, **changes})


def in_order(symbols, counts, cost=0.0):
    """Sentences that must have the first so many of the symbols, each inversion at the same cost."""
    size = len(symbols)
    return PlaceholderConstraint(
        symbols=symbols,
        required=np.arange(size) < np.asarray(counts)[:, None],
        inversion_costs=np.broadcast_to(np.triu(np.full((size, size), cost), 1), (len(counts), size, size)),
        apart=np.zeros((len(counts), size, size), dtype=bool),
    )


def best_ids(engine, config):
    [[best, *_]] = beam_search(engine, [[A]], config)
    return best.ids


def test_beam_finds_the_likelier_path_that_greedy_misses():
    assert best_ids(TableEngine(two_step), plain(beam_size=1)) == [A, C]
    assert best_ids(TableEngine(two_step), plain(beam_size=2)) == [B, B]


@pytest.mark.parametrize(("threshold", "ids"), [(0.3, [A, C]), (0.5, [B, B]), (0.0, [B, B])])
def test_what_is_too_far_behind_is_left_out(threshold, ids):
    # The likelier path begins with B, which is log(0.6 / 0.4) = 0.41 nats behind A.
    assert best_ids(TableEngine(two_step), plain(beam_size=2, beam_threshold=threshold)) == ids


def test_as_many_as_are_asked_for_are_found_however_far_behind():
    alone = plain(beam_size=5, n_best=3, beam_threshold=0.01)
    for seed in range(5):
        [found] = beam_search(TableEngine(random_table(seed)), [[A]], alone)
        assert len({tuple(each.ids) for each in found}) == 3


@pytest.mark.parametrize("alpha", [0.0, 1.0])
@pytest.mark.parametrize("constraint", [None, in_order(np.array([B]), [1])])
@pytest.mark.parametrize("seed", range(5))
def test_a_wide_beam_equals_exhaustive_search(seed, constraint, alpha):
    engine = TableEngine(random_table(seed))
    source = [A, B]
    # A ratio that is almost nothing leaves ten steps; the table is cut to sentences of three subwords and their end.
    short = TableEngine(lambda source, read: [0, 0, 0, 1, 0, 0, 0] if len(read) == 3 else engine.table(source, read))
    scores = {}
    for length in range(4):
        for ids in itertools.product([A, B, C], repeat=length):
            if constraint is None or ids.count(B) == 1:
                steps = [short.log_probs(tuple(source), ids[:n])[token] for n, token in enumerate([*ids, EOS_ID])]
                scores[ids] = sum(steps) / length_penalty(length + 1, alpha)
    config = DecodingConfig(beam_size=40, n_best=40, length_penalty=alpha)
    [found] = beam_search(short, [source], config, constraint=constraint)
    expected = sorted(scores.values(), reverse=True)
    assert [tuple(hypothesis.ids) for hypothesis in found] == sorted(scores, key=lambda ids: -scores[ids])
    np.testing.assert_allclose([hypothesis.score for hypothesis in found], expected)


@pytest.mark.parametrize("in_banks", [False, True])
@pytest.mark.parametrize("beam_size", [1, 3])
def test_placeholders_come_once_where_they_are_asked_for_and_nowhere_else(beam_size, in_banks):
    engine = TableEngine(random_table(3))
    constraint = replace(in_order(np.array([A, B]), [1, 2, 0]), in_banks=in_banks)
    found = beam_search(engine, [[A], [B], [C]], plain(beam_size=beam_size), constraint=constraint)
    assert [[best.ids.count(A), best.ids.count(B)] for [best] in found] == [[1, 0], [1, 1], [0, 0]]
    assert all(best.finished for [best] in found)


def test_a_translation_that_may_be_incomplete_has_no_placeholder_twice():
    engine = TableEngine(random_table(3))
    constraint = replace(in_order(np.array([A, B]), [1, 2, 0]), complete=False)
    found = beam_search(engine, [[A], [B], [C]], plain(beam_size=3), constraint=constraint)
    assert [[best.ids.count(A), best.ids.count(B)] for [best] in found] == [[0, 0], [0, 0], [0, 0]]


@pytest.mark.parametrize(("cost", "ids"), [(1.0, [B, A]), (2.0, [A, B]), (np.inf, [A, B])])
def test_placeholders_are_turned_round_where_the_model_is_surer_than_human_translators_are_of_their_order(cost, ids):
    # The model prefers B first at odds of 4 to 1, a cost of log 4 = 1.39 nats.
    engine = TableEngine(lambda source, read: {(): [0, 0, 0, 0, 0.2, 0.8, 0]}.get(read, [0, 0, 0, 0.4, 0.3, 0.3, 0]))
    constraint = in_order(np.array([A, B]), [2], cost)
    [[best]] = beam_search(engine, [[C]], plain(beam_size=4), constraint=constraint)
    assert best.ids == ids


def test_banks_keep_hypotheses_that_have_met_more_though_others_are_likelier():
    # Without A the network goes on for ever with C; A is so unlikely that a beam of two drops it in the first steps.
    engine = TableEngine(lambda source, read: [0, 0, 0, 0.9, 0, 0, 0.1] if A in read else [0, 0, 0, 0, 1e-9, 0.3, 0.7])
    constraint = in_order(np.array([A]), [1])
    [[lost]] = beam_search(engine, [[B]], plain(beam_size=2), constraint=constraint)
    assert (lost.finished, A in lost.ids) == (False, False)
    [[met]] = beam_search(engine, [[B]], plain(beam_size=2), constraint=replace(constraint, in_banks=True))
    assert (met.finished, met.ids.count(A)) == (True, 1)


def test_sequences_come_again_as_often_as_in_the_source_and_no_more():
    after = {A: [0, 0, 0, 0, 0.1, 0.8, 0.1], B: [0, 0, 0, 0, 0.8, 0.05, 0.15], C: [0, 0, 0, 1, 0, 0, 0]}
    engine = TableEngine(lambda source, read: after[read[-1] if read else B])  # A B A B ..., but for a way out by C
    [[loop]] = beam_search(engine, [[C]], plain(beam_size=1))
    assert loop.ids == [A, B] * 6
    [[found]] = beam_search(engine, [[C]], plain(beam_size=1, no_repeat_ngram_size=3))
    assert found.ids == [A, B, A, B, C]
    [[once]] = beam_search(engine, [[A, A, A, A]], plain(beam_size=1, no_repeat_ngram_size=3))
    assert once.ids[:5] == [A, B, A, B, A]
    assert repetitions(once.ids, 3) == repetitions([A, A, A, A], 3) == 1
    [[often]] = beam_search(engine, [[A] * 12], plain(beam_size=1, no_repeat_ngram_size=3))
    assert often.ids[:11] == [*[A, B] * 5, A]


def followed(source, read):
    """A is first, B follows it at once more often than behind C, and behind C and D as well."""
    after = {
        (): [0, 0, 0, 0, 1, 0, 0, 0],
        (A,): [0, 0, 0, 0, 0, 0.7, 0.3, 0],
        (A, C): [0, 0, 0, 0, 0, 0.7, 0, 0.3],
        (A, C, D): [0, 0, 0, 0, 0, 1, 0, 0],
    }
    return after.get(read, [0, 0, 0, 1, 0, 0, 0, 0])


@pytest.mark.parametrize(
    ("apart", "space_id", "ids"),
    [
        ([], -1, [A, B]),
        ([(1, 0)], -1, [A, B]),  # B must not stand before A
        ([(0, 1)], -1, [A, C, B]),
        ([(0, 1)], C, [A, C, D, B]),  # a space alone does not part them
    ],
)
def test_marks_round_something_have_something_between_them(apart, space_id, ids):
    constraint = in_order(np.array([A, B]), [2])
    for first, second in apart:
        constraint.apart[0, first, second] = True
    held, engine = replace(constraint, space_id=space_id), TableEngine(followed, vocab_size=8)
    [[best]] = beam_search(engine, [[C]], plain(), constraint=held)
    assert best.ids == ids
    [drawn] = sample(engine, [[C]], plain(sample=True, n_best=30), constraint=held)
    assert ([A, B] in [each.ids for each in drawn]) == ((0, 1) not in apart)
    assert ([A, C, B] in [each.ids for each in drawn]) == (space_id != C)


def test_sentences_searched_together_are_found_as_if_alone():
    engine = TableEngine(random_table(7))
    sources = [[A], [B, C, A], [C], [A, A, A, A, A]]
    config = DecodingConfig(beam_size=3, n_best=2, coverage_penalty=0.2)
    assert beam_search(engine, sources, config) == [beam_search(engine, [source], config)[0] for source in sources]


def test_a_translation_that_never_ends_is_stopped_and_says_so():
    engine = TableEngine(lambda source, read: [0, 0, 0, 0, 1, 0, 0])
    [[found]] = beam_search(engine, [[A]], plain(beam_size=1, max_length_ratio=2.0))
    assert found.ids == [A] * 12
    assert not found.finished


def test_the_length_penalty_is_the_one_of_gnmt():
    assert length_penalty(7, 0.0) == 1.0
    assert length_penalty(1, 0.6) == 1.0
    assert length_penalty(7, 1.0) == 2.0


def test_the_coverage_penalty_lowers_the_score_of_what_was_not_attended_to():
    # One step covers each of two source positions by 0.5: 2 * log 0.5 is added, times beta.
    engine = TableEngine(lambda source, read: [0, 0, 0, 1, 0, 0, 0])
    [[found]] = beam_search(engine, [[A]], plain(beam_size=1, coverage_penalty=0.3))
    assert found.score == pytest.approx(0.3 * 2 * np.log(0.5))


def test_samples_follow_the_model_and_the_seed():
    engine = TableEngine(lambda source, read: [0, 0, 0, 0.5, 0.4, 0.1, 0])
    config = DecodingConfig(sample=True, n_best=400, seed=3)
    [drawn] = sample(engine, [[A]], config)
    first = [hypothesis.ids[0] if hypothesis.ids else EOS_ID for hypothesis in drawn]
    assert abs(first.count(EOS_ID) / 400 - 0.5) < 0.08
    assert abs(first.count(A) / 400 - 0.4) < 0.08
    assert sample(engine, [[B], [A]], config)[1] == drawn
    assert sample(engine, [[A]], DecodingConfig(sample=True, n_best=400, seed=4)) != [drawn]
    assert BOS_ID not in first


def test_samples_from_the_most_probable_ones_are_those_that_may_come():
    engine = TableEngine(lambda source, read: [0, 0, 0, 0.2, 0.5, 0.3, 0])
    config = DecodingConfig(sample=True, top_k=1, n_best=20, max_length_ratio=0.1)
    [free] = sample(engine, [[A]], config)
    assert {tuple(drawn.ids) for drawn in free} == {(A,) * 10}
    [held] = sample(engine, [[A]], config, constraint=in_order(np.array([A]), [1]))
    assert {tuple(sorted(drawn.ids)) for drawn in held} <= {(A, *[B] * 9), (*[B] * 10,)}


def test_samples_do_not_repeat_a_sequence_that_the_source_has_once():
    after = {A: [0, 0, 0, 0.05, 0.1, 0.8, 0.05], B: [0, 0, 0, 0.05, 0.8, 0.1, 0.05], C: [0, 0, 0, 0.9, 0.1, 0, 0]}
    engine = TableEngine(lambda source, read: after[read[-1] if read else B])

    def repeating(source, **changes):
        [drawn] = sample(engine, [source], plain(sample=True, n_best=50, **changes))
        return sum(repetitions(each.ids, 3) > 0 for each in drawn)

    assert repeating([C]) > 10
    assert repeating([C], no_repeat_ngram_size=3) == 0
    assert repeating([A, A, A, A], no_repeat_ngram_size=3) > 10  # as the source does, once
    [drawn] = sample(engine, [[A] * 4], plain(sample=True, n_best=50, no_repeat_ngram_size=3))
    assert max(repetitions(each.ids, 3) for each in drawn) == 1


def test_both_searches_start_with_the_symbol_asked_for():
    class FirstSeen(TableEngine):
        def step(self, previous, state, candidates, watched=NONE):
            seen.append(int(previous[0]))
            return super().step(previous, state, candidates, watched)

    for search in (beam_search, sample):
        seen = []
        search(FirstSeen(two_step), [[A]], plain(), C)
        search(FirstSeen(two_step), [[A]], plain())
        assert seen[0] == C
        assert BOS_ID in seen[1:]


def test_probabilities_that_are_not_finite_are_said_to_be():
    engine = TableEngine(lambda source, read: [float("nan")] * 7)
    with pytest.raises(ModelError, match="not finite numbers"):
        beam_search(engine, [[A]], DecodingConfig(beam_size=2))
