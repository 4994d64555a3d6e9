"""`nmt distill`: a training set with translations as targets, for sequence-level distillation (Kim and Rush, 2016)."""

import hashlib
import json
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any

from nmt.decoding.config import DecodingConfig
from nmt.decoding.model import TranslationModel
from nmt.decoding.translator import translate_chunks
from nmt.io.files import read_bytes, refuse_overwriting, replacing
from nmt.io.lines import read_file, read_parallel, write_line
from nmt.io.parts import cut
from nmt.model_folder.locking import lock
from nmt.stages.in_parts import Run, Task, run_here, tasks_of
from nmt.stages.line_work import DoneLine, Work
from nmt.stages.models import load_models, model_sums
from nmt.stages.paths import REPORT, model_files, obsolete_files, prepared_files, split_file

PART_LINES = 512  # lines translated between two saves


@dataclass(frozen=True, kw_only=True)
class DistillationProgress:
    """How much of a training set has been translated."""

    lines: int
    total: int
    seconds_left: float


def distill(
    *,
    model: Sequence[Path],
    data: Path,
    out: Path,
    source: str = "",
    target: str = "",
    keep_original: bool = True,
    replace_corpus: bool = False,
    search: Mapping[str, Any] | None = None,
    device: str = "cpu",
    run: Run | None = None,
    report: Callable[[DistillationProgress], None] = lambda progress: None,
    stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any] | None:
    """Make a prepared folder with translations as training targets, or resume where this was stopped.

    The models translate together, in the given direction, the training source of the prepared folder data. Raises
    ConfigError if out holds another corpus, unless that is to be replaced. run does the work elsewhere.
    """
    refuse_overwriting(prepared_files(out), [*prepared_files(data), *chain.from_iterable(map(model_files, model))])
    loaded = load_models(model, source=source, target=target, device=device)
    sums = {str(path): model_sums(path) for path in model}
    for language in [loaded.source, loaded.target][: 1 + keep_original]:
        split_file(data, "train", language)
    obsolete = obsolete_files(out, _inputs(loaded, data), replace_corpus)
    with lock(out):
        found = distill_with(
            model=loaded,
            models=sums,
            search=replace(loaded.search, **(search or {})),
            data=data,
            out=out,
            keep_original=keep_original,
            run=run and partial(run, partial(_open_writer, model, source, target, search or {}, device)),
            report=report,
            stop=stop,
        )
        for path in obsolete if found else ():
            path.unlink(missing_ok=True)
    return found


def distill_with(
    *,
    model: TranslationModel,
    models: Mapping[str, Any],
    search: DecodingConfig,
    data: Path,
    out: Path,
    keep_original: bool,
    run: Callable[[Sequence[Task]], Iterator[int]] | None = None,
    report: Callable[[DistillationProgress], None],
    stop: Callable[[], bool],
) -> dict[str, Any] | None:
    """Translate data's training source, and make out a prepared folder with the translations as training targets.

    models identifies the parts of model. With keep_original, each original pair is followed by its translation unless
    the two are equal; without, the original targets need not exist. Validation and test pairs are copied unchanged.
    Returns the counts, which are also saved as report.json; None if stop ended it early: the next call resumes there.
    """
    source, target = f"train.{model.source}", f"train.{model.target}"
    made = {"models": models, "source": model.source, "target": model.target, "search": asdict(search)}
    parts = out / ".parts" / _digest({**made, "lines": hashlib.sha256(read_bytes(data / source)).hexdigest()})
    parts.mkdir(parents=True, exist_ok=True)
    for _ in read_file(data / source):  # what is wrong with it is to be said before hours of work
        pass
    tasks = tasks_of(data.absolute() / source, cut(data / source, PART_LINES)[0], parts)
    if not _do_missing(tasks, run or partial(run_here, partial(_writer, model, search)), report, stop):
        return None

    counts: Counter[str] = Counter()
    held_out = {
        f"{split}.{language}": read_bytes(data / f"{split}.{language}")
        for split in ("valid", "test")
        for language in (model.source, model.target)
    }
    with replacing(*(out / name for name in (source, target, *held_out, REPORT))) as streams:
        for pair in _pairs(data / source, data / target, tasks, keep_original, counts):
            for stream, line in zip(streams, pair, strict=False):
                write_line(stream, line)
        for stream, content in zip(streams[2:], held_out.values(), strict=False):
            stream.write(content)
        kept = {split: held_out[f"{split}.{model.source}"].count(b"\n") for split in ("valid", "test")}
        found = {
            "read": counts.pop("read", 0),
            "kept": {"train": counts.pop("kept", 0), **kept},
            "rejected": dict(counts),
            "distilled": {**made, "keep_original": keep_original},
            "inputs": _inputs(model, data),
        }
        write_line(streams[-1], json.dumps(found))
    shutil.rmtree(out / ".parts")
    return found


def _inputs(model: TranslationModel, data: Path) -> dict[str, Any]:
    return {"languages": [model.source, model.target], "corpora": [str(data)]}


def _open_writer(model: Sequence[Path], source: str, target: str, search: Mapping[str, Any], device: str) -> Work:
    """What writes targets, for a process that has not loaded the models."""
    loaded = load_models(model, source=source, target=target, device=device)
    return _writer(loaded, replace(loaded.search, **search))


def _writer(model: TranslationModel, search: DecodingConfig) -> Work:
    """What writes a target for each line, or a blank line.

    A translation that reached the maximum length is usually a loop, from which nothing can be learnt.
    """
    return lambda chunked: (
        DoneLine(written=[best.text if best.finished else ""])
        for best in (translation.alternatives[0] for translation in translate_chunks(model, chunked, search))
    )


def _do_missing(
    tasks: Sequence[Task],
    run: Callable[[Sequence[Task]], Iterator[int]],
    report: Callable[[DistillationProgress], None],
    stop: Callable[[], bool],
) -> bool:
    """Do the tasks that are not done; False if stop ended it."""
    missing = [task for task in tasks if not task.notes.exists()]
    left = sum(task.part.lines for task in missing)
    total, fresh, started = sum(task.part.lines for task in tasks), 0, time.monotonic()
    for number in run(missing) if missing else ():
        fresh += missing[number].part.lines
        left -= missing[number].part.lines
        seconds = left * (time.monotonic() - started) / fresh
        report(DistillationProgress(lines=total - left, total=total, seconds_left=seconds))
        if stop() and left:
            return False
    return True


def _pairs(
    source: Path, target: Path, tasks: Sequence[Task], keep_original: bool, counts: Counter[str]
) -> Iterator[tuple[str, str]]:
    """The training pairs: the original ones if they are kept, and those with translations."""
    originals = read_parallel(source, target) if keep_original else ((line, None) for line in read_file(source))
    translations = chain.from_iterable(read_file(task.lines) for task in tasks)
    for (line, original), translation in zip(originals, translations, strict=True):
        counts["read"] += 1
        if original is not None:
            counts["kept"] += 1
            yield line, original
        if not translation:
            counts["blank or endless"] += 1
        elif translation == original:
            counts["like the original"] += 1
        else:
            counts["kept"] += 1
            yield line, translation


def _digest(values: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()[:16]
