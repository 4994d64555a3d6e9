import sys

import pytest
import sacrebleu

from nmt.errors import ConfigError, DataError
from nmt.metrics.bleu import as_in_papers, paired_scores, paper_score, score, sentence_scores

REFERENCE = ["the cat sat on the mat", "hello there world", "a dog runs", "two men talk in a park"]
WORSE = ["the cat sat on a mat", "hello world", "a dog walks", "two men are talking in the park"]


def by_name(scores):
    return {result.name: result for result in scores}


def test_a_perfect_translation_has_the_best_scores():
    found = by_name(score(REFERENCE, [REFERENCE]))
    assert {name: round(result.value, 6) for name, result in found.items()} == {"BLEU": 100, "chrF2++": 100, "TER": 0}


def test_bleu_of_a_worked_example():
    # "a b c d x" against "a b c d e": precisions 4/5, 3/4, 2/3, 1/2, product 1/5; equal length.
    [bleu] = score(["a b c d x"], [["a b c d e"]], metrics=("bleu",), tokenize="none")
    assert bleu.value == pytest.approx(100 * 0.2**0.25)


def test_ter_of_a_worked_example():
    # One of four words is replaced, another is missing: 2 edits of 4.
    [ter] = score(["a x c"], [["a b c d"]], metrics=("ter",))
    assert ter.value == pytest.approx(50)


def test_the_nearest_of_several_references_counts():
    [one] = score(WORSE, [REFERENCE], metrics=("bleu",))
    [two] = score(WORSE, [REFERENCE, WORSE], metrics=("bleu",))
    assert one.value < 99 < two.value
    assert "nrefs:2" in two.signature


def test_scores_and_signatures_are_sacrebleus():
    found = by_name(score(WORSE, [REFERENCE]))
    bleu, chrf = sacrebleu.BLEU(), sacrebleu.CHRF(word_order=2)
    assert found["BLEU"].value == bleu.corpus_score(WORSE, [REFERENCE]).score
    assert found["BLEU"].signature == str(bleu.get_signature())
    assert found["chrF2++"].value == chrf.corpus_score(WORSE, [REFERENCE]).score
    assert found["chrF2++"].signature == str(chrf.get_signature())


def test_lowercase_disregards_case_and_says_so():
    upper = [line.upper() for line in REFERENCE]
    plain, lower = (by_name(score(upper, [REFERENCE], lowercase=lowercase))["BLEU"] for lowercase in (False, True))
    assert plain.value < 1
    assert (round(lower.value, 6), "case:lc" in lower.signature) == (100, True)


def test_the_bootstrap_interval_encloses_the_score_and_repeats():
    first, again = (score(WORSE * 10, [REFERENCE * 10], bootstrap=100) for _ in range(2))
    assert first == again
    for result in first:
        assert result.low < result.value < result.high
        assert "bs:100|seed:12345" in result.signature
    assert score(WORSE, [REFERENCE])[0].low is None


def test_an_interval_with_zeros_among_the_resamples_is_left_out():
    [chrf] = score(["a b", "xyz"], [["a b", "pq"]], metrics=("chrf++",), bootstrap=50)
    assert chrf.value > 0
    assert chrf.low is None
    assert "bs:" not in chrf.signature


def test_an_interval_of_nothing_but_zeros_is_zero():
    [bleu] = score(["x"] * 5, [["a"] * 5], metrics=("bleu",), bootstrap=20)
    assert (bleu.value, bleu.low, bleu.high) == (0, 0, 0)


@pytest.mark.parametrize(
    ("references", "message"),
    [
        ([REFERENCE[:3]], r"hypotheses: 4 lines where the references have 3"),
        ([REFERENCE, REFERENCE[:3]], r"reference 2: 3 lines where the references have 4"),
        (REFERENCE, "list of sets"),
        ([], "list of sets"),
        ([[]], "references are empty"),
    ],
)
def test_references_that_do_not_fit_are_refused_where_sacrebleu_would_cut_or_misread(references, message):
    with pytest.raises(DataError, match=message):
        score(WORSE, references)


def test_an_unknown_tokenizer_is_refused_with_the_known_ones():
    with pytest.raises(ConfigError, match=r"--tokenize moses: choose one of .*13a"):
        score(WORSE, [REFERENCE], tokenize="moses")


def test_a_system_that_is_better_throughout_is_significantly_better():
    systems = {"bad": WORSE * 20, "good": REFERENCE * 20}
    for test, trials in (("bootstrap", 100), ("randomization", 100)):
        found = paired_scores(systems, [REFERENCE * 20], test=test, trials=trials)
        assert [(result.system, result.name) for result in found[:2]] == [("bad", "BLEU"), ("good", "BLEU")]
        # (0 + 1) / (100 + 1): no trial had as large a difference
        assert [result.p_value for result in found] == [None, pytest.approx(1 / 101)] * 3
        assert all(f"{'bs' if test == 'bootstrap' else 'ar'}:100" in result.signature for result in found)


def test_a_system_is_no_better_than_itself():
    for test in ("bootstrap", "randomization"):
        found = paired_scores({"a": WORSE, "b": list(WORSE)}, [REFERENCE], test=test, trials=50)
        assert [result.p_value for result in found] == [None, 1.0] * 3


def test_a_sentence_scores_by_its_own_reference():
    found = sentence_scores(["a dog runs", "", "hello"], [["a dog runs", "a dog", "hello world"]])
    assert found[0] == pytest.approx(100)
    assert found[1] == 0
    assert 0 < found[2] < 100


def test_lines_are_prepared_as_the_references_of_papers_are():
    pytest.importorskip("sacremoses")
    # Lines of Multi30k and their published forms.
    assert as_in_papers(["A man's dog runs, barking."], "en") == ["a man &apos;s dog runs , barking ."]
    assert as_in_papers(["Ein Kind in „Straßenkleidung“ im U-Bahn-Waggon."], "de") == [
        "ein kind in &quot; straßenkleidung &quot; im u-bahn-waggon ."
    ]


def test_papers_score_disregards_case_and_typography():
    pytest.importorskip("sacremoses")
    result = paper_score(["A man's dog runs, barking."], [["a man &apos;s dog runs , barking ."]], "en")
    assert (result.name, round(result.value, 6)) == ("BLEU as in papers", 100)
    assert "tok:none" in result.signature


def test_without_sacremoses_it_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "sacremoses", None)
    with pytest.raises(ConfigError, match="pip install sacremoses"):
        paper_score(["a"], [["a"]], "en")
