"""The model that comes with the project, as somebody meets it who names none."""

from pathlib import Path

import pytest
from tests_processes import nmt

MODEL = Path(__file__).parents[2] / "data" / "models" / "de-en"


def test_the_folder_is_sound_and_fits_beside_the_code():
    nmt("check", MODEL)
    assert sum(path.stat().st_size for path in MODEL.iterdir()) <= 24_000_000


@pytest.mark.parametrize(
    ("options", "text", "expected"),
    [
        ([], "Guten Morgen.\n\nWo ist der Bahnhof?\n", "Good morning.\n\nWhere is the station?\n"),
        (
            ["--source", "en"],
            "I only have a few hours.\nWhere is the station?\n",
            "Ich habe nur ein paar Stunden.\nWo ist der Bahnhof?\n",
        ),
    ],
)
def test_it_translates_either_way(options, text, expected):
    assert nmt("translate", *options, text=text.encode()).stdout.decode() == expected


def test_numbers_addresses_and_names_come_through_in_both_languages():
    texts = {"de": "Frau Obermüller wohnt seit 1997 in Wuppertal.\nSchreib an tom@example.org!\nRUF MICH AN!\n"}
    texts["en"] = "Mrs. Obermüller called 030 1234567 at 15:45.\nSee www.example.org/x\nCLOSE THE DOOR!\n"
    literals = {"de": [["Obermüller", "1997", "Wuppertal"], ["tom@example.org"], []]}
    literals["en"] = [["Obermüller", "030 1234567", "15:45"], ["www.example.org/x"], []]
    for language, text in texts.items():
        lines = nmt("translate", "--source", language, text=text.encode()).stdout.decode().splitlines()
        for line, expected in zip(lines, literals[language], strict=True):
            assert all(literal in line for literal in expected)
        assert lines[-1].isupper()


def test_it_marks_names_in_both_languages():
    marked = nmt("tag", text=b"Angela Merkel wurde in Hamburg geboren.\nBarack Obama lives in Chicago.\n")
    assert marked.stdout.decode().splitlines() == [
        "[Angela Merkel|PER] wurde in [Hamburg|LOC] geboren.",
        "[Barack Obama|PER] lives in [Chicago|LOC].",
    ]
