"""Promise 9: N lines in, N lines out; lines end at b"\\n" and nowhere else."""

import io

import pytest
from tests_fuzz import fuzzed_bytes, fuzzed_lines
from tests_toy import toy_pairs

from nmt.io.lines import BYTE_ORDER_MARK, read_file, read_lines, write_file

COUNTS = [10_000, pytest.param(1_000_000, marks=pytest.mark.long)]


@pytest.mark.parametrize("count", COUNTS)
def test_every_line_written_is_read_again_as_it_was(tmp_path, count):
    path = tmp_path / "text"
    assert write_file(path, fuzzed_lines(count, seed=9)) == count
    wanted, found = fuzzed_lines(count, seed=9), read_file(path)
    assert next(found) == next(wanted).removeprefix(BYTE_ORDER_MARK)
    assert all(line == same for line, same in zip(found, wanted, strict=True))


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("max_bytes", [None, 7])
def test_spoilt_and_over_long_lines_are_lines_still_and_each_is_announced(count, max_bytes):
    data = b"".join(line + b"\n" for line in fuzzed_bytes(count, seed=9))
    said: list[str] = []
    found = read_lines(
        io.BufferedReader(io.BytesIO(data)), "stdin", strict=False, warn=said.append, max_bytes=max_bytes
    )
    spoilt: set[int] = set()
    for number, (text, line) in enumerate(zip(found, fuzzed_bytes(count, seed=9), strict=True), start=1):
        if max_bytes is None:
            assert text == line.decode(errors="replace")
        assert len(text.encode()) <= 3 * (max_bytes or len(line))  # U+FFFD has three bytes
        if text != line.decode(errors="ignore"):
            spoilt.add(number)
    assert {int(message.split(":")[1]) for message in said} >= spoilt
    assert len(spoilt) > count / 2


@pytest.mark.parametrize(
    "command",
    [
        ("translate", "--model", "{model}", "-i", "{odd}", "-o", "{out}"),
        ("prepare", "--source", "de", "--target", "en", "--out", "{out}", "{odd}", "{plain}"),
        ("prepare", "--source", "de", "--target", "en", "--out", "{out}", "{plain}", "{plain}", "--valid", "{odd.tsv}"),
        ("evaluate", "--hypotheses", "{plain}", "-r", "{odd}"),
        ("evaluate", "--hypotheses", "{odd}", "-r", "{plain}"),
        ("evaluate", "--hypotheses", "{plain}", "-r", "{plain}", "-i", "{odd}"),
        ("compare", "{odd}", "{plain}", "-r", "{plain}"),
        ("evaluate-tagger", "--hypotheses", "{odd}", "-r", "{odd}"),
        ("train-tokenizer", "--source", "de", "--target", "en", "--data", "{data}", "--out", "{out}"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-32"])
def test_text_whose_line_ends_lie_elsewhere_is_refused_before_anything_is_written(
    nmt_here, short_run, tmp_path, command, encoding
):
    names = {"odd": tmp_path / "odd", "odd.tsv": tmp_path / "odd.tsv", "plain": tmp_path / "plain"}
    (tmp_path / "data").mkdir()
    for path in (names["odd"], names["odd.tsv"], tmp_path / "data" / "train.de", tmp_path / "data" / "train.en"):
        path.write_bytes("Berlin\tB-LOC\n".encode(encoding))
    names["plain"].write_text("Berlin\n")
    names |= {"model": short_run, "data": tmp_path / "data", "out": tmp_path / "out"}
    ended = nmt_here(*(str(names.get(word.strip("{}"), word)) for word in command))
    assert (ended.code, ended.out, ended.err.count(b"\n")) == (2, b"", 1)
    assert f"the text is in {encoding[:6].upper()}; convert it by: iconv -f UTF-" in ended.err.decode()
    assert not (tmp_path / "out").exists() or not list((tmp_path / "out").iterdir())


@pytest.mark.parametrize("count", [50, pytest.param(2_000, marks=pytest.mark.long)])
def test_a_model_answers_every_line_with_one_line(short_run, nmt_here, tmp_path, count):
    write_file(tmp_path / "in", fuzzed_lines(count, seed=9))
    ended = nmt_here("translate", "--model", short_run, "--beam-size", 1, "-i", tmp_path / "in")
    assert ended.code == 0
    assert ended.out.count(b"\n") == count


@pytest.mark.long
def test_a_million_lines_take_no_more_memory_than_ten_thousand(toy_model, nmt, tmp_path):
    lines = [source for source, _ in toy_pairs(5_000, seed=9)]
    peaks, counts = {}, (10_000, 1_000_000)
    for count in counts:
        write_file(tmp_path / "in", (f"{lines[number % len(lines)]} {number}" for number in range(count)))
        options = ["--model", toy_model, "--beam-size", 1, "-i", tmp_path / "in", "-o", tmp_path / "out"]
        ended = nmt("translate", *options, timeout=1200)
        assert ended.code == 0, ended.err
        with (tmp_path / "out").open("rb") as out:
            assert sum(chunk.count(b"\n") for chunk in iter(lambda: out.read(1 << 20), b"")) == count
        peaks[count] = ended.memory
        print(f"nmt translate, {count:,} lines: {ended.seconds:.0f} s, {ended.memory >> 20} MB at the peak")
    ratio = peaks[1_000_000] / peaks[10_000]
    print(f"peak memory of 1,000,000 lines / 10,000 lines: {ratio:.2f}")
    assert ratio <= 1.2
