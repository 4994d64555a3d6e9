"""Against the definition: all tag sequences of short inputs, written out."""

from itertools import product

import numpy as np
import pytest
import torch

from nmt.data.bio_tags import bio_scores, bio_tags
from nmt.decoding.viterbi import forward_backward, padded, span_probability, viterbi
from nmt.models.crf import CRF, log_partition

TAGS = bio_tags(["LOC", "PER"])


def random_crf(words: int, seed: int):
    """Emissions [W, L] and transitions [L + 1, L] in float64, with the transitions of BIO alone."""
    generator = torch.Generator().manual_seed(seed)
    emissions = torch.randn(words, len(TAGS), generator=generator, dtype=torch.float64)
    steps = torch.randn(len(TAGS) + 1, len(TAGS), generator=generator, dtype=torch.float64)
    return emissions, steps + torch.tensor(bio_scores(TAGS), dtype=torch.float64)


def all_scores(emissions, transitions):
    """The score of every sequence of tags, by the sequence."""
    words, tags = emissions.shape
    scores = {}
    for path in product(range(tags), repeat=words):
        before = (tags, *path[:-1])
        scores[path] = sum(
            float(emissions[word, tag] + transitions[last, tag])
            for word, (last, tag) in enumerate(zip(before, path, strict=True))
        )
    return scores


@pytest.mark.parametrize("words", [1, 2, 5])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_partition_is_the_sum_over_all_sequences(words, seed):
    emissions, transitions = random_crf(words, seed)
    expected = np.logaddexp.reduce(list(all_scores(emissions, transitions).values()))
    found = log_partition(emissions[None], torch.tensor([words]), transitions)
    assert found.item() == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_viterbi_finds_the_best_of_all_sequences_however_long_the_others_in_the_batch(seed):
    inputs = [random_crf(words, seed + words)[0].numpy() for words in (5, 1, 2)]
    transitions = random_crf(1, seed)[1]
    for row, tags in zip(inputs, viterbi(*padded(inputs), transitions.numpy()), strict=True):
        scores = all_scores(row, transitions)
        assert tuple(tags[: len(row)]) == max(scores, key=scores.__getitem__)


def test_viterbi_never_takes_an_impossible_step_however_good_it_looks():
    emissions = np.zeros((1, 2, len(TAGS)))
    emissions[:, :, TAGS.index("I-PER")] = 100.0
    [path] = viterbi(emissions, np.array([2]), np.array(bio_scores(TAGS)))
    assert [TAGS[tag] for tag in path] == ["B-PER", "I-PER"]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_marginals_are_those_of_all_sequences_and_sum_to_one(seed):
    inputs = [random_crf(words, seed + words)[0].numpy() for words in (4, 1, 3)]
    transitions = random_crf(1, seed)[1]
    lattice = forward_backward(*padded(inputs), transitions.numpy())
    for row, emissions in enumerate(inputs):
        words = len(emissions)
        marginals = np.exp(lattice.forward[row, :words] + lattice.backward[row, :words] - lattice.total[row])
        np.testing.assert_allclose(marginals.sum(axis=1), 1.0, atol=1e-12)
        expected = np.zeros_like(marginals)
        for path, score in all_scores(emissions, transitions).items():
            expected[range(words), path] += np.exp(score - lattice.total[row])
        np.testing.assert_allclose(marginals, expected, atol=1e-12)


@pytest.mark.parametrize("span", [(0, 1, "PER"), (0, 3, "LOC"), (1, 2, "PER"), (2, 4, "LOC")])
def test_a_spans_probability_is_that_of_all_sequences_which_mark_it(span):
    inputs = [random_crf(words, 5)[0].numpy() for words in (6, 4)]
    transitions = random_crf(1, 5)[1]
    start, end, kind = span
    begin, inside = TAGS.index(f"B-{kind}"), TAGS.index(f"I-{kind}")
    wanted = (begin,) + (inside,) * (end - start - 1)
    scores = all_scores(inputs[1], transitions)
    total = np.logaddexp.reduce(list(scores.values()))
    expected = sum(
        np.exp(score - total)
        for path, score in scores.items()
        if path[start:end] == wanted and (end == 4 or path[end] != inside)
    )
    lattice = forward_backward(*padded(inputs), transitions.numpy())
    found = span_probability(inputs[1], transitions.numpy(), lattice, 1, (start, end), begin, inside)
    assert found == pytest.approx(expected, abs=1e-9)


