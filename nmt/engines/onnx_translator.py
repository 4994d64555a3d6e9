"""A translator's two graphs: an encoded sentence into memory, and one time step of every row.

The step may be that of an ensemble. What belongs to one of its translators has the translator's number before its name.

Shapes: R rows, B sentences, K rows a sentence, S padded source length, H hidden, A heads, V vocabulary.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from nmt.engines.onnx_graph import Program
from nmt.engines.onnx_layers import Layers, Network


def memory_graph(network: Network) -> Program:
    """Encoder states [S, B, H] into each layer's keys [B, A, H/A, S], values [B, A, S, H/A] and first states [B, H].

    Keys come with the attention's factor for its scores, the root of A / H. share [B, 1, S] is 1 / length at real
    positions and 0 at padding.
    """
    g = Layers(network)
    share, x = g.input("share", "float32", 3), g.input("states", "float32", 3)
    rows = g.quantized(x)
    mean = g.op("MatMul", share, g.op("Transpose", x, perm=[1, 0, 2]))
    start = g.quantized(g.op("Squeeze", mean, g.constant([1])))
    for layer in range(network.config["decoder_layers"]):
        name = f"decoder.{layer}"
        keys = g.matrix(f"{name}.key").times((network.hidden // network.config["attention_heads"]) ** -0.5)
        values = g.matrix(f"{name}.value")
        for product, matrix, perm in (("key", keys, [1, 2, 3, 0]), ("value", values, [1, 2, 0, 3])):
            split = g.heads(g.product(rows, matrix))
            g.output(g.op("Transpose", split, perm=perm), f"{product}{layer}", "float32", 4)
        first = g.op("Tanh", g.product(start, f"{name}.start"))
        names = network.states_of(layer)
        parts = [first] if len(names) == 1 else g.ops("Split", first, outputs=2, axis=-1, num_outputs=2)
        for state, part in zip(names, parts, strict=True):
            g.output(part, state, "float32", 2)
    return g.program()


def step_graph(networks: Sequence[Network], forbidden: Sequence[int]) -> Program:
    """Previous ids [R] into scores and ids [R, k] of the most probable next subwords, and the states after them.

    Those that are forbidden never come.

    watched_scores [R, N] are those of the subwords watched [N].

    Scores are log-probabilities; those of several networks the mean of their probabilities, whose logarithm is left to
    numpy: onnxruntime's is another function at the end of an array, so it would depend on the number of rows.

    parents [R] says in which row of the states each row stood before. slot [B, K] and place [R] lead from rows to the
    places of their sentences and back (places without a row hold any other). mask [B, 1, 1, S] is added to the
    attention's scores; 0.attention0, 0.attention1, ... [B, A, K, S] are what each layer made of them. 0.hidden [R, E]
    is what the logits are products of.
    """
    g = Layers(networks[0])
    rows = _DecoderRows(
        previous=g.input("previous", "int64", 1),
        parents=g.input("parents", "int64", 1),
        slot=g.input("slot", "int64", 2),
        place=g.input("place", "int64", 1),
        mask=g.input("mask", "float32", 4),
    )
    logits = [_logits(g.of(network), f"{number}.", rows, forbidden) for number, network in enumerate(networks)]
    if len(logits) == 1:
        scores = g.op("LogSoftmax", logits[0], axis=-1)
    else:
        scores = g.op("Mean", *(g.op("Softmax", each, axis=-1) for each in logits))
    g.output(g.op("Gather", scores, g.input("watched", "int64", 1), axis=1), "watched_scores", "float32", 2)
    k = g.input("k", "int64", 1)
    scores, best = g.greatest(scores, len(networks[0].arrays["output_bias"]), k)
    g.output(scores, "scores", "float32", 2)
    g.output(best, "ids", "int64", 2)
    return g.program()


@dataclass(frozen=True, kw_only=True)
class _DecoderRows:
    """What all networks are told of the rows; see step_graph."""

    previous: str
    parents: str
    slot: str
    place: str
    mask: str


def _logits(g: Layers, prefix: str, given: _DecoderRows, forbidden: Sequence[int]) -> str:
    """One network's step: its logits [R, V]."""
    network = g.network
    rows, x = g.embed("target_embedding", given.previous, network.unit_variance), ""
    for layer in range(network.config["decoder_layers"]):
        name, names = f"decoder.{layer}", [prefix + state for state in network.states_of(layer)]
        states = [g.op("Gather", g.input(state, "float32", 2), given.parents) for state in names]
        keys, values = (g.input(f"{prefix}{kind}{layer}", "float32", 4) for kind in ("key", "value"))
        after = g.cell(g.product(rows, f"{name}.input"), states, name)
        for state, value in zip(names, after, strict=True):
            g.output(value, f"{state}_after", "float32", 2)
        y = g.shown(after)
        query = g.heads(g.op("Gather", g.product(g.quantized_output(y), f"{name}.query"), given.slot))
        scores = g.op("MatMul", g.op("Transpose", query, perm=[0, 2, 1, 3]), keys)
        share = g.op("Softmax", g.op("Add", scores, given.mask), axis=-1)
        g.output(share, f"{prefix}attention{layer}", "float32", 4)
        context = g.op("Transpose", g.op("MatMul", share, values), perm=[0, 2, 1, 3])
        context = g.op("Gather", g.op("Reshape", context, g.constant([-1, network.hidden])), given.place)
        total = g.op("Add", y, g.product(g.quantized(context), f"{name}.out"))
        if layer or network.config["embedding_size"] == network.hidden:
            total = g.op("Add", x or g.floats(rows), total)
        x = g.norm(total, f"{name}.norm")
        rows = g.quantized(x)
    hidden = g.product(rows, "to_embedding")
    g.output(hidden, f"{prefix}hidden", "float32", 2)
    return g.products_with_embeddings(g.quantized(hidden), forbidden)
