"""The commands as a user runs them: processes, files and exit codes."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from tests_processes import nmt
from tests_toy import CONFIG, toy_pairs

FOLDERS = ["--data", "nowhere", "--tokenizer", "none.model", "--out", "x"]


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    """A folder in which the toy language was prepared, tokenized and trained, all from the command line."""
    folder = tmp_path_factory.mktemp("project")
    for name, side in (("all.de", 0), ("all.en", 1)):
        (folder / name).write_text("".join(pair[side] + "\n" for pair in toy_pairs(400, 1)))
    (folder / "toy.toml").write_text(CONFIG)
    common = ["--config", folder / "toy.toml"]
    corpora = [folder / "all.de", folder / "all.en"]
    nmt("prepare", *common, "--set", "cleaning.near_duplicates=false", "--out", folder / "data", *corpora)
    nmt("train-tokenizer", *common, "--data", folder / "data", "--out", folder / "data" / "tokenizer.model")
    return folder


def train(project, run):
    tokenizer = project / "data" / "tokenizer.model"
    return [
        "train",
        "--config",
        project / "toy.toml",
        "--data",
        project / "data",
        "--tokenizer",
        tokenizer,
        "--out",
        run,
        "--set",
        "training.epochs=4",
    ]


@pytest.fixture(scope="module")
def model(project):
    nmt(*train(project, project / "run"))
    return project / "run"


def test_preparing_counts_every_pair_once(project):
    report = json.loads((project / "data" / "report.json").read_text())
    assert report["read"] == 400 == sum(report["rejected"].values()) + sum(report["kept"].values())


def test_a_model_translates_stdin_line_by_line(model):
    run = nmt("translate", "--model", model, text=b"Hund und Katze.\n\nHaus.")
    lines = run.stdout.split(b"\n")
    assert len(lines) == 4
    assert lines[0]
    assert lines[1] == b""
    assert lines[2]
    assert lines[3] == b""
    assert run.stderr == b""


def test_json_has_scores_and_all_alternatives(model):
    run = nmt("translate", "--model", model, "--json", "--n-best", 3, text=b"Hund.\n")
    [line] = run.stdout.splitlines()
    found = json.loads(line)
    assert found["source"] == "Hund."
    scores = [alternative["score"] for alternative in found["translations"]]
    assert len(scores) == 3
    assert scores == sorted(scores, reverse=True)


def test_undecodable_bytes_are_announced_by_line_and_cost_no_line(model):
    run = nmt("translate", "--model", model, text=b"Hund.\n\xff\xfe\nHaus.\n")
    assert run.stdout.count(b"\n") == 3
    assert b"stdin:2" in run.stderr


def test_files_in_and_out(model, tmp_path):
    (tmp_path / "in.de").write_text("Hund.\nHaus.\n")
    nmt("translate", "--model", model, "-i", tmp_path / "in.de", "-o", tmp_path / "out.en")
    assert (tmp_path / "out.en").read_text().count("\n") == 2


def test_evaluation_prints_scores_with_signatures(project, model):
    run = nmt("evaluate", "--model", model, "--data", project / "data", "--split", "test")
    assert b"case:mixed|eff:no|tok:13a|smooth:exp|version:" in run.stdout


# Interrupts itself when it has validated for the first time.
INTERRUPTED = """
import os, signal
from nmt.cli.main import main
from nmt.training.log import TrainingLog

def interrupt(log, report, write=TrainingLog.write):
    write(log, report)
    if "valid_bleu" in report:
        os.kill(os.getpid(), signal.SIGINT)

