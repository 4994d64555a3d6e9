import numpy as np
import pytest

from nmt.engines import onnx_session
from nmt.engines.onnx_graph import Graph


def run(graph, **values):
    return onnx_session.open_session(graph.program()).run(None, values)


def test_a_graph_computes():
    g = Graph()
    x = g.input("x", "float32", 2)
    there, back = g.ops("Split", g.op("Mul", x, g.constant(2.0)), outputs=2, axis=-1, num_outputs=2)
    g.output(there, "there", "float32", 2)
    g.output(g.op("Transpose", back, perm=[1, 0]), "back", "float32", 2)
    there, back = run(g, x=np.array([[1, 2], [3, 4]], np.float32))
    assert (there.tolist(), back.tolist()) == ([[2], [6]], [[4, 8]])


def test_a_graph_runs_another_at_each_step():
    body = Graph(prefix="b")
    total = body.op("Add", body.input("total", "float32", 1), body.input("each", "float32", 1))
    for name in ("total_after", "shown"):
        body.output(total, name, "float32", 1)
    g = Graph()
    start, items = g.input("start", "float32", 1), g.input("items", "float32", 2)
    g.output(g.ops("Scan", start, items, outputs=2, body=body, num_scan_inputs=1)[1], "sums", "float32", 2)
    [sums] = run(g, start=np.ones(1, np.float32), items=np.array([[1], [2], [3]], np.float32))
    assert sums.tolist() == [[2], [4], [7]]


@pytest.mark.parametrize(("levels", "saturates"), [(63, False), (127, True), (127, False)])
@pytest.mark.parametrize("columns", [24, 40, 250, 256])
def test_products_of_bytes_are_exact(monkeypatch, levels, saturates, columns):
    # onnxruntime 1.24 got some of 24 and of 250 columns wrong from 32 rows on, where the processor has AMX.
    if saturates:
        monkeypatch.setattr(onnx_session, "_has_vnni", lambda: False)
    generator = np.random.default_rng(columns)
    weight = generator.integers(-levels, levels + 1, (66, columns)).astype(np.int8)
    weight[:2, 0] = levels  # with the largest activations: the largest sum of two products that there is
    g = Graph()
    zeros = g.constant(np.array(128, np.uint8)), g.constant(np.array(0, np.int8))
    scales = g.constant(1.0), g.constant(np.ones(columns, np.float32))
    y = g.op("MatMulIntegerToFloat", g.input("x", "uint8", 2), g.constant(weight), *scales, *zeros)
    g.output(y, "y", "float32", 2)
    session = onnx_session.open_session(g.program(), levels)
    for rows in (1, 2, 5, 31, 32, 33, 64, 100):
        x = generator.integers(1, 256, (rows, 66)).astype(np.uint8)
        x[0, :2] = 255
        [found] = session.run(None, {"x": x})
        np.testing.assert_array_equal(found, (x.astype(np.int64) - 128) @ weight.astype(np.int64))


@pytest.mark.parametrize(
    ("levels", "vnni", "rewritten"), [(63, False, False), (63, True, False), (127, False, True), (127, True, False)]
)
def test_only_weights_of_8_bits_are_rewritten_where_sums_saturate(monkeypatch, levels, vnni, rewritten):
    monkeypatch.setattr(onnx_session, "_has_vnni", lambda: vnni)
    g = Graph()
    g.output(g.op("Neg", g.input("x", "float32", 1)), "y", "float32", 1)
    options = onnx_session.open_session(g.program(), levels).get_session_options()
    try:
        entry = options.get_session_config_entry("session.x64quantprecision")
    except RuntimeError:  # it has none
        entry = "0"
    assert entry == ("1" if rewritten else "0")