def crf_in_float64(seed: int) -> CRF:
    crf = CRF(TAGS, learnt=True).double()
    with torch.no_grad():
        crf.learnt.copy_(torch.randn(crf.learnt.shape, generator=torch.Generator().manual_seed(seed)))
    return crf


def test_the_loss_is_the_log_probability_of_the_tags():
    emissions, _ = random_crf(3, seed=7)
    crf = crf_in_float64(seed=7)
    scores = all_scores(emissions, crf.transitions().detach())
    path = (TAGS.index("B-PER"), TAGS.index("I-PER"), TAGS.index("O"))
    expected = np.logaddexp.reduce(list(scores.values())) - scores[path]
    assert crf.loss(emissions[None], torch.tensor([path]), torch.tensor([3])).item() == pytest.approx(expected)


def test_the_loss_reads_no_padding():
    emissions, _ = random_crf(5, seed=8)
    crf = crf_in_float64(seed=8)
    tags = torch.zeros(1, 5, dtype=torch.long)
    alone = crf.loss(emissions[None, :3], tags[:, :3], torch.tensor([3]))
    padded = crf.loss(emissions[None], tags + torch.tensor([0, 0, 0, 1, 2]), torch.tensor([3]))
    assert padded.item() == pytest.approx(alone.item(), abs=1e-12)


def test_the_gradients_are_those_of_small_differences():
    crf = crf_in_float64(seed=9)
    emissions = torch.randn(2, 4, len(TAGS), dtype=torch.float64, requires_grad=True)
    tags = torch.tensor([[0, 1, 2, 0], [3, 0, 0, 0]])
    lengths = torch.tensor([4, 2])
    steps = crf.learnt.detach().clone().requires_grad_(True)

    crf.forward = crf.loss  # what functional_call calls

    def loss(emissions, steps):
        return torch.func.functional_call(crf, {"learnt": steps}, (emissions, tags, lengths))

    assert torch.autograd.gradcheck(loss, (emissions, steps), atol=1e-6)


def test_without_learnt_transitions_the_loss_is_cross_entropy():
    emissions = torch.randn(2, 3, len(TAGS))
    tags = torch.tensor([[0, 1, 2], [3, 0, 0]])
    expected = sum(
        -torch.log_softmax(emissions[row, word], 0)[tags[row, word]] for row, word in [(0, 0), (0, 1), (0, 2), (1, 0)]
    )
    found = CRF(TAGS, learnt=False).loss(emissions, tags, torch.tensor([3, 1]))
    assert found.item() == pytest.approx(expected.item(), rel=1e-5)


def possible_tags(*words):
    """[1, W, L] from the tags that each word may have."""
    return torch.tensor([[[tag in possible for tag in TAGS] for possible in words]])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_where_words_may_have_several_tags_all_their_sequences_count(seed):
    emissions, _ = random_crf(3, seed)
    crf = crf_in_float64(seed)
    scores = all_scores(emissions, crf.transitions().detach())
    words = [{"B-PER"}, {"O", "B-LOC", "I-LOC"}, {"O", "B-LOC", "I-LOC"}]
    agreeing = [score for path, score in scores.items() if all(TAGS[tag] in words[at] for at, tag in enumerate(path))]
    expected = np.logaddexp.reduce(list(scores.values())) - np.logaddexp.reduce(agreeing)
    found = crf.loss(emissions[None], torch.zeros(1, 3, dtype=torch.long), torch.tensor([3]), possible_tags(*words))
    assert found.item() == pytest.approx(expected)


@pytest.mark.parametrize("learnt", [True, False])
def test_a_single_possible_tag_counts_as_one_that_is_given(learnt):
    emissions = torch.randn(1, 3, len(TAGS), generator=torch.Generator().manual_seed(1))
    tags = [["B-PER", "I-PER", "O"]]
    given = torch.tensor([[TAGS.index(tag) for tag in row] for row in tags])
    crf = CRF(TAGS, learnt)
    possible = possible_tags(*([tag] for tag in tags[0]))
    alone = crf.loss(emissions, given, torch.tensor([3]))
    assert crf.loss(emissions, given, torch.tensor([3]), possible).item() == pytest.approx(alone.item(), rel=1e-5)
