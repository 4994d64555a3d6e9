import signal

import pytest

from nmt.cli.progress import TrainingDisplay
from nmt.stages.distill import DistillationProgress
from nmt.training.loop import Validation
from nmt.training.run import Progress


def test_more_than_a_day_is_told_in_hours(capsys):
    with TrainingDisplay() as display:
        display.show_distillation(DistillationProgress(lines=2, total=4, seconds_left=25 * 3600 + 61.5))
    assert capsys.readouterr().err == "line 2/4  25:01:01 left\n"


def progress(**changes):
    given = {"update": 1234, "total": 2000, "epoch": 3, "tokens_per_second": 5678.9, "seconds_left": 61.0}
    return Progress(**given, **changes)


@pytest.mark.parametrize(
    ("losses", "shown"),
    [
        ({"loss": 1.5}, "loss 1.500"),
        ({"translate_loss": 2.0, "tag_loss": 0.25}, "tag loss 0.250  translate loss 2.000"),
    ],
)
def test_an_update_is_shown_with_its_losses(capsys, losses, shown):
    TrainingDisplay().show(progress(losses=losses))
    assert capsys.readouterr().err == f"update 1,234/2,000  epoch 3  {shown}  5,679 tokens/s  00:01:01 left\n"


@pytest.mark.parametrize(
    ("figures", "saved", "shown"),
    [
        (
            {"loss": 1.25, "bleu": 38.777},
            {"best": True, "saved": True},
            "validation loss 1.250  BLEU 38.78 (best so far, saved)",
        ),
        ({"loss": 1.25, "bleu": 38.777}, {}, "validation loss 1.250  BLEU 38.78"),
        ({"f1": 87.356}, {"saved": True}, "F1 87.36 (saved)"),
    ],
)
def test_a_validation_is_shown_with_its_figures(capsys, figures, saved, shown):
    TrainingDisplay().show(progress(losses={}, validation=Validation(score=1.0, figures=figures), **saved))
    assert capsys.readouterr().err == f"update 1,234  {shown}\n"


def test_the_first_signal_asks_to_stop_and_the_second_stops_as_it_does_elsewhere():
    stops = []
    for number in (signal.SIGINT, signal.SIGTERM):
        with TrainingDisplay() as display:
            signal.raise_signal(number)
            assert display.stop_requested()
            with pytest.raises((KeyboardInterrupt, SystemExit)) as raised:
                signal.raise_signal(number)
            stops.append(raised.value)
    assert list(map(repr, stops)) == ["KeyboardInterrupt()", "SystemExit(143)"]
