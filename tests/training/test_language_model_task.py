"""Language models: running text read window by window, lines by themselves, and a training that goes on."""

import math
from functools import partial
from itertools import count

import numpy as np
import pytest
import torch
from tests_toy import toy_pairs

from nmt.decoding.language_model import Drawing, generate, load_language_model, score_lines, score_text
from nmt.errors import ConfigError, DataError, ModelError
from nmt.io.lines import read_file, write_file
from nmt.model_folder.store import open_folder
from nmt.models.config import LanguageModelConfig
from nmt.models.language_model import LanguageModelNetwork
from nmt.stages.train_lm import train_lm
from nmt.training.config import LanguageModellingConfig
from nmt.training.gradients import add_gradients
from nmt.training.language_model_task import StreamedLanguageModel, Text, language_model_task
from nmt.training.processes import ALONE

SETTINGS = (
    "language_model.hidden_size=32",
    "language_model.embedding_size=16",
    "language_model.dropout=0.0",
    "language_modelling.epochs=12",
    "language_modelling.learning_rate=0.02",
    "language_modelling.warmup=5",
    "language_modelling.batch_tokens=128",
    "language_modelling.bptt=8",
    "language_modelling.ema_decay=0.5",
    "language_modelling.threads=1",
)
COUNTING = ["eins zwei", "drei vier", "rot blau", "Hund und Katze"]  # again and again: what comes next is known


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    folder = tmp_path_factory.mktemp("text")
    write_file(folder / "train", COUNTING * 60)
    write_file(folder / "valid", COUNTING * 5)
    return {"train": [folder / "train"], "valid": [folder / "valid"]}


def run(toy_config, toy_data, texts, out, *changes, **others):
    perplexities = []

    def report(progress):
        if progress.validation:
            perplexities.append(progress.validation.figures["perplexity"])

    config, tokenizer = toy_config(*SETTINGS, *changes), toy_data / "tokenizer.model"
    train_lm(config=config, tokenizer=tokenizer, out=out, report=report, **texts, **others)
    return perplexities


def digest(folder):
    return {name: part.sha256 for name, part in open_folder(folder).parts.items()}


@pytest.fixture(scope="module")
def trained(toy_config, toy_data, texts, tmp_path_factory):
    """A model of running text, and one of each line by itself."""
    folder = tmp_path_factory.mktemp("lm")
    run(toy_config, toy_data, texts, folder / "stream")
    run(toy_config, toy_data, texts, folder / "lines", "language_modelling.bptt=0")
    return folder


def test_a_stream_is_foreseen_across_the_ends_of_lines_and_windows(trained):
    model = load_language_model(trained / "stream")
    [*_, last] = score_text(model, COUNTING * 3)
    assert math.exp(-last.log_prob / last.subwords) < 1.2
    assert last.bytes == len("Hund und Katze") + 1


def test_a_line_by_itself_cannot_be_told_from_the_one_before(trained):
    model = load_language_model(trained / "lines")
    scores = score_text(model, COUNTING)
    assert scores == score_lines(model, COUNTING)
    first = scores[0].log_prob  # one of four lines, and then no doubt
    assert math.log(4) * 0.7 < -first < math.log(4) * 1.6
    [strange] = score_lines(model, ["Baum Baum Baum"])
    assert strange.bits_per_byte > 3 * scores[0].bits_per_byte


@pytest.mark.parametrize("bptt", [8, 0])
def test_a_training_stopped_anywhere_ends_as_one_never_stopped(toy_config, toy_data, texts, tmp_path, bptt):
    changes = (f"language_modelling.bptt={bptt}", "language_modelling.epochs=2", "language_model.dropout=0.2")

    def stop(reports):
        return next(reports) == 3

    run(toy_config, toy_data, texts, tmp_path / "whole", *changes)
    for _ in range(4):
        run(toy_config, toy_data, texts, tmp_path / "cut", *changes, stop=partial(stop, count(1)))
    run(toy_config, toy_data, texts, tmp_path / "cut", *changes)
    assert digest(tmp_path / "cut") == digest(tmp_path / "whole")
    assert digest(tmp_path / "cut" / "checkpoint") == digest(tmp_path / "whole" / "checkpoint")
    assert not run(toy_config, toy_data, texts, tmp_path / "whole", *changes)  # done before


