import shutil
import subprocess
import sys

import pytest
from tests_tagged import SETTINGS, columns, tagged_sentences
from tests_toy import CONFIG as TOY

from nmt.errors import ConfigError
from nmt.stages.finished import is_finished, record_finished
from nmt.stages.train import train
from nmt.stages.train_tagger import train_tagger

SMALL = ("training.max_updates=2", "model.hidden_size=32", "model.embedding_size=16")


@pytest.fixture(scope="module")
def finished(toy_data, toy_config, tmp_path_factory):
    """A run folder whose training is done, and the arguments that asked for it."""
    folder = tmp_path_factory.mktemp("finished")
    data = shutil.copytree(toy_data, folder / "data", ignore=shutil.ignore_patterns(".tokenized"))
    asked = {"config": toy_config(*SMALL), "data": data, "tokenizer": data / "tokenizer.model"}
    assert train(**asked, out=folder / "run")
    return folder / "run", asked


@pytest.fixture
def again(finished, tmp_path):
    """A copy of the run folder, and the arguments."""
    run, asked = finished
    return shutil.copytree(run, tmp_path / "run"), asked


def test_the_same_training_was_done_already_and_touches_nothing(again):
    run, asked = again
    before = {path: path.stat().st_mtime_ns for path in run.rglob("*")}
    assert not train(**asked, out=run, report=pytest.fail)
    assert {path: path.stat().st_mtime_ns for path in run.rglob("*")} == before


def test_another_configuration_or_text_is_looked_at(again, toy_config, tmp_path):
    run, asked = again
    with pytest.raises(ConfigError, match=r"was begun with training\.seed = 1, not 2"):
        train(**{**asked, "config": toy_config(*SMALL, "training.seed=2")}, out=run)
    data = shutil.copytree(asked["data"], tmp_path / "data")
    assert not train(**{**asked, "data": data}, out=run)  # the same, elsewhere
    with (data / "valid.de").open("a") as source, (data / "valid.en").open("a") as target:
        source.write("Hund\n")
        target.write("dog\n")
    with pytest.raises(ConfigError, match="was begun with other validation pairs"):
        train(**{**asked, "data": data}, out=run)


@pytest.mark.parametrize("change", ["no model", "no checkpoint", "another checkpoint", "another record", "no record"])
def test_a_folder_in_which_something_changed_is_not_taken_for_done(tmp_path, change):
    run = tmp_path / "run"
    (run / "checkpoint").mkdir(parents=True)
    for file in (run / "manifest.json", run / "checkpoint" / "manifest.json"):
        file.write_text("{}")
    record_finished(run, "a")
    assert is_finished(run, "a")
    assert not is_finished(run, "b")
    assert not is_finished(run, "a", "tagger-")
    match change:
        case "no model":
            (run / "manifest.json").unlink()
        case "no checkpoint":
            (run / "checkpoint" / "manifest.json").unlink()
        case "another checkpoint":
            (run / "checkpoint" / "manifest.json").write_text("{ }")
        case "another record":
            (run / "finished.json").write_text("{}\n")
        case "no record":
            (run / "finished.json").unlink()
    assert not is_finished(run, "a")


def test_a_stopped_training_is_not_done(again, toy_config, tmp_path):
    _, asked = again
    assert train(**asked, out=tmp_path / "other", stop=lambda: True)
    assert train(**asked, out=tmp_path / "other")
    assert not train(**asked, out=tmp_path / "other")


def test_a_taggers_training_too(again, toy_config, tmp_path):
    run, _ = again
    for name, size in (("train", 20), ("valid", 5)):
        (tmp_path / f"{name}.bio").write_text(columns(tagged_sentences(size, seed=1)))
    train_path, valid_path = str(tmp_path / "train.bio"), str(tmp_path / "valid.bio")
    asked = {"config": toy_config(*SETTINGS, "tagging.epochs=1"), "model": run}
    assert train_tagger(**asked, train=[train_path], valid=[valid_path])
    assert not train_tagger(**asked, train=[train_path], valid=[valid_path])
    with pytest.raises(ConfigError, match="was begun with other tagged sentences"):
        train_tagger(**asked, train=[train_path], valid=[train_path])


def test_it_is_said_without_torch(again, tmp_path):
    run, asked = again
    changes = [word for change in SMALL for word in ("--set", change)]
    (tmp_path / "toy.toml").write_text(TOY)
    words = ["--config", tmp_path / "toy.toml", *changes, "--data", asked["data"], "--tokenizer", asked["tokenizer"]]
    code = (
        "import sys; from nmt.cli.main import main\n"
        "try: main()\n"
        "finally: print(sorted({'torch', 'datasets', 'sacrebleu'} & sys.modules.keys()), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code, "train", *map(str, words), "--out", str(run)]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (ended.returncode, ended.stdout) == (0, "")
    assert ended.stderr.splitlines() == [f"was done already; translate with: nmt translate --model {run}", "[]"]
