"""`nmt config`: all keys of a configuration, and the recipes."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated

import typer

from nmt.errors import ConfigError


def config(
    name: Annotated[
        Path | None,
        typer.Argument(metavar="RECIPE", help="A recipe or a file whose values to show.", show_default=False),
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="List the recipes.")] = False,
) -> None:
    """Show all keys of a configuration. Values, meanings and limits come as a file to start from."""
    from nmt.config import load_config, recipe_titles, to_toml

    if list_ and name is not None:
        raise ConfigError(f"--list lists all recipes; leave it out to see {name}")
    print("\n".join(_titles(recipe_titles()) if list_ else to_toml(load_config(name))))


def _titles(titles: Mapping[str, str]) -> Iterator[str]:
    width = max(map(len, titles), default=0) + 2
    return (f"{name:<{width}}{title}" for name, title in titles.items())
