import subprocess
import sys
from dataclasses import fields, is_dataclass
from pathlib import Path

import pytest

from nmt.config import KEYS, READS, Config, load_config, to_toml
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


def test_a_device_without_end_is_no_configuration():
    with pytest.raises(ConfigError, match=r"/dev/zero: has more than 1,048,576 bytes"):
        load_config(Path("/dev/zero"))


def test_a_misspelt_section_is_named(tmp_path):
    with pytest.raises(ConfigError, match=r"c\.toml:1: unknown key 'trainning'; did you mean 'training'"):
        load_config(write(tmp_path, "[trainning]\nepochs = 3\n"))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[model]\ndropout = 1.5\n", r"c\.toml:2: model\.dropout is 1\.5"),
        ('[training]\nepochs = "many"\n', r"c\.toml:2: training\.epochs is 'many'; it must be a whole number"),
        ('[training]\n\noptimizer = "adm"\n', r"c\.toml:3: training\.optimizer is 'adm'; choose one of adamw"),
        ("[training]\nepochs = true\n", r"must be a whole number"),
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


def test_a_recipe_is_found_by_its_name_unless_a_file_has_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load_config(Path("tatoeba")).training.epochs == 5
    (tmp_path / "tatoeba").mkdir()
    assert load_config(Path("tatoeba")).training.epochs == 5
    (tmp_path / "demo").write_text("[training]\nepochs = 77\n")
    assert load_config(Path("demo")).training.epochs == 77
    with pytest.raises(
        ConfigError, match=r"tatoba: .*; check the path, or choose one of the recipes de-en, de-en-everyday, "
    ):
        load_config(Path("tatoba"))


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-16", r"c\.toml:1: the file is in UTF-16; save it as UTF-8"),
        ("utf-16-le", r"c\.toml:1: the file is in UTF-16; "),
        ("utf-16-be", r"c\.toml:1: the file is in UTF-16; "),
        ("utf-32", r"c\.toml:1: the file is in UTF-32; "),
        ("latin-1", r"c\.toml:3: the file is not in UTF-8 but perhaps in Latin-1 \(byte 0xfc\); save it as UTF-8"),
    ],
)
def test_an_encoding_that_is_not_utf_8_is_named_with_its_line(tmp_path, encoding, said):
    (tmp_path / "c.toml").write_bytes('source = "de"\n[model]\n# für\ndropout = 0.2\n'.encode(encoding))
    with pytest.raises(ConfigError, match=said):
        load_config(tmp_path / "c.toml")


def test_a_byte_order_mark_is_no_part_of_the_first_key(tmp_path):
    (tmp_path / "c.toml").write_bytes(b'\xef\xbb\xbfsource = "de"\n')
    assert load_config(tmp_path / "c.toml").source == "de"


@pytest.mark.parametrize(
    ("command", "override", "said"),
    [
        ("prepare", "training.epochs=99", "it is for nmt train (nmt prepare reads source, target, corpora, cleaning)"),
        ("prepare", "directions=both", "it is for nmt train (nmt prepare"),
        (
            "train-tagger",
            "training.threads=1",
            "nmt train and nmt bench (nmt train-tagger reads tagger, tagging, labels)",
        ),
        ("train-tagger", "tagging.translation_share=0.1", "it is for nmt train-tagger --data ("),
        ("train-tagger --data", "training.epochs=1", "it is for nmt train ("),
        ("train", "labels.PER=LOC", "it is for nmt train-tagger and nmt train-tagger --data ("),
        ("train", "tokenizer.kind=bpe", "it is for nmt train-tokenizer ("),
        ("bench", "training.patience=3", "it is for nmt train ("),
    ],
)
def test_an_override_that_a_command_does_not_read_is_refused_with_those_that_do(command, override, said):
    with pytest.raises(ConfigError) as raised:
        load_config(None, [override], command=command)
    key = override.partition("=")[0]
    assert str(raised.value).startswith(f"--set {key}: nmt {command} does not read this key; ")
    assert said in str(raised.value)
    assert raised.value.key == key


