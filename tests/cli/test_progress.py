import signal

import pytest

from nmt.cli.progress import TrainingDisplay
from nmt.stages.distill import DistillationProgress


def test_more_than_a_day_is_told_in_hours(capsys):
    with TrainingDisplay() as display:
        display.show_distillation(DistillationProgress(lines=2, total=4, seconds_left=25 * 3600 + 61.5))
    assert capsys.readouterr().err == "line 2/4  25:01:01 left\n"


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
