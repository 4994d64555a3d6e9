import pytest

from nmt.benchmark.roofline import decoding_operations, matrix_rates, training_operations

CONFIG = {"cell": "gru", "embedding_size": 2, "hidden_size": 4, "encoder_layers": 1, "decoder_layers": 1}


def test_operations_by_hand():
    # Of a target subword: gates 3 * 4 * (2 + 4), query and attention's output 2 * 4 * 4, output 2 * (4 + 10).
    target = 2 * (72 + 32 + 28)
    # Of a source subword: gates of two cells of 2 units 2 * 3 * 2 * (2 + 2), key and value 2 * 4 * 4.
    source = 2 * (48 + 32)
    assert decoding_operations(CONFIG, vocabulary=10) == target
    assert decoding_operations(CONFIG, vocabulary=10, source_length=1.5) == target + 1.5 * source
    assert training_operations(CONFIG, vocabulary=10) == 3 * (target + source)


def test_a_second_layer_reads_the_first():
    two = {**CONFIG, "encoder_layers": 2, "decoder_layers": 2}
    one = decoding_operations(CONFIG, 10, 1)
    # Encoder 3 * 4 * (4 + 2), key and value again, decoder 3 * 4 * (4 + 4), query and attention's output again.
    assert decoding_operations(two, 10, 1) == one + 2 * (72 + 32 + 96 + 32)


def test_an_elementwise_cell_multiplies_its_input_alone():
    cell = CONFIG | {"cell": "ssru"}
    # Gates 2 * 4 * 2 of a target subword, 2 * 2 * 2 * 2 of a source subword; else as above.
    assert decoding_operations(cell, 10) == 2 * (16 + 32 + 28)
    assert decoding_operations(cell, 10, 1) == 2 * (16 + 32 + 28) + 2 * (16 + 32)


def test_the_machine_multiplies(monkeypatch):
    monkeypatch.setattr("nmt.benchmark.roofline._SECONDS", 0.01)
    monkeypatch.setattr("nmt.benchmark.roofline._SIZE", 64)
    rates = matrix_rates(threads=1)
    assert rates.keys() == {"float32", "bfloat16", "int8"}
    assert all(rate > 0 for rate in rates.values())


@pytest.mark.parametrize("cell", ["lstm", "rnn"])
def test_other_cells_have_other_gates(cell):
    gates = {"lstm": 4, "rnn": 1}[cell]
    assert decoding_operations({**CONFIG, "cell": cell}, 10) == 2 * (gates * 24 + 32 + 28)
