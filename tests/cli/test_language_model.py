"""What `nmt train-lm`, `nmt generate` and `nmt evaluate-lm` say, good input and bad."""

import json

import pytest
from tests_toy import toy_pairs

SETTINGS = ["language_model.hidden_size=16", "language_model.embedding_size=8", "language_modelling.epochs=1"]
SETTINGS += ["language_modelling.batch_tokens=256", "language_modelling.bptt=16", "language_modelling.threads=1"]


@pytest.fixture
def text(tmp_path):
    path = tmp_path / "text"
    path.write_text("".join(f"{source}\n" for source, _ in toy_pairs(200, 1)))
    return path


@pytest.fixture
def trained(nmt_here, text, toy_data, tmp_path):
    options = [word for each in SETTINGS for word in ("--set", each)]
    arguments = (
        "--train",
        text,
        "--valid",
        text,
        "--tokenizer",
        toy_data / "tokenizer.model",
        "--out",
        tmp_path / "lm",
    )
    ended = nmt_here("train-lm", *map(str, arguments), *options)
    assert ended.code == 0
    assert b"perplexity" in ended.err
    again = nmt_here("train-lm", *map(str, arguments), *options)
    assert b"was done already; generate lines with: nmt generate --model" in again.err
    return str(tmp_path / "lm")


def test_a_model_is_trained_checked_drawn_from_and_scored(nmt_here, trained, text, tmp_path):
    assert b"language_model" in nmt_here("check", trained).out
    drawn = nmt_here("generate", "--model", trained, "--prompt", "Hund", "--count", "3").out.decode().splitlines()
    assert len(drawn) == 3
    assert all(line.startswith("Hund") for line in drawn)
    assert b"per byte" in nmt_here("evaluate-lm", "--model", trained, "-i", str(text)).out
    found = json.loads(nmt_here("evaluate-lm", "--model", trained, "-i", str(text), "--json").out)
    assert found["lines"] == 200
    assert 1 < found["perplexity_per_byte"] < found["perplexity"]
    out = tmp_path / "out"
    assert nmt_here("evaluate-lm", "--model", trained, "-i", str(text), "--lines", "-o", str(out)).code == 0
    assert all(0 < float(line) < 20 for line in out.read_text().splitlines())
    assert len(out.read_text().splitlines()) == 200


def test_what_is_unknown_and_what_is_long_costs_as_much_as_it_should(nmt_here, trained, tmp_path):
    lines = ["語語語", "Hund und " * 100 + "Katze.", "Hund und " * 2500 + "Katze."]
    (tmp_path / "in").write_text("".join(f"{line}\n" for line in lines))
    out = nmt_here("evaluate-lm", "--model", trained, "-i", str(tmp_path / "in"), "--lines").out
    unknown, long, longer = map(float, out.split())
    assert unknown > 7  # 8 bits for each of its bytes, and next to none for the end
    assert longer == pytest.approx(long, rel=0.2)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["generate", "--temperature", "0"], b"--temperature 0: it must be a finite number, at least 0.001"),
        (["generate", "--temperature", "nan"], b"--temperature nan: it must be a finite number"),
        (["generate", "--prompt", "Hund 語"], b"the prompt has '\xe8\xaa\x9e', which the model cannot write"),
        (["generate", "--prompt", "Hund\nKatze"], b"--prompt: a line begins with it"),
        (["generate", "--count", "0"], b"--count 0: draw 1 or more"),
        (["generate", "--top-k=-1"], b"--top-k -1: it must be at least 0"),
        (["generate", "--max-subwords", "0"], b"--max-subwords 0: draw 1 or more"),
        (["generate", "--seed=-1"], b"--seed -1: it must be at least 0"),
        (["evaluate-lm", "--lines", "--json"], b"--lines and --json: choose one"),
        (["evaluate-lm", "-o", "x"], b"--output is for --lines"),
        (["evaluate-lm", "-i", "/dev/null"], b"no line with text"),
        (["translate", "-i", "/dev/null"], b"holds a language model, for nmt generate and nmt evaluate-lm"),
        (["tag", "-i", "/dev/null"], b"holds a language model"),
        (["classify", "-i", "/dev/null"], b"holds a language model"),
        (["export"], b"holds a language model"),
    ],
)
def test_requests_that_do_not_fit_are_one_line_and_exit_2(nmt_here, trained, arguments, said):
    command, *options = arguments
    ended = nmt_here(command, "--model", trained, *options)
    assert ended.code == 2
    assert said in ended.err
    assert ended.err.count(b"\n") == 1


def test_translations_are_chosen_by_it_as_well(nmt_here, trained, toy_model, toy_both, text, tmp_path):
    plain, chosen = tmp_path / "plain", tmp_path / "chosen"
    options = ["translate", "--model", str(toy_model), "-i", str(text)]
    assert nmt_here(*options, "-o", str(plain)).code == 0
    assert nmt_here(*options, "-o", str(chosen), "--lm", trained, "--lm-weight", "0").code == 0
    assert plain.read_text() == chosen.read_text()
    ended = nmt_here(*options, "--lm", trained, "--lm-weight", "50", "--n-best", "2", "--json")
    assert [len(json.loads(line)["translations"]) for line in ended.out.splitlines()] == [2] * 200
    best = [json.loads(line)["translations"][0]["text"] for line in ended.out.decode().splitlines()]
    assert best != plain.read_text().splitlines()
    for more, said in (
        (["--lm-weight", "1"], b"--lm-weight needs --lm"),
        (["--lm", trained, "--lm-weight", "nan"], b"--lm-weight nan: it must be a finite number"),
        (["--lm", trained, "--lm-weight=-1"], b"--lm-weight -1: it must be a finite number, at least 0"),
        (["--lm", trained, "--sample"], b"--lm: what is sampled is not chosen among"),
        (["--lm", str(toy_model)], b"holds no language model"),
        (["--lm", trained, "-o", f"{trained}/manifest.json"], b"would overwrite what is read"),
    ):
        refused = nmt_here(*options, *more)
        assert refused.code == 2
        assert said in refused.err
