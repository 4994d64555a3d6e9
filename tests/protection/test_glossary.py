import pytest
from hypothesis import given
from hypothesis import strategies as st

from nmt.errors import DataError
from nmt.protection.glossary import find_glossary, make_glossary, read_glossary

TERMS = {
    "Rechner": "machine",
    "offener Punkt": "open item",
    "offener Punkt der Liste": "list item",
    "iPhone-Hülle": "iPhone case",
    "Müller GmbH & Co. KG": "Müller GmbH & Co. KG",
    "C++": "C++",
}
GLOSSARY = make_glossary(TERMS)


def found(text, glossary=GLOSSARY):
    return [(text[term.span.start : term.span.end], term.target) for term in find_glossary(text, glossary)]


def write(tmp_path, text):
    path = tmp_path / "terms.csv"
    path.write_bytes(text.encode())
    return path


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Der Rechner und die Rechner.", ["Rechner", "Rechner"]),
        ("Taschenrechner, Rechners, Rechner2, rechner", []),  # other words
        ("ein offener Punkt der Liste", ["offener Punkt der Liste"]),  # the longest
        ("ein offener Punkt der Tagesordnung", ["offener Punkt"]),
        ("ein offener  Punkt", ["offener  Punkt"]),
        ("Offener Punkt. Offener Punkt! „Offener Punkt“", ["Offener Punkt"] * 3),
        ("ein Offener Punkt, offener punkt", []),
        ("die iPhone-Hülle, nicht IPhone-Hülle", ["iPhone-Hülle"]),
        ("IPhone-Hülle", ["IPhone-Hülle"]),
        ("bei der Müller GmbH & Co. KG", ["Müller GmbH & Co. KG"]),
        ("bei der Mu\u0308ller GmbH & Co. KG", ["Mu\u0308ller GmbH & Co. KG"]),
        ("C++ und C", ["C++"]),
        ("", []),
    ],
)
def test_terms_are_found_as_words_in_their_case_the_longest_first(text, terms):
    assert [term for term, _ in found(text)] == terms


def test_a_term_comes_with_its_translation():
    assert found("Ein offener Punkt: Rechner") == [("offener Punkt", "open item"), ("Rechner", "machine")]
    assert find_glossary("Rechner", GLOSSARY)[0].span.kind == "glossary"
    assert found("Rechner", make_glossary({"": "x", " ": "x"})) == []


@pytest.mark.parametrize(
    "text",
    [
        "Rechner,machine\noffener Punkt,open item\n",
        "source,target,note\nRechner,machine,\noffener Punkt,open item,on a list\n",
        "\ufeffsource;target\r\nRechner;machine\r\n\r\noffener Punkt;open item\r\n",
        "target\tsource\nmachine\tRechner\nopen item\toffener Punkt",
        '"Rechner", "machine"\n"offener Punkt","open item", "with a note, in quotes"\nRechner,machine\n',
    ],
)
def test_a_file_may_have_a_header_quotes_notes_and_other_delimiters(tmp_path, text):
    assert read_glossary(write(tmp_path, text)) == make_glossary({"Rechner": "machine", "offener Punkt": "open item"})


def test_fields_may_have_delimiters_and_quotes_in_them(tmp_path):
    glossary = read_glossary(write(tmp_path, 'a,b\n"Ja, ""so""","Yes, ""so"""\n'))
    assert found('Ja, "so" a', glossary) == [('Ja, "so"', 'Yes, "so"'), ("a", "b")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a,b\na,c\n", r"terms.csv:2: 'a' is translated as 'c', but as 'b' in .*terms.csv:1; keep one"),
        ("a,b\nb, \n", r"terms.csv:2: the target is empty; write both, or leave the line out"),
        ("a,b\n,b\n", r"terms.csv:2: the source is empty"),
        ("a,b\nb\n", r"terms.csv:2: has 1 columns; write source,target"),
        ("a,b,c,d\n", r"terms.csv:1: has 4 columns; .* in double quotes"),
        ("target,note,source\na,b\n", r"terms.csv:2: the source is empty"),
        ('a,b\n"b,c\n', r"terms.csv:2: not a row of a table"),
        ("", r"terms.csv: has no terms"),
        ("source,target\n", r"terms.csv: has no terms"),
        ("a;b\rc\n", r"terms.csv:1: not a row of a table"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_line(tmp_path, text, message):
    with pytest.raises(DataError, match=message):
        read_glossary(write(tmp_path, text))


def test_several_files_are_one_glossary_and_must_agree(tmp_path):
    paths = [tmp_path / name for name in ("a.csv", "b.csv", "c.csv")]
    for path, text in zip(paths, ["a,b\n", "c;d\n", "a,e\n"], strict=True):
        path.write_text(text)
    assert read_glossary(*paths[:2]) == make_glossary({"a": "b", "c": "d"})
    with pytest.raises(DataError, match=r"c.csv:1: 'a' is translated as 'e', but as 'b' in .*a.csv:1; keep one"):
        read_glossary(*paths)


def test_a_file_that_is_not_there_is_a_data_error(tmp_path):
    with pytest.raises(DataError, match="no such file"):
        read_glossary(tmp_path / "none.csv")


@given(st.lists(st.sampled_from([*TERMS, "offener", "Punkt", " ", "."]) | st.text(max_size=5)))
def test_terms_are_disjoint_in_order_and_inside_any_text(pieces):
    text, end = " ".join(pieces), 0
    for span, _ in find_glossary(text, GLOSSARY):
        assert end <= span.start < span.end <= len(text)
        end = span.end


@pytest.mark.parametrize(
    ("piece", "terms"),
    [("a", 0), ("Rechner ", 25_000), ("offener Punkt der ", 11_111), (".", 0), ("a\u0301", 0), ("\u0301", 0)],
)
def test_a_long_line_is_a_line_like_any_other(piece, terms):
    assert len(find_glossary(piece * (200_000 // len(piece)), GLOSSARY)) == terms
