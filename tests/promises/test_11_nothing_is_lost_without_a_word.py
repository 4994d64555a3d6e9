"""Promise 11: blank in, blank out; undecodable bytes and over-long lines are announced by line number on stderr."""

import shutil

import pytest

from nmt.stages import streams

BLANK = [b"", b" ", b"\t \t", b"\xc2\xa0", b"\xe3\x80\x80", b"\r"]


def test_blank_lines_stay_blank(toy_model, nmt_here, tmp_path):
    (tmp_path / "in").write_bytes(b"\n".join([b"Hund.", *BLANK, b"Haus."]))
    ended = nmt_here("translate", "--model", toy_model, "-i", tmp_path / "in")
    assert ended.out == b"\n".join([b"dog.", *BLANK[:-1], b"", b"house.", b""])  # the last is a line end of Windows
    assert ended.err == b""


def test_bad_bytes_and_over_long_lines_are_announced_and_translated(short_run, nmt_here, tmp_path, monkeypatch):
    monkeypatch.setattr(streams, "LONGEST_LINE", 20)
    (tmp_path / "in").write_bytes(b"Hund.\nHu\xffnd.\nBaum.\n" + b"Haus " * 10 + b"\nHund.\n")
    ended = nmt_here("translate", "--model", short_run, "-i", tmp_path / "in")
    lines = ended.out.split(b"\n")
    assert ended.code == 0
    assert len(lines) == 6
    assert lines[0] == lines[4]
    announced = [line for line in ended.err.decode().splitlines() if not line.endswith("is lost")]
    assert [line.split(":")[3] for line in announced] == ["2", "4"]
    assert "is not UTF-8" in announced[0]
    assert "more than 20 bytes" in announced[1]


@pytest.mark.parametrize("spoilt", [b"ok\nb\xe4d\n", b"ok\n\xed\xa0\x80\n", b"ok\n\xc0\x80\n", b"ok\ncut \xe2\x82"])
def test_training_text_must_be_utf_8(nmt_here, tmp_path, spoilt):
    (tmp_path / "a.de").write_bytes(spoilt)
    (tmp_path / "a.en").write_bytes(b"fine\nwell\n")
    corpus = [tmp_path / "a.de", tmp_path / "a.en"]
    ended = nmt_here("prepare", "--source", "de", "--target", "en", "--out", tmp_path / "out", *corpus)
    assert ended.code == 2
    assert ended.out == b""
    assert ended.err.count(b"\n") == 1
    assert b"a.de:2: byte 0x" in ended.err


def test_prepared_text_that_was_spoilt_since_is_named_when_it_is_trained_on(nmt_here, toy_data, tmp_path):
    data = shutil.copytree(toy_data, tmp_path / "data", ignore=shutil.ignore_patterns(".tokenized"))
    lines = (data / "train.de").read_bytes().split(b"\n")
    (data / "train.de").write_bytes(b"\n".join([*lines[:6], b"b\xe4d", *lines[7:]]))
    languages = ["--source", "de", "--target", "en"]
    ended = nmt_here(
        "train", *languages, "--data", data, "--tokenizer", data / "tokenizer.model", "--out", tmp_path / "run"
    )
    assert ended.code == 2
    assert ended.err.count(b"\n") == 1
    assert b"train.de:7: byte 0xe4" in ended.err
