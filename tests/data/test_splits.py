from collections import Counter

import pytest

from nmt.data.splits import held_out_size, hold_out, sample
from nmt.errors import DataError

PAIRS = [(f"Satz {number}", f"sentence {number}") for number in range(100)]


def split(pairs, seed=1):
    counts: Counter[str] = Counter()
    held, rest = hold_out(pairs, {"valid": 5, "test": 7}, seed=seed, counts=counts)
    return held["valid"], held["test"], list(rest), counts


def test_the_sets_have_their_sizes_and_no_pair_is_lost():
    valid, test, rest, counts = split(PAIRS)
    assert (len(valid), len(test), len(rest)) == (5, 7, 88)
    assert sorted(valid + test + rest) == sorted(PAIRS)
    assert not counts


def test_the_seed_decides():
    assert split(PAIRS) == split(PAIRS)
    assert split(PAIRS, seed=2)[0] != split(PAIRS)[0]


def test_no_sentence_is_in_two_sets_on_either_side():
    pairs = [(f"Satz {number % 40}", f"sentence {number}!") for number in range(100)]
    valid, test, rest, counts = split(pairs)
    sources = [{source for source, _ in part} for part in (valid, test, rest)]
    assert not sources[0] & sources[1]
    assert not (sources[0] | sources[1]) & sources[2]
    assert len(valid) + len(test) + len(rest) + counts["overlap"] == 100
    assert counts["overlap"] > 0


def test_too_few_pairs_are_told():
    with pytest.raises(DataError, match="11 pairs are too few to hold out 7 for test; give"):
        split(PAIRS[:11])


def test_why_pairs_are_too_few_is_told():
    left_out = Counter(duplicates=299, empty=1)
    with pytest.raises(
        DataError, match=r"^1 pair is too few .*: 300 of 301 were left out, 299 by the rule 'duplicates'; "
    ):
        hold_out(PAIRS[:1], {"valid": 1, "test": 1}, seed=1, counts=left_out)
    with pytest.raises(DataError, match=r"^50 pairs are too few .* test: 49 share a sentence with those held out"):
        hold_out([("a", "b")] * 50, {"valid": 1, "test": 1}, seed=1, counts=Counter())


def test_a_sample_keeps_the_order_and_counts_what_it_leaves_out():
    counts: Counter[str] = Counter()
    drawn = sample(iter(PAIRS), 30, seed=1, counts=counts)
    assert len(drawn) == len(set(drawn)) == 30
    assert drawn == [pair for pair in PAIRS if pair in drawn]
    assert counts == {"limit": 70}
    assert sample(PAIRS, 100, seed=1, counts=counts) == PAIRS
    assert counts == {"limit": 70}


def test_a_sample_takes_every_pair_as_often_and_the_seed_decides():
    drawn = [sample(PAIRS, 30, seed=seed, counts=Counter()) for seed in range(400)]
    assert drawn[0] == sample(PAIRS, 30, seed=0, counts=Counter()) != drawn[1]
    times = Counter(pair for pairs in drawn for pair in pairs)  # each is binomial: 120 expected, deviation 9.2
    assert all(80 < times[pair] < 160 for pair in PAIRS)


def test_the_default_size_is_five_per_cent_and_at_most_two_thousand():
    assert [held_out_size(pairs) for pairs in (100, 40_000, 1_000_000)] == [5, 2000, 2000]


def test_where_nothing_is_left_to_train_on_it_is_told():
    with pytest.raises(DataError, match="2 pairs are too few to hold out 1 for valid and 1 for test"):
        list(hold_out([("a", "b"), ("c", "d")], {"valid": 1, "test": 1}, seed=1, counts=Counter())[1])
