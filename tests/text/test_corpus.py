import gzip
import json

import datasets
import pytest

from nmt.errors import DataError
from nmt.text.corpus import read_corpora

PAIRS = [("Ja.", "Yes."), ("001 NA", 'a "quote" in it'), ("drei\u2028vier", "null")]


def read(*paths, **options):
    return list(read_corpora([str(path) for path in paths], source="de", target="en", **options))


def test_two_text_files_are_one_corpus_compressed_or_not(tmp_path):
    (tmp_path / "a.de").write_text("".join(source + "\n" for source, _ in PAIRS))
    (tmp_path / "a.en.gz").write_bytes(gzip.compress("".join(target + "\n" for _, target in PAIRS).encode()))
    assert read(tmp_path / "a.de", tmp_path / "a.en.gz") == PAIRS


def test_tsv_takes_quotes_as_they_are(tmp_path):
    (tmp_path / "a.tsv").write_text("".join(f"{source}\t{target}\n" for source, target in PAIRS))
    assert read(tmp_path / "a.tsv") == PAIRS


def test_a_tsv_line_without_two_fields_is_an_error_with_its_place(tmp_path):
    (tmp_path / "a.tsv").write_text("a\tb\nonly one\n")
    with pytest.raises(DataError, match=r"a\.tsv:2"):
        read(tmp_path / "a.tsv")


def test_csv_may_hold_quotes_commas_and_line_ends(tmp_path):
    (tmp_path / "a.csv").write_text('de,en\n"Ja, ja.","Yes, ""yes""."\n"zwei\nZeilen",NA\n')
    assert read(tmp_path / "a.csv") == [("Ja, ja.", 'Yes, "yes".'), ("zwei\nZeilen", "NA")]


def test_json_lines_by_language_or_in_a_translation(tmp_path):
    rows = [{"de": "Ja.", "en": "Yes."}, {"translation": {"de": "Nein.", "en": "No."}}]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert read(tmp_path / "a.jsonl") == [("Ja.", "Yes."), ("Nein.", "No.")]


def test_parquet_and_saved_folders(tmp_path):
    data = datasets.Dataset.from_dict({"de": [source for source, _ in PAIRS], "en": [target for _, target in PAIRS]})
    data.to_parquet(str(tmp_path / "a.parquet"))
    data.save_to_disk(str(tmp_path / "saved"))
    assert read(tmp_path / "a.parquet") == PAIRS
    assert read(tmp_path / "saved") == PAIRS


def test_named_columns_are_read(tmp_path):
    (tmp_path / "a.csv").write_text("id,german,english\n1,Ja.,Yes.\n")
    assert read(tmp_path / "a.csv", columns=("german", "english")) == [("Ja.", "Yes.")]


def test_several_corpora_are_joined(tmp_path):
    (tmp_path / "a.tsv").write_text("a\tb\n")
    (tmp_path / "b.jsonl").write_text('{"de": "c", "en": "d"}\n')
    assert read(tmp_path / "a.tsv", tmp_path / "b.jsonl") == [("a", "b"), ("c", "d")]


def test_what_is_missing_is_told(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        read(tmp_path / "none.de", tmp_path / "none.en")
    (tmp_path / "alone.de").write_text("a\n")
    with pytest.raises(DataError, match=r"alone\.de"):
        read(tmp_path / "alone.de")
