import errno
import os
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from nmt.data import tokenized_corpus as batch_module
from nmt.data.batch import cut, make_batch
from nmt.data.tokenized_corpus import batch_rows, tokenize_corpus
from nmt.errors import DataError
from nmt.io.files import locked
from nmt.io.lines import read_parallel
from nmt.protection.training_pairs import PairProtection
from nmt.protection.word_statistics import WordStatistics
from nmt.text.config import TokenizerConfig
from nmt.text.tokenizer import BOS_ID, EOS_ID, PAD_ID, Tokenizer, train_subword_model


@pytest.fixture(scope="module")
def corpora(toy_data):
    """The toy corpus in one direction, and in both: the decoder then reads 14 or 15 first."""
    tokenizer = Tokenizer.from_bytes((toy_data / "tokenizer.model").read_bytes())
    paths = [toy_data / f"train.{language}" for language in ("de", "en")]
    return [
        tokenize_corpus(*paths, tokenizer, tokenizer, toy_data / ".tokenized", max_length=100, decoder_start_ids=ids)
        for ids in ([BOS_ID], [14, 15])
    ]


def test_a_batch_is_padded_and_framed():
    batch = make_batch([[5, 6, 7], [7]], [[8], [9, 4, 4]])
    assert batch.source_ids.tolist() == [[5, 6, 7, EOS_ID], [7, EOS_ID, PAD_ID, PAD_ID]]
    assert batch.source_lengths.tolist() == [4, 2]
    assert batch.target_ids.tolist() == [[BOS_ID, 8, PAD_ID, PAD_ID], [BOS_ID, 9, 4, 4]]
    assert batch.next_ids.tolist() == [[8, EOS_ID, PAD_ID, PAD_ID], [9, 4, 4, EOS_ID]]


def test_batches_have_an_even_width_and_where_they_can_a_multiple_of_eight_rows():
    assert make_batch([[5, 6]], [[8, 9]]).source_ids.tolist() == [[5, 6, EOS_ID, PAD_ID]]
    widths = np.array([2] * 23 + [4] * 3)  # 16 rows fill 32 places, and so would 7 of width 2 and one of width 4
    assert [(rows.start, rows.stop) for rows in cut(widths, 32)] == [(0, 16), (16, 24), (24, 26)]
    assert [(rows.start, rows.stop) for rows in cut(widths[:11], 20)] == [(0, 8), (8, 11)]


def test_a_sentence_that_is_too_long_for_a_batch_is_one_by_itself():
    assert [(rows.start, rows.stop) for rows in cut(np.array([4, 50, 50]), 32)] == [(0, 1), (1, 2), (2, 3)]


def test_each_row_can_have_a_first_id_of_its_own():
    assert make_batch([[5], [5]], [[8], [9]], [14, 15]).target_ids.tolist() == [[14, 8], [15, 9]]


@pytest.mark.parametrize("alpha", [0.0, 0.3])
def test_both_directions_hold_each_pair_a_second_time_with_its_sides_swapped(corpora, alpha):
    one, both = corpora
    size = len(one)
    assert len(both) == 2 * size
    assert both.source_lengths[size:].tolist() == one.target_lengths.tolist()
    forth, back = (both.batch(np.array([row]), alpha, seed=3) for row in (7, size + 7))
    assert [forth.target_ids[0, 0].item(), back.target_ids[0, 0].item()] == [14, 15]
    assert back.source_ids.tolist() == forth.next_ids.tolist()
    assert back.next_ids.tolist() == forth.source_ids.tolist()


def test_a_batch_of_both_directions_keeps_the_order_of_its_rows(corpora):
    one, both = corpora
    rows = np.array([len(one) + 3, 5, len(one) + 5, 3])
    mixed = both.batch(rows)
    assert mixed.target_ids[:, 0].tolist() == [15, 14, 15, 14]
    assert (mixed.source_lengths - 1).tolist() == both.source_lengths[rows].tolist()
    assert ((mixed.next_ids != PAD_ID).sum(1) - 1).tolist() == both.target_lengths[rows].tolist()


def test_an_epoch_holds_every_row_of_both_directions_once(corpora):
    batches = batch_rows(corpora[1], max_tokens=100, seed=1, epoch=0)
    assert sorted(np.concatenate(batches)) == list(range(len(corpora[1])))
    assert all(int(corpora[1].target_lengths[rows].max() + 1) * len(rows) <= 100 for rows in batches)


