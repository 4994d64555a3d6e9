"""Promise 10: what goes to stdout is UTF-8 without control characters that the model made up."""

import io
import random
import sys
import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from tests_fuzz import STRANGE, fuzzed_lines

from nmt.io.lines import clean_output, write_file
from nmt.text.config import TokenizerConfig
from nmt.text.tokenizer import Tokenizer, train_subword_model

BIDIRECTIONAL = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}  # embeddings, overrides, isolates


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
    assert set(filter(breaks_out, cleaned)) <= set(source) - {"\n"}
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


def test_a_model_makes_up_no_control_characters(short_run, nmt_here, tmp_path):
    lines = list(fuzzed_lines(50, seed=10))
    write_file(tmp_path / "in", lines)
    ended = nmt_here("translate", "--model", short_run, "--beam-size", 1, "-i", tmp_path / "in")
    for line, output in zip(lines, ended.out.decode().split("\n")[:-1], strict=True):
        assert set(filter(breaks_out, output)) <= set(line)
