import gzip

import pytest

from nmt.errors import ConfigError, DataError
from nmt.stages.translate_documents import translate_documents


def translate(model, *inputs, **options):
    said = []
    translate_documents(model=[model], inputs=inputs, warn=said.append, source="de", target="en", **options)
    return said


def test_a_folder_becomes_a_folder_of_the_same_files(toy_both, tmp_path):
    texts = tmp_path / "in"
    (texts / "sub").mkdir(parents=True)
    (texts / "a.md").write_text("# Hund.\n\n`Hund.`\n")
    (texts / "sub" / "b.txt").write_text("Hund.\n\nHund.\n")
    (texts / "c.html.gz").write_bytes(gzip.compress(b"<p>Hund.</p>"))
    (texts / "d.png").write_bytes(b"\x89PNG")
    (texts / "bad.json").write_text("{")
    progress = []
    with pytest.raises(DataError, match="1 of 4 files are not translated; the warnings say why"):
        translate(toy_both, texts, output=tmp_path / "out", report=progress.append)
    assert (tmp_path / "out" / "a.md").read_text() == "# dog.\n\n`Hund.`\n"
    assert (tmp_path / "out" / "sub" / "b.txt").read_text() == "dog.\n\ndog.\n"
    assert (tmp_path / "out" / "c.html").read_text() == "<p>dog.</p>"
    assert not (tmp_path / "out" / "bad.json").exists()
    assert {(each.name.rpartition("/")[2], each.segments, each.of_segments) for each in progress} == {
        ("a.md", 2, 2),
        ("c.html.gz", 1, 1),
    }


def test_one_file_goes_to_a_file_and_nothing_is_overwritten(toy_both, tmp_path):
    page = tmp_path / "a.html"
    page.write_text("<b>Hund.</b>")
    translate(toy_both, page, output=tmp_path / "b.html")
    assert (tmp_path / "b.html").read_text() == "<b>dog.</b>"
    with pytest.raises(ConfigError, match="would overwrite what is read"):
        translate(toy_both, page, output=page)
    with pytest.raises(ConfigError, match=r"lies in .*, of which all is read"):
        translate(toy_both, tmp_path, output=tmp_path / "out")
    with pytest.raises(ConfigError, match="several files are translated into a folder; name it by -o"):
        translate(toy_both, page, tmp_path / "b.html")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.html").write_text("x")
    with pytest.raises(ConfigError, match="would go there; translate them one by one"):
        translate(toy_both, page, tmp_path / "sub" / "a.html", output=tmp_path.parent / f"{tmp_path.name}-out")


def translate_unasked(model, text, path, **options):
    """What becomes of a document of which nobody says the language, and what is said of it."""
    path.write_text(text)
    said = []
    out = path.with_name(f"out-{path.name}")
    translate_documents(model=[model], inputs=[path], output=out, warn=said.append, **options)
    return out.read_text(), said


PO = 'msgid ""\nmsgstr ""\n"Language: {}\\n"\n\nmsgid "dog."\nmsgstr ""\n'


def test_a_catalogue_says_its_languages_itself(toy_both, tmp_path):
    translated, _ = translate_unasked(toy_both, PO.format("de_AT"), tmp_path / "a.po")
    assert translated.endswith('msgid "dog."\nmsgstr "Hund."\n')
    unit = "<trans-unit id='1'><source>dog.</source></trans-unit>"
    xliff = f"<xliff version='1.2'><file source-language='en-US' target-language='de'>{unit}</file></xliff>"
    assert "<target>Hund.</target>" in translate_unasked(toy_both, xliff, tmp_path / "a.xlf")[0]


def test_a_catalogue_in_another_language_is_refused_unless_languages_are_named(toy_both, tmp_path):
    with pytest.raises(DataError, match=r"a.po: names fr as its languages; the model does not translate any .* to fr"):
        translate_unasked(toy_both, PO.format("fr"), tmp_path / "a.po")
    assert (
        'msgstr "Hund."' in translate_unasked(toy_both, PO.format("fr"), tmp_path / "b.po", target="de", source="en")[0]
    )


def test_a_document_is_translated_from_the_language_that_it_is_in(toy_both, tmp_path):
    text = "# dog.\n\nThe dog is small and the cat is blue.\n"
    translated, said = translate_unasked(toy_both, text, tmp_path / "a.md")
    assert translated.startswith("# Hund.\n")
    assert said[0].endswith("a.md: is taken for en; --source decides")
    with pytest.raises(DataError, match="is taken for en, into which it is to be translated; name --source"):
        translate_unasked(toy_both, text, tmp_path / "b.md", target="en")