def test_what_another_training_tokenizes_just_now_is_waited_for(toy_data, tmp_path):
    tokenizer = Tokenizer.from_bytes((toy_data / "tokenizer.model").read_bytes())
    paths = [toy_data / f"train.{language}" for language in ("de", "en")]
    with ThreadPoolExecutor(1) as pool:
        with locked(tmp_path):
            ours = pool.submit(tokenize_corpus, *paths, tokenizer, tokenizer, tmp_path, max_length=100)
            with pytest.raises(TimeoutError):
                ours.result(timeout=0.3)
            assert list(tmp_path.iterdir()) == []
        assert len(ours.result(timeout=60)) == 300
    assert len(list(tmp_path.iterdir())) == 1


def test_placeholders_stand_for_what_both_sides_share(tmp_path):
    (tmp_path / "de").write_text("Das Haus hat 7\nEr sah 12 und 7\n")
    (tmp_path / "en").write_text("The house has 7\nHe saw 7 and 12\n")
    tokenizer = Tokenizer.from_bytes(train_subword_model(["Das Haus hat Er sah"], TokenizerConfig(vocab_size=34)))
    protection = PairProtection(
        statistics=WordStatistics(by_language={}), languages=("de", "en"), symbols=tokenizer.placeholders
    )
    paths = (tmp_path / "de", tmp_path / "en", tokenizer, tokenizer, tmp_path / "cache")
    plain, hidden = (tokenize_corpus(*paths, max_length=50, protection=each) for each in (None, protection))
    assert plain.fingerprint != hidden.fingerprint
    assert plain.order == {}
    assert hidden.order == {"name": 0.95, "literal": round(19 / 21, 4), "mixed": 0.95}
    symbols = set(tokenizer.placeholder_ids)
    found = [[id_ for id_ in ids if id_ in symbols] for ids in hidden.batch(np.arange(2)).next_ids.tolist()]
    assert [[tokenizer.piece(id_) for id_ in ids] for ids in found] == [["<ph0>"], ["<ph1>", "<ph0>"]]


def out_of_room(*_):
    yield "Hund.", "dog."
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.mark.parametrize(
    ("texts", "read", "kind", "message"),
    [
        (
            (b"eins\nzwei\ndrei\n", b"one\ntwo\n"),
            read_parallel,
            DataError,
            "train.de has 3 lines, but .*train.en has 2",
        ),
        ((b"eins\nzwei\n", b"one\nt\xffo\n"), read_parallel, DataError, "train.en:2: byte 0xff"),
        ((b"Hund.\n", b"dog.\n"), out_of_room, OSError, "No space left on device"),
    ],
    ids=["a line is missing", "a bad byte", "a full disk"],
)
def test_what_is_wrong_with_the_texts_is_told_as_it_is(toy_data, tmp_path, monkeypatch, texts, read, kind, message):
    tokenizer = Tokenizer.from_bytes((toy_data / "tokenizer.model").read_bytes())
    paths = [tmp_path / f"train.{language}" for language in ("de", "en")]
    for path, text in zip(paths, texts, strict=True):
        path.write_bytes(text)
    monkeypatch.setattr(batch_module, "read_parallel", read)
    with pytest.raises(kind, match=message) as told:
        tokenize_corpus(*paths, tokenizer, tokenizer, tmp_path / "cache", max_length=50)
    assert list((tmp_path / "cache").iterdir()) == []
    links, error = [], told.value
    while error is not None:  # as whoever looks for the root of an error goes: a circle would have no end
        assert error not in links
        links.append(error)
        error = error.__cause__ or error.__context__


def test_what_a_killed_training_left_half_made_is_removed(toy_data, tmp_path):
    tokenizer = Tokenizer.from_bytes((toy_data / "tokenizer.model").read_bytes())
    paths = [toy_data / f"train.{language}" for language in ("de", "en")]
    for _ in range(2):  # it may have been killed before its folder appeared, or just after
        corpus = tokenize_corpus(*paths, tokenizer, tokenizer, tmp_path, max_length=100)
        assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [corpus.fingerprint]
        (tmp_path / f"{corpus.fingerprint}.partial" / "build").mkdir(parents=True)
    tokenize_corpus(*paths, tokenizer, tokenizer, tmp_path, max_length=100)
    assert [path.name for path in tmp_path.iterdir() if path.is_dir()] == [corpus.fingerprint]