def test_windows_foresee_every_subword_once_and_the_state_goes_on():
    text = Text.of([[5, 6, 7], [8, 9], [10]] * 20)
    config = LanguageModellingConfig(bptt=5, batch_tokens=20, epochs=1, threads=1, precision="float32")
    torch.manual_seed(1)
    shape = LanguageModelConfig(embedding_size=8, hidden_size=12, layers=2, dropout=0.0)
    network = StreamedLanguageModel(LanguageModelNetwork(shape, 12), rows=4)
    task = language_model_task(text, text, config, lambda state, validation: None)
    windows = task.updates(0)
    length = len(text.ids) // 4
    assert len(windows) == task.total == math.ceil(length / 5)
    losses = [add_gradients(network, window, seed, config, ALONE) for seed, window in enumerate(windows)]
    assert sum(loss.tokens for loss in losses) == 4 * length
    # The same without windows: the whole of each part at once.
    whole = LanguageModellingConfig(bptt=length, batch_tokens=4 * length, threads=1, precision="float32")
    [[batch]] = language_model_task(text, text, whole, lambda state, validation: None).updates(0)
    at_once = batch.whole(0).compute(network).item()
    assert sum(loss.mean * loss.tokens for loss in losses) == pytest.approx(at_once, rel=1e-5)
    assert network.carried.abs().max() > 0
    assert network.carried.grad is None


def test_a_state_carried_on_gives_what_reading_at_once_gives():
    torch.manual_seed(1)
    for cell in ("gru", "lstm", "rnn", "ssru"):
        model = LanguageModelNetwork(LanguageModelConfig(cell=cell, embedding_size=8, hidden_size=12), 20).eval()
        ids = torch.randint(20, (3, 10))
        whole, end = model.hidden(ids, model.start(3))
        first, between = model.hidden(ids[:, :4], model.start(3))
        second, last = model.hidden(ids[:, 4:], between)
        torch.testing.assert_close(torch.cat([first, second], dim=1), whole)
        torch.testing.assert_close(last, end)


def test_lines_are_drawn_by_seed_and_begin_with_the_prompt(trained):
    model = load_language_model(trained / "lines")
    drawn = list(generate(model, "Hund", Drawing(seed=3, temperature=0.1), 3))
    assert drawn == ["Hund und Katze"] * 3
    wild = list(generate(model, "", Drawing(seed=3, temperature=3.0, max_subwords=20), 5))
    assert wild == list(generate(model, "", Drawing(seed=3, temperature=3.0, max_subwords=20), 5))
    assert len(set(wild)) > 1
    assert set(generate(model, "", Drawing(top_k=1), 4)) < set(COUNTING)


def test_a_text_shorter_than_its_windows_is_told(toy_config, toy_data, texts, tmp_path):
    write_file(tmp_path / "short", ["Hund."])
    with pytest.raises(DataError, match=r"fewer than one window in each row has, 128; give more text"):
        run(toy_config, toy_data, {**texts, "train": [tmp_path / "short"]}, tmp_path / "run")


def test_folders_that_hold_something_else_are_refused(toy_config, toy_data, toy_model, texts, trained, tmp_path):
    with pytest.raises(ModelError, match="holds no language model; train one with nmt train-lm"):
        load_language_model(toy_model)
    with pytest.raises(ConfigError, match=r"was begun with language_modelling.seed = 1, not 2"):
        run(toy_config, toy_data, texts, trained / "stream", "language_modelling.seed=2")


def test_text_of_many_lines_is_scored_as_one_by_one(trained):
    lines = [source for source, _ in toy_pairs(100, 5)]
    model = load_language_model(trained / "lines")
    together = score_lines(model, lines)
    assert [score_lines(model, [line])[0] for line in lines] == together
    assert score_lines(model, lines[::-1]) == together[::-1]
    assert np.isfinite([score.log_prob for score in together]).all()
    assert score_lines(model, []) == []


def test_the_validation_text_is_foreseen_as_well_as_training_says(trained, texts):
    description = open_folder(trained / "stream").read("language-model.json").decode()
    model = load_language_model(trained / "stream")
    scores = score_text(model, list(read_file(texts["valid"][0])))
    found = math.exp(-sum(score.log_prob for score in scores) / sum(score.subwords for score in scores))
    said = float(description.split('"valid_perplexity": ')[1].split(",")[0])
    assert found == pytest.approx(said, rel=0.1)  # int8 against float32
