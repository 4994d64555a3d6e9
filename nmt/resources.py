"""The recipes and the model that come with the program. A wheel has them inside the package."""

from pathlib import Path

from nmt.errors import ConfigError

_PACKAGE = Path(__file__).parent


def recipes() -> dict[str, Path]:
    """The configuration files that come with the program, by name."""
    return dict(sorted((path.stem, path) for path in _folder("configs", "configs").glob("*.toml")))


def shipped_model() -> Path:
    """The folder of the model that comes with the program. Raises ConfigError if this installation has none."""
    folder = _folder("shipped/de-en", "data/models/de-en")
    if not folder.is_dir():
        raise ConfigError("no model is named, and this installation has none of its own; name one with --model DIR")
    return folder


def _folder(installed: str, checked_out: str) -> Path:
    """A folder inside the package or, in a checkout, next to it: pyproject.toml maps one to the other."""
    inside = _PACKAGE / installed
    return inside if inside.is_dir() else _PACKAGE.parent / checked_out
