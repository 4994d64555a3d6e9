"""Each format: what is translated, and that all else comes back byte for byte."""

import io
import zipfile

import pytest

from nmt.documents.formats import format_of
from nmt.documents.passages import Translated
from nmt.documents.reading import MOST_BYTES, read_document
from nmt.errors import ConfigError, DataError

SAMPLES = {
    "html": """<!doctype html>
<title>Titel</title><script>var a = 'Haus';</script>\r
<!-- c --><p CLASS=x>Das <b>Haus</b> ist &auml;lter.<br>Neu</p><pre>  so </pre>
""",
    "markdown": """# Titel #

Das **Haus** ist [neu](a_b.html "t").

```
kein Haus
```

* eins
* zwei

| a | b |
|---|:-:|
| Haus | 3 |

---
""",
    "srt": "1\r\n00:00:01,000 --> 00:00:02,500\r\n<i>Hallo</i>\r\nDu da\r\n\r\n"
    "2\r\n00:00:03,000 --> 00:00:04,000\r\n- Ja\r\n",
    "vtt": "WEBVTT\n\nNOTE kein Text\n\n1\n00:01.000 --> 00:02.000 align:start\n<v Anna>Hallo</v>\n",
    "csv": 'id;text\n1;"Haus; ""alt"""\n2;Hund\n',
    "tsv": "id\ttext\n1\tDas Haus\n",
    "json": '{ "a" : "Das Haus" , "b":[1.50, "zwei\\u00e4", null, {"c": true}]}\n',
    "jsonl": '{"a": "Das Haus", "b": 1}\r\n\n["Hund"]',
    "po": """msgid ""
msgstr ""
"Content-Type: text/plain; charset=UTF-8\\n"

#: a.c:1
msgid "Das Haus"
msgstr ""

msgid "%d Haus"
msgid_plural "%d Haeuser"
msgstr[0] ""
msgstr[1] ""
""",
    "xliff": """<?xml version="1.0"?>
<xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file source-language="de" target-language="en"
 datatype="plaintext" original="x"><body>
<trans-unit id="1"><source>Das <g id="1">Haus</g></source><target/></trans-unit></body></file></xliff>
""",
}


def run(data, format, translate=lambda text: text, **options):
    """The document with each segment translated, the segments, and the warnings."""
    document = read_document(data, format, **options)
    seen, warnings = [], []

    def translated(segments):
        seen.extend(segment.text for segment in segments)
        return [Translated(translate(segment.text)) for segment in segments]

    return b"".join(document.translated(translated, warnings.append)), seen, warnings


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("format", SAMPLES)
def test_what_the_translator_leaves_alone_comes_back_byte_for_byte(format, mark):
    data = mark + SAMPLES[format].encode()
    out, seen, warnings = run(data, format)
    assert out == data or format in ("po", "xliff")  # which have a place for the translation, filled with the source
    assert seen
    assert warnings == []


@pytest.mark.parametrize(
    ("format", "expected"),
    [
        ("html", ["Titel", "Das <b>Haus</b> ist älter.", "Neu"]),
        ("markdown", ["Titel", 'Das **Haus** ist [neu](a_b.html "t").', "eins", "zwei", "a", "b", "Haus"]),
        ("srt", ["<i>Hallo</i> Du da", "- Ja"]),
        ("vtt", ["<v Anna>Hallo</v>"]),
        ("csv", ['Haus; "alt"', "Hund"]),
        ("tsv", ["Das Haus"]),
        ("json", ["Das Haus", "zweiä"]),
        ("jsonl", ["Das Haus", "Hund"]),
        ("po", ["Das Haus", "%d Haus", "%d Haeuser"]),
        ("xliff", ['Das <g id="1">Haus</g>']),
    ],
)
def test_text_alone_is_translated(format, expected):
    _, seen, _ = run(SAMPLES[format].encode(), format)
    assert [text.strip() for text in seen] == expected


def test_translations_take_their_places():
    def shout(text):
        return text.replace("Haus", "HOUSE & CO").replace("Hallo", "HELLO")

    assert b"Das <b>HOUSE &amp; CO</b> ist" in run(SAMPLES["html"].encode(), "html", shout)[0]
    assert b'1;"HOUSE & CO; ""alt"""\n' in run(SAMPLES["csv"].encode(), "csv", shout)[0]
    assert b'"a" : "Das HOUSE & CO" , "b":[1.50, "zwei\\u00e4"' in run(SAMPLES["json"].encode(), "json", shout)[0]
    assert b"<i>HELLO</i>\r\nDu da\r\n" in run(SAMPLES["srt"].encode(), "srt", shout)[0]
    assert b'msgid "Das Haus"\nmsgstr "Das HOUSE & CO"\n' in run(SAMPLES["po"].encode(), "po", shout)[0]
    assert b"|---|:-:|\n| HOUSE" in run(SAMPLES["markdown"].encode(), "markdown", shout)[0]


