from collections import Counter
from dataclasses import replace
from functools import partial

import pytest

from nmt.data.cleaning import CleaningConfig, clean, sentence_key, tidy
from nmt.errors import ConfigError

NOTHING = CleaningConfig(
    empty=False, max_words=0, max_characters=0, max_length_ratio=0, copies=False, script=False,
    overlap=False, duplicates=False, near_duplicates=False,
)  # fmt: skip

# What each rule alone rejects, and how much of it.
CASES = [
    ("empty", True, [("", "a"), ("a", ""), ("a", "b")], 2),
    ("max_words", 2, [("a b c", "a"), ("a", "a b c"), ("a b", "a b")], 2),
    ("max_characters", 3, [("abcd", "a"), ("abc", "a")], 1),
    ("max_length_ratio", 2.0, [("a" * 31, "a" * 10), ("a" * 30, "a" * 10)], 1),  # (31 + 10) / (10 + 10) > 2
    ("copies", True, [("same", "same"), ("Same", "same")], 1),
    ("script", True, [("Привет мир", "Hello"), ("Hallo", "Hello")], 1),
    ("overlap", True, [("Guten Tag!", "x"), ("y", "GOOD DAY"), ("z", "z")], 2),
    ("duplicates", True, [("a", "b"), ("a", "b"), ("a", "c")], 1),
    ("near_duplicates", True, [("Ja!", "Yes!"), ("ja", "yes."), ("ja", "no")], 1),
]


@pytest.fixture
def run(tmp_path):
    return partial(cleaned, tmp_path)


def cleaned(folder, pairs, config):
    counts: Counter[str] = Counter()
    held_out = {sentence_key("guten tag"), sentence_key("Good day.")}
    kept = clean(
        pairs, config, source_language="de", target_language="en", held_out=held_out, counts=counts, folder=folder
    )
    return list(kept), counts


@pytest.mark.parametrize(("rule", "value", "pairs", "rejected"), CASES)
def test_each_rule_rejects_what_it_says_and_can_be_switched_off(run, rule, value, pairs, rejected):
    kept, counts = run(pairs, replace(NOTHING, **{rule: value}))
    assert counts == {rule: rejected}
    assert len(kept) == len(pairs) - rejected
    assert run(pairs, NOTHING) == (pairs, Counter())


def test_a_pair_counts_once_under_the_first_rule(run):
    _, counts = run([("", ""), ("", "")], CleaningConfig())
    assert counts == {"empty": 2}


def test_tidy_text_is_one_line():
    assert tidy("  a\r\nb\u00a0c \n") == "a b\u00a0c"


def test_limits_that_cannot_be_are_refused():
    with pytest.raises(ConfigError, match="max_words is -1"):
        CleaningConfig(max_words=-1)
    with pytest.raises(ConfigError, match=r"max_length_ratio is 0\.5"):
        CleaningConfig(max_length_ratio=0.5)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Straße, 5!", "STRASSE 5", True),
        ("Caf\u00e9", "Cafe\u0301", True),  # composed and decomposed
        ("ﬁne ５", "Fine 5", True),
        ("100 ㎩", "100 pa", True),  # has capitals only once it is decomposed
        ("Café", "Cafe", False),
        ("5", "6", False),
        ("!!!", "???", False),  # without letters, the signs themselves count
        ("कि", "का", False),  # vowels that are marks
    ],
)
def test_sentences_are_the_same_but_for_case_composition_spaces_and_punctuation(one, other, same):
    assert (sentence_key(one) == sentence_key(other)) is same
