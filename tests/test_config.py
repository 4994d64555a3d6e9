import pytest

from nmt.config import load_config
from nmt.errors import ConfigError


def write(tmp_path, text):
    path = tmp_path / "c.toml"
    path.write_text(text)
    return path


def test_a_file_and_overrides_are_joined(tmp_path):
    path = write(tmp_path, 'source = "de"\n[model]\ncell = "lstm"\nhidden_size = 64\n')
    config = load_config(path, ["model.hidden_size=128", "training.learning_rate=1", "target=en"])
    assert (config.source, config.target, config.model.cell, config.model.hidden_size) == ("de", "en", "lstm", 128)
    assert config.training.learning_rate == 1.0


def test_a_misspelt_key_is_named_with_its_line_and_the_nearest_one(tmp_path):
    path = write(tmp_path, "[model]\nhidden_size = 64\nembeding_size = 3\n")
    with pytest.raises(ConfigError, match=r"c\.toml:3: unknown key 'model\.embeding_size'; .* 'embedding_size'"):
        load_config(path)


def test_a_misspelt_section_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"c\.toml:1: unknown key 'trainning'; did you mean 'training'"):
        load_config(write(tmp_path, "[trainning]\nepochs = 3\n"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[model]\ndropout = 1.5\n", r"c\.toml:2: model\.dropout is 1\.5"),
        ('[training]\nepochs = "many"\n', r"c\.toml:2: training\.epochs is 'many'; it must be of type int"),
        ('[training]\n\noptimizer = "adm"\n', r"c\.toml:3: training\.optimizer is 'adm'; choose one of adamw"),
        ("[training]\nepochs = true\n", r"must be of type int"),
        ("model = 3\n", r"c\.toml:1: 'model' is a section"),
        ("[model\n", r"not valid TOML"),
    ],
)
def test_what_cannot_be_is_said_with_its_place(tmp_path, text, said):
    with pytest.raises(ConfigError, match=said):
        load_config(write(tmp_path, text))


def test_a_bad_override_is_told(tmp_path):
    with pytest.raises(ConfigError, match=r"section\.key=value"):
        load_config(None, ["epochs"])
    with pytest.raises(ConfigError, match=r"unknown key 'training\.epoch'"):
        load_config(None, ["training.epoch=3"])


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(ConfigError, match=r"none\.toml: cannot be read as a configuration \(No such file"):
        load_config(tmp_path / "none.toml")


def test_a_bad_override_is_not_blamed_on_the_file(tmp_path):
    path = write(tmp_path, "[training]\nepochs = 3\n")
    with pytest.raises(ConfigError, match=r"^--set: unknown key 'training\.epochz'"):
        load_config(path, ["training.epochz=4"])
    with pytest.raises(ConfigError, match=r"^--set: training\.epochs is 0"):
        load_config(path, ["training.epochs=0"])


def test_a_table_of_labels_maps_text_to_text(tmp_path):
    (tmp_path / "a.toml").write_text('[labels]\nPER = ["X"]\n')
    with pytest.raises(ConfigError, match=r"a\.toml:1: labels: the value of 'PER' is \['X'\]; it must be text"):
        load_config(tmp_path / "a.toml")
