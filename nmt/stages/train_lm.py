"""`nmt train-lm`: train a language model on text of one language."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from nmt.config import Config
from nmt.errors import DataError
from nmt.io.files import refuse_overwriting
from nmt.io.lines import read_file
from nmt.model_folder.locking import lock
from nmt.stages.finished import digest, is_finished, record_finished
from nmt.stages.paths import can_be_read_again, corpus_files, model_files
from nmt.text.tokenizer import read_tokenizers

if TYPE_CHECKING:
    from nmt.training.run import Progress


def train_lm(
    *,
    config: Config,
    train: Sequence[Path],
    valid: Sequence[Path],
    tokenizer: Path,
    out: Path,
    device: str = "cpu",
    report: "Callable[[Progress], None]" = lambda progress: None,
    stop: Callable[[], bool] = lambda: False,
) -> bool:
    """Train a language model on the lines of files into a run folder, or go on where that was stopped.

    Returns False, at once, if that very training was finished before.
    """
    files = [*train, *valid, *corpus_files([str(tokenizer)])]
    refuse_overwriting(model_files(out), files)
    own, _ = read_tokenizers(tokenizer)
    asked = digest(config, [path for path in files if path.is_file()], [len(train), len(valid)])
    if can_be_read_again([*train, *valid]) and is_finished(out, asked):
        return False
    train_lines, valid_lines = (_lines(paths) for paths in (train, valid))
    from nmt.training.language_model_run import (  # here, as torch takes seconds to load
        LanguageModelJob,
        train_language_model_run,
    )

    job = LanguageModelJob(
        model=config.language_model,
        training=config.language_modelling,
        tokenizer=own,
        train=train_lines,
        valid=valid_lines,
    )
    with lock(out):
        if train_language_model_run(job, out, device, report, stop):
            record_finished(out, asked)
    return True


def _lines(paths: Sequence[Path]) -> list[str]:
    """The lines of files that are not blank."""
    lines = [line for path in paths for line in read_file(path) if line.strip()]
    if not lines:
        raise DataError(f"{', '.join(map(str, paths))}: no line with text; give some")
    return lines