def test_a_lost_tag_is_translated_in_pieces_and_one_that_no_piece_saves_is_told():
    out, seen, warnings = run(
        b"<p>Das <b>Haus</b> hier</p>", "html", lambda text: text.replace("<b>", "").replace("</b>", "")
    )
    assert out == b"<p>Das <b>Haus</b> hier</p>"
    assert seen[0] == "Das <b>Haus</b> hier"
    assert {text.strip() for text in seen[1:]} == {"Das", "Haus", "hier"}
    assert warnings == []
    out, _, warnings = run(b"<p>Das <b>Haus</b></p>", "html", lambda text: f"{text}<i>")
    assert out == b"<p>Das <b>Haus</b></p>"
    assert len(warnings) == 1
    assert "left as it is, since its marks do not come through" in warnings[0]


def docx(text, extra=()):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(
            "word/document.xml",
            '<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main">'
            f"<w:body><w:p><w:r><w:t>{text}</w:t></w:r></w:p></w:body></w:document>",
        )
        for name, data in extra:
            archive.writestr(name, data)
    return made.getvalue()


def test_a_word_document_keeps_its_parts():
    data = docx("Das Haus", [("word/media/a.png", b"\x89PNG")])
    out, seen, _ = run(data, "docx", lambda text: text.replace("Haus", "Heim"))
    before, after = (zipfile.ZipFile(io.BytesIO(each)) for each in (data, out))
    assert seen == ["Das Haus"]
    assert after.namelist() == before.namelist()
    assert after.read("word/media/a.png") == b"\x89PNG"
    assert b">Das Heim</w:t>" in after.read("word/document.xml")


@pytest.mark.parametrize(
    ("format", "data", "said"),
    [
        ("docx", b"no zip", "docx"),
        ("docx", docx("x", [("word/header1.xml", b"<a>" + b" " * (1 << 28))]), "MB"),
        ("srt", b"Hallo\n", "no times"),
        ("srt", b"1\n00:00:01 -> 2\nHallo\n", "no times"),
        ("csv", b'a,b\n1,"offen\n', ":2: the quote"),
        ("json", b'{"a": ', "JSON"),
        ("json", b"[" * 100_000, "JSON|deep|nested"),
        ("xliff", b"<xliff>", "x"),
        ("html", b"%PDF-1.4", "is a PDF and not html"),
        ("po", b'msgid "a\n', ":1"),
        ("html", b"\xff\xfe\x00", "."),
        ("jsonl", b'{"a": 1}\n\n{"b" 2}\n', r":3: not JSON \(column 6 is not :\)"),
        ("markdown", b"Gr\xfc\xdfe", r":1: byte 0xfc is not UTF-8"),
        ("html", b" " * (MOST_BYTES + 1), "more than 64 MB"),
    ],
)
def test_what_is_not_sound_is_said_in_a_line(format, data, said):
    with pytest.raises(DataError, match=said) as told:
        run(data, format, name="x.file")
    assert "\n" not in str(told.value)


@pytest.mark.parametrize("format", [format for format in SAMPLES if format != "xliff"])
@pytest.mark.parametrize("data", [b"", b"\n\n", b"\xef\xbb\xbf"])
def test_an_empty_document_stays_empty(format, data):
    if format != "json":  # in which there is a value
        assert run(data, format)[0] == data


def test_columns_and_keys_are_chosen():
    assert run(b"de,en\nHaus,house\n", "csv", columns=["de"])[1] == ["Haus"]
    assert run(b"Haus,house\n", "csv", columns=["2"])[1] == ["house"]
    assert run(b'[{"text": "Haus", "id": "a b"}]', "json", columns=["text"])[1] == ["Haus"]
    with pytest.raises(DataError, match="no column 'fr'; it has de, en"):
        run(b"de,en\nHaus,house\n", "csv", columns=["fr"])
    with pytest.raises(ConfigError, match="html has no columns"):
        run(b"<p>a</p>", "html", columns=["a"])


@pytest.mark.parametrize(
    ("name", "format"),
    [("a.MD", "markdown"), ("a.json.gz", "json"), ("a.jsonl", "jsonl"), ("a.txt", None), ("a", None)],
)
def test_an_ending_names_a_format(name, format, tmp_path):
    assert format_of(tmp_path / name) == format
