"""Promise 20: torch >= 2.10, sentencepiece >= 0.2.3, datasets >= 4, safetensors >= 0.8, checked in CI."""

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]

# Below them: pickles that run code (torch), crashes on damaged models (sentencepiece), the loaders that we know.
FLOORS = {"torch": "2.10", "sentencepiece": "0.2.3", "datasets": "4", "safetensors": "0.8"}


def required(*extras):
    """What pyproject.toml asks for by name: always, and with some extras."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lists = [project["dependencies"], *(project["optional-dependencies"][extra] for extra in extras)]
    found = [Requirement(text) for texts in lists for text in texts]
    return {canonicalize_name(requirement.name): requirement for requirement in found if requirement.name != "nmt"}


def extras():
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]


def pinned():
    """The versions that constraints.txt names."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    found = [re.fullmatch("([A-Za-z0-9._-]+)==([^ ]+)", line) for line in lines if line and line[0] != "#"]
    return {canonicalize_name(match[1]): match[2] for match in found}


@pytest.mark.parametrize("name", FLOORS)
def test_the_floor_is_asked_for(name):
    assert str(required("train")[name].specifier) == f">={FLOORS[name]}"


def test_whatever_is_asked_for_has_a_floor():
    asked = required(*extras())
    assert [name for name, requirement in asked.items() if ">=" not in str(requirement.specifier)] == []


@pytest.mark.parametrize("name", sorted(required("dev")))  # what `make setup` installs
def test_what_is_installed_is_above_its_floor(name):
    asked = required("dev")[name].specifier
    assert asked.contains(version(name)), f"{name} {version(name)} is installed, where {asked} is needed"


@pytest.mark.parametrize("name", sorted(required(*extras())))
def test_what_is_pinned_is_above_its_floor(name):
    asked = required(*extras())[name].specifier
    assert asked.contains(pinned()[name]), f"{name} {pinned()[name]} is pinned, where {asked} is needed"


def test_this_is_checked_in_ci():
    assert "make test" in (ROOT / ".ci" / "run").read_text().splitlines()
    assert "-m pytest" in re.search(r"\ntest: .*\n\t(.*)", (ROOT / "Makefile").read_text())[1]
