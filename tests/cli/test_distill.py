import os
import signal

import pytest

from nmt.cli.main import app
from nmt.stages import distill as stage
from nmt.stages.distill import DistillationProgress

FOUND = {"read": 4, "rejected": {"blank": 1}, "kept": {"train": 7, "valid": 1, "test": 1}}


@pytest.fixture
def asked(monkeypatch):
    """What the stage is asked for; it is stopped if told to send itself a signal."""
    asked = {}

    def distill(*, report, stop, **wanted):
        report(DistillationProgress(lines=2, total=4, seconds_left=1.0))
        if asked.get("interrupted"):
            os.kill(os.getpid(), signal.SIGINT)
        asked.update(wanted)
        return None if stop() else FOUND

    monkeypatch.setattr(stage, "distill", distill)
    return asked


def distill(*arguments):
    return app(["distill", *arguments], standalone_mode=False)


def test_models_direction_and_search_are_passed_on_and_counts_shown(asked, capsys):
    models = ["--model", "a", "--model", "b"]
    assert distill(*models, "--data", "d", "--out", "o", "--source", "en", "--beam-size", "3") == 0
    assert [str(path) for path in asked["model"]] == ["a", "b"]
    assert (asked["source"], asked["target"]) == ("en", "")
    assert asked["search"] == {"beam_size": 3}
    assert asked["keep_original"] is True
    out, err = capsys.readouterr()
    assert [line.split() for line in out.splitlines()][:2] == [["pairs", "read", "4"], ["blank", "1"]]
    assert "line 2/4" in err
    assert "nmt train --data o" in err


def test_a_signal_stops_it_with_advice(asked, capsys):
    asked["interrupted"] = True
    assert distill("--model", "a", "--data", "d", "--out", "o", "--translations-only") == 130
    assert asked["keep_original"] is False
    out, err = capsys.readouterr()
    assert out == ""
    assert "run the same command again" in err