TrainingLog.write = interrupt
main()
"""


def test_an_interrupted_training_exits_with_130_and_goes_on_to_the_same_weights(project, model, nmt_here):
    run = project / "interrupted"
    command = [sys.executable, "-c", INTERRUPTED, *map(str, train(project, run))]
    ended = subprocess.run(command, capture_output=True, timeout=300)
    assert ended.returncode == 130, ended.stderr.decode()
    assert b"run the same command again" in ended.stderr
    assert nmt_here(*train(project, run)).code == 0
    weights = [json.loads((folder / "manifest.json").read_text())["parts"] for folder in (run, model)]
    assert weights[0]["translator.safetensors"] == weights[1]["translator.safetensors"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["translate", "--model", "nowhere"], "nowhere"),
        (["translate", "--modle", "x"], "--model"),
        (["trian"], "train"),
        (["train", *FOLDERS], "source and target language are not given"),
        (["train", *FOLDERS, "--source", "de", "--target", "en"], "none.model"),
        (["train", *FOLDERS, "--config", "none.toml"], "none.toml"),
    ],
)  # fmt: skip
def test_a_mistake_is_one_line_and_exit_2(arguments, said, nmt_here, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    ended = nmt_here(*arguments)
    assert ended.code == 2
    assert said in ended.err.decode()
    assert "Traceback" not in ended.err.decode()


MISSING = """
translate --model {model} --engine torch -i none
translate --model none
tag --model {model} -i none
evaluate --model {model} --engine torch -r none -i none
evaluate --model {model} --engine torch -r none -i none -o x
compare {model} none -r none -i none
evaluate-tagger --model none -r none
check none
export --model none
bench --model none --data none
bench --model {model} --data none
train --source de --target en --data none --tokenizer {data}/tokenizer.model --out x
train --source de --target en --data {data} --tokenizer none --out x
train --source de --target fr --data {data} --tokenizer {data}/tokenizer.model --out x
train-tagger --model none --train none --valid none
train-tagger --model {model} --train none --valid none
train-tagger --model {model} --train none --valid none --data none
distill --model {model} --data none --out x
train-tokenizer --source de --target en --data none --out x
prepare --source de --target en --out x none none
"""

ONE_AFTER_THE_OTHER = """
import sys
from nmt.cli.main import main
for line in sys.stdin.read().split("\\n"):
    sys.argv = ["nmt", *line.split()]
    try:
        main()
    except SystemExit as ended:
        print(line, ended.code, "torch" in sys.modules, file=sys.stderr)
"""


def test_what_is_missing_is_said_before_torch_is_loaded(project, model, tmp_path):
    lines = MISSING.format(model=model, data=project / "data").strip()
    command = [sys.executable, "-c", ONE_AFTER_THE_OTHER]
    run = subprocess.run(command, input=lines, capture_output=True, text=True, cwd=tmp_path, timeout=120)
    said = run.stderr.split("\n")[:-1]
    assert said[1::2] == [f"{line} 2 False" for line in lines.split("\n")]
    assert all("none" in line or "holds de and en, not fr" in line for line in said[::2])
    assert (run.stdout, list(tmp_path.iterdir())) == ("", [])


@pytest.mark.parametrize("command", ["translate", "tag", "classify", "tokenize"])
def test_a_missing_input_is_said_before_anything_is_loaded(command, tmp_path):
    check = (
        f"import sys; from nmt.cli.main import main; sys.argv = ['nmt', {command!r}, '-i', 'none.txt']\n"
        "try: main()\nexcept SystemExit as ended: print(ended.code, 'numpy' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert (run.stdout, run.stderr) == ("2 False\n", "nmt: error: none.txt: no such file; check the path\n")


def test_the_source_folder_says_that_it_hides_what_is_installed():
    command = [sys.executable, "-S", "-m", "nmt", "translate"]  # -S: without what is installed
    run = subprocess.run(command, capture_output=True, text=True, cwd=Path(__file__).parents[2], timeout=60)
    assert (run.returncode, run.stdout, run.stderr.count("\n")) == (2, "", 1)
    assert "change to another folder, or install by: pip install --editable ." in run.stderr


def test_a_damaged_model_is_refused(model, tmp_path):
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in model.iterdir():
        if file.is_file():
            (copy / file.name).write_bytes(file.read_bytes())
    [weights] = copy.glob("translator-*.safetensors")
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    run = nmt("translate", "--model", copy, text=b"Hund.\n", expect=2)
    assert run.stdout == b""
    assert run.stderr.count(b"\n") == 1


def test_help_imports_nothing_heavy():
    heavy = {"torch", "datasets", "sentencepiece", "numpy", "rich", "pydantic"}
    check = (
        "import sys; from nmt.cli.main import main; sys.argv = ['nmt', '--help']\n"
        f"try: main()\nexcept SystemExit: print(sorted({heavy} & set(sys.modules)))"
    )
    run = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, timeout=60)
    assert run.stdout.endswith("\n[]\n")


def test_help_says_in_a_whole_sentence_what_each_command_does():
    listed = nmt("--help").stdout.decode().partition("Commands:\n")[2].splitlines()
    assert len(listed) == 25
    assert [line for line in listed if not line.endswith(".") or line.endswith("..")] == []
