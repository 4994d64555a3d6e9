"""`nmt bench`: how fast a model trains and translates on this machine."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from .options import AsJson, ConfigFile, Overrides, read_config
from .tables import as_json

if TYPE_CHECKING:
    from nmt.benchmark.rates import Spread
    from nmt.stages.bench import BenchReport


def bench(
    model: Annotated[Path, typer.Option(metavar="DIR", help="A model folder.")],
    data: Annotated[
        Path, typer.Option(metavar="DIR", help="A prepared folder, with text to train on and to translate.")
    ],
    split: Annotated[str, typer.Option(help="The split of --data to translate: test, valid or train.")] = "test",
    runs: Annotated[int, typer.Option(min=1, help="Repetitions; medians are shown.")] = 5,
    updates: Annotated[int, typer.Option(min=0, help="Training updates to time; 0 skips training.")] = 30,
    config: ConfigFile = None,
    set_: Overrides = None,
    json_: AsJson = False,
) -> None:
    """Measure speed, start-up and memory. Speeds are relative to the machine's own."""
    from nmt.stages.models import model_directions
    from nmt.stages.paths import split_file

    split_file(data, split, model_directions(model)[0][0])  # what is missing is said before torch is loaded
    from nmt.stages import bench as stage

    report = stage.bench(
        config=read_config("bench", config, set_),
        model=model,
        data=data,
        split=split,
        runs=runs,
        updates=updates,
    )
    print(as_json(report) if json_ else "\n".join(_lines(report)))


def _lines(report: "BenchReport") -> list[str]:
    lines = [f"{report.model} on {report.processor}, {report.threads} threads"]
    for name, rate in report.matrix_rates.items():
        lines.append(f"{'matrix products, ' + name:<28}{rate / 1e9:>12,.0f} billion operations/s")
    if report.training is not None:
        share = f"{report.training.share_of_roofline:.0%} of the roofline"
        lines.append(f"{'training':<28}{_spread(report.training.rate)} target subwords/s, {share}")
    for beam, found in report.decoding.items():
        share = f"{found.share_of_roofline:.0%} of the roofline"
        lines.append(f"{f'translating, beam {beam}':<28}{_spread(found.rate)} sentences/s, {share}")
    for beam, latency in report.latency.items():
        lines.append(f"{f'one sentence, beam {beam}':<28}{latency.p50:>12.1f} ms, 95% below {latency.p95:.1f} ms")
    seconds, memory = report.process.seconds, f"{report.process.peak_bytes / 1e6:,.0f} MB"
    quartiles = f"[{seconds.low:.2f}, {seconds.high:.2f}]"
    return [*lines, f"{'start, sentence, exit':<28}{seconds.median:>12.2f} {quartiles} s, at most {memory}"]


def _spread(spread: "Spread") -> str:
    return f"{spread.median:>12,.0f} [{spread.low:,.0f}, {spread.high:,.0f}]"
