import io
import sys

import pytest

from nmt.cli.main import app
from nmt.errors import ConfigError, DataError
from nmt.model_folder.store import save
from nmt.text.tokenizer import Tokenizer, language_tag

WORDS = ("house", "horse", "mouse", "window", "garden", "river", "teacher", "doctor", "small", "large")


def run(*arguments):
    app([str(argument) for argument in arguments], standalone_mode=False)


@pytest.fixture
def data(tmp_path):
    lines = [f"{a} {b} {c}" for a in WORDS for b in WORDS for c in WORDS[::4]]
    (tmp_path / "train.en").write_text("\n".join(lines) + "\n")
    (tmp_path / "train.de").write_text("\n".join(line.upper() + " ÄÖÜ" for line in lines) + "\n")
    return tmp_path


@pytest.fixture
def talk(monkeypatch):
    """Run a command with text on stdin and return what it writes."""

    def exchange(text, *arguments):
        out = io.TextIOWrapper(io.BytesIO())
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text.encode())))
            patch.setattr(sys, "stdout", out)
            run(*arguments)
        return out.buffer.getvalue().decode()

    return exchange


def train(data, *more):
    run("train-tokenizer", "--data", data, "--source", "de", "--target", "en", "--vocab-size", 70, *more)


def test_one_model_knows_both_languages_and_their_tags(data, capsys):
    train(data, "--out", data / "new" / "tokenizer.model", "--symbol", "<name>")
    tokenizer = Tokenizer.from_bytes((data / "new" / "tokenizer.model").read_bytes())
    assert tokenizer.vocab_size == 70
    assert tokenizer.decode(tokenizer.encode("HOUSE ÄÖÜ mouse")) == "HOUSE ÄÖÜ mouse"
    assert all(tokenizer.id_of(symbol) > 3 for symbol in (language_tag("de"), "<2en>", "<ph0>", "<ph9>", "<name>"))
    assert "tokenizer.model" in capsys.readouterr().err


def test_separate_models_each_know_their_language_alone(data):
    train(data, "--separate", "--vocab-size", 50, "--kind", "bpe", "--out", data / "both")
    source, target = (
        Tokenizer.from_bytes((data / "both" / f"{side}.model").read_bytes()) for side in ("source", "target")
    )
    assert source.decode(source.encode("Ä house")) == "Ä  ⁇ "
    assert target.decode(target.encode("Ä house")) == " ⁇  house"


def test_values_come_from_the_configuration_and_options_win(data):
    (data / "c.toml").write_text('source = "de"\ntarget = "en"\n[tokenizer]\nvocab_size = 80\nkind = "bpe"\n')
    out = data / "t.model"
    run("train-tokenizer", "--data", data, "--config", data / "c.toml", "--out", out)
    assert Tokenizer.from_bytes(out.read_bytes()).vocab_size == 80
    run("train-tokenizer", "--data", data, "--config", data / "c.toml", "--vocab-size", 75, "--out", out)
    assert Tokenizer.from_bytes(out.read_bytes()).vocab_size == 75


@pytest.mark.parametrize(
    ("options", "error", "message"),
    [
        (["--vocab-size", 5000], DataError, r"train\.\*: vocab_size 5000 is more than the text allows: set it to \d+"),
        (["--separate", "--vocab-size", 5000], DataError, r"train\.de: vocab_size 5000"),
        (["--kind", "words"], ConfigError, "kind is 'words'"),
        (["--target", "fr"], DataError, "holds de and en, not fr"),
        (["--target", ""], ConfigError, "language"),
        (["--symbol", "name"], ConfigError, "'name'"),
    ],
)
def test_bad_requests_are_refused_and_write_nothing(data, options, error, message):
    before = sorted(data.iterdir())
    with pytest.raises(error, match=message):
        train(data, "--out", data / "t.model", *options)
    assert sorted(data.iterdir()) == before


def test_an_old_model_survives_a_failed_training(data):
    train(data, "--out", data / "t.model")
    old = (data / "t.model").read_bytes()
    with pytest.raises(DataError):
        train(data, "--out", data / "t.model", "--vocab-size", 5000)
    assert (data / "t.model").read_bytes() == old


def test_a_file_that_is_no_tokenizer_is_not_replaced(data):
    (data / "notes").write_bytes(b"mine")
    with pytest.raises(ConfigError, match="notes: is there already and is no tokenizer; choose another name"):
        train(data, "--out", data / "notes")
    (data / "both").mkdir()
    (data / "both" / "target.model").write_bytes(b"mine")
    with pytest.raises(ConfigError, match=r"target\.model: is there already"):
        train(data, "--separate", "--vocab-size", 40, "--out", data / "both")
    assert [path.name for path in (data / "both").iterdir()] == ["target.model"]
    (data / "empty").touch()
    train(data, "--out", data / "empty")


def test_a_models_own_tokenizer_is_not_replaced(data):
    train(data, "--out", data / "t.model")
    save(data / "model", {"tokenizer.model": (data / "t.model").read_bytes()})
    [part] = (data / "model").glob("tokenizer-*")
    with pytest.raises(ConfigError, match="is a part of the model"):
        train(data, "--out", part)


def test_text_goes_to_pieces_or_ids_and_back_line_by_line(data, talk):
    train(data, "--out", data / "t.model")
    text = "small  HOUSE 日\n\nriver\r garden"
    pieces = talk(text, "tokenize", "--tokenizer", data / "t.model")
    assert pieces.count("\n") == 3
    assert pieces.replace(" ", "").split("\n")[0] == "▁small▁HOUSE▁日"
    assert talk(pieces, "tokenize", "--tokenizer", data / "t.model", "--decode") == "small HOUSE 日\n\nriver garden\n"
    ids = talk("small HOUSE\n", "tokenize", "--tokenizer", data / "t.model", "--ids")
    assert talk(ids, "tokenize", "--tokenizer", data / "t.model", "--ids", "--decode") == "small HOUSE\n"


@pytest.mark.parametrize("line", ["7 x", "99999", "-1"])
def test_lines_that_are_not_ids_are_refused_by_number(data, talk, line):
    train(data, "--out", data / "t.model")
    with pytest.raises(DataError, match="stdin:2: not a line of ids; give numbers below 70"):
        talk(f"5\n{line}\n", "tokenize", "--tokenizer", data / "t.model", "--ids", "--decode")


def test_the_two_sides_of_a_folder_have_their_own_pieces(data, talk):
    train(data, "--separate", "--vocab-size", 50, "--out", data / "both")
    sides = [talk("Ä\n", "tokenize", "--tokenizer", data / "both", "--ids", *side) for side in ([], ["--target-side"])]
    assert sides[0] != sides[1]
