import json
import re
import shutil
from types import SimpleNamespace

import pytest
import torch
from tests_runs import digest, train
from tests_tagged import SETTINGS, columns, tagged_sentences
from tests_toy import toy_pairs

from nmt.data.batch import make_batch
from nmt.errors import ConfigError, DataError, ModelError, NMTError
from nmt.io.lines import read_file, write_file
from nmt.metrics.bleu import score
from nmt.model_folder.contents import load_tokenizers
from nmt.model_folder.descriptions import read_description
from nmt.model_folder.store import open_folder
from nmt.model_folder.tensors import parse
from nmt.models.config import ModelConfig
from nmt.models.translator import TranslationNetwork
from nmt.stages.train import train as train_stage
from nmt.stages.train_tagger import train_tagger
from nmt.stages.translate import translate_lines
from nmt.training import loop, translation_task
from nmt.training.checkpoint import load_checkpoint, save_checkpoint


@pytest.fixture(scope="module")
def short(toy_config):
    """A configuration of two epochs with many validations, with changes."""
    changes = ["training.epochs=2", "training.validate_every=7", "training.report_every=3", "model.hidden_size=32"]
    return lambda *more: toy_config(*changes, *more)


def test_a_run_begun_with_another_configuration_is_not_gone_on_with(toy_data, short, tmp_path):
    train(toy_data, short(), tmp_path / "run", stop_at=2)
    with pytest.raises(ConfigError, match=r"begun with model\.hidden_size = 32, not 48"):
        train(toy_data, short("model.hidden_size=48"), tmp_path / "run")


def test_a_model_without_a_training_is_not_trained_over(toy_data, short, toy_model, tmp_path):
    from nmt.model_folder.store import save

    save(tmp_path / "run", {"config.json": b"{}"})
    with pytest.raises(ModelError, match="no checkpoint to resume from"):
        train(toy_data, short(), tmp_path / "run")


@pytest.mark.parametrize("schedule", ["constant", "inverse_sqrt"])
def test_a_finished_training_that_is_given_more_epochs_ends_as_one_that_had_them(toy_data, short, tmp_path, schedule):
    changes = [f"training.schedule={schedule}", "training.validate_every=0"]
    train(toy_data, short(*changes, "training.epochs=1"), tmp_path / "run")
    train(toy_data, short(*changes), tmp_path / "run")
    train(toy_data, short(*changes), tmp_path / "whole")
    assert digest(tmp_path / "run") == digest(tmp_path / "whole")


def test_more_epochs_are_refused_where_the_learning_rate_has_come_down_for_less(toy_data, short, tmp_path):
    train(toy_data, short("training.epochs=1", "training.max_updates=1"), tmp_path / "run")
    told = r"begun with the cosine schedule and with training\.epochs = 1, not 2; .* by nmt train --init .*run"
    with pytest.raises(ConfigError, match=told):
        train(toy_data, short("training.max_updates=1"), tmp_path / "run")


def test_a_training_with_placeholders_for_other_things_is_not_gone_on_with(toy_data, short, tmp_path):
    config = short("training.placeholders=true", "training.max_updates=2")
    train(toy_data, config, tmp_path / "run", stop_at=1)
    tensors, state = load_checkpoint(tmp_path / "run")
    del state["job"]["placeholder rules"]
    save_checkpoint(tmp_path / "run", tensors, state)
    with pytest.raises(ConfigError, match=r"had placeholders for other things; .* by nmt train --init .*run"):
        train(toy_data, config, tmp_path / "run")


def test_a_loss_that_is_not_finite_stops_the_training_and_leaves_the_last_model(toy_data, short, tmp_path, monkeypatch):
    real, calls = translation_task.translation_loss, []

    def spoilt(*arguments, **options):
        calls.extend([1] * torch.is_grad_enabled())  # validations call it, too
        return real(*arguments, **options) * (float("nan") if len(calls) == 10 else 1.0)

    monkeypatch.setattr(translation_task, "translation_loss", spoilt)
    with pytest.raises(NMTError, match=r"update 10: the loss is nan .* lower learning_rate"):
        train(toy_data, short(), tmp_path / "run")
    assert open_folder(tmp_path / "run").read("translator.safetensors")
    monkeypatch.setattr(translation_task, "translation_loss", real)
    train(toy_data, short(), tmp_path / "run")


