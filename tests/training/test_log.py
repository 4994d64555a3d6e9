import json
from types import SimpleNamespace

from nmt.training import log


def test_a_resumed_training_drops_what_its_checkpoint_does_not_know(tmp_path):
    own = log.TrainingLog(tmp_path, update=0, validated=0)
    for report in ({"update": 4}, {"update": 5}, {"update": 5, "valid_bleu": 1.0}, {"update": 6}):
        own.write(report)
    log.TrainingLog(tmp_path, update=5, validated=0)  # it was killed after the validation, before the next checkpoint
    kept = [json.loads(line) for line in (tmp_path / "train.jsonl").read_text().splitlines()]
    assert kept == [{"update": 4}, {"update": 5}]


def test_each_report_reaches_tensorboards_files_at_once(tmp_path, monkeypatch):
    calls = []
    board = SimpleNamespace(add_scalar=lambda *values: calls.append(values), flush=lambda: calls.append("flush"))
    monkeypatch.setattr(log, "_tensorboard", lambda folder, update: board)
    own = log.TrainingLog(tmp_path, update=0, validated=0)
    own.write({"update": 3, "loss": 2.0})
    assert calls == [("update", 3, 3), ("loss", 2.0, 3), "flush"]
