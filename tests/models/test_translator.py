import pytest
import torch

from nmt.errors import ConfigError
from nmt.models.config import ModelConfig
from nmt.models.translator import TranslationNetwork

CELLS = ["gru", "lstm", "rnn", "ssru"]


def tiny(cell: str, **changes) -> TranslationNetwork:
    torch.manual_seed(1)
    shape = {"embedding_size": 6, "hidden_size": 8, "encoder_layers": 2, "decoder_layers": 2, "attention_heads": 2}
    return TranslationNetwork(ModelConfig(cell=cell, **{**shape, **changes}), 11, 11, shared=True).double()


def batch():
    source = torch.tensor([[5, 6, 7, 8, 3], [9, 10, 3, 0, 0], [4, 3, 0, 0, 0]])
    target = torch.tensor([[2, 4, 5, 6, 7, 8], [2, 9, 9, 10, 0, 0], [2, 5, 0, 0, 0, 0]])
    return source, torch.tensor([5, 3, 2]), target


@pytest.mark.parametrize("cell", CELLS)
@pytest.mark.parametrize("with_gradient", [True, False])
def test_a_whole_sentence_at_once_and_step_by_step_give_the_same_log_probabilities(cell, with_gradient):
    model = tiny(cell).eval()
    source, lengths, target = batch()
    with torch.set_grad_enabled(with_gradient):  # with gradients the GRU runs through its own kernel
        fused = model(source, lengths, target).log_softmax(-1).detach()
    with torch.no_grad():
        state = model.decoder.start(model.encode(source, lengths))
        for position in range(target.shape[1]):
            logits, state, attention = model.step(target[:, position], state)
            torch.testing.assert_close(logits.log_softmax(-1), fused[:, position], atol=1e-10, rtol=0)
            torch.testing.assert_close(attention.sum(-1), torch.ones(3, dtype=torch.double))


@pytest.mark.parametrize("cell", CELLS)
def test_padding_and_batch_order_change_nothing(cell):
    model = tiny(cell).eval()
    source, lengths, target = batch()
    together = model(source, lengths, target)
    order = torch.tensor([2, 0, 1])
    torch.testing.assert_close(model(source[order], lengths[order], target[order]), together[order], atol=1e-12, rtol=0)
    alone = model(source[1:2, :3], lengths[1:2], target[1:2, :4])
    torch.testing.assert_close(alone, together[1:2, :4], atol=1e-12, rtol=0)
    other_padding = source.clone()
    other_padding[1, 3:] = 7
    torch.testing.assert_close(model(other_padding, lengths, target), together, atol=0, rtol=0)


@pytest.mark.parametrize("cell", CELLS)
def test_selecting_rows_keeps_each_hypothesis_with_its_own_history(cell):
    model = tiny(cell).eval()
    source, lengths, target = batch()
    _, state, _ = model.step(target[:, 0], model.decoder.start(model.encode(source, lengths)))
    rows = torch.tensor([1, 1, 0])
    moved, _, _ = model.step(target[rows, 1], state.select(rows))
    stayed, _, _ = model.step(target[:, 1], state)
    torch.testing.assert_close(moved, stayed[rows], atol=1e-12, rtol=0)


def test_dropout_is_active_in_training_alone():
    model = tiny("gru", dropout=0.5, word_dropout=0.2)
    arguments = batch()
    assert not torch.equal(model.train()(*arguments), model(*arguments))
    assert torch.equal(model.eval()(*arguments), model(*arguments))


def test_separate_vocabularies_have_separate_embeddings():
    config = ModelConfig(embedding_size=6, hidden_size=8)
    separate, shared = TranslationNetwork(config, 11, 13, shared=False), TranslationNetwork(config, 13, 13, shared=True)
    assert separate.source_embedding.weight.shape == (11, 6)
    assert separate(*batch()).shape == (3, 6, 13)
    assert shared.source_embedding is shared.target_embedding


@pytest.mark.parametrize(
    ("changes", "named"),
    [({"cell": "grru"}, "model.cell"), ({"hidden_size": 7}, "model.hidden_size"), ({"dropout": 1.0}, "model.dropout")],
)
def test_a_shape_that_cannot_be_is_refused_by_name(changes, named):
    with pytest.raises(ConfigError, match=named):
        ModelConfig(**changes)
