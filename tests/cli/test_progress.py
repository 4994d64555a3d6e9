from cli.progress import TrainingDisplay
from nmt.distillation import DistillationProgress


def test_more_than_a_day_is_told_in_hours(capsys):
    with TrainingDisplay() as display:
        display.show_distillation(DistillationProgress(lines=2, total=4, seconds_left=25 * 3600 + 61.5))
    assert capsys.readouterr().err == "line 2/4  25:01:01 left\n"
