"""Corpora with weights, from `nmt prepare` to the updates of `nmt train`."""

import json
from dataclasses import replace

import pytest
from tests_runs import digest, train

from nmt.data.config import CorpusConfig
from nmt.errors import ConfigError, DataError
from nmt.io.lines import write_file
from nmt.stages.prepare import prepare


def numbered(path, word, numbers):
    """A corpus of the sentences with these numbers, as its configuration names it."""
    write_file(
        path / f"{word}.tsv", [f"Das {word} Nummer {number}.\tThe {word} number {number}." for number in numbers]
    )
    return CorpusConfig(name=word, files=[str(path / f"{word}.tsv")])


@pytest.mark.parametrize("given", [["--valid"], []])
@pytest.mark.parametrize("limit", [None, 20])
def test_the_report_counts_the_training_pairs_of_each_corpus(tmp_path, toy_config, given, limit):
    corpora = [
        numbered(tmp_path, word, range(size)) for word, size in (("Haus", 40), ("Auto", 10), ("Zug", 0), ("Boot", 30))
    ]
    corpora[1] = replace(corpora[1], files=corpora[1].files * 2)  # all of it comes twice
    held = [str(tmp_path / "held.tsv")] * len(given)
    write_file(tmp_path / "held.tsv", ["Das Haus Nummer 7.\tThe house number 7."])
    report = prepare(
        config=replace(toy_config(), corpora=tuple(corpora)),
        valid=held,
        test=held,
        out=tmp_path / "out",
        limit=limit,
        size=2,
    )
    train = (tmp_path / "out" / "train.de").read_text().splitlines()
    words = [line.split()[1] for line in train]
    assert words == sorted(words, key=["Haus", "Auto", "Boot"].index)
    assert report["corpora"] == [{"name": corpus.name, "pairs": words.count(corpus.name)} for corpus in corpora]
    assert words.count("Auto") <= 10


def test_corpora_on_the_command_line_come_before_those_of_the_configuration(tmp_path, toy_config):
    config = replace(toy_config(), corpora=(numbered(tmp_path, "Haus", range(40)),))
    named, said = numbered(tmp_path, "Boot", range(40)), []
    report = prepare(config=config, corpora=named.files, valid=[], test=[], out=tmp_path / "out", warn=said.append)
    assert "corpora" not in report
    assert said == ["the [[corpora]] of the configuration are not read, as corpora are named on the command line"]
    with pytest.raises(ConfigError, match=r"no corpus is named"):
        prepare(config=toy_config(), valid=[], test=[], out=tmp_path / "out")


@pytest.fixture
def mixed(toy_data, toy_config, tmp_path):
    """The toy corpus as if it had been prepared from two corpora, and a configuration that weighs them."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    for file in toy_data.iterdir():
        if file.is_file():
            (folder / file.name).write_bytes(file.read_bytes())
    sizes = [{"name": "first", "pairs": 200}, {"name": "second", "pairs": 100}]
    write_file(folder / "report.json", [json.dumps({"corpora": sizes})])
    corpora = tuple(
        CorpusConfig(name=name, files=["-"], weight=weight) for name, weight in (("first", 0.3), ("second", 2))
    )
    return folder, replace(toy_config("training.epochs=3", "directions=both"), corpora=corpora)


def test_training_goes_on_bit_exactly_in_a_mixture(mixed, tmp_path):
    data, config = mixed
    reports = train(data, config, tmp_path / "whole")
    for stop_at in (reports // 2, reports):
        train(data, config, tmp_path / "parts", stop_at=stop_at)
    assert digest(tmp_path / "parts") == digest(tmp_path / "whole")
    other = replace(config, corpora=(replace(config.corpora[0], weight=1.0), config.corpora[1]))
    with pytest.raises(ConfigError, match="corpora"):
        train(data, other, tmp_path / "whole")


def test_what_does_not_fit_the_prepared_folder_is_refused(mixed, tmp_path):
    data, config = mixed
    with pytest.raises(ConfigError, match=r"was prepared from the corpora first, second, and .* has first; prepare it"):
        train(data, replace(config, corpora=config.corpora[:1]), tmp_path / "run")
    with pytest.raises(
        DataError, match=r"train\.de: an epoch of corpora with such weights has no pair; raise a weight"
    ):
        train(data, replace(config, corpora=tuple(replace(c, weight=0.001) for c in config.corpora)), tmp_path / "run")
    write_file(data / "report.json", ['{"corpora": [{"name": "first", "pairs": 1}, {"name": "second", "pairs": 2}]}'])
    with pytest.raises(DataError, match=r"has more pairs than its folder's report\.json counts; prepare it again"):
        train(data, config, tmp_path / "run")
    write_file(data / "report.json", ['{"corpora": 3}'])
    with pytest.raises(DataError, match=r"report\.json: not as nmt prepare writes it; prepare the folder again"):
        train(data, config, tmp_path / "run")
