"""The three ways to share an encoder, and a training that goes on where it was stopped."""

import json
import re
from functools import partial
from itertools import count
from pathlib import Path
from shutil import copytree

import pytest
from tests_tagged import SETTINGS, columns, tagged_sentences

from nmt.decoding.tagger import load_tagger, tag_chunks
from nmt.errors import ConfigError, DataError, ModelError
from nmt.io.lines import read_file
from nmt.metrics.bleu import score
from nmt.model_folder.store import open_folder
from nmt.stages.export import export
from nmt.stages.train_tagger import train_tagger
from nmt.stages.translate import translate_lines
from nmt.training.checkpoint import load_checkpoint, save_checkpoint

EPOCH = 7  # updates of the tagged sentences


@pytest.fixture(scope="module")
def corpora(tmp_path_factory) -> dict[str, list[str]]:
    folder = tmp_path_factory.mktemp("tagged")
    for name, size, seed in (("train", 200, 1), ("valid", 40, 2)):
        (folder / f"{name}.bio").write_text(columns(tagged_sentences(size, seed)))
    return {name: [str(folder / f"{name}.bio")] for name in ("train", "valid")}


def run(toy_config, toy_model, corpora, out, *changes, data=None, stop=lambda: False, report=lambda progress: None):
    f1 = []

    def reported(progress):
        report(progress)
        if progress.validation:
            f1.append(progress.validation.figures["f1"])

    train_tagger(
        config=toy_config(*SETTINGS, *changes),
        model=toy_model,
        out=out,
        data=data,
        **corpora,
        report=reported,
        stop=stop,
    )
    return f1


def every_second(reports: "count[int]") -> bool:
    return next(reports) == 2


def digest(folder: Path) -> dict[str, str]:
    return {name: part.sha256 for name, part in open_folder(folder).parts.items()}


def test_a_frozen_translator_stays_as_it_is_and_is_learnt_from(toy_config, toy_model, corpora, tmp_path):
    f1 = run(toy_config, toy_model, corpora, tmp_path / "run")
    assert max(f1) > 85
    before, after = digest(toy_model), digest(tmp_path / "run")
    assert {name: after[name] for name in before} == before
    assert after.keys() - before.keys() == {"tagger.json", "tagger.safetensors"}
    [found] = tag_chunks(load_tagger(tmp_path / "run"), [["vier Hund und rot."]])
    assert [(entity.text, entity.type) for entity in found.entities] == [("Hund", "PER")]


def test_a_tagger_beside_the_translator_keeps_its_bytes(toy_config, toy_model, corpora, tmp_path):
    own = copytree(toy_model, tmp_path / "own")
    before = digest(own)
    run(toy_config, own, corpora, None, "tagging.epochs=1")
    assert {name: sha for name, sha in digest(own).items() if not name.startswith("tagger.")} == before


def test_a_small_folder_whose_translator_is_the_engine_alone_takes_a_tagger(toy_config, toy_model, corpora, tmp_path):
    small = export(model=toy_model, out=tmp_path / "small")
    before = digest(small)
    f1 = run(toy_config, small, corpora, None)
    assert max(f1) > 85
    assert {name: sha for name, sha in digest(small).items() if not name.startswith("tagger.")} == before


@pytest.mark.parametrize("encoder", ["finetune", "joint"])
def test_an_encoder_that_learns_to_tag_changes(toy_config, toy_model, toy_data, corpora, tmp_path, encoder):
    data = toy_data if encoder == "joint" else None
    f1 = run(toy_config, toy_model, corpora, tmp_path / "run", f"tagging.encoder={encoder}", data=data)
    assert max(f1) > 95
    assert digest(tmp_path / "run")["translator.safetensors"] != digest(toy_model)["translator.safetensors"]
    assert list(translate_lines(tmp_path / "run", ["eins zwei."]))


@pytest.mark.parametrize("encoder", ["finetune", "joint"])
def test_the_best_epoch_is_kept_unless_translations_learn_too(
    toy_config, toy_model, toy_data, corpora, tmp_path, encoder
):
    saved = []
    train_tagger(
        config=toy_config(*SETTINGS, f"tagging.encoder={encoder}", "tagging.learning_rate=1e-9", "tagging.epochs=3"),
        model=toy_model,
        out=tmp_path / "run",
        data=toy_data if encoder == "joint" else None,
        **corpora,
        report=lambda progress: progress.validation and saved.append(progress.saved),
    )
    assert len(saved) == 3  # epochs, all of which find the same F1
    assert saved == [True] * len(saved) if encoder == "joint" else [True] + [False] * (len(saved) - 1)


