import pytest

from nmt.protection.detection import find_written
from nmt.protection.layout import texts_of, trim


def texts(line):
    return [line[start:end] for start, end in texts_of(line, find_written(line))]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("  - Eins", ["Eins"]),
        ("* Eins", ["Eins"]),
        ("• Eins", ["Eins"]),
        ("1. Eins", ["Eins"]),
        ("12) Eins", ["Eins"]),
        ("(a) Eins b) zwei", ["Eins b) zwei"]),
        ("- [ ] Eins", ["Eins"]),
        ("## Titel", ["Titel"]),
        ("> > Zitat", ["Zitat"]),
        ("[00:15] Hallo", ["Hallo"]),
        ("– Ja, sagte er.", ["Ja, sagte er."]),
        # what looks alike and is text
        ("3. Mai 2024", ["3. Mai 2024"]),
        ("-12 Grad", ["-12 Grad"]),
        ("2024. Das war", ["2024. Das war"]),
        ("*Eins* zwei", ["*Eins* zwei"]),
        # tables and breaks
        ("| Name | Alter |", ["Name", "Alter"]),
        ("Name\tAlter\t", ["Name", "Alter"]),
        ("Name:     Alter", ["Name:", "Alter"]),
        ("a|b ist `x | y`", ["a|b ist `x | y`"]),
        ("<li>Eins</li><li>Zwei</li>", ["Eins", "Zwei"]),
        (r"Eins\nZwei", ["Eins", "Zwei"]),
        # edges
        ("\u00a0\u2003Eins\u200b ", ["Eins"]),
        ("🎉 Eins → zwei ✓", ["Eins → zwei"]),
        ("<p><b>Eins</b></p>", ["Eins"]),
        ("<b>Eins</b> zwei <i>drei</i>", ["<b>Eins</b> zwei <i>drei</i>"]),
        ("Eins</b>", ["Eins"]),
        ("{name} kam, 5 %", ["{name} kam, 5 %"]),
        ('"Eins"', ["Eins"]),
        ('"Eins", "zwei"', ['"Eins", "zwei"']),
        ("(Eins) und (zwei)", ["(Eins) und (zwei)"]),
        ("„Eins“", ["„Eins“"]),
        (" \t ", []),
        ("", []),
    ],
)  # fmt: skip
def test_the_texts_of_a_line_stand_without_its_layout(line, expected):
    assert texts(line) == expected


def test_a_part_is_trimmed_by_its_own_edges():
    line = "<b>Eins. Zwei</b>"
    spans = find_written(line)
    assert trim(line, spans[:1], 0, 9) == (3, 8)
    assert trim(line, spans[1:], 9, 17) == (9, 13)
