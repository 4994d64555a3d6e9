"""What comes with the program, from a checkout and from what a wheel holds."""

import subprocess
import sys
from pathlib import Path

import pytest

from nmt import resources
from nmt.errors import ConfigError

ROOT = Path(__file__).parents[1]


def test_a_checkout_has_recipes_and_a_model():
    assert resources.recipes()["tatoeba"] == ROOT / "configs" / "tatoeba.toml"
    assert resources.shipped_model() == ROOT / "data" / "models" / "de-en"


def test_an_installation_without_a_model_says_how_to_name_one(monkeypatch, tmp_path):
    monkeypatch.setattr(resources, "_PACKAGE", tmp_path / "nmt")
    with pytest.raises(ConfigError, match="no model is named, and this installation has none of its own"):
        resources.shipped_model()
    assert resources.recipes() == {}


def test_an_installed_package_has_the_same_inside(tmp_path):
    build = ["egg_info", "--egg-base", tmp_path, "build_py", "--build-lib", tmp_path / "lib"]
    setup = [sys.executable, "-c", "from setuptools import setup; setup()", "-q", *build]
    subprocess.run(setup, cwd=ROOT, check=True, capture_output=True)
    look = "from nmt import resources; print(resources.shipped_model(), *resources.recipes().values(), sep='\\n')"
    run = subprocess.run([sys.executable, "-c", look], cwd=tmp_path / "lib", check=True, capture_output=True, text=True)
    found = [Path(line) for line in run.stdout.splitlines()]
    checked_out = [resources.shipped_model(), *resources.recipes().values()]
    assert found[0] == tmp_path / "lib" / "nmt" / "shipped" / "de-en"
    for installed, original in zip(found, checked_out, strict=True):
        originals = sorted(original.iterdir()) if original.is_dir() else [original]
        copies = sorted(installed.iterdir()) if installed.is_dir() else [installed]
        assert [path.read_bytes() for path in copies] == [path.read_bytes() for path in originals]
