"""Promise 10: what goes to stdout is UTF-8 without control characters that the model made up."""

import io
import json
import random
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests_fuzz import STRANGE, fuzzed_lines

from nmt.io.lines import clean_output, write_file
from nmt.text.config import TokenizerConfig
from nmt.text.tokenizer import Tokenizer, train_subword_model

BIDIRECTIONAL = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}  # embeddings, overrides, isolates


LET_THROUGH = {"\t", *"\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"}  # where the source has them


def breaks_out(character):
    """Whether a character can end a line, drive a terminal or turn round what follows, by the Unicode tables."""
    return (
        unicodedata.category(character) in ("Cc", "Zl", "Zp") or unicodedata.bidirectional(character) in BIDIRECTIONAL
    )


def test_of_all_of_unicode_nothing_that_breaks_out_is_let_out():
    every = "".join(map(chr, range(sys.maxunicode + 1)))
    cleaned = clean_output(every, "")
    assert not list(filter(breaks_out, cleaned.encode().decode()))
    harmless = [c for c in every if not breaks_out(c) and unicodedata.category(c) != "Cs"]
    assert set(harmless) <= set(cleaned)


TEXT = st.lists(st.sampled_from(STRANGE) | st.characters()).map("".join)


@given(TEXT, TEXT)
def test_only_what_the_source_has_is_let_out(output, source):
    cleaned = clean_output(output, source)
    assert set(filter(breaks_out, cleaned)) <= set(source) & LET_THROUGH
    cleaned.encode()


def test_bytes_that_a_tokenizer_spells_do_not_reach_the_terminal(nmt_here, monkeypatch, tmp_path):
    model = train_subword_model(["ab cd"] * 10, TokenizerConfig(kind="bpe", vocab_size=290, byte_fallback=True))
    (tmp_path / "bytes.model").write_bytes(model)
    size = Tokenizer.from_bytes(model).vocab_size
    generator = random.Random(10)
    ids = ["".join(f"{generator.randrange(size)} " for _ in range(100)) + "\n" for _ in range(100)]
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO("".join(ids).encode())))
    ended = nmt_here("tokenize", "--tokenizer", tmp_path / "bytes.model", "--decode", "--ids")
    assert ended.code == 0
    assert ended.out.count(b"\n") == 100
    assert not list(filter(breaks_out, ended.out.decode().replace("\n", "")))


@pytest.mark.parametrize("options", [[], ["--json"], ["--n-best", 2, "--beam-size", 2], ["--sample"]])
def test_neither_a_model_nor_its_input_sends_control_characters(short_run, nmt_here, tmp_path, options):
    lines = list(fuzzed_lines(50, seed=10))
    write_file(tmp_path / "in", lines)
    ended = nmt_here("translate", "--model", short_run, "--beam-size", 1, *options, "-i", tmp_path / "in")
    assert ended.code == 0
    copies = 2 if "--n-best" in options else 1
    outputs = ended.out.decode().split("\n")[:-1]
    for line, output in zip([line for line in lines for _ in range(copies)], outputs, strict=True):
        assert set(filter(breaks_out, output)) <= (set(line) & LET_THROUGH if "--json" not in options else set())


@pytest.mark.parametrize("options", [[], ["--json"], ["--bio"], ["--pretokenized", "--bio"]])
def test_nor_does_a_tagger(toy_tagger, nmt_here, tmp_path, options):
    lines = [f"Hund{line}Katze {character} Hund" for line in fuzzed_lines(20, seed=11) for character in STRANGE]
    write_file(tmp_path / "in", lines)
    ended = nmt_here("tag", "--model", toy_tagger, *options, "-i", tmp_path / "in")
    assert ended.code == 0
    assert set(filter(breaks_out, ended.out.decode())) <= LET_THROUGH | {"\n"}
    if "--bio" in options:
        words = [line.split("\t") for line in ended.out.decode().split("\n") if line]
        assert all(len(fields) == 2 and fields[0].strip() for fields in words)
    elif "--json" in options:
        texts = [json.loads(line)["text"] for line in ended.out.decode().split("\n")[:-1]]
        assert texts == [line.removesuffix("\r") for line in lines]  # exact all the same


@pytest.mark.parametrize("command", ["translate", "tag"])
def test_lines_that_end_as_on_windows_give_the_same_lines(toy_tagger, nmt_here, tmp_path, command):
    outputs = []
    for end in (b"\n", b"\r\n"):
        (tmp_path / "in").write_bytes(b"Hund und Katze." + end + end + b"blau Haus" + end)
        for form in ([], ["--json"]):
            outputs.append(nmt_here(command, "--model", toy_tagger, *form, "-i", tmp_path / "in").out)
    assert outputs[:2] == outputs[2:]
    assert outputs[0].count(b"\n") == 3
