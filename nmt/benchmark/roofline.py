"""The machine's own speed at matrix products, and how many of their operations a model takes.

One multiplication with its addition counts as two operations. What is not a matrix product counts as nothing, so the
roofline that the two give cannot be reached; the share of it that is tells how much time goes elsewhere.
"""

import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from nmt.model_folder.contents import GATES

_SIZE = 1024  # rows and columns of the products that are timed
_SECONDS = 0.3  # to measure for


def matrix_rates(threads: int) -> dict[str, float]:
    """Operations a second of square matrix products in so many threads: float32 and bfloat16 in torch, int8 in ours."""
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
    """For a target subword, and for the source_length source subwords that are read for it."""
    source, target = _operations(config, vocabulary)
    return source * source_length + target


def training_operations(config: Mapping[str, Any], vocabulary: int, source_length: float = 1) -> float:
    """The same for the forward and the backward pass, which takes twice as many."""
    return 3 * decoding_operations(config, vocabulary, source_length)


def _operations(config: Mapping[str, Any], vocabulary: int) -> tuple[float, float]:
    """For one source subword, and for one target subword; products with attention weights are left out."""
    embedding, hidden, gates = config["embedding_size"], config["hidden_size"], GATES[config["cell"]]

    def inputs(layers: int) -> int:
        return int(embedding + (layers - 1) * hidden)

    encoder = gates * hidden * (inputs(config["encoder_layers"]) + config["encoder_layers"] * hidden / 2)
    keys = config["decoder_layers"] * 2 * hidden**2
    decoder = gates * hidden * (inputs(config["decoder_layers"]) + config["decoder_layers"] * hidden)
    attention = config["decoder_layers"] * 2 * hidden**2
    output = embedding * (hidden + vocabulary)
    return 2 * (encoder + keys), 2 * (decoder + attention + output)


def _int8_products_a_second(threads: int) -> float:
    """In onnxruntime, as our engine does it: each thread at its own product."""
    from nmt.engines.onnx import open_session
    from nmt.engines.onnx_graph import Graph

    generator = np.random.default_rng(1)
    graph = Graph()
    weight = graph.constant(generator.integers(-127, 128, (_SIZE, _SIZE)).astype(np.int8))
    zeros = graph.constant(np.array(128, np.uint8)), graph.constant(np.array(0, np.int8))
    scales = graph.constant(1.0), graph.constant(np.ones(_SIZE, np.float32))
    product = graph.op("MatMulIntegerToFloat", graph.input("x", "uint8", 2), weight, *scales, *zeros)
    graph.output(product, "y", "float32", 2)
    session = open_session(graph.to_bytes())
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
