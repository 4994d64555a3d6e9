import gzip
import json

import datasets
import pytest

from nmt.data.parallel_corpus import read_corpora
from nmt.errors import DataError

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


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("header", [True, False])
def test_the_fields_of_csv_may_be_separated_by_other_than_commas(tmp_path, delimiter, header):
    rows = [["de", "en"]] * header + [["Ja, ja", "Yes, yes, yes"], ["Nein", "No; no"], ["a|b", "c\td"], ["Ende", "end"]]
    text = "".join(delimiter.join(f'"{field}"' for field in row) + "\n" for row in rows)
    (tmp_path / "a.csv").write_text(text)
    assert read(tmp_path / "a.csv") == [tuple(row) for row in rows[header:]]


def test_commas_in_text_without_quotes_do_not_hide_semicolons(tmp_path):
    (tmp_path / "a.csv").write_text("Ja, ja;Yes\nNein;No\n")
    assert read(tmp_path / "a.csv") == [("Ja, ja", "Yes"), ("Nein", "No")]


def test_csv_with_more_columns_than_two_is_separated_by_what_separates_its_names(tmp_path):
    (tmp_path / "a.csv").write_text("id;de;en\n1;Ja, ja;Yes\n")
    assert read(tmp_path / "a.csv") == [("Ja, ja", "Yes")]
    with pytest.raises(DataError, match=r"no columns 'x' and 'y'; this line has 'id', 'de', 'en'"):
        read(tmp_path / "a.csv", columns=("x", "y"))


def test_csv_that_may_be_separated_in_two_ways_is_refused_until_its_first_line_decides(tmp_path):
    (tmp_path / "a.csv").write_text("Ja;Yes, sir\nNein;No, sir\n")
    with pytest.raises(
        DataError, match=r"a\.csv: .* separated by commas or semicolons; name the columns in a first line"
    ):
        read(tmp_path / "a.csv")
    (tmp_path / "a.csv").write_text("de;en\nJa;Yes, sir\nNein;No, sir\n")
    assert read(tmp_path / "a.csv") == [("Ja", "Yes, sir"), ("Nein", "No, sir")]


def test_a_first_line_of_csv_may_say_what_separates_fields(tmp_path):
    (tmp_path / "a.csv").write_text("sep=;\r\nJa, ja;Yes, yes\r\nNein;No\r\n")
    assert read(tmp_path / "a.csv") == [("Ja, ja", "Yes, yes"), ("Nein", "No")]
    (tmp_path / "a.csv").write_text("sep=:\n1:2:3\n")
    with pytest.raises(DataError, match=r"a\.csv:2: 3 fields where 2 are expected"):
        read(tmp_path / "a.csv")


def test_a_row_of_csv_may_go_on_beyond_the_lines_that_show_what_separates_it(tmp_path):
    (tmp_path / "a.csv").write_text('a;b\n"c' + "\n" * 200 + '";d\n')
    assert read(tmp_path / "a.csv") == [("a", "b"), ("c" + "\n" * 200, "d")]


def test_tmx_and_sgml_are_corpora(tmp_path):
    variants = "".join(f'<tuv xml:lang="{code}"><seg>{code}</seg></tuv>' for code in ("de-DE", "en-US", "fr"))
    (tmp_path / "a.TMX").write_text(f"<tmx><body><tu>{variants}</tu></body></tmx>")
    assert read(tmp_path / "a.TMX") == [("de-DE", "en-US")]
    assert read(tmp_path / "a.TMX", columns=("fr", "de")) == [("fr", "de-DE")]
    for code in ("de", "en"):
        (tmp_path / f"a.{code}.sgm").write_text(
            f"<doc>\n<seg id='1'>{code} 1</seg>\n<seg id='2'>{code} 2</seg>\n</doc>\n"
        )
    assert read(tmp_path / "a.de.sgm", tmp_path / "a.en.sgm") == [("de 1", "en 1"), ("de 2", "en 2")]


@pytest.mark.parametrize("name", ["a.xml", "a.XLIFF", "a.po", "a.html", "a.json", "a.xlsx", "a.zip"])
def test_forms_that_are_not_read_are_refused_by_name(tmp_path, name):
    for path in (tmp_path / name, tmp_path / "a.en"):
        path.write_text("a\n")
    with pytest.raises(DataError, match=rf"{name}: \.\w+ is not read; give two text files, or .* \.tmx"):
        read(tmp_path / name, tmp_path / "a.en")
    (tmp_path / "a.de").write_text("<?xml version='1.0'?>\n")
    with pytest.raises(DataError, match=r"a\.de:1: markup"):
        read(tmp_path / "a.de", tmp_path / "a.en")


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


def test_a_text_file_needs_its_partner_in_the_right_order(tmp_path):
    for name in ("a.de", "a.en", "a.tsv"):
        (tmp_path / name).write_text("a\tb\n")
    with pytest.raises(DataError, match="without its partner"):
        read(tmp_path / "a.de", tmp_path / "a.tsv", tmp_path / "a.en")
    with pytest.raises(DataError, match="in the wrong order"):
        read(tmp_path / "a.en", tmp_path / "a.de")
    with pytest.raises(DataError, match=r"b\.en: no such file"):
        read(tmp_path / "a.de", tmp_path / "b.en")


