import pytest

from nmt.data.test_set import read_test_set, sacrebleu_test_set
from nmt.errors import ConfigError, DataError


def test_a_test_set_holds_each_reference_file_as_a_set_of_its_own(tmp_path):
    for name, text in {"s": "a\nb\n", "r1": "A\nB\n", "r2": "AA\nBB\n"}.items():
        (tmp_path / name).write_text(text)
    found = read_test_set([tmp_path / "r1", tmp_path / "r2"], tmp_path / "s")
    assert found.sources == ["a", "b"]
    assert found.references == [["A", "B"], ["AA", "BB"]]
    assert read_test_set([tmp_path / "r1"]).sources is None


def test_sgml_is_read_and_other_markup_refused(tmp_path):
    (tmp_path / "r.sgm").write_text("<refset>\n<seg id='1'>A &amp; B</seg>\n</refset>\n")
    (tmp_path / "s.xml").write_text("<?xml version='1.0'?>\n")
    assert read_test_set([tmp_path / "r.sgm"]).references == [["A & B"]]
    with pytest.raises(DataError, match=r"s\.xml:1: markup"):
        read_test_set([tmp_path / "r.sgm"], tmp_path / "s.xml")


def test_files_of_unequal_length_are_refused_with_both_names(tmp_path):
    (tmp_path / "s").write_text("a\nb\n")
    (tmp_path / "r").write_text("A\n")
    with pytest.raises(DataError, match=r"/r has 1 lines, but .*/s has 2"):
        read_test_set([tmp_path / "r"], tmp_path / "s")


def test_an_unknown_test_set_is_refused_with_the_names_near_it():
    with pytest.raises(ConfigError, match=r"no test set 'wmt41'; choose one of .*wmt14"):
        sacrebleu_test_set("wmt41", "de-en")
    with pytest.raises(ConfigError, match=r"wmt14 has no 'en-xx'; choose one of .*de-en"):
        sacrebleu_test_set("wmt14", "en-xx")


def test_sacrebleus_test_sets_are_read_from_its_files_or_refused_in_one_line(tmp_path, monkeypatch):
    from sacrebleu.dataset import DATASETS

    files = {"source": tmp_path / "s", "reference": tmp_path / "r"}
    files["source"].write_text("ein\u2028Hund\nzwei\n")
    files["reference"].write_text("a dog\ntwo\n")
    dataset = DATASETS["wmt14"]
    monkeypatch.setattr(dataset, "get_source_file", lambda pair: str(files["source"]))
    monkeypatch.setattr(dataset, "get_reference_files", lambda pair: [str(files["reference"])])
    found = sacrebleu_test_set("wmt14", "de-en")
    assert (found.sources, found.references) == (["ein\u2028Hund", "zwei"], [["a dog", "two"]])

    def no_network(pair):
        raise OSError("Name or service not known")

    monkeypatch.setattr(dataset, "get_source_file", no_network)
    with pytest.raises(DataError, match=r"^test set wmt14 de-en is not on this disk and could not be fetched \(Name"):
        sacrebleu_test_set("wmt14", "de-en")