def test_a_file_may_hold_what_a_command_does_not_read(tmp_path):
    path = write(tmp_path, "[training]\nepochs = 3\n[labels]\nPER = 'LOC'\n")
    config = load_config(path, ["cleaning.max_words=9", "source=de"], command="prepare")
    assert (config.cleaning.max_words, config.training.epochs) == (9, 3)
    tagging = ["labels.ORG=O", "training.max_length=50", "tagging.translation_share=0.1"]
    assert load_config(path, tagging, command="train-tagger --data").labels == {"PER": "LOC", "ORG": "O"}


def test_every_key_is_read_by_a_command_and_has_a_meaning():
    assert frozenset().union(*READS.values()) == KEYS
    values = [line for line in to_toml(Config()) if "=" in line and not line.startswith("#")]
    assert len(values) == len(KEYS) - len({"labels", "corpora"})
    for line in values:
        assert len(line.partition("# ")[2]) > 5, line
    sections = [item.name for item in fields(Config) if is_dataclass(item.type)]
    assert {line for line in to_toml(Config()) if line.startswith("[")} == {
        f"[{name}]" for name in [*sections, "labels"]
    }


@pytest.mark.parametrize(
    ("command", "override", "said"),
    [
        (
            None,
            "epochs=3",
            "unknown key 'epochs'; did you mean 'classification.epochs', 'language_modelling.epochs', "
            "'tagging.epochs' or 'training.epochs'?",
        ),
        ("train", "epochs=3", "unknown key 'epochs'; did you mean 'training.epochs'?"),
        ("train-tagger", "epoch=3", "unknown key 'epoch'; did you mean 'tagging.epochs'?"),
        ("train", "model.epochs=3", "unknown key 'model.epochs'; did you mean 'training.epochs'?"),
        (
            "prepare",
            "epochs=3",
            "unknown key 'epochs'; did you mean 'classification.epochs', 'language_modelling.epochs', "
            "'tagging.epochs' or 'training.epochs'?",
        ),
        ("train", "trainings.epochs=3", "unknown key 'trainings'; did you mean 'training'?"),
    ],
)
def test_the_full_name_of_a_key_without_its_section_is_suggested(command, override, said):
    with pytest.raises(ConfigError) as raised:
        load_config(None, [override], command=command)
    assert str(raised.value) == f"--set: {said}"


def test_a_configuration_is_read_without_the_heavy_libraries():
    check = "import sys, nmt.config; print(sorted({'torch', 'datasets', 'sentencepiece', 'numpy'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", check], capture_output=True, text=True).stdout == "[]\n"


CORPORA = """source = "de"
[[corpora]]
name = "news"
files = ["news.tsv"]
weight = 2

[[ corpora ]]
name = "talks"
files = ["talks.de", "talks.en"]
"""


def test_each_corpus_is_a_section_and_comes_back_as_written(tmp_path):
    config = load_config(write(tmp_path, CORPORA))
    assert [(corpus.name, corpus.files, corpus.weight) for corpus in config.corpora] == [
        ("news", ["news.tsv"], 2.0),
        ("talks", ["talks.de", "talks.en"], 1.0),
    ]
    assert load_config(write(tmp_path, "\n".join(to_toml(config)))) == config


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("weight = 2", "weight = 0", r"c\.toml:5: corpora\.weight is 0\.0; it must be above 0"),
        ("weight = 2", "weigth = 2", r"c\.toml:5: unknown key 'corpora\.weigth'; did you mean 'weight'"),
        ('"talks"', '"news"', r"c\.toml:8: two corpora are called 'news'"),
        ('name = "talks"', "", r"c\.toml:7: corpora\.name is missing"),
        ('["talks.de", "talks.en"]', '"talks.de"', r"c\.toml:9: corpora\.files is 'talks\.de'; it must be a list"),
        ('files = ["talks.de", "talks.en"]', "", r"c\.toml:7: corpora\.files is missing"),
    ],
)
def test_what_is_wrong_with_a_corpus_is_said_with_the_line_of_its_own_section(tmp_path, before, after, said):
    with pytest.raises(ConfigError, match=said):
        load_config(write(tmp_path, CORPORA.replace(before, after)))


def test_a_single_section_of_a_sequence_is_told_how_to_be_one(tmp_path):
    with pytest.raises(ConfigError, match=r"c\.toml:1: 'corpora' is a sequence of sections; write \[\[corpora\]\]"):
        load_config(write(tmp_path, '[corpora]\nname = "a"\nfiles = ["a.tsv"]\n'))
