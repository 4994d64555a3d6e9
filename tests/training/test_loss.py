import math

import pytest
import torch

from nmt.data.batch import make_batch
from nmt.models.config import ModelConfig
from nmt.models.translator import TranslationNetwork
from nmt.text.tokenizer import PAD_ID
from nmt.training.loss import CHUNK, AttentionGuide, attention_loss, smoothed_cross_entropy, translation_loss


@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_value_and_gradients_equal_torch_own_cross_entropy(smoothing):
    torch.manual_seed(1)
    rows = 2 * CHUNK + 5  # several chunks, the last one short
    hidden, weight, bias = (
        torch.randn(*shape, dtype=torch.double, requires_grad=True) for shape in [(rows, 6), (9, 6), (9,)]
    )
    targets = torch.randint(0, 9, (rows,))
    ours = smoothed_cross_entropy(hidden, weight, bias, targets, smoothing)
    theirs = torch.nn.functional.cross_entropy(
        hidden @ weight.T + bias, targets, label_smoothing=smoothing, reduction="sum"
    )
    torch.testing.assert_close(ours, theirs)
    for mine, other in zip(
        torch.autograd.grad(ours, [hidden, weight, bias]),
        torch.autograd.grad(theirs, [hidden, weight, bias]),
        strict=True,
    ):
        torch.testing.assert_close(mine, other)


def two_views(rows):
    """Hidden states, weight and bias in float64, and targets, where the second half of the rows views the first."""
    torch.manual_seed(1)
    shapes = [(2 * rows, 6), (9, 6), (9,)]
    tensors = [torch.randn(*shape, dtype=torch.double, requires_grad=True) for shape in shapes]
    return tensors, torch.randint(0, 9, (rows,)).repeat(2)


def naive_r_drop(hidden, weight, bias, targets, smoothing, divergence):
    logits = hidden @ weight.T + bias
    first, second = torch.log_softmax(logits, -1).chunk(2)
    apart = sum(
        torch.nn.functional.kl_div(q, p, log_target=True, reduction="sum")
        for p, q in [(first, second), (second, first)]
    )
    return (
        torch.nn.functional.cross_entropy(logits, targets, label_smoothing=smoothing, reduction="sum")
        + divergence * apart
    )


def test_the_divergence_of_two_views_is_that_of_their_log_probabilities():
    tensors, targets = two_views(CHUNK + 3)  # three chunks of both views, the last one short
    ours, theirs = (function(*tensors, targets, 0.1, 0.7) for function in (smoothed_cross_entropy, naive_r_drop))
    torch.testing.assert_close(ours, theirs)
    for mine, other in zip(torch.autograd.grad(ours, tensors), torch.autograd.grad(theirs, tensors), strict=True):
        torch.testing.assert_close(mine, other)


def test_the_gradient_of_the_divergence_is_that_of_finite_differences():
    tensors, targets = two_views(3)
    assert torch.autograd.gradcheck(lambda *inputs: smoothed_cross_entropy(*inputs, targets, 0.1, 2.0), tensors)


def test_the_divergence_of_a_worked_example():
    # P = (1/2, 1/2), Q = (3/4, 1/4): KL(P||Q) + KL(Q||P) = sum((p - q) * log(p / q)) = 1/4 * log(3).
    logits = torch.tensor([[0.5, 0.5], [0.75, 0.25]], dtype=torch.double).log() + 3.0
    plain, apart = (
        smoothed_cross_entropy(
            logits, torch.eye(2).double(), torch.zeros(2).double(), torch.tensor([0, 0]), 0.0, weight
        )
        for weight in (0.0, 1.0)
    )
    assert (apart - plain).item() == pytest.approx(0.25 * math.log(3))


def model(**changes):
    torch.manual_seed(1)
    shape = {"embedding_size": 6, "hidden_size": 8, "dropout": 0.0}
    return TranslationNetwork(ModelConfig(**{**shape, **changes}), 11, 11, shared=True).double()


