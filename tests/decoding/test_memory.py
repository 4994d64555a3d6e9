"""Memories of translations: what is looked up, and what becomes of probabilities."""

import math
from dataclasses import replace

import numpy as np
import pytest
from tests_engine import A, B, C, D, TableEngine

from nmt.decoding.beam_search import beam_search
from nmt.decoding.config import DecodingConfig
from nmt.decoding.memory import LEAST_SIMILARITY, TranslationMemory
from nmt.decoding.memory_engine import MemoryEngine
from nmt.decoding.remembering import remember
from nmt.errors import ModelError
from nmt.text.tokenizer import EOS_ID

LIKELY = [0, 0, 0, 0.4, 0.3, 0.15, 0.1, 0.05]  # PAD, UNK, BOS, EOS, A to D


class HiddenEngine(TableEngine):
    """All rows have the hidden state of how much they have read."""

    def __init__(self, table=lambda source, read: LIKELY):
        super().__init__(table, vocab_size=8)

    def step(self, previous, state, candidates, watched=()):
        step = super().step(previous, state, candidates, np.array(watched, dtype=np.int64))
        return step._replace(hidden=np.array([[10.0 * (len(read) - 1), 0.0] for _, read in step.state]))


def memory(**changes):
    """Of two pairs: A B → C, of states [0, 0] and [10, 0], and C C → D."""
    return replace(
        TranslationMemory(
            states=np.array([[0, 0], [10, 0], [0, 0], [10, 0]], dtype=np.int8),
            subwords=np.array([C, EOS_ID, D, EOS_ID], dtype=np.int32),
            pairs=np.array([0, 0, 1, 1], dtype=np.int32),
            sources=[np.array([A, B], dtype=np.int32), np.array([C, C], dtype=np.int32)],
            scale=1.0,
            temperature=50.0,
            prior=0.5,
            model="0" * 64,
            direction=("de", "en"),
        ),
        **changes,
    )


def test_the_entries_are_those_of_similar_sources():
    assert memory().similar([A, B]).numbers.tolist() == [0, 1]
    assert memory().similar([A, B]).similarity == pytest.approx([1, 1])
    assert memory().similar([C]).numbers.tolist() == [2, 3]
    half = (math.sqrt(0.5) - LEAST_SIMILARITY) / (1 - LEAST_SIMILARITY)  # the cosine of (1, 1) and (1, 0)
    assert memory().similar([A]).similarity == pytest.approx([half**2, half**2])
    assert memory().similar([D]).numbers.tolist() == []


def test_the_nearest_entries_come_first():
    found = memory().neighbours(np.array([[1.2, 0.0], [9.0, 2.0]]), memory().similar([A, B]))
    assert found.subwords[:, :2].tolist() == [[C, EOS_ID], [EOS_ID, C]]
    assert found.distances[:, :3].tolist() == [[1, 81, np.inf], [5, 85, np.inf]]


def test_probabilities_are_mixed_as_written_down():
    engine = MemoryEngine(HiddenEngine(), memory())
    step = engine.step(np.array([2]), engine.start([[A, B]], 1), 3, np.array([C, D]))
    far = math.exp(-100 / 50)  # of the entry of the end
    total = 0.5 + 1 + far
    assert step.ids.tolist() == [[C, EOS_ID, A]]
    # C is not among the model's three best, so what it has among the candidates is from the memory alone.
    assert np.exp(step.log_probs[0]) * total == pytest.approx([1, 0.5 * 0.4 + far, 0.5 * 0.3])
    assert np.exp(step.watched[0]) * total == pytest.approx([0.5 * 0.1 + 1, 0.5 * 0.05])


def test_a_sentence_that_is_like_none_stays_as_it_was():
    engine = MemoryEngine(HiddenEngine(), memory())
    plain = HiddenEngine()
    one, other = (each.step(np.array([2]), each.start([[D]], 1), 4) for each in (engine, plain))
    assert one.ids.tolist() == other.ids.tolist()
    assert one.log_probs == pytest.approx(other.log_probs)


def test_the_search_writes_what_is_remembered():
    engine = MemoryEngine(HiddenEngine(), memory(prior=0.01))
    config = DecodingConfig(beam_size=2, length_penalty=0.0)
    found = [best[0].ids for best in beam_search(engine, [[A, B], [C, C], [D, D]], config)]
    assert found == [[C], [D], []]


def test_temperature_and_prior_are_those_that_make_left_out_pairs_likeliest():
    pairs = [([A, B], [C])] * 40 + [([C, C], [D])] * 40
    made, fit = remember(HiddenEngine(), pairs, decoder_start_id=2, model="x", direction=("de", "en"))
    assert fit.pairs == 8
    assert fit.before == pytest.approx((0.1 * 0.4 * 0.05 * 0.4) ** -0.25)
    assert fit.after < 1.1
    assert len(made.sources) == 80
    assert len(made.states) == 160


def test_a_file_is_read_as_it_was_written(tmp_path):
    (tmp_path / "m").write_bytes(memory().to_bytes())
    read = TranslationMemory.load(tmp_path / "m")
    assert read.to_bytes() == memory().to_bytes()
    assert read.similar([A, B]).numbers.tolist() == [0, 1]
    assert read.direction == ("de", "en")


def test_every_flipped_bit_and_every_truncation_is_refused(tmp_path):
    data = memory().to_bytes()
    for place in range(0, len(data), 7):
        (tmp_path / "m").write_bytes(data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :])
        with pytest.raises(ModelError, match="is damaged; make the memory again"):
            TranslationMemory.load(tmp_path / "m")
        (tmp_path / "m").write_bytes(data[:place])
        with pytest.raises(ModelError, match="is damaged"):
            TranslationMemory.load(tmp_path / "m")
