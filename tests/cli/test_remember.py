"""`nmt remember` and `nmt translate --memory`, on the toy language."""

import json

import pytest

SENTENCES = [f"{first} {second}." for first in ("eins", "zwei", "drei") for second in ("Hund", "Katze", "Haus", "Baum")]


@pytest.fixture
def own(tmp_path):
    """A user's own translations, in which every Hund is a cat."""
    words = {"eins": "one", "zwei": "two", "drei": "three", "Katze": "cat", "Haus": "house", "Baum": "tree"}
    words["Hund"] = "cat"
    lines = [f"{s}\t{' '.join(words[word] for word in s[:-1].split())}.\n" for s in SENTENCES]
    (tmp_path / "own.tsv").write_text("".join(lines) * 2)
    return tmp_path / "own.tsv"


def test_own_translations_are_followed_where_a_sentence_is_like_them(toy_model, own, tmp_path, nmt_here):
    ended = nmt_here("remember", own, "--model", toy_model, "-o", tmp_path / "memory")
    assert ended.code == 0, ended.err
    assert b"remembers 24 pairs" in ended.out
    (tmp_path / "in").write_text("zwei Hund.\nrot und blau und grün.\n")
    plain = nmt_here("translate", "--model", toy_model, "-i", tmp_path / "in")
    leaning = nmt_here("translate", "--model", toy_model, "--memory", tmp_path / "memory", "-i", tmp_path / "in")
    assert plain.out.startswith(b"two dog.\n")
    assert leaning.out == plain.out.replace(b"two dog.\n", b"two cat.\n")


def test_a_translation_does_not_depend_on_what_else_is_translated(toy_model, own, tmp_path, nmt_here):
    assert nmt_here("remember", own, "--model", toy_model, "-o", tmp_path / "memory").code == 0
    lines = [*SENTENCES, "eins.", "vier Hund Hund.", "Katze und Hund und Haus."]

    def translated(part):
        (tmp_path / "in").write_text("".join(f"{line}\n" for line in part))
        options = ["--model", toy_model, "--memory", tmp_path / "memory", "-i", tmp_path / "in", "--json"]
        return nmt_here("translate", *options).out.splitlines()

    together = translated(lines)
    assert [line for each in lines for line in translated([each])] == together
    assert translated(lines[::-1]) == together[::-1]


def test_json_tells_which_pairs_a_line_leans_towards(toy_model, own, tmp_path, nmt_here):
    assert nmt_here("remember", own, "--model", toy_model, "-o", tmp_path / "memory").code == 0
    (tmp_path / "in").write_text("zwei Hund.\nrot grün blau\n")
    options = ["--model", toy_model, "-i", tmp_path / "in", "--json"]
    near, far = map(json.loads, nmt_here("translate", "--memory", tmp_path / "memory", *options).out.splitlines())
    assert near["memory"][0] == {"source": "zwei Hund.", "target": "two cat.", "similarity": 1.0}
    assert len(near["memory"]) <= 3
    assert far["memory"] == []
    assert "memory" not in json.loads(nmt_here("translate", *options).out.splitlines()[0])


def test_without_a_language_lines_are_in_that_of_the_memory(toy_both, own, tmp_path, nmt_here):
    assert nmt_here("remember", own, "--model", toy_both, "--source", "de", "-o", tmp_path / "memory").code == 0
    (tmp_path / "in").write_text("two dog.\nzwei Katze.\n")
    options = ["translate", "--model", toy_both, "--memory", tmp_path / "memory", "-i", tmp_path / "in"]
    assert nmt_here(*options).out == nmt_here(*options, "--source", "de").out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ("remember FEW -o OUT --model MODEL", b"2 of 3 pairs can be remembered, where at least 10 are needed"),
        ("remember NONE -o OUT --model MODEL", b"no such file"),
        ("remember OWN -o OWN --model MODEL", b"would overwrite what is read"),
        ("translate --model MODEL --memory OWN -i IN", b"is no memory of translations, or is damaged"),
        ("translate --model MODEL --memory MEMORY --source en -i IN", b"is a memory from de to en; translate in this"),
        ("translate --model OTHER --memory MEMORY -i IN", b"is a memory of another model than"),
        ("translate --model MODEL --model MODEL --memory MEMORY -i IN", b"is of one model"),
        ("translate --model MODEL --memory MEMORY --engine torch -i IN", b"--memory needs the engine onnx"),
        ("translate --model MODEL --memory MEMORY -i IN -o MEMORY", b"would overwrite what is read"),
    ],
)
def test_what_cannot_be_is_one_line(toy_model, toy_both, own, tmp_path, nmt_here, arguments, said):
    assert nmt_here("remember", own, "--model", toy_model, "-o", tmp_path / "memory").code == 0
    (tmp_path / "few.tsv").write_text("eins.\tone.\nzwei.\ttwo.\n\tx\n")
    (tmp_path / "in").write_text("eins.\n")
    names = {"FEW": "few.tsv", "NONE": "none.tsv", "OWN": "own.tsv", "OUT": "out", "IN": "in", "MEMORY": "memory"}
    paths = {name: tmp_path / file for name, file in names.items()} | {"MODEL": toy_model, "OTHER": toy_both}
    before = (tmp_path / "memory").read_bytes()
    ended = nmt_here(*(paths.get(word, word) for word in arguments.split()))
    assert ended.code == 2
    assert said in ended.err
    assert ended.err.count(b"\n") == 1
    assert (tmp_path / "memory").read_bytes() == before
