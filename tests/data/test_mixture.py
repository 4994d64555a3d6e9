import numpy as np

from nmt.data.mixture import WeightedCorpus, epoch_rows

NUMBERS = np.array([0, 1, 2, 4, 5, 6, 7, 8])  # pair 3 of the files was too long


def epoch(number, *corpora):
    mixture = [WeightedCorpus(pairs=pairs, weight=weight) for pairs, weight in corpora]
    return epoch_rows(mixture, NUMBERS, 1, number).tolist()


def test_half_a_weight_goes_through_half_of_a_corpus_and_then_the_other_half():
    halves = [epoch(number, (5, 0.5), (4, 1.0)) for number in (0, 1, 2, 3)]
    for rows in halves:
        assert (len(rows), sorted(rows[2:])) == (6, [4, 5, 6, 7])  # rows 0 to 3 are pairs 0, 1, 2 and 4
    for first, second in (halves[:2], halves[2:]):
        assert sorted(first[:2] + second[:2]) == [0, 1, 2, 3]
    assert halves[0] != halves[2]  # another pass, another order


def test_a_weight_above_one_repeats_no_pair_before_all_have_come():
    rows = epoch(0, (9, 2.5))
    assert len(rows) == 20
    assert sorted(rows[:8]) == sorted(rows[8:16]) == list(range(8))
    assert len({*rows[16:], *epoch(1, (9, 2.5))[:4]}) == 8  # the next epoch goes on where this one ends


def test_a_corpus_of_which_no_pair_is_left_is_passed_over():
    assert sorted(epoch(0, (0, 3.0), (3, 1.0), (1, 5.0), (5, 0.1))) == [0, 1, 2]
