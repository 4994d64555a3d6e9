import json
import logging

import pytest

from nmt.cli.main import app
from nmt.errors import ConfigError, DataError, NMTError
from nmt.stages import systems

LINES = {
    "source": ["die Katze saß auf der Matte", "ein Hund läuft", "zwei Männer reden im Park"],
    "reference": ["the cat sat on the mat", "a dog runs", "two men talk in the park"],
    "hypotheses": ["the cat sat on the mat", "a dog walks", "two men talk in a park"],
}


@pytest.fixture
def folder(tmp_path):
    for name, lines in LINES.items():
        (tmp_path / name).write_text("\n".join(lines) + "\n")
    (tmp_path / "test.de").write_bytes((tmp_path / "source").read_bytes())
    (tmp_path / "test.en").write_bytes((tmp_path / "reference").read_bytes())
    return tmp_path


@pytest.fixture
def score(folder, capsys):
    def run(*arguments):
        app(["evaluate", *map(str, arguments)], standalone_mode=False)
        return capsys.readouterr().out

    return run


@pytest.fixture
def model(folder, monkeypatch):
    """A model folder whose translator upper-cases."""
    (folder / "model").mkdir()
    monkeypatch.setattr(systems, "model_directions", lambda path: [("de", "en"), ("en", "de")])
    asked = []

    def translate_lines(paths, lines, *, source, target, search, device, engine):
        asked.append((paths, (source, target), search, device))
        return (line.upper() for line in lines)

    monkeypatch.setattr(systems, "translate_lines", translate_lines)
    return folder / "model", asked


def test_the_table_has_a_line_for_each_score_with_interval_and_signature(folder, score):
    lines = score("--hypotheses", folder / "hypotheses", "--references", folder / "reference").splitlines()
    assert lines[0] == f"{folder}/hypotheses on {folder}/reference: 3 sentences"
    assert [line.split()[0] for line in lines[1:]] == ["BLEU", "chrF2++", "TER"]
    assert all("bs:1000" in line and "[" in line and "version:" in line for line in lines[1:])


def test_with_sources_it_says_how_many_numbers_and_addresses_came_through(folder, score):
    (folder / "source").write_text("Katze 7\nHund 12 und www.example.org\n\n")
    (folder / "hypotheses").write_text("cat 7\ndog 112 and www.example.org\n\n")
    hypotheses = ("--hypotheses", folder / "hypotheses", "-r", folder / "reference", "--bootstrap", 0)
    assert "numbers" not in score(*hypotheses)
    last = score(*hypotheses, "--input", folder / "source").splitlines()[-1]
    assert last == "2 of 3 numbers and addresses came through"


def test_the_old_spelling_of_input_still_works(folder, score, capsys):
    (folder / "source").write_text("Katze 7\n12\n\n")
    hypotheses = ("--hypotheses", folder / "hypotheses", "-r", folder / "reference", "--bootstrap", 0)
    assert score(*hypotheses, "--source-file", folder / "source") == score(*hypotheses, "-i", folder / "source")
    assert "source-file" not in score("--help")


def test_json_carries_all_figures(folder, score):
    found = json.loads(
        score("--hypotheses", folder / "hypotheses", "-r", folder / "reference", "--bootstrap", 0, "--json")
    )
    assert (found["system"], found["sentences"], found["seconds"]) == (str(folder / "hypotheses"), 3, None)
    assert (found["benchmark"], found["survival"]) == (str(folder / "reference"), None)
    # 3 of 15 words of the references are wrong: TER counts 2 of 15 (walks, a).
    [ter] = [item for item in found["scores"] if item["name"] == "TER"]
    assert ter["value"] == pytest.approx(100 * 2 / 15)
    assert (ter["low"], ter["high"]) == (None, None)


def test_latex_has_escaped_names_and_the_signatures_as_comments(folder, score):
    (folder / "my_system").write_bytes((folder / "hypotheses").read_bytes())
    found = score("--hypotheses", folder / "my_system", "-r", folder / "reference", "--latex").splitlines()
    assert found[0].startswith("% BLEU: nrefs:1|bs:1000")
    assert r"System & BLEU $\uparrow$ & chrF2++ $\uparrow$ & TER $\downarrow$ \\" in found
    assert any(
        line.startswith(str(folder).replace("_", r"\_") + r"/my\_system & ") and r"$\pm$" in line for line in found
    )
    assert found[-1] == r"\end{tabular}"


