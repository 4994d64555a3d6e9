import gzip
import json

import datasets
import pytest

from nmt.data.labelled_lines import LabelledLine, read_labelled
from nmt.errors import DataError

LINES = [LabelledLine(label="good", text="Das ist\tgut."), LabelledLine(label="not good", text="Nein.")]


def test_all_forms_give_the_same_lines(tmp_path):
    rows = [{"label": line.label, "text": line.text} for line in LINES]
    tsv = "".join(f"{line.label}\t{line.text}\n" for line in LINES) + "\n"
    (tmp_path / "a.tsv").write_bytes(tsv.replace("\n", "\r\n").encode())
    (tmp_path / "a.tsv.gz").write_bytes(gzip.compress(tsv.encode()))
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row | {"id": 7}) + "\n" for row in rows))
    names = datasets.Features(
        {"label": datasets.ClassLabel(names=["not good", "good"]), "text": datasets.Value("string")}
    )
    datasets.Dataset.from_list(rows, features=names).save_to_disk(tmp_path / "saved")
    for name in ("a.tsv", "a.tsv.gz", "a.jsonl", "saved"):
        assert read_labelled([str(tmp_path / name)]) == LINES, name
    assert read_labelled([str(tmp_path / "a.tsv"), str(tmp_path / "a.jsonl")]) == LINES * 2


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.tsv", "good Ja.\n", r"a.tsv:1: no tab; write a label, a tab and the text"),
        ("a.tsv", "good\tJa.\n\tNein.\n", r"a.tsv:2: the label is empty"),
        ("a.tsv", "good\t \n", r"a.tsv:1: no text; leave the line out"),
        ("a.tsv", " good\tJa.\n", r"a.tsv:1: the label ' good' has a tab, blanks at an end"),
        ("a.tsv", "", r"a.tsv: no lines"),
        ("a.jsonl", '{"label": "a\\tb", "text": "x"}\n', r"a.jsonl:1: the label 'a\\tb' has a tab"),
        ("a.jsonl", '{"label": 3, "text": "x"}\n', r"a.jsonl:1: label 3 is a number without a name"),
        ("a.jsonl", '{"label": null, "text": "x"}\n', r"a.jsonl:1: the label is empty"),
        ("a.jsonl", '{"class": "a", "text": "x"}\n', r"no columns 'label' and 'text', but 'class', 'text'"),
    ],
)
def test_malformed_lines_are_named(tmp_path, name, content, said):
    (tmp_path / name).write_text(content)
    with pytest.raises(DataError, match=said):
        read_labelled([str(tmp_path / name)])


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError, match="no such file or folder"):
        read_labelled([str(tmp_path / "none.tsv")])
