"""`nmt generate`: lines drawn from a language model."""

import math
from collections.abc import Iterator
from pathlib import Path

from nmt.decoding.language_model import Drawing, generate, load_language_model
from nmt.errors import ConfigError

_COLDEST = 0.001  # below, scores that are divided by it leave the range of numbers


def generate_lines(*, model: Path, prompt: str = "", count: int = 1, drawing: Drawing) -> Iterator[str]:
    """Lines that begin with a prompt. Raises ConfigError for settings that nothing can be drawn by."""
    if count < 1:
        raise ConfigError(f"--count {count}: draw 1 or more")
    if not _COLDEST <= drawing.temperature < math.inf:
        raise ConfigError(
            f"--temperature {drawing.temperature:g}: it must be a finite number, at least {_COLDEST}; "
            "0.01 is nearly always the best"
        )
    if "\n" in prompt or "\r" in prompt:
        raise ConfigError("--prompt: a line begins with it, so it can have no line end")
    if drawing.top_k < 0:
        raise ConfigError(f"--top-k {drawing.top_k}: it must be at least 0, for all")
    if drawing.max_subwords < 1:
        raise ConfigError(f"--max-subwords {drawing.max_subwords}: draw 1 or more")
    if drawing.seed < 0:
        raise ConfigError(f"--seed {drawing.seed}: it must be at least 0")
    return generate(load_language_model(model), prompt, drawing, count)