@pytest.mark.parametrize("ending", [".tsv", ".csv"])
def test_a_first_line_may_name_the_columns(tmp_path, ending):
    tab = "\t" if ending == ".tsv" else ","
    rows = [["en", "by", "de"], ["Yes.", "NA", "Ja."], ["", "001", ""]]
    text = "".join(tab.join(row) + "\r\n" for row in rows)
    (tmp_path / f"a{ending}.gz").write_bytes(gzip.compress(b"\xef\xbb\xbf" + text.encode()))
    pairs = [(source.rstrip("\r"), target) for source, target in read(tmp_path / f"a{ending}.gz")]
    assert pairs == [("Ja.", "Yes."), ("", "")]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("a.tsv", "a\tb\tc\n", r"a\.tsv:1: 3 fields where 2 are expected; .* name them in the first line"),
        ("a.tsv", "de\ten\na\tb\n\nc\n", r"a\.tsv:4: 1 fields where 2 are expected; correct the line"),
        ("a.csv", 'a,b\n"c\nd\n', r"a\.csv:2: not CSV"),
        ("a.csv", 'a,b\n"c"d,e\n', r"a\.csv:2: not CSV"),
        ("a.csv", "a,b\nc\rd,e\n", r"a\.csv:2: not CSV"),
        ("a.jsonl", '{"de": "a", "en": "b"}\n\n{"de": \n', r"a\.jsonl:3: not JSON"),
        ("a.jsonl", "[" * 100_000, r"a\.jsonl:1: not JSON"),
        ("a.jsonl", '["a", "b"]\n', r"a\.jsonl:1: not a JSON object"),
        ("a.jsonl", '{"de": "a", "en": 7}\n', r"a\.jsonl:1: '7' is not text"),
        ("a.jsonl", '{"de": "a", "en": "\\ud83d"}\n', r"a\.jsonl:1: half of a surrogate pair at character 1"),
        ("a.jsonl", '{"german": "a"}\n', r"a\.jsonl:1: no columns 'de' and 'en' or 'source' .* but 'german'"),
        ("a.parquet", "PAR1 of a sort", r"a\.parquet: cannot be read"),
        ("a.parquet.gz", "not compressed", r"a\.parquet\.gz: cannot be read"),
    ],
)
def test_what_is_malformed_is_one_line_that_says_where(tmp_path, name, text, said):
    (tmp_path / name).write_bytes(text.encode())
    with pytest.raises(DataError, match=said) as caught:
        read(tmp_path / name)
    assert "\n" not in str(caught.value)


def test_columns_asked_for_must_be_there(tmp_path):
    (tmp_path / "a.tsv").write_text("de\ten\na\tb\n")
    with pytest.raises(DataError, match=r"a\.tsv:1: no columns 'x' and 'y'; this line has 'de', 'en'"):
        read(tmp_path / "a.tsv", columns=("x", "y"))


def test_a_value_that_is_missing_is_an_empty_side(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"source": null, "target": "b"}\n')
    assert read(tmp_path / "a.jsonl") == [("", "b")]


def test_parquet_may_be_compressed_again_nested_and_oddly_named(tmp_path):
    rows = [{"de": source, "en": target} for source, target in PAIRS]
    data = datasets.Dataset.from_dict({"id": [1, 2, 3], "translation": rows})
    data.to_parquet(str(tmp_path / "plain"))
    for name, content in ("[1]*?.parquet", bytes), ("a.parquet.gz", gzip.compress):
        (tmp_path / name).write_bytes(content((tmp_path / "plain").read_bytes()))
        assert read(tmp_path / name) == PAIRS


def test_a_saved_folder_of_several_splits_must_be_narrowed(tmp_path):
    data = datasets.Dataset.from_dict({"de": ["a"], "en": ["b"]})
    datasets.DatasetDict({"train": data, "extra": data}).save_to_disk(str(tmp_path / "saved"))
    with pytest.raises(DataError, match="has the splits 'train', 'extra'"):
        read(tmp_path / "saved")
    assert read(tmp_path / "saved" / "extra") == [("a", "b")]
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path)


def test_a_hub_data_set_is_asked_for_by_name_configuration_and_split(monkeypatch):
    asked = []

    def load(*arguments, **options):
        asked.append((*arguments, options["split"]))
        return datasets.Dataset.from_dict({"translation": [{"de": "a", "en": "b"}]})

    monkeypatch.setattr(datasets, "load_dataset", load)
    assert read("hf:wmt/wmt14", "hf:wmt/wmt14:de-en:test") == [("a", "b"), ("a", "b")]
    assert asked == [("wmt/wmt14", None, "train"), ("wmt/wmt14", "de-en", "test")]


def test_without_a_network_a_hub_data_set_is_one_line(monkeypatch):
    def load(*_, **__):
        raise ConnectionError("Couldn't reach it\non the Hub")

    monkeypatch.setattr(datasets, "load_dataset", load)
    with pytest.raises(DataError, match=r"^hf:some/name: cannot be read \(Couldn't reach it\); check .* the network$"):
        read("hf:some/name")
