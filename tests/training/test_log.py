import json

import pytest

from nmt.training.log import TrainingLog


def test_a_resumed_training_drops_what_its_checkpoint_does_not_know(tmp_path):
    log = TrainingLog(tmp_path, update=0, validated=0)
    for report in ({"update": 4}, {"update": 5}, {"update": 5, "valid_bleu": 1.0}, {"update": 6}):
        log.write(report)
    TrainingLog(tmp_path, update=5, validated=0)  # it was killed after the validation, before the next checkpoint
    kept = [json.loads(line) for line in (tmp_path / "train.jsonl").read_text().splitlines()]
    assert kept == [{"update": 4}, {"update": 5}]


def test_what_was_written_is_in_tensorboards_files_at_once(tmp_path):
    pytest.importorskip("torch.utils.tensorboard")
    log = TrainingLog(tmp_path, update=0, validated=0)
    [events] = (tmp_path / "tensorboard").iterdir()
    for update in (1, 2, 3):
        log.write({"update": update, "loss": 2.0})
        assert events.read_bytes().count(b"loss") == update
