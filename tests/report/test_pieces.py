"""The pieces of a report, by hand: text that stays text, differences, curves, and scores of parts."""

import re
from xml.etree.ElementTree import tostring

import pytest

from nmt.metrics.breakdown import scores_by_length, word_gains, words_by_rarity
from nmt.metrics.preservation import LostItem, Recall, find_items, lost_items, recall_by_kind
from nmt.report.charts import line_chart
from nmt.report.html import element, page, section
from nmt.report.sentences import marked
from nmt.report.terminal import curve_lines
from nmt.report.training import main_curve, read_curves


def test_text_is_text_whatever_it_holds():
    made = page(
        "<script>alert(1)</script>", [section("a & b", element("p", '"><img src=x onerror=y>\x1b[31m'))], note="n"
    )
    assert "<script" not in made
    assert "<img" not in made
    assert "\x1b" not in made
    assert "a &amp; b" in made
    assert "default-src 'none'" in made
    assert not re.search(r"(src|href)=\"(?!#)", made)


def test_words_that_differ_are_marked():
    parts = [
        part if isinstance(part, str) else tostring(part, "unicode") for part in marked("a big dog.", "a dog.", "bad")
    ]
    assert "".join(parts) == 'a <mark class="bad">big</mark> dog.'
    assert marked("a dog.", "a dog.", "bad") == ["a dog."]


def test_a_chart_says_its_values_in_words_and_draws_each_point():
    made = tostring(line_chart("loss", {"loss": [(0, 4.0), (10, 2.0)]}, "update"), "unicode")
    assert 'aria-label="loss: loss 2 at the end"' in made
    [path] = re.findall(r'class="curve one" d="M([^"]+)"', made)
    (x0, y0), (x1, y1) = (map(float, point.split()) for point in path.split("L"))
    assert x0 < x1
    assert y0 < y1  # what is less stands lower, and y counts from the top


def test_a_curve_for_the_terminal_rises_from_left_to_right():
    title, *rows, _, scale = curve_lines([(0, 0.0), (100, 8.0)], "BLEU", width=16, height=2)
    assert title == "BLEU, 8 at the end"
    assert rows[0].endswith("█")
    assert rows[0][-16] == " "
    assert rows[1][-16] == "▁"
    assert scale.split() == ["0", "100", "updates"]


def test_a_log_is_read_past_what_is_no_report(tmp_path):
    log = tmp_path / "train.jsonl"
    log.write_text(
        '{"update": 1, "loss": 3.0, "epoch": 1}\nbroken\n{"update": 2, "valid_bleu": 7.5, "loss": NaN}\n[]\n'
    )
    curves = read_curves(log)
    assert curves["loss"] == [(1, 3.0)]
    assert main_curve(curves) == ("validation BLEU", [(2, 7.5)])


def test_words_are_scored_by_how_many_training_pairs_have_them():
    seen = {"the": 2000, "dog": 3, "cat": 0}
    often, rare, never = [], [], []
    buckets = words_by_rarity(["the dog the"], ["the dog cat"], lambda word: seen[word])
    never, rare, often = buckets
    assert (never.least, never.most, never.words, never.recall, never.f1) == (0, 0, 1, 0.0, 0.0)
    assert (rare.words, rare.precision, rare.recall) == (1, 100.0, 100.0)
    assert (often.most, often.precision, often.recall) == (None, 50.0, 100.0)
    assert often.f1 == pytest.approx(200 / 3)


def test_what_one_system_has_right_more_often_is_counted():
    gains = word_gains(["the dog", "a b"], ["the cat", "a"], [["the dog", "a b"]])
    assert [(each.word, each.gain) for each in gains] == [("b", 1), ("dog", 1)]


def test_sentences_are_scored_by_their_length():
    short, long = scores_by_length(["a b", "x"], [["a b", "y y y y y y y"]], [2, 7])
    assert (short.least, short.most, short.sentences) == (1, 5, 1)
    assert (long.least, long.most) == (6, 10)
    assert short.chrf == pytest.approx(100)
    assert long.bleu == 0


def test_items_that_came_through_before_and_do_not_now():
    sources = ["Anna zahlt 12 Euro <br/>", "siehe 7 und 7"]
    references = ["Anna pays 12 euros <br/>", "see 7 and 7"]
    items = find_items(sources, [references])
    now = ["Ana pays 112 euros <br/>", "see 7"]
    assert recall_by_kind(items, now) == {
        "numbers and addresses": Recall(items=3, kept=1),
        "markup": Recall(items=1, kept=1),
        "names": Recall(items=1, kept=0),
    }
    expected = [LostItem(1, "numbers and addresses", "12"), LostItem(1, "names", "Anna")]
    assert lost_items(items, now, baseline=["Anna pays 12 euros", "see 7"]) == expected
    assert LostItem(2, "numbers and addresses", "7") in lost_items(items, now)
