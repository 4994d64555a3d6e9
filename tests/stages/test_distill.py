import json
import shutil
from types import SimpleNamespace

import pytest

from nmt.decoding.config import DecodingConfig
from nmt.errors import ConfigError, DataError
from nmt.io.lines import read_file, write_file
from nmt.stages import distill as stage
from nmt.stages.distill import distill, distill_with
from nmt.stages.translate import translate_lines

PAIRS = [("ja", "YES"), ("nein", "no"), ("-", "dash"), ("gut", "good")]
MODEL = SimpleNamespace(source="de", target="en")


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    for split, chosen in (("train", PAIRS), ("valid", PAIRS[:1]), ("test", PAIRS[1:3])):
        write_file(folder / f"{split}.de", [source for source, _ in chosen])
        write_file(folder / f"{split}.en", [target for _, target in chosen])
    return folder


@pytest.fixture
def translated(monkeypatch):
    """The lines that were translated, by a model that answers in capitals, "JA" with "YES" and "-" with nothing."""
    lines = []

    def translate_chunks(model, chunks, search):
        for chunk in chunks:
            lines.extend(chunk)
            for line in chunk:
                best = SimpleNamespace(text={"ja": "YES", "-": ""}.get(line, line.upper()), finished=line != "endlos")
                yield SimpleNamespace(alternatives=[best])

    monkeypatch.setattr(stage, "translate_chunks", translate_chunks)
    monkeypatch.setattr(stage, "PART_LINES", 2)
    return lines


def run(data, out, keep_original=True, stop=lambda: False, beam_size=5):
    search = DecodingConfig(beam_size=beam_size)
    return distill_with(
        model=MODEL,
        models={"m": "sum"},
        search=search,
        data=data,
        out=out,
        keep_original=keep_original,
        report=lambda progress: None,
        stop=stop,
    )


def pairs(folder, split="train"):
    return list(zip(*(read_file(folder / f"{split}.{language}") for language in ("de", "en")), strict=True))


def test_translations_stand_beside_the_original_targets(data, translated, tmp_path):
    found = run(data, tmp_path / "out")
    assert pairs(tmp_path / "out") == [*PAIRS[:2], ("nein", "NEIN"), *PAIRS[2:], ("gut", "GUT")]
    assert pairs(tmp_path / "out", "valid") == PAIRS[:1]
    assert pairs(tmp_path / "out", "test") == PAIRS[1:3]
    assert found["read"] == 4
    assert found["kept"] == {"train": 6, "valid": 1, "test": 2}
    assert found["rejected"] == {"like the original": 1, "blank or endless": 1}
    assert json.loads((tmp_path / "out" / "report.json").read_text()) == found
    assert found["distilled"]["models"] == {"m": "sum"}
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == sorted(
        [f"{split}.{language}" for split in ("train", "valid", "test") for language in ("de", "en")] + ["report.json"]
    )


def test_translations_alone_need_no_original_targets(data, translated, tmp_path):
    (data / "train.en").unlink()
    assert run(data, tmp_path / "out", keep_original=False)["kept"]["train"] == 3
    assert pairs(tmp_path / "out") == [("ja", "YES"), ("nein", "NEIN"), ("gut", "GUT")]


def test_what_came_to_no_end_is_nothing_to_learn_from(data, translated, tmp_path):
    write_file(data / "train.de", ["ja", "endlos", "-", "gut"])
    found = run(data, tmp_path / "out", keep_original=False)
    assert pairs(tmp_path / "out") == [("ja", "YES"), ("gut", "GUT")]
    assert found["rejected"] == {"blank or endless": 2}


def test_a_stopped_run_is_not_finished_and_is_gone_on_with(data, translated, tmp_path):
    assert run(data, tmp_path / "out", stop=lambda: True) is None
    assert [path.name for path in (tmp_path / "out").iterdir()] == [".parts"]
    run(data, tmp_path / "out")
    assert translated == [source for source, _ in PAIRS]
    run(data, tmp_path / "whole")
    assert pairs(tmp_path / "out") == pairs(tmp_path / "whole")


def test_parts_of_another_search_or_text_are_not_taken(data, translated, tmp_path):
    run(data, tmp_path / "out", stop=lambda: True)
    run(data, tmp_path / "out", stop=lambda: True, beam_size=1)
    write_file(data / "train.de", ["ja", "ja", "ja", "ja"])
    run(data, tmp_path / "out")
    assert translated == ["ja", "nein"] * 2 + ["ja"] * 4


def test_the_original_folder_is_never_written_over(data, tmp_path):
    with pytest.raises(ConfigError, match="would overwrite what is read"):
        distill(model=[tmp_path / "model"], data=data, out=data)


def test_files_of_unequal_length_are_refused(data, translated, tmp_path):
    write_file(data / "train.en", ["YES"])
    with pytest.raises(DataError, match="has 4 lines, but"):
        run(data, tmp_path / "out")
    assert not (tmp_path / "out" / "report.json").exists()


def test_models_together_make_a_prepared_folder(toy_data, toy_model, toy_both, tmp_path):
    data = shutil.copytree(toy_data, tmp_path / "data", ignore=shutil.ignore_patterns(".tokenized"))
    for language in ("de", "en"):
        write_file(data / f"train.{language}", list(read_file(toy_data / f"train.{language}"))[:20])
    distill(model=[toy_both], source="en", target="de", data=data, out=tmp_path / "back", keep_original=False)
    sources = list(read_file(data / "train.en"))
    assert list(read_file(tmp_path / "back" / "train.en")) == sources
    expected = list(translate_lines(toy_both, sources, source="en", target="de"))
    assert list(read_file(tmp_path / "back" / "train.de")) == expected
    with pytest.raises(ConfigError, match=r"holds report\.json, of another corpus"):
        distill(model=[toy_model], data=data, out=tmp_path / "back")
    found = distill(model=[toy_model, toy_model], data=data, out=tmp_path / "out")
    assert found["read"] == 20
    assert len(found["distilled"]["models"]) == 1
