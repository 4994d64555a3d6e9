from pathlib import Path

import pytest

from nmt.cli.main import app
from nmt.config import Config, load_config
from nmt.errors import ConfigError


@pytest.fixture
def shown(capsys):
    """What `nmt config` prints."""

    def run(*arguments):
        app(["config", *arguments], standalone_mode=False)
        return capsys.readouterr().out

    return run


def test_every_key_is_shown_with_its_default_meaning_and_limits(shown):
    lines = shown().splitlines()
    assert "vocab_size = 8000                 # number of pieces (at least 8)" in lines
    assert 'kind = "unigram"                  # kind of subword model (one of unigram, bpe)' in lines
    assert "shared = true                     # one model for both languages" in lines


def test_a_recipes_values_stand_beside_the_defaults_they_change(shown):
    assert "epochs = 5                        # passes over the training pairs (at least 1; default 20)" in shown(
        "tatoeba"
    )


@pytest.mark.parametrize("name", ["de-en", "tagger"])
def test_what_is_shown_is_a_configuration_file_that_means_the_same(shown, tmp_path, name):
    (tmp_path / "all.toml").write_text(shown())
    assert load_config(tmp_path / "all.toml") == Config()
    (tmp_path / "all.toml").write_text(shown(name))
    assert load_config(tmp_path / "all.toml") == load_config(Path(name))


def test_the_recipes_are_listed_with_what_they_are_for(shown):
    names, titles = zip(*(line.split(maxsplit=1) for line in shown("--list").splitlines()), strict=True)
    assert names == ("de-en", "de-en-everyday", "demo", "multi30k", "tagger", "tatoeba")
    assert titles[-1] == "Everyday sentences, about 150,000 pairs (data/tatoeba): the model that `make train` makes."


def test_a_list_of_one_is_refused(shown):
    with pytest.raises(ConfigError, match="leave it out to see demo"):
        shown("demo", "--list")
