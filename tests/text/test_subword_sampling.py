import subprocess
import sys
from collections import Counter

import pytest

from nmt.errors import ConfigError
from nmt.text.subword_sampling import BpeSampler, UnigramSampler, uniform

# ids 0, 1, 2; probabilities 1/2, 1/4, 1/8
UNIGRAM = {"a": (0, -0.6931471805599453), "b": (1, -1.3862943611198906), "ab": (2, -2.0794415416798357)}
# "ab" is merged first, then "abc"; "bc" would be merged last
BPE = {"ab": (3, 0.0), "abc": (4, -1.0), "bc": (5, -2.0), "a": (0, -3.0), "b": (1, -4.0), "c": (2, -5.0)}


def shares(sampler, word, draws=20_000):
    draw = uniform(1)
    counts = Counter(tuple(sampler.segment(word, draw)) for _ in range(draws))
    return {ids: count / draws for ids, count in counts.items()}


def test_unigram_segmentations_come_in_proportion_to_their_probability():
    # P(a b) = 1/2 * 1/4 = 1/8 and P(ab) = 1/8: as likely.  P(a b a) = 1/16 and P(ab a) = 1/16.
    found = shares(UnigramSampler(UNIGRAM, (), alpha=1.0), "ab")
    assert found == pytest.approx({(0, 1): 0.5, (2,): 0.5}, abs=0.02)


def test_alpha_is_the_power_of_the_probability():
    # "aab": a a b = 1/32, a ab = 1/16.  Squared: 1 to 4.  To the power 0: 1 to 1.
    pieces = {"a": UNIGRAM["a"], "b": (1, -2.0794415416798357), "ab": UNIGRAM["ab"]}
    assert shares(UnigramSampler(pieces, (), alpha=2.0), "aab") == pytest.approx(
        {(0, 0, 1): 0.2, (0, 2): 0.8}, abs=0.02
    )
    assert shares(UnigramSampler(pieces, (), alpha=0.0), "aab") == pytest.approx(
        {(0, 0, 1): 0.5, (0, 2): 0.5}, abs=0.02
    )


def test_a_large_alpha_gives_the_best_segmentation_without_overflow():
    assert shares(UnigramSampler({**UNIGRAM, "ab": (2, -2.0)}, (), alpha=1e5), "ab", draws=100) == {(2,): 1.0}


def test_dropout_leaves_out_each_merge_with_probability_alpha():
    # ab is merged first, and then abc.  Where ab is left out, bc is next, and then abc again, as a and bc.
    p = 0.25
    made = 1 - p
    expected = {(4,): made * made + p * made * made, (3, 2): made * p, (0, 5): p * made * p, (0, 1, 2): p * p}
    assert shares(BpeSampler(BPE, (), alpha=p), "abc") == pytest.approx(expected, abs=0.02)


def test_no_dropout_merges_in_the_order_of_the_scores():
    assert shares(BpeSampler(BPE, (), alpha=0.0), "abcbc", draws=10) == {(4, 5): 1.0}


@pytest.mark.parametrize("kind", [UnigramSampler, BpeSampler])
def test_words_with_symbols_or_unknown_characters_are_left_to_the_caller(kind):
    sampler = kind({**BPE, "<": (6, -6.0), ">": (7, -7.0)}, ("<ab>",), alpha=0.5)
    draw = uniform(1)
    assert sampler.segment("a<ab>", draw) is None
    assert sampler.segment("a?", draw) is None
    assert sampler.segment("<a>", draw) is not None


@pytest.mark.parametrize(("kind", "alpha"), [(UnigramSampler, -1.0), (UnigramSampler, float("nan")), (BpeSampler, 1.0)])
def test_an_alpha_without_meaning_is_refused(kind, alpha):
    with pytest.raises(ConfigError, match="alpha"):
        kind(BPE, (), alpha=alpha)


def test_a_seed_means_the_same_in_every_process():
    program = "from nmt.text.subword_sampling import uniform; draw = uniform(7); print(draw(), draw())"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    draw = uniform(7)
    assert done.stdout.split() == [str(draw()), str(draw())]
