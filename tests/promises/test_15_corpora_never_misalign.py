"""Promise 15: line i of one side stays with line i of the other, whatever stands in the lines."""

import csv
import io
import json
import shutil

import datasets
import pytest
from tests_fuzz import fuzzed_lines

from nmt.data.parallel_corpus import read_corpora
from nmt.io.lines import write_file

RULES = (
    "empty", "max_words", "max_characters", "max_length_ratio", "copies", "script", "overlap", "duplicates",
    "near_duplicates",
)  # fmt: skip


def numbered_pairs(count):
    """Pairs of fuzzed lines whose sides begin and end with the pair's number."""
    sources, targets = fuzzed_lines(count, seed=15), fuzzed_lines(count, seed=16)
    return [
        (f"{number} {source} {number}", f"{number} {target} {number}")
        for number, (source, target) in enumerate(zip(sources, targets, strict=True))
    ]


def as_csv(pairs):
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows([("de", "en"), *pairs])
    return text.getvalue()


FORMS = {
    "jsonl": lambda pairs: "".join(json.dumps({"de": a, "en": b}, ensure_ascii=False) + "\n" for a, b in pairs),
    "csv": as_csv,
    "tsv": lambda pairs: "".join(f"{a}\t{b}\n" for a, b in pairs),
}


@pytest.mark.parametrize("count", [1_000, pytest.param(100_000, marks=pytest.mark.long)])
def test_every_form_of_a_corpus_gives_the_same_pairs(tmp_path, count):
    pairs = numbered_pairs(count)
    text, parquet = [tmp_path / "a.de", tmp_path / "a.en"], tmp_path / "a.parquet"
    for path, side in zip(text, zip(*pairs, strict=True), strict=True):
        write_file(path, side)
    datasets.Dataset.from_list([{"de": a, "en": b} for a, b in pairs]).to_parquet(str(parquet))
    assert read(*text) == pairs
    assert read(parquet) == pairs
    for form, render in FORMS.items():
        wanted = [(a.replace("\t", " "), b.replace("\t", " ")) for a, b in pairs] if form == "tsv" else pairs
        (tmp_path / f"a.{form}").write_bytes(render(wanted).encode())
        assert read(tmp_path / f"a.{form}") == wanted, form


def read(*paths):
    return list(read_corpora([str(path) for path in paths], source="de", target="en"))


@pytest.mark.parametrize("count", [1_000, pytest.param(100_000, marks=pytest.mark.long)])
def test_prepared_splits_hold_every_pair_once_and_whole(nmt_here, tmp_path, count):
    pairs = numbered_pairs(count)
    lines = [json.dumps({"de": a.replace(" ", "\r\n", 1), "en": b}) for a, b in pairs]  # line ends inside a field too
    write_file(tmp_path / "a.jsonl", lines)
    off = [part for rule in RULES for part in ("--set", f"cleaning.{rule}={0 if 'max' in rule else 'false'}")]
    languages = ["--source", "de", "--target", "en"]
    ended = nmt_here("prepare", *languages, *off, "--out", tmp_path / "out", tmp_path / "a.jsonl")
    assert ended.code == 0, ended.err
    found = []
    for split in ("train", "valid", "test"):
        sides = [(tmp_path / "out" / f"{split}.{language}").read_bytes().decode() for language in ("de", "en")]
        found += list(zip(*(side.split("\n")[:-1] for side in sides), strict=True))
    assert sorted(found) == sorted(pairs)


@pytest.mark.parametrize(("sources", "targets"), [(3, 2), (2, 3), (3, 0), (0, 3)])
def test_unequal_counts_are_one_line_that_names_both_files(nmt_here, tmp_path, sources, targets):
    write_file(tmp_path / "a.de", [f"Satz {number}" for number in range(sources)])
    write_file(tmp_path / "a.en", [f"sentence {number}" for number in range(targets)])
    corpus = [tmp_path / "a.de", tmp_path / "a.en"]
    ended = nmt_here("prepare", "--source", "de", "--target", "en", "--out", tmp_path / "out", *corpus)
    assert ended.code == 2
    assert ended.out == b""
    assert ended.err.count(b"\n") == 1
    assert f"{corpus[0]} has {sources} lines, but {corpus[1]} has {targets}" in ended.err.decode()


def test_a_prepared_folder_that_lost_a_line_since_is_not_trained_on(nmt_here, toy_data, tmp_path):
    data = shutil.copytree(toy_data, tmp_path / "data", ignore=shutil.ignore_patterns(".tokenized"))
    lines = (data / "train.en").read_bytes().split(b"\n")
    (data / "train.en").write_bytes(b"\n".join(lines[1:]))
    languages = ["--source", "de", "--target", "en"]
    ended = nmt_here(
        "train", *languages, "--data", data, "--tokenizer", data / "tokenizer.model", "--out", tmp_path / "run"
    )
    assert ended.code == 2
    assert ended.err.count(b"\n") == 1
    assert f"{data}/train.de has 300 lines, but {data}/train.en has 299" in ended.err.decode()
