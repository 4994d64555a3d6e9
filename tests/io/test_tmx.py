import gzip
import tracemalloc

import pytest

from nmt.errors import DataError
from nmt.io.tmx import read_tmx

HEAD = '<?xml version="1.0" encoding="{}"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4"><header/><body>\n'
TAIL = "</body></tmx>\n"


def unit(lang="xml:lang", **texts):
    """A translation unit; _ stands for - in a code."""
    variants = (f'<tuv {lang}="{code.replace("_", "-")}"><seg>{text}</seg></tuv>' for code, text in texts.items())
    return f"<tu><note>not text</note>{''.join(variants)}</tu>\n"


def read(tmp_path, *units, source="de", target="en", encoding="UTF-8"):
    (tmp_path / "a.tmx").write_bytes((HEAD.format(encoding) + "".join(units) + TAIL).encode(encoding))
    return list(read_tmx(tmp_path / "a.tmx", source, target))


def test_each_unit_is_a_pair_in_the_order_asked_for(tmp_path):
    units = [unit(de="Hallo &amp; Tschüss.", en="Hello &amp; bye."), unit(fr="Oui.", en="Yes.", de="Ja.")]
    assert read(tmp_path, *units) == [("Hallo & Tschüss.", "Hello & bye."), ("Ja.", "Yes.")]
    assert read(tmp_path, *units, source="en", target="fr") == [("Yes.", "Oui.")]


@pytest.mark.parametrize("encoding", ["UTF-16", "ISO-8859-1", "UTF-8"])
def test_the_encoding_is_the_one_that_the_file_names(tmp_path, encoding):
    assert read(tmp_path, unit(de="Grüße", en="Regards"), encoding=encoding) == [("Grüße", "Regards")]


@pytest.mark.parametrize(
    ("codes", "wanted", "pair"),
    [
        ({"de_DE": "a", "en_GB": "b"}, ("de", "en"), ("a", "b")),
        ({"DE_AT": "a", "EN": "b"}, ("de", "en"), ("a", "b")),
        (
            {"de_AT": "x", "de": "a", "en_US": "b", "en_GB": "y"},
            ("de", "en"),
            ("a", "b"),
        ),  # its own code, then the first
        ({"pt": "a", "en": "b"}, ("pt-BR", "en"), ("a", "b")),
        ({"pt_PT": "x", "pt_br": "a", "en": "b"}, ("pt-BR", "en"), ("a", "b")),
        ({"en_GB": "a", "en_US": "b"}, ("en-US", "en-GB"), ("b", "a")),
    ],
)
def test_languages_are_found_by_their_codes_or_those_that_differ_by_subtags(tmp_path, codes, wanted, pair):
    assert read(tmp_path, unit(**codes), source=wanted[0], target=wanted[1]) == [pair]


def test_codes_of_tmx_1_1_and_codes_with_underscores_are_read(tmp_path):
    assert read(tmp_path, unit(lang="lang", de="a", en="b").replace('"de"', '"de_CH"')) == [("a", "b")]


def test_a_unit_without_one_of_the_languages_is_left_out(tmp_path):
    units = [unit(de="a"), unit(de="b", en="c"), unit(de="d", deu="e"), unit(de="f", en="g").replace('"en"', '""')]
    assert read(tmp_path, *units) == [("b", "c")]


def test_a_file_without_the_languages_says_which_it_has(tmp_path):
    with pytest.raises(DataError, match=r"a\.tmx: no pairs of de and en; it has 'fr-fr', 'pt-pt': choose by"):
        read(tmp_path, unit(fr_FR="a", pt_PT="b"))
    with pytest.raises(DataError, match="no pairs of pt-BR and fr"):
        read(tmp_path, unit(fr_FR="a", pt_PT="b"), source="pt-BR", target="fr")


@pytest.mark.parametrize(
    ("segment", "text"),
    [
        ('<bpt i="1">&lt;b&gt;</bpt>Fett<ept i="1">&lt;/b&gt;</ept>er Text', "Fetter Text"),
        ("Zeile<ph>&lt;br/&gt;</ph>Zeile", "Zeile Zeile"),
        ("Drücken <ph>{1}</ph> Sie", "Drücken Sie"),
        ("Ende<it pos='begin'>\\b</it>.", "Ende."),
        ("Siehe <hi type='term'>Anhang</hi>.", "Siehe Anhang."),
        ("Bild<ph>img alt=<sub>Katze</sub></ph>", "Bild"),
        ("<![CDATA[a < b]]>", "a < b"),
    ],
)
def test_inline_markup_is_left_out_with_what_it_holds(tmp_path, segment, text):
    assert read(tmp_path, unit(de=segment, en="x")) == [(text, "x")]


def test_a_compressed_file_is_read(tmp_path):
    text = HEAD.format("UTF-8") + unit(de="a", en="b") + TAIL
    (tmp_path / "a.tmx.gz").write_bytes(gzip.compress(text.encode()))
    assert list(read_tmx(tmp_path / "a.tmx.gz", "de", "en")) == [("a", "b")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("not XML", r"a\.tmx:1: not TMX \(syntax error\)"),
        ("<tmx>\n<body>\n<tu>", r"a\.tmx:3: not TMX \(no element found\)"),
        ("<tmx>\n<seg>\x1f</seg></tmx>", r"a\.tmx:2: not TMX \(not well-formed"),
        ("", r"a\.tmx:1: not TMX \(no element found\)"),
        ("<?xml version='1.0'?>\n<xliff/>", r"a\.tmx:2: not TMX but <xliff>"),
        ('<!DOCTYPE t [<!ENTITY a "b">]>\n<tmx/>', r"a\.tmx:1: the file declares the entity 'a'"),
        ('<!DOCTYPE t [<!ENTITY a SYSTEM "file:///etc/passwd">]><tmx/>', "declares the entity 'a'"),
        ('<!DOCTYPE t [<!ENTITY % a SYSTEM "http://example.org/a">%a;]><tmx/>', "declares the entity 'a'"),
        (HEAD.format("UTF-8") + unit(de="a&nbsp;b", en="c") + TAIL, r"a\.tmx:4: the entity 'nbsp' is not XML's own"),
    ],
)
def test_what_is_not_tmx_or_could_grow_without_bound_is_one_line(tmp_path, text, said):
    (tmp_path / "a.tmx").write_text(text)
    with pytest.raises(DataError, match=said) as caught:
        list(read_tmx(tmp_path / "a.tmx", "de", "en"))
    assert "\n" not in str(caught.value)


def test_memory_does_not_grow_with_the_file(tmp_path):
    peaks = []
    for count in (2_000, 20_000):
        text = HEAD.format("UTF-8") + "".join(unit(de=f"Satz {n}", en=f"sentence {n}") for n in range(count)) + TAIL
        (tmp_path / "a.tmx").write_text(text)
        tracemalloc.start()
        assert sum(1 for _ in read_tmx(tmp_path / "a.tmx", "de", "en")) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.5 * peaks[0]
