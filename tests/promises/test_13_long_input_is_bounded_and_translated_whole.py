"""Promise 13: a 1 MB line under 60 s; memory within 500 MB of the idle figure."""

import random

import pytest
from tests_toy import toy_pairs

from nmt.stages.translate import translate_lines

BYTES = 500 << 20
MEGABYTE = 1 << 20


def repeated(unit):
    return lambda size: (unit * (size // len(unit.encode()) + 1)).encode()[:size].decode(errors="ignore")


def drawn(characters):
    return lambda size: "".join(random.Random(13).choices(characters, k=size))


def sentences(size):
    """Different sentences of the toy language, one after the other; each begins with a capital letter."""
    drawn = (source for source, _ in toy_pairs(size // 6, seed=13) if source[0].isupper())
    return " ".join(drawn)[:size].rpartition(".")[0] + "."


LINES = {
    "sentences": sentences,
    "one sentence": lambda size: sentences(size).replace(".", ""),
    "letters": drawn("abcdefghijklmnopqrstuvwxyzäöü"),
    "words": drawn("abcdefgh     "),
    "pauses": drawn(",;:. "),
    "questions": repeated("?! "),
    "abbreviations": repeated("z.B. Dr. "),
    "quotes": repeated('"Hund." '),
    "one letter": repeated("x"),
    "a name without an end": repeated("Haus"),
    "digits": drawn("0123456789"),
    "spaces": lambda size: "a" + " " * size + "b",
    "another script": repeated("中文"),
    "combining marks": lambda size: "e" + "\u0301" * (size // 2),
    "ligatures": repeated("ﷺ"),  # 18 characters each, once normalised
    "controls": drawn("\0\x1b\x85\u2028\t "),
    "not UTF-8": repeated("\ufffd"),
}


def test_a_line_of_many_sentences_is_translated_whole(toy_model):
    line = sentences(20_000)
    parts = [part.strip() + "." for part in line.split(".") if part]
    [found] = translate_lines(toy_model, [line])
    assert found == " ".join(translate_lines(toy_model, parts))
    assert len(found) > 15_000


@pytest.mark.parametrize("kind", LINES)
def test_every_kind_of_long_line_gives_one_line_and_the_next_is_there(toy_model, kind):
    line = LINES[kind](3_000)
    long, next_ = translate_lines(toy_model, [line, "Hund."])
    assert [next_] == list(translate_lines(toy_model, ["Hund."]))
    assert "\n" not in long
    assert len(long) <= 40 * len(line)


@pytest.fixture(scope="module")
def idle(nmt, toy_model):
    """A translation of one short line."""
    return nmt("translate", "--model", toy_model, text=b"Hund.\n")


@pytest.mark.long
@pytest.mark.parametrize("kind", LINES)
def test_a_megabyte_in_one_line_is_bounded(nmt, toy_model, idle, tmp_path, kind):
    def translated(size):
        (tmp_path / "in").write_bytes(LINES[kind](size).encode() + b"\nHund.\n")
        return nmt("translate", "--model", toy_model, "-i", tmp_path / "in", timeout=1200)

    quarter, ended = translated(MEGABYTE // 4), translated(MEGABYTE)
    more = ended.memory - idle.memory
    found = f"{ended.seconds:.1f} s of CPU time, {more >> 20} MB more than idle, {len(ended.out):,} bytes out"
    print(f"1 MB of {kind}: {found}")
    assert (ended.code, ended.err) == (0, b"")
    assert ended.out.count(b"\n") == 2
    assert ended.out.endswith(b"\n" + idle.out)
    assert ended.seconds < 8 * quarter.seconds  # four times, and noise; were it quadratic, 16 times
    assert more < BYTES
