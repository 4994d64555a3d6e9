"""Promise 1: 100 kills at random moments; final sha256 equal to an undisturbed run; 0 unusable folders; 0 leftovers."""

import hashlib
import json
import random
import shutil
import time
from collections import Counter

import pytest
from tests_folders import content
from tests_processes import run_for
from tests_toy import CONFIG, toy_pairs

from nmt.io.lines import read_file, write_file
from nmt.model_folder.store import exists, open_folder

FOREVER = 300.0  # seconds
LONG = pytest.mark.long


def sha256(run):
    """What must not depend on kills: the parts of the model and of the checkpoint."""
    folders = {"": open_folder(run), "checkpoint/": open_folder(run / "checkpoint")}
    parts = {prefix + name: folder.read(name) for prefix, folder in folders.items() for name in folder.parts}
    return {name: hashlib.sha256(data).hexdigest() for name, data in parts.items()}


def logged(run):
    """The order of updates and validations in the log."""
    reports = [json.loads(line) for line in read_file(run / "train.jsonl")]
    return [(report["update"], "valid_bleu" in report) for report in reports]


def leftovers(run):
    """Files that no manifest lists, and that are neither logs nor the record that training is done."""
    wanted = {"manifest.json", "checkpoint/manifest.json", "train.jsonl", "finished.json"}
    for folder in (run, run / "checkpoint"):
        prefix = "" if folder == run else "checkpoint/"
        wanted |= {prefix + part.file for part in open_folder(folder).parts.values()}
    return [name for name in content(run) if name not in wanted and not name.startswith("tensorboard/")]


def where_it_was(run):
    """What a kill came into, as far as the folder shows it; fails if the folder is not usable."""
    if not exists(run / "checkpoint"):
        assert not exists(run)  # a model is never without the checkpoint that goes on with it
        return "before the first save"
    open_folder(run / "checkpoint").verify()
    if exists(run):
        open_folder(run).verify()
    if any(name.endswith(".tmp") for name in content(run)):
        return "while files were written"
    return "between saves, with a model" if exists(run) else "between saves, without a model"


@pytest.mark.parametrize(
    ("kills", "epochs", "forked"),  # a fork has its imports behind it: more of the kills come into the work
    [(6, 1, True), pytest.param(100, 4, True, marks=LONG), pytest.param(10, 1, False, marks=LONG)],
)
def test_a_training_killed_again_and_again_ends_in_the_same_weights(toy_data, tmp_path, kills, epochs, forked):
    (tmp_path / "toy.toml").write_text(CONFIG)
    data = shutil.copytree(toy_data, tmp_path / "data", ignore=shutil.ignore_patterns(".tokenized"))
    settings = [f"epochs={epochs}", "save_every=1", "validate_every=5", "report_every=2"]
    changes = [word for setting in settings for word in ("--set", f"training.{setting}")]
    options = ["train", "--config", tmp_path / "toy.toml", *changes, "--data", data]
    options += ["--tokenizer", data / "tokenizer.model", "--out"]

    def train(run, seconds):
        code = run_for(seconds, [*options, run], tmp_path / "log", forked=forked)
        assert code in (0, -9), (tmp_path / "log").read_text()
        return code == 0

    run_for(FOREVER, ["--version"], tmp_path / "log", forked=forked)  # whatever is slow the first time only
    started = time.monotonic()
    assert train(tmp_path / "whole", FOREVER)
    duration = time.monotonic() - started
    shutil.rmtree(data / ".tokenized")

    generator, run = random.Random(1), tmp_path / "run"
    found: Counter[str] = Counter()
    trainings = 0
    while found.total() < kills or run.exists():
        done = train(run, generator.uniform(0, duration) if found.total() < kills else FOREVER)
        if not done:
            found[where_it_was(run)] += 1
            continue
        assert sha256(run) == sha256(tmp_path / "whole")
        assert logged(run) == logged(tmp_path / "whole")
        assert leftovers(run) == []
        assert len(list((data / ".tokenized").iterdir())) == 1
        trainings += 1
        shutil.rmtree(run)
    print(
        f"{kills} kills of {trainings} trainings of {duration:.1f} s each, 0 unusable folders, 0 leftovers; all ended"
    )
    print("in the sha256 of the undisturbed one. The kills came:", dict(found))


@pytest.mark.parametrize(("kills", "forked"), [(5, True), pytest.param(10, False, marks=LONG)])
@pytest.mark.parametrize("stage", ["prepare", "train-tokenizer"])
def test_a_stage_killed_again_and_again_leaves_what_an_undisturbed_one_does(tmp_path, stage, kills, forked):
    lines = 2_000 if forked else 20_000
    (tmp_path / "toy.toml").write_text(CONFIG)
    options = [stage, "--config", tmp_path / "toy.toml", "--out"]
    if stage == "prepare":
        pairs = toy_pairs(lines, seed=1)
        corpus = [tmp_path / "all.de", tmp_path / "all.en"]
        for path, side in zip(corpus, zip(*pairs, strict=True), strict=True):
            write_file(path, side)
        inputs = corpus
    else:
        (tmp_path / "data").mkdir()
        for language, side in zip(("de", "en"), zip(*toy_pairs(lines, seed=1), strict=True), strict=True):
            write_file(tmp_path / "data" / f"train.{language}", side)
        inputs = ["--data", tmp_path / "data"]

    def run(name, seconds):
        (tmp_path / name).mkdir(exist_ok=True)
        out = tmp_path / name if stage == "prepare" else tmp_path / name / "tokenizer.model"
        return run_for(seconds, [*options, out, *inputs], tmp_path / "log", forked=forked)

    run_for(FOREVER, ["--version"], tmp_path / "log", forked=forked)
    started = time.monotonic()
    assert run("whole", FOREVER) == 0, (tmp_path / "log").read_text()
    duration = time.monotonic() - started
    whole = content(tmp_path / "whole")
    generator, killed, half = random.Random(1), 0, 0
    while killed < kills:
        code = run("out", generator.uniform(0, duration))
        assert code in (0, -9)
        killed += code == -9
        found = content(tmp_path / "out")
        half += any(name.endswith(".tmp") for name in found)
        assert all(whole[name] == data for name, data in found.items() if not name.endswith(".tmp"))
    assert run("out", FOREVER) == 0
    assert content(tmp_path / "out") == whole
    print(f"nmt {stage}: {kills} kills, {half} of them while files were written; nothing half-written, 0 leftovers")