def test_guided_attention_points_at_placeholders(toy_data, short, with_valid, tmp_path):
    """On the toy language with a number somewhere in each sentence: the attention that it gets where it is written."""
    pairs = [
        tuple(" ".join([*words[:place], str(number), *words[place:]]) for words in map(str.split, pair))
        for number, pair in enumerate(toy_pairs(300, 1))
        for place in [number % len(pair[0].split())]
    ]
    data = with_valid(pairs[:10])
    for side, language in enumerate(("de", "en")):
        write_file(data / f"train.{language}", [pair[side] for pair in pairs])
    found = {}
    for weight in (0, 0.5):
        run = tmp_path / str(weight)
        train(data, short("training.placeholders=true", f"training.guided_attention={weight}"), run)
        found[weight] = _attention_to_placeholders(run, pairs[:50])
    assert found[0.5] > found[0] + 0.1


def _attention_to_placeholders(run, pairs):
    """The mean attention of <ph3> where it is written to itself in the source, which has it in place of the number."""
    folder = open_folder(run)
    tokenizer, _ = load_tokenizers(folder)
    config = ModelConfig(**read_description(folder)["model"])
    network = TranslationNetwork(config, tokenizer.vocab_size, tokenizer.vocab_size, shared=True).eval()
    network.load_state_dict(parse(folder.read("translator.safetensors"), ""), strict=False)  # one embedding for both
    symbol, masses = tokenizer.id_of("<ph3>"), []
    for pair in pairs:
        source, target = (tokenizer.encode(re.sub(r"\d+", "<ph3>", text)) for text in pair)
        batch = make_batch([source], [target])
        with torch.no_grad():
            memory = network.encode(batch.source_ids, batch.source_lengths)
            _, attention = network.hidden_and_attention(memory, batch.target_ids)
        masses.append(attention[0, target.index(symbol), source.index(symbol)].item())
    return sum(masses) / len(masses)


def test_early_stopping_ends_after_the_patience(toy_data, short, tmp_path):
    config = short("training.learning_rate=1e-9", "training.patience=2", "training.epochs=9")
    train(toy_data, config, tmp_path / "run")
    reports = [json.loads(line) for line in read_file(tmp_path / "run" / "train.jsonl")]
    assert [report["update"] for report in reports if "valid_bleu" in report] == [7, 14, 21]


def test_the_model_learns_the_toy_language(toy_data, toy_model):
    sources, references = (list(read_file(toy_data / f"test.{language}")) for language in ("de", "en"))
    hypotheses = list(translate_lines(toy_model, sources))
    [bleu] = score(hypotheses, [references], metrics=("bleu",))
    assert bleu.value > 75


@pytest.mark.parametrize("updates", [2, 8])  # before and after the first model
def test_a_run_whose_checkpoint_is_gone_is_not_begun_again(toy_data, toy_config, tmp_path, updates):
    options = {"data": toy_data, "tokenizer": toy_data / "tokenizer.model", "out": tmp_path / "run"}
    changes = ["training.report_every=1", "training.validate_every=5", f"training.max_updates={updates + 1}"]
    seen = []
    train_stage(config=toy_config(*changes), **options, report=seen.append, stop=lambda: len(seen) >= updates)
    (tmp_path / "run" / "checkpoint" / "manifest.json").unlink()
    with pytest.raises(ModelError, match="no checkpoint to resume from"):
        train_stage(config=toy_config(*changes), **options)


@pytest.fixture
def with_valid(toy_data, tmp_path):
    """The toy data with other pairs for validation."""

    def copied(pairs):
        data = tmp_path / f"data-{len(list(tmp_path.iterdir()))}"
        shutil.copytree(toy_data, data, ignore=shutil.ignore_patterns(".tokenized"))
        for language, side in zip(("de", "en"), zip(*pairs, strict=True), strict=True):
            write_file(data / f"valid.{language}", side)
        return data

    return copied


def valid_pairs(data):
    return list(zip(*(read_file(data / f"valid.{language}") for language in ("de", "en")), strict=True))


def valid_loss(run):
    return [
        report["valid_loss"] for line in read_file(run / "train.jsonl") if "valid_loss" in (report := json.loads(line))
    ]


def test_validation_batches_are_no_larger_than_those_of_training(toy_data, short, with_valid, tmp_path, monkeypatch):
    sizes = []
    real = translation_task.translation_loss

    def noted(model, batch, *arguments, **settings):
        if not torch.is_grad_enabled():  # training has its own batches
            sizes.append(max(batch.source_ids.numel(), batch.next_ids.numel()))
        return real(model, batch, *arguments, **settings)

    monkeypatch.setattr(translation_task, "translation_loss", noted)
    pairs = valid_pairs(toy_data)
    config = short("training.max_updates=1", "training.max_length=30", "training.batch_tokens=100")
    train(toy_data, config, tmp_path / "run")
    assert len(sizes) > 1
    assert max(sizes) <= 100

    more = with_valid([*pairs, ("Hund " * 200, "dog."), ("Hund.", "dog " * 200)])  # training would leave them out
    train(more, config, tmp_path / "more")
    assert valid_loss(tmp_path / "more") == valid_loss(tmp_path / "run")


