import pytest

from nmt.errors import DataError
from nmt.model_folder.store import save
from nmt.stages.paths import corpus_files, model_files, prepared_files, split_file


def test_a_folder_of_other_languages_says_which_it_holds(tmp_path):
    for name in ("train.fr", "train.en", "valid.fr", "train.fr.gz", "notes.de"):
        (tmp_path / name).touch()
    assert split_file(tmp_path, "train", "en") == tmp_path / "train.en"
    with pytest.raises(DataError, match="holds en and fr, not de; name its languages by --source and --target"):
        split_file(tmp_path, "train", "de")
    with pytest.raises(DataError, match=r"test\.en: no such file; name a folder that nmt prepare made"):
        split_file(tmp_path, "test", "en")
    with pytest.raises(DataError, match=r"none/train\.en: no such file"):
        split_file(tmp_path / "none", "train", "en")


def test_the_files_of_folders_are_those_that_nmt_made(tmp_path):
    save(tmp_path, {"config.json": b"{}"})
    save(tmp_path / "checkpoint", {"state.json": b"{}"})
    for name in (
        "train.jsonl",
        "tagger-train.jsonl",
        "report.json",
        "test.de",
        "test.pt-BR",
        "test.tsv",
        "train.gz",
        "test",
    ):
        (tmp_path / name).touch()
    (tmp_path / "config-0123456789abcdef.json").symlink_to("nowhere")
    names = {path.relative_to(tmp_path).as_posix().partition("-")[0] for path in model_files(tmp_path)}
    assert names == {"config", "manifest.json", "checkpoint/state", "checkpoint/manifest.json", "train.jsonl", "tagger"}
    assert [path.name for path in prepared_files(tmp_path)] == ["report.json", "test.de", "test.pt-BR"]


def test_a_corpus_may_be_a_file_a_folder_or_elsewhere(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "saved" / "train").mkdir(parents=True)
    for name in ("a.de", "saved/train/data.arrow", "saved/state.json"):
        (tmp_path / name).touch()
    found = corpus_files(["a.de", "saved", "hf:a.de", "none"])
    assert list(map(str, found)) == ["a.de", "saved/state.json", "saved/train/data.arrow"]