def test_joint_training_goes_on_with_both_directions(toy_config, toy_both, toy_data, corpora, tmp_path):
    changes = ("tagging.encoder=joint", "tagging.learning_rate=0.005", "tagging.epochs=10")
    f1 = run(toy_config, toy_both, corpora, tmp_path / "run", *changes, data=toy_data)
    assert max(f1) > 85
    for source, target in (("de", "en"), ("en", "de")):
        lines, references = (list(read_file(toy_data / f"test.{language}")) for language in (source, target))
        found = list(translate_lines(tmp_path / "run", lines, source=source, target=target))
        [bleu] = score(found, [references], metrics=("bleu",))
        assert bleu.value > 40


@pytest.mark.parametrize("encoder", ["frozen", "joint"])
def test_a_training_stopped_anywhere_ends_as_one_never_stopped(
    toy_config, toy_model, toy_data, corpora, tmp_path, encoder
):
    data = toy_data if encoder == "joint" else None
    changes = (f"tagging.encoder={encoder}", "tagging.epochs=2")
    run(toy_config, toy_model, corpora, tmp_path / "whole", *changes, data=data)
    for _ in range(5):  # each time two updates further
        reports = count(1)
        run(toy_config, toy_model, corpora, tmp_path / "cut", *changes, data=data, stop=partial(every_second, reports))
    run(toy_config, toy_model, corpora, tmp_path / "cut", *changes, data=data)
    assert digest(tmp_path / "cut") == digest(tmp_path / "whole")
    assert digest(tmp_path / "cut" / "tagger-checkpoint") == digest(tmp_path / "whole" / "tagger-checkpoint")


def counters(folder: Path) -> dict[str, int]:
    _, numbers = load_checkpoint(folder, "tagger-checkpoint")
    return {name: numbers["state"][name] for name in ("update", "epoch", "position", "validated")}


def test_a_training_killed_between_validations_goes_on_from_its_last_checkpoint(
    toy_config, toy_model, corpora, tmp_path
):
    def killed(progress):
        if progress.update == EPOCH + 5:
            raise KeyboardInterrupt

    run(toy_config, toy_model, corpora, tmp_path / "whole", "tagging.epochs=2")
    with pytest.raises(KeyboardInterrupt):
        run(toy_config, toy_model, corpora, tmp_path / "cut", "tagging.epochs=2", "tagging.save_every=2", report=killed)
    assert counters(tmp_path / "cut") == {"update": EPOCH + 3, "epoch": 1, "position": 3, "validated": EPOCH}
    run(toy_config, toy_model, corpora, tmp_path / "cut", "tagging.epochs=2")
    assert digest(tmp_path / "cut")["tagger.safetensors"] == digest(tmp_path / "whole")["tagger.safetensors"]
    assert digest(tmp_path / "cut" / "tagger-checkpoint") == digest(tmp_path / "whole" / "tagger-checkpoint")


# With as many translations as tagged batches, which begin and end an epoch, there is one translation fewer.
@pytest.mark.parametrize(("encoder", "epoch"), [("frozen", EPOCH), ("joint", 2 * EPOCH - 1)])
@pytest.mark.parametrize("validated", [True, False])
def test_a_checkpoint_that_counted_epochs_only_at_validations_is_gone_on_with(
    toy_config, toy_model, toy_data, corpora, tmp_path, encoder, epoch, validated
):
    train = partial(run, toy_config, toy_model, corpora, data=toy_data if encoder == "joint" else None)
    changes = (f"tagging.encoder={encoder}", "tagging.epochs=2")
    train(tmp_path / "whole", *changes)
    reports = count(1)  # two updates after the first validation, or just before it
    train(tmp_path / "cut", *changes, stop=lambda: next(reports) == (epoch + 3 if validated else epoch))
    tensors, saved = load_checkpoint(tmp_path / "cut", "tagger-checkpoint")
    assert counters(tmp_path / "cut") == (
        {"update": epoch + 2, "epoch": 1, "position": 2, "validated": epoch}
        if validated
        else {"update": epoch, "epoch": 1, "position": 0, "validated": 0}
    )
    saved["state"] |= {"epoch": 0, "position": 0, "validated": int(validated)}
    save_checkpoint(tmp_path / "cut", tensors, saved, "tagger-checkpoint")
    train(tmp_path / "cut", *changes)
    assert digest(tmp_path / "cut") == digest(tmp_path / "whole")
    assert digest(tmp_path / "cut" / "tagger-checkpoint") == digest(tmp_path / "whole" / "tagger-checkpoint")