def test_the_validation_loss_does_not_depend_on_the_batches(toy_data, short, tmp_path):
    losses = []
    for tokens in (1, 200, 100_000):  # each pair alone, some together, all together
        config = short(f"training.batch_tokens={tokens}", "training.max_updates=1", "training.learning_rate=1e-12")
        train(toy_data, config, tmp_path / str(tokens))
        losses += valid_loss(tmp_path / str(tokens))
    assert losses == pytest.approx([losses[0]] * 3, rel=1e-5)


def test_validation_pairs_in_which_the_tokenizer_sees_nothing_are_told_at_the_start(short, with_valid, tmp_path):
    data = with_valid([("Hund.", "\u200b"), ("\u200b", "dog."), ("Hund " * 200, "dog.")])
    with pytest.raises(DataError, match="no pair for validation has between 1 and 30 subwords on each side; prepare"):
        train(data, short("training.max_length=30"), tmp_path / "run")
    assert not (tmp_path / "run" / "checkpoint").exists()


def test_a_run_begun_with_other_validation_pairs_is_not_gone_on_with(toy_data, short, with_valid, tmp_path):
    train(toy_data, short(), tmp_path / "run", stop_at=2)
    data = with_valid(valid_pairs(toy_data)[1:])
    with pytest.raises(ConfigError, match="run: was begun with other validation pairs; give the same again"):
        train(data, short(), tmp_path / "run")


def test_the_settings_of_the_search_may_change(toy_data, short, tmp_path):
    train(toy_data, short(), tmp_path / "whole")
    train(toy_data, short(), tmp_path / "run", stop_at=5)
    train(toy_data, short("search.beam_size=2"), tmp_path / "run")
    assert digest(tmp_path / "run") == digest(tmp_path / "whole")


def test_a_log_of_every_update_has_that_updates_figures(toy_data, short, tmp_path, monkeypatch):
    losses = []
    real = loop.UpdateReport

    def noted(**fields):
        losses.append(fields["loss"])
        return real(**fields)

    monkeypatch.setattr(loop, "UpdateReport", noted)
    train(toy_data, short("training.report_every=1", "training.max_updates=4"), tmp_path / "run")
    reports = [json.loads(line) for line in read_file(tmp_path / "run" / "train.jsonl")]
    assert [report["loss"] for report in reports if "loss" in report] == losses


def add_tagger(run, toy_config, folder):
    for name, size, seed in (("train", 20, 1), ("valid", 10, 2)):
        (folder / f"{name}.bio").write_text(columns(tagged_sentences(size, seed)))
    corpora = {name: [str(folder / f"{name}.bio")] for name in ("train", "valid")}
    train_tagger(config=toy_config(*SETTINGS, "tagging.epochs=1"), model=run, **corpora)


def test_a_tagger_is_not_lost_by_going_on_with_its_translator(toy_data, toy_config, short, tmp_path):
    run = tmp_path / "run"
    train(toy_data, short(), run, stop_at=9)
    add_tagger(run, toy_config, tmp_path)
    with pytest.raises(ModelError, match=r"run: has a tagger, .* remove .*tagger-checkpoint to resume"):
        train(toy_data, short(), run)
    assert open_folder(run).has("tagger.json")
    shutil.rmtree(run / "tagger-checkpoint")
    train(toy_data, short(), run)
    assert not open_folder(run).has("tagger.json")

    add_tagger(run, toy_config, tmp_path)
    train(toy_data, short(), run)  # it is done, and stays as it is
    assert open_folder(run).has("tagger.json")


def test_validation_tells_models_apart_in_a_language_without_spaces(monkeypatch):
    found = [SimpleNamespace(text="这是一只狗。"), SimpleNamespace(text="他们在公园里。")]
    monkeypatch.setattr(translation_task, "translate_chunks", lambda translator, chunks, search: found)
    texts = [("Das ist eine Katze.", "这是一只猫。"), ("Sie sind im Park.", "他们在公园里。")]
    assert 50 < translation_task._validation_bleu(SimpleNamespace(target="zh"), texts) < 100