def test_case_and_tokenization_are_as_asked_for(folder, score):
    found = score("--hypotheses", folder / "hypotheses", "-r", folder / "reference", "-lc", "--tokenize", "none")
    assert "case:lc|eff:no|tok:none" in found


def test_several_references_count_together(folder, score):
    found = score(
        "--hypotheses", folder / "hypotheses", "-r", folder / "reference", "-r", folder / "hypotheses", "--json"
    )
    assert json.loads(found)["scores"][0]["value"] == pytest.approx(100)


def test_a_model_translates_the_split_of_its_own_languages_and_its_speed_is_shown(folder, score, model):
    path, asked = model
    found = score("--model", path, "--data", folder, "-lc", "--beam-size", 2, "--output", folder / "out")
    assert asked == [([path], ("de", "en"), {"beam_size": 2}, "cpu")]
    assert found.startswith(f"{path} on {folder}/test.en: 3 sentences, ")
    assert "sentences/s" in found.splitlines()[0]
    assert (folder / "out").read_text() == "\n".join(line.upper() for line in LINES["source"]) + "\n"


def test_the_languages_decide_on_the_direction_and_the_files(folder, score, model):
    path, asked = model
    found = score("--model", path, "--model", path, "--data", folder, "--source", "en")
    assert asked == [([path, path], ("en", "de"), {}, "cpu")]
    assert found.startswith(f"{path} + {path} on {folder}/test.de: 3 sentences, ")
    with pytest.raises(ConfigError, match="does not translate fr to any language, only de to en and en to de"):
        score("--model", path, "--data", folder, "--source", "fr")


@pytest.mark.parametrize(
    "mistake", [("--tokenize", "x"), ("--paper", "missing", "--target", "en"), ("--paper", "short", "--target", "en")]
)
def test_what_is_wrong_is_said_before_anything_is_translated(folder, score, model, mistake):
    path, asked = model
    with pytest.raises(NMTError):
        score("--model", path, "--data", folder, *mistake)
    assert asked == []


def test_a_model_needs_the_source_text(folder, score, model):
    with pytest.raises(ConfigError, match="--input"):
        score("--model", model[0], "-r", folder / "reference")


def test_where_no_spaces_stand_between_words_bleu_is_of_characters_or_their_words(folder, score):
    for name, lines in (
        ("reference", ["这是一只猫。", "他们在公园里。"]),
        ("hypotheses", ["这是一只狗。", "他们在公园里。"]),
    ):
        (folder / name).write_text("\n".join(lines) + "\n")
    common = ("--hypotheses", folder / "hypotheses", "-r", folder / "reference", "--bootstrap", 0)
    assert "tok:zh" in score(*common, "--target", "zh")
    assert "tok:zh" in score(*common, "--target", "cmn")  # a code that is not known
    assert "tok:char" in score(*common, "--target", "ja")
    assert "tok:13a" in score(*common, "--target", "en")
    assert "tok:13a" in score(*common, "--target", "zh", "--tokenize", "13a")


@pytest.mark.parametrize(
    ("reference", "hypothesis", "bleu", "ter", "edits"),
    [
        ("这是一只猫。", "这是一只狗。", "tok:zh", "norm:yes|punct:yes|asian:yes", 100 / 6),  # 1 of 6 characters
        ("これは猫だ。", "これは犬だ。", "tok:char", "norm:yes|punct:yes|asian:yes", 100 / 4),  # これは, 猫, だ, and 。
        ("แมวกินปลา", "แมวกนปลา", "tok:char", "tok:char|norm:no", 100 / 9),
        ("고양이가 물고기를 먹는다.", "고양이가 고기를 먹는다.", "tok:char", "tok:tercom|norm:no", 100 / 3),
        ("a cat eats fish", "a cat eats meat", "tok:13a", "tok:tercom|norm:no", 100 / 4),
    ],
)
def test_the_script_of_references_chooses_the_tokenizers_and_the_signatures_say_so(
    folder, score, reference, hypothesis, bleu, ter, edits
):
    (folder / "reference").write_text(f"{reference}\n")
    (folder / "hypotheses").write_text(f"{hypothesis}\n")
    found = score("--hypotheses", folder / "hypotheses", "-r", folder / "reference", "--bootstrap", 0, "--json")
    scores = {item["name"]: item for item in json.loads(found)["scores"]}
    assert bleu in scores["BLEU"]["signature"]
    assert ter in scores["TER"]["signature"]
    assert scores["TER"]["value"] == pytest.approx(edits)


