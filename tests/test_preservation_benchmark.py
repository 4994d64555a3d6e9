import json

import pytest
from tests_benchmarks import ROOT, benchmark

SUITE = ROOT / "benchmarks" / "suite"


@pytest.fixture(scope="module")
def judge():
    return benchmark("preservation")


def judged(judge, case, text, *statuses, source="de"):
    """The counts of one case, as (items, kept, reported, silent, complete)."""
    counts = judge.judge_case(case, judge.Translation(text=text, statuses=statuses), source)
    return tuple(counts[column] for column in ("items", "kept", "reported", "silent", "complete"))


TWO = {"text": "Stern zahlte Wolf -5 € und 15 €.", "items": ["Stern", "Wolf", "-5 €", "15 €"]}


@pytest.mark.parametrize(
    ("text", "kept", "complete"),
    [
        ("Stern paid Wolf -5 € and 15 €.", 4, 1),
        ("Wolf paid Stern -5 € and 15 €.", 4, 0),  # all there, in another order
        ("Stern paid the wolf 5 € and 15 €.", 2, 0),  # a name translated, a sign lost
        ("Sterne paid Wolf -5 € and 115 €.", 2, 0),  # parts of a longer word and number
        ("Stern and Stern paid Wolf -5 € and 15 €.", 3, 0),  # one twice
        ("Stern paid Wolf -5 and 15 €.", 3, 0),  # without its unit
        ("", 0, 0),
    ],
)
def test_an_item_is_kept_if_its_very_string_stands_alone_and_as_often_as_in_the_source(judge, text, kept, complete):
    assert judged(judge, TWO, text) == (4, kept, 0, 4 - kept, complete)


@pytest.mark.parametrize(
    ("item", "text", "found"),
    [
        ("**", "**so** und *so*", 2),
        ("*", "**so** und *so*", 2),
        ("👍", "👍🏽 und 👍", 1),
        ("👩", "👩‍💻", 0),
        ("{0}", "{0} {{0}}", 1),
        ("%s", "%s, %str", 1),
        ("5", "1.5, 5:0, 5.", 1),
        ("12km", "12km, 12kmh", 1),
        ("Tom", "Toms Hund, Tomsk, Tom's", 2),
    ],
)
def test_an_item_is_no_part_of_a_longer_run(judge, item, text, found):
    assert len(judge.occurrences(item, text, "de")) == found


def test_only_german_genitives_add_an_s_without_apostrophe(judge):
    assert judge.occurrences("Tom", "Toms dog", "en") == []


def test_an_item_found_twice_counts_twice(judge):
    case = {"text": "<b>Ja</b>, <b>nein</b>", "items": ["<b>", "</b>", "<b>", "</b>"]}
    assert judged(judge, case, "<b>Yes</b>, no</b>") == (4, 3, 0, 1, 0)


@pytest.mark.parametrize(
    ("text", "edges_kept"),
    [("  - Bread  ", 2), ("- Bread  ", 1), ("   - Bread", 0), ("  -  Bread   ", 0), ("  - Bread", 1)],
)
def test_prefix_and_suffix_are_kept_exactly_or_not_at_all(judge, text, edges_kept):
    case = {"text": "  - Brot  ", "items": [], "prefix": "  - ", "suffix": "  "}
    counts = judge.judge_case(case, judge.Translation(text=text), "de")
    assert (counts["edges"], counts["edges_kept"], counts["complete"]) == (2, edges_kept, edges_kept == 2)


def test_what_the_program_says_it_inserted_or_lost_is_reported_and_not_kept(judge):
    case = {"text": "Anouk sah Emre, Goran und Ilse.", "items": ["Anouk", "Emre", "Goran", "Ilse"]}
    statuses = [(0, 5, "copied"), (10, 14, "inserted"), (16, 21, "lost")]
    assert judged(judge, case, "Anouk Emre saw.", *statuses) == (4, 1, 2, 1, 0)


def test_names_of_a_reference_are_those_that_stand_in_it(judge):
    text = "Anna sah Wien und Bonn."
    names = [((0, 4), "PER"), ((9, 13), "LOC"), ((18, 22), "LOC")]
    translation = judge.Translation(text="Anna saw Vienna and good.")
    counts = judge.judge_names(text, names, "Anna saw Vienna and Bonn.", translation, "de")
    assert counts["PER"] == {"items": 1, "kept": 1}
    assert counts["LOC"] == {"items": 1, "silent": 1}


def test_without_reference_persons_count_and_a_german_genitive_may_lose_its_s(judge):
    text = "Merkels Reise nach Bonn mit Peters"
    names = [((0, 7), "PER"), ((19, 23), "LOC"), ((28, 34), "PER")]
    translation = judge.Translation(text="The trip of Merkel with stones")
    counts = judge.judge_names(text, names, None, translation, "de")
    assert (counts["PER"], counts["LOC"]) == ({"items": 2, "kept": 1, "silent": 1}, {})


def test_repeated_sequences_are_those_of_three_words_that_stood_before(judge):
    assert judge.repeated_sequences("a b c a b c a") == 2
    assert judge.repeated_sequences("a b a b") == 0


def test_lines_are_joined_in_order_and_the_rest_is_kept(judge):
    assert judge.join(["a", "b", "c"], 2) == ["a b", "c"]


def test_translations_that_are_not_one_for_each_line_are_not_judged(judge, tmp_path):
    path = tmp_path / "out"
    path.write_text("eins\n")
    with pytest.raises(SystemExit, match="2 lines became 1"):
        judge.translator(tmp_path, False, [path])(["one", "two"], "en")


def test_ready_json_has_the_status_of_each_item(judge, tmp_path):
    path = tmp_path / "out"
    items = [{"kind": "name", "start": 0, "end": 4, "status": "lost"}]
    path.write_text(json.dumps({"source": "Anna", "translations": [{"text": "x"}], "items": items}) + "\n")
    [translation] = judge.translator(tmp_path, True, [path])(["Anna"], "en")
    assert (translation.text, translation.says((0, 4), "lost")) == ("x", True)


@pytest.mark.parametrize("source", ["de", "en"])
def test_every_case_of_the_suite_is_complete_in_its_own_words(judge, source, monkeypatch):
    """So no case asks for what cannot be: items stand in the source alone, in their order, as often as they count."""
    monkeypatch.setitem(judge.TARGETS, source, source)
    for case in judge.read_cases(SUITE / f"protection.{source}.jsonl"):
        assert judged(judge, case, case["text"], source=source)[-1], case
