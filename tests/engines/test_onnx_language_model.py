import numpy as np
import pytest
import torch

from nmt.engines.int8 import dequantize_weights, quantize_weights
from nmt.engines.networks import fill, weights_of
from nmt.engines.onnx_language_model import OnnxLanguageModel
from nmt.model_folder.schemas import language_model_schema
from nmt.models.config import LanguageModelConfig
from nmt.models.language_model import LanguageModelNetwork

VOCABULARY = 30
SHAPES = [
    {},
    {"cell": "lstm"},
    {"cell": "rnn", "layers": 1},
    {"cell": "ssru"},
    {"layers": 3, "embedding_size": 32},
]


def models(**changes):
    """The same language model of random weights in torch and in onnxruntime, with weights of int8 in both."""
    torch.manual_seed(1)
    config = LanguageModelConfig(**{"embedding_size": 16, "hidden_size": 32, **changes})
    network = LanguageModelNetwork(config, VOCABULARY).eval()
    for parameter in network.parameters():
        torch.nn.init.normal_(parameter, std=0.3)
    weights = weights_of(network)
    fill(network, dequantize_weights(quantize_weights(weights), weights))
    return network, OnnxLanguageModel(weights, vars(config))


@pytest.mark.parametrize("changes", SHAPES, ids=str)
@torch.no_grad()
def test_it_computes_what_the_network_in_torch_does_but_for_rounding(changes):
    network, engine = models(**changes)
    ids = torch.randint(VOCABULARY, (5, 7), generator=torch.Generator().manual_seed(2))
    hidden, _ = network.hidden(ids, network.start(5))
    expected = torch.log_softmax(network.logits(hidden), dim=-1).numpy()
    states = engine.start(5)
    for step in range(ids.shape[1]):
        found, after = engine.scores(ids[:, step].numpy(), states)
        following = found.argmax(axis=1)
        chosen, states = engine.score(ids[:, step].numpy(), following, states)
        assert (chosen == found[np.arange(5), following]).all()
        assert all((states[name] == after[name]).all() for name in states)
        assert np.abs(found - expected[:, step]).max() < 0.25 * expected.std()


def test_a_row_gives_the_same_bytes_alone_and_beside_others():
    _, engine = models()
    previous = np.arange(6)
    together, _ = engine.scores(previous, engine.start(6))
    for row in range(6):
        alone, _ = engine.scores(previous[row : row + 1], engine.start(1))
        assert alone.tobytes() == together[row : row + 1].tobytes()


@pytest.mark.parametrize("changes", SHAPES, ids=str)
def test_the_schema_of_its_weights_is_that_of_the_network(changes):
    config = LanguageModelConfig(**{"embedding_size": 16, "hidden_size": 32, **changes})
    network = LanguageModelNetwork(config, VOCABULARY)
    found = {name: (array.dtype.name, array.shape) for name, array in weights_of(network).items()}
    assert found == language_model_schema({"language_model": vars(config)}, VOCABULARY)
