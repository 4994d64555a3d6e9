import gzip

import pytest

from nmt.errors import DataError
from nmt.io.sentences import read_sentences

SGM = """<srcset setid="newstest2014" srclang="any">
<doc sysid="ref" docid="1" genre="news">
<p>
<seg id="1">Tom &amp; Ann said &quot;yes&quot; &#8211; 3 &lt; 4.</seg>
<seg id="2"> R&D goes
on. </seg>
</p><p><seg id="3">two</seg><SEG id="4">in a line</SEG>
</doc>
</srcset>
"""
SENTENCES = ['Tom & Ann said "yes" – 3 < 4.', "R&D goes on.", "two", "in a line"]


@pytest.mark.parametrize("name", ["a.sgm", "a.SGML", "a.sgm.gz"])
def test_each_segment_of_sgml_is_a_sentence_without_entities(tmp_path, name):
    (tmp_path / name).write_bytes(gzip.compress(SGM.encode()) if name.endswith(".gz") else SGM.encode())
    assert list(read_sentences(tmp_path / name)) == SENTENCES


def test_an_empty_segment_keeps_its_place(tmp_path):
    (tmp_path / "a.sgm").write_text('<seg id="1">a</seg>\n<seg id="2"></seg>\n<seg id="3">b</seg>\n')
    assert list(read_sentences(tmp_path / "a.sgm")) == ["a", "", "b"]


def test_plain_text_is_read_as_it_is(tmp_path):
    text = "a < b\n<b>bold</b>\n<?xml version='1.0'?> is how XML begins\n&amp;\n"
    (tmp_path / "a.en").write_text(text)
    assert list(read_sentences(tmp_path / "a.en")) == text.split("\n")[:-1]


@pytest.mark.parametrize("first", ['<?xml version="1.0"?>', "<!DOCTYPE html>", "<html>", "<tmx>", "<dataset id='x'>"])
def test_other_markup_is_refused_by_name(tmp_path, first):
    (tmp_path / "a.en").write_text(f"\ufeff{first}\n<x>a</x>\n")
    with pytest.raises(DataError, match=r"a\.en:1: markup \(<.*\), which is not read as text; give its text"):
        list(read_sentences(tmp_path / "a.en"))


def test_sgml_by_another_name_is_told_what_to_be_called(tmp_path):
    (tmp_path / "a.en").write_text(SGM)
    with pytest.raises(DataError, match=r"a\.en:1: markup .*; name it \.sgm"):
        list(read_sentences(tmp_path / "a.en"))


@pytest.mark.parametrize(
    ("text", "said"), [("plain\n", "no <seg> in it"), ("<seg>a</seg>\n<seg>b\n" + "c\n" * 99_999, "without its </seg>")]
)
def test_sgml_that_is_none_or_damaged_is_refused(tmp_path, text, said):
    (tmp_path / "a.sgm").write_text(text)
    with pytest.raises(DataError, match=said):
        list(read_sentences(tmp_path / "a.sgm"))
