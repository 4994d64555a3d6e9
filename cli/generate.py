"""`nmt generate`: lines drawn from a language model."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from nmt.io.lines import write_line


def generate(
    model: Annotated[
        Path, typer.Option(metavar="DIR", help="The folder of a language model (nmt train-lm).", show_default=False)
    ],
    prompt: Annotated[str, typer.Option(help="How each line begins.")] = "",
    count: Annotated[int, typer.Option(help="Number of lines.")] = 1,
    temperature: Annotated[float, typer.Option(help="Below 1: likelier lines; above: stranger ones.")] = 1.0,
    top_k: Annotated[int, typer.Option(help="Draw from so many of the likeliest subwords; 0 is all.")] = 0,
    max_subwords: Annotated[int, typer.Option(help="Longest line, in subwords after the prompt.")] = 100,
    seed: Annotated[int, typer.Option(help="Another seed, other lines.")] = 1,
) -> None:
    """Draw lines at random from a language model."""
    from nmt.decoding.language_model import Drawing
    from nmt.stages.generate import generate_lines

    drawing = Drawing(temperature=temperature, top_k=top_k, max_subwords=max_subwords, seed=seed)
    for line in generate_lines(model=model, prompt=prompt, count=count, drawing=drawing):
        write_line(sys.stdout.buffer, line)
        sys.stdout.flush()
