"""`nmt check`: whether a model folder is sound, and what it contains."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from nmt.errors import ConfigError

from .options import AsJson

if TYPE_CHECKING:
    from nmt.stages.check import ModelReport


def check(
    model: Annotated[
        Path | None, typer.Argument(metavar="MODEL", help="A model folder, or a run folder.", show_default=False)
    ] = None,
    named: Annotated[Path | None, typer.Option("--model", metavar="DIR", help="The same, as an option.")] = None,
    json_: AsJson = False,
) -> None:
    """Verify every part of a model folder. That includes its checkpoint; then it is described."""
    from nmt.model_folder.store import open_folder

    if model is not None and named is not None:
        raise ConfigError("check: name one model, as MODEL or by --model")
    model = model or named
    if model is None:
        raise ConfigError("check: name a model folder, as in nmt check MODEL")
    open_folder(model)  # what is missing is said before torch is loaded
    from nmt.stages import check as stage

    report = stage.check(model)
    print(json.dumps(asdict(report), default=str) if json_ else "\n".join(_lines(report)))


def _lines(report: "ModelReport") -> list[str]:
    description = dict(report.description)
    lines = [f"{'model':<16}{report.path}: sound"]
    if "source" in description:
        source, target = _plain(description.pop("source")), _plain(description.pop("target", "?"))
        both = description.pop("directions", "one") == "both"
        lines.append(f"{'languages':<16}{source} to {target}" + f" and {target} to {source}" * both)
    lines.append(f"{'format version':<16}{report.format_version}")
    lines += [f"{'parameters':<16}{count:,} in {name}" for name, count in report.parameters.items()]
    folders = [("", report.parts), ("checkpoint/", report.checkpoint)]
    for folder, parts in folders:
        for name, part in parts.items():
            lines.append(f"{'part':<16}{folder + name:<34} {part.size:>13,} bytes  sha256 {part.sha256}")
    if report.checkpoint_update is not None:
        lines.append(f"{'checkpoint':<16}at update {_plain(report.checkpoint_update)}")
    lines += [f"{_plain(key):<16}{_plain(value)}" for key, value in description.items()]
    if report.tagger is not None:
        lines.append(f"{'tagger':<16}{_plain({key: report.tagger.get(key) for key in ('types', 'training')})}")
    if report.classifier is not None:
        shown = {key: report.classifier.get(key) for key in ("labels", "temperature", "training")}
        lines.append(f"{'classifier':<16}{_plain(shown)}")
    if report.last_log:
        lines.append(f"{'last report':<16}{_plain(report.last_log)}")
    return lines


def _plain(value: Any) -> str:
    """A value of config.json on one line; json.dumps escapes control characters."""
    if isinstance(value, dict):
        return ", ".join(f"{_plain(key)} {_plain(entry)}" for key, entry in value.items())
    if isinstance(value, float):
        return f"{value:.6g}"
    return json.dumps(value).strip('"')
