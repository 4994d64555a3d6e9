import pytest
import torch

from nmt.models.translator import ModelConfig, Translator
from nmt.text.batch import make_batch
from nmt.training.loss import CHUNK, smoothed_cross_entropy, translation_loss


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


def model(**changes):
    torch.manual_seed(1)
    shape = {"embedding_size": 6, "hidden_size": 8, "dropout": 0.0}
    return Translator(ModelConfig(**{**shape, **changes}), 11, 11, shared=True).double()


def test_padding_adds_nothing_to_the_loss():
    pairs = [([5, 6, 7], [8, 9, 10, 4]), ([6], [7])]
    together = translation_loss(model(), make_batch(*zip(*pairs, strict=True)), 0.1)
    alone = sum(translation_loss(model(), make_batch([source], [target]), 0.1) for source, target in pairs)
    torch.testing.assert_close(together, alone)


def test_scheduled_sampling_shows_the_models_own_guesses():
    batch = make_batch([[5, 6, 7]], [[8, 9, 10, 4]])
    own = model()
    with torch.no_grad():
        guesses = own(batch.source_ids, batch.source_lengths, batch.target_ids).argmax(-1)
        shown = torch.cat([batch.target_ids[:, :1], guesses[:, :-1]], dim=1)
        hidden = own.hidden(own.encode(batch.source_ids, batch.source_lengths), shown)
        expected = torch.nn.functional.cross_entropy(own.logits(hidden)[0], batch.next_ids[0], reduction="sum")
    torch.testing.assert_close(translation_loss(own, batch, 0.0, teacher_forcing=0.0).detach(), expected)
    assert translation_loss(own, batch, 0.0, teacher_forcing=1.0).item() != pytest.approx(expected.item())