def test_scores_to_be_doubted_are_told_on_stderr(folder, capsys):
    files = ["--hypotheses", "hypotheses", "-r", "source", "-i", "reference"]
    arguments = [name if name.startswith("-") else str(folder / name) for name in files]
    app(["evaluate", *arguments, "--bootstrap", "0"], standalone_mode=False)
    err = capsys.readouterr().err
    assert err.startswith(f"nmt: warning: {folder}/hypotheses: 1 of 3 hypotheses are their source line")
    assert err.count("\n") == 1


def test_a_tokenizer_that_must_be_fetched_is_named_where_it_cannot_be(folder, score, monkeypatch):
    def no_network(*_):
        raise OSError("Name or service not known")

    monkeypatch.setattr("sacrebleu.tokenizers.tokenizer_spm.download_file", no_network)
    monkeypatch.setattr("sacrebleu.tokenizers.tokenizer_spm.SACREBLEU_DIR", str(folder))
    with pytest.raises(ConfigError, match=r"^--tokenize flores200: its model is not on this disk .* \(Name or service"):
        score("--hypotheses", folder / "hypotheses", "-r", folder / "reference", "--tokenize", "flores200")


def test_papers_scoring_stands_beside_the_others(folder, score):
    pytest.importorskip("sacremoses")
    common = ("--hypotheses", folder / "hypotheses", "-r", folder / "reference", "--paper", folder / "reference")
    assert "BLEU as in papers" in score(*common, "--target", "en")
    with pytest.raises(ConfigError, match="--target"):
        score(*common)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (["--references", "reference"], ConfigError, "--model DIR or --hypotheses"),
        (["--references", "reference", "--model", "m", "--hypotheses", "hypotheses"], ConfigError, "either"),
        (["--hypotheses", "hypotheses"], ConfigError, "name one test set"),
        (["--hypotheses", "hypotheses", "--references", "reference", "-t", "wmt14"], ConfigError, "name one test set"),
        (["--hypotheses", "hypotheses", "--data", "."], ConfigError, "--source and --target"),
        (["--hypotheses", "hypotheses", "-t", "wmt14", "-l", "de-xx"], ConfigError, "no 'de-xx'"),
        (["--hypotheses", "missing", "--references", "reference"], DataError, "missing: no such file"),
        (["--hypotheses", "hypotheses", "--references", "short"], DataError, "has 3 lines, but short has 1"),
        (["--data", ".", "--source", "de", "--target", "en", "--input", "source"], ConfigError, "--input"),
        (["--hypotheses", "hypotheses", "-r", "reference", "--beam-size", "3"], ConfigError, "leave out --beam-size"),
        (["--hypotheses", "hypotheses", "-r", "reference", "--engine", "onnx"], ConfigError, "leave out --engine"),
        (["--hypotheses", "hypotheses", "-r", "reference", "--bootstrap", "1"], ConfigError, "1000, or 0 for none"),
        (["--task", "tag", "-r", "reference", "--model", "m", "--source", "de"], ConfigError, "leave out --source"),
        (["--hypotheses", "hypotheses", "--references", "reference", "--json", "--latex"], ConfigError, "choose one"),
        (["--hypotheses", "hypotheses", "--references", "reference", "--tokenize", "x"], ConfigError, "choose one of"),
        (["--task", "tag", "--references", "reference", "--model", "m", "-lc"], ConfigError, "leave out --lowercase"),
    ],
)
def test_requests_that_do_not_fit_are_refused_in_one_line(folder, score, monkeypatch, arguments, error, message):
    monkeypatch.chdir(folder)
    (folder / "short").write_text("one\n")
    with pytest.raises(error, match=message) as caught:
        score(*arguments)
    assert "\n" not in str(caught.value)


def test_nothing_but_the_result_is_written(folder, capsys, caplog):
    with caplog.at_level(logging.INFO):
        app(
            ["evaluate", "--hypotheses", str(folder / "hypotheses"), "-r", str(folder / "reference")],
            standalone_mode=False,
        )
    assert capsys.readouterr().err == ""