def test_the_taggers_log_stands_beside_the_translators(toy_config, toy_model, corpora, tmp_path):
    own = copytree(toy_model, tmp_path / "own")
    before = (own / "train.jsonl").read_bytes()
    [f1] = run(toy_config, own, corpora, None, "tagging.epochs=1", "tagging.report_every=3")
    assert (own / "train.jsonl").read_bytes() == before
    reports = [json.loads(line) for line in read_file(own / "tagger-train.jsonl")]
    assert [report["update"] for report in reports] == [3, 6, EPOCH]
    assert set(reports[0]) == {"update", "epoch", "tag_loss", "learning_rate", "grad_norm", "tokens_per_second"}
    assert reports[-1] == {"update": EPOCH, "valid_f1": f1}


def test_joint_training_logs_the_losses_of_both_tasks(toy_config, toy_model, toy_data, corpora, tmp_path):
    changes = ("tagging.encoder=joint", "tagging.epochs=1", "tagging.report_every=2")
    run(toy_config, toy_model, corpora, tmp_path / "run", *changes, data=toy_data)
    first = json.loads(next(iter(read_file(tmp_path / "run" / "tagger-train.jsonl"))))
    assert {"tag_loss", "translate_loss"} <= set(first)


def test_any_seed_will_do(toy_config, toy_model, corpora, tmp_path):
    changes = ("tagging.seed=20240101123456", "tagging.epochs=1")
    assert len(run(toy_config, toy_model, corpora, tmp_path / "run", *changes)) == 1


def test_the_softmax_head_learns_too(toy_config, toy_model, corpora, tmp_path):
    f1 = run(toy_config, toy_model, corpora, tmp_path / "run", "tagger.crf=false", "tagging.encoder=finetune")
    assert max(f1) > 95


def test_a_changed_encoder_needs_a_folder_of_its_own(toy_config, toy_model, corpora):
    with pytest.raises(ConfigError, match=r"changes the translator; name another folder with --out"):
        run(toy_config, toy_model, corpora, None, "tagging.encoder=finetune")


def test_another_model_is_not_written_over(toy_config, toy_model, toy_both, corpora, tmp_path):
    other = tmp_path / "run"
    copytree(toy_both, other)
    before = digest(other)
    with pytest.raises(ModelError, match="run: holds another model, and no tagger training to resume"):
        run(toy_config, toy_model, corpora, other)
    assert digest(other) == before


def test_joint_training_asks_for_translations(toy_config, toy_model, corpora, tmp_path):
    with pytest.raises(ConfigError, match=r"--data"):
        run(toy_config, toy_model, corpora, tmp_path / "run", "tagging.encoder=joint")


def test_another_job_in_the_same_folder_is_refused(toy_config, toy_model, corpora, tmp_path):
    run(toy_config, toy_model, corpora, tmp_path / "run", "tagging.epochs=1")
    with pytest.raises(ConfigError, match=r"begun with tagging.seed = 1, not 2"):
        run(toy_config, toy_model, corpora, tmp_path / "run", "tagging.epochs=1", "tagging.seed=2")


def test_sentences_without_a_name_are_refused(toy_config, toy_model, corpora, tmp_path):
    (tmp_path / "none.bio").write_text("Hund\tO\n\n")
    with pytest.raises(DataError, match="no name is tagged"):
        run(toy_config, toy_model, {**corpora, "train": [str(tmp_path / "none.bio")]}, tmp_path / "run")


def test_a_type_that_only_the_validation_set_has_is_missed_not_an_error(toy_config, toy_model, corpora, tmp_path):
    (tmp_path / "other.bio").write_text("Hund\tB-GOD\n\n")
    f1 = run(
        toy_config, toy_model, {**corpora, "valid": [str(tmp_path / "other.bio")]}, tmp_path / "run", "tagging.epochs=1"
    )
    assert f1 == [0.0]


def test_a_type_is_learnt_from_the_one_corpus_that_tags_it(toy_config, toy_model, corpora, tmp_path):
    """A second corpus with the same sentences, in which no place is tagged, does not teach that there are none."""
    [whole] = corpora["train"]
    (tmp_path / "persons.bio").write_text(re.sub("[BI]-LOC", "O", Path(whole).read_text()))
    both = {**corpora, "train": [whole, str(tmp_path / "persons.bio")]}
    assert max(run(toy_config, toy_model, both, tmp_path / "out")) > 85