def test_padding_adds_nothing_to_the_loss():
    pairs = [([5, 6, 7], [8, 9, 10, 4]), ([6], [7])]
    together = translation_loss(model(), make_batch(*zip(*pairs, strict=True)), 0.1)
    alone = sum(translation_loss(model(), make_batch([source], [target]), 0.1) for source, target in pairs)
    torch.testing.assert_close(together, alone)


def test_scheduled_sampling_shows_the_models_own_guesses():
    batch = make_batch([[5, 6, 7]], [[8, 9, 10]])
    own = model()
    with torch.no_grad():
        guesses = own(batch.source_ids, batch.source_lengths, batch.target_ids).argmax(-1)
        shown = torch.cat([batch.target_ids[:, :1], guesses[:, :-1]], dim=1)
        hidden = own.hidden(own.encode(batch.source_ids, batch.source_lengths), shown)
        expected = torch.nn.functional.cross_entropy(own.logits(hidden)[0], batch.next_ids[0], reduction="sum")
    torch.testing.assert_close(translation_loss(own, batch, 0.0, teacher_forcing=0.0).detach(), expected)
    assert translation_loss(own, batch, 0.0, teacher_forcing=1.0).item() != pytest.approx(expected.item())


def test_attention_is_guided_to_where_the_placeholders_that_are_written_stand_in_the_source():
    batch = make_batch([[5, 9, 6, 8], [7]], [[9, 4], [8, 7]])  # 9 is shared in the first pair, 8 in neither
    guide = AttentionGuide(weight=0.05, source_ids=torch.tensor([8, 9]), target_ids=torch.tensor([8, 9]))
    attention = torch.full((2, 4, 6), 0.1)
    attention[0, 0, 1] = 0.25
    assert attention_loss(attention, batch, guide).item() == pytest.approx(-math.log(0.25))
    swapped = AttentionGuide(weight=0.05, source_ids=torch.tensor([8, 6]), target_ids=torch.tensor([8, 9]))
    assert attention_loss(attention, batch, swapped).item() == pytest.approx(-math.log(0.1))
    attention[0, 0, 1] = 0.0  # what underflows is no infinity
    assert math.isfinite(attention_loss(attention, batch, guide).item())


def test_guidance_adds_to_the_gradient_and_not_to_the_value():
    batch, own = make_batch([[5, 9, 6]], [[4, 9]]), model()
    guide = AttentionGuide(weight=0.5, source_ids=torch.tensor([9]), target_ids=torch.tensor([9]))

    def gradient(loss):
        own.zero_grad()
        loss.backward()
        return own.decoder.blocks[0].attention.query.weight.grad.clone()

    plain, guided = translation_loss(own, batch, 0.1), translation_loss(own, batch, 0.1, guide=guide)
    assert guided.item() == plain.item()
    _, attention = own.hidden_and_attention(own.encode(batch.source_ids, batch.source_lengths), batch.target_ids)
    expected = gradient(plain) + 0.5 * gradient(attention_loss(attention, batch, guide))
    torch.testing.assert_close(gradient(guided), expected)


def test_r_drop_without_dropout_is_the_plain_loss():
    batch = make_batch([[5, 6, 7], [6]], [[8, 9, 10, 4], [7]])
    torch.testing.assert_close(translation_loss(model(), batch, 0.1, r_drop=5.0), translation_loss(model(), batch, 0.1))


def test_r_drop_reads_every_pair_twice_with_different_dropout():
    batch, own = make_batch([[5, 6, 7], [6]], [[8, 9, 10, 4], [7]]), model(dropout=0.5).train()
    torch.manual_seed(2)
    found = translation_loss(own, batch, 0.1, r_drop=3.0)
    torch.manual_seed(2)
    both = batch.twice()
    logits = own(both.source_ids, both.source_lengths, both.target_ids)[both.next_ids != PAD_ID]
    identity = torch.eye(11).double()
    expected = naive_r_drop(logits, identity, torch.zeros(11), both.next_ids[both.next_ids != PAD_ID], 0.1, 3.0 / 2) / 2
    torch.testing.assert_close(found, expected)
