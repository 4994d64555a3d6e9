"""The machine's own speed at matrix products, and the number of their operations that a model needs.

A multiplication with its addition counts as two operations. Everything but matrix products is ignored, so the roofline
cannot be reached; the share of it that is reached shows how much time is spent elsewhere.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from nmt.model_folder.schemas import ELEMENTWISE, GATES

_SIZE = 1024  # rows and columns of the timed products
_SECONDS = 0.3  # of measuring


def matrix_rates(threads: int) -> dict[str, float]:
    """Operations per second of square matrix products in threads: float32 and bfloat16 in torch, int8 in our engine."""
    import torch

    torch.set_num_threads(threads)
    rates = {}
    for name in ("float32", "bfloat16"):
        one, other = (torch.randn(_SIZE, _SIZE, dtype=getattr(torch, name)) for _ in range(2))
        out = torch.empty_like(one)
        rates[name] = 2 * _SIZE**3 * _calls_a_second(lambda: torch.mm(one, other, out=out))  # noqa: B023 - called here
    rates["int8"] = 2 * _SIZE**3 * _int8_products_a_second(threads)
    return rates


def decoding_operations(config: Mapping[str, Any], vocabulary: int, source_length: float = 0) -> float:
    """Operations per target subword, including those for source_length source subwords."""
    source, target = _operations(config, vocabulary)
    return source * source_length + target


def training_operations(config: Mapping[str, Any], vocabulary: int, source_length: float = 1) -> float:
    """The same for the forward and the backward pass, which needs twice as many."""
    return 3 * decoding_operations(config, vocabulary, source_length)


def _operations(config: Mapping[str, Any], vocabulary: int) -> tuple[float, float]:
    """Operations per source subword and per target subword, without products with attention weights."""
    embedding, hidden, gates = config["embedding_size"], config["hidden_size"], GATES[config["cell"]]
    recurrent = 0 if config["cell"] in ELEMENTWISE else hidden

    def inputs(layers: int) -> int:
        return int(embedding + (layers - 1) * hidden)

    encoder = gates * hidden * (inputs(config["encoder_layers"]) + config["encoder_layers"] * recurrent / 2)
    keys = config["decoder_layers"] * 2 * hidden**2
    decoder = gates * hidden * (inputs(config["decoder_layers"]) + config["decoder_layers"] * recurrent)
    attention = config["decoder_layers"] * 2 * hidden**2
    output = embedding * (hidden + vocabulary)
    return 2 * (encoder + keys), 2 * (decoder + attention + output)


def _int8_products_a_second(threads: int) -> float:
    """Products per second in onnxruntime as our engine uses it: each thread computes its own product."""
    from nmt.engines.int8 import WEIGHT_LEVELS
    from nmt.engines.onnx_graph import Graph
    from nmt.engines.onnx_session import open_session

    generator = np.random.default_rng(1)
    graph = Graph()
    weight = graph.constant(generator.integers(-WEIGHT_LEVELS, WEIGHT_LEVELS + 1, (_SIZE, _SIZE)).astype(np.int8))
    zeros = graph.constant(np.array(128, np.uint8)), graph.constant(np.array(0, np.int8))
    scales = graph.constant(1.0), graph.constant(np.ones(_SIZE, np.float32))
    product = graph.op("MatMulIntegerToFloat", graph.input("x", "uint8", 2), weight, *scales, *zeros)
    graph.output(product, "y", "float32", 2)
    session = open_session(graph.program())
    x = generator.integers(1, 256, (_SIZE, _SIZE)).astype(np.uint8)
    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(_calls_a_second, [lambda: session.run(None, {"x": x})] * threads))


def _calls_a_second(function: Callable[[], object]) -> float:
    function()
    calls, start = 0, time.perf_counter()
    while (seconds := time.perf_counter() - start) < _SECONDS:
        function()
        calls += 1
    return calls / seconds
