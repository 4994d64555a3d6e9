import pytest
from hypothesis import given
from hypothesis import strategies as st
from seqeval.metrics import classification_report
from seqeval.metrics.sequence_labeling import get_entities

from nmt.errors import DataError
from nmt.metrics.spans import Mistake, Span, frequent_mistakes, score_spans, spans_of

TAGS = st.lists(st.sampled_from(["O", "B-PER", "I-PER", "B-LOC", "I-LOC", "B-creative-work", "I-creative-work"]))


def bio(tags):
    return tags.split()


def pairs_of_sentences():
    sentence = TAGS.flatmap(lambda tags: st.tuples(st.just(tags), st.permutations(tags)))
    return st.lists(sentence, min_size=1, max_size=6)


# Spans


@pytest.mark.parametrize(
    ("tags", "spans"),
    [
        ("", []),
        ("O O", []),
        ("B-PER I-PER O", [Span(0, 2, "PER")]),
        ("O B-PER B-PER", [Span(1, 2, "PER"), Span(2, 3, "PER")]),
        ("O I-PER I-PER", [Span(1, 3, "PER")]),
        ("B-PER I-LOC I-LOC", [Span(0, 1, "PER"), Span(1, 3, "LOC")]),
        ("B-creative-work I-creative-work", [Span(0, 2, "creative-work")]),
    ],
)
def test_spans_begin_where_conlleval_begins_them(tags, spans):
    assert spans_of(bio(tags)) == spans


@pytest.mark.parametrize("tag", ["S-PER", "PER", "B", "B-", "o", "", "0"])
def test_a_tag_outside_bio_is_refused(tag):
    with pytest.raises(DataError, match=f"^tag '{tag}': not O, B-TYPE or I-TYPE"):
        spans_of(["O", tag])


@given(TAGS)
def test_spans_are_those_of_seqeval(tags):
    assert spans_of(tags) == [(start, last + 1, type_) for type_, start, last in get_entities(tags)]


# Scores


def test_scores_are_those_worked_out_by_hand():
    gold = [bio("B-PER I-PER O B-LOC O O B-ORG"), bio("B-LOC O")]
    found = [bio("B-PER I-PER O B-ORG O B-PER O"), bio("B-LOC O")]
    # Gold PER LOC ORG LOC, predicted PER ORG PER LOC, of which the first and the last are right.
    scores = score_spans(gold, found)
    assert (scores.micro.precision, scores.micro.recall, scores.micro.f1) == (50, 50, 50)
    assert (scores.micro.gold, scores.micro.predicted, scores.micro.right) == (4, 4, 2)
    assert list(scores.types) == ["LOC", "ORG", "PER"]
    assert (scores.types["LOC"].precision, scores.types["LOC"].recall) == (100, 50)
    assert scores.types["LOC"].f1 == pytest.approx(200 / 3)
    assert scores.types["PER"].precision == 50
    assert scores.types["ORG"].f1 == 0


def test_the_confusion_tells_types_from_boundaries():
    gold = [bio("B-PER O B-LOC O B-ORG I-ORG O B-ORG I-ORG O B-PER O O")]
    found = [bio("B-PER O B-ORG O B-ORG O     O B-LOC O     O O     O B-LOC")]
    confusion = score_spans(gold, found).confusion
    assert (confusion.right, confusion.wrong_type, confusion.missed, confusion.invented) == (1, 1, 1, 1)
    assert (confusion.wrong_boundary, confusion.wrong_type_and_boundary) == (1, 1)
    assert confusion.types["LOC"] == {"LOC": 0, "ORG": 1, "PER": 0}
    assert confusion.types["PER"] == {"LOC": 0, "ORG": 0, "PER": 1}


def test_an_entity_in_two_parts_meets_the_part_of_its_type():
    confusion = score_spans([["B-PER", "I-PER", "I-PER"]], [["B-LOC", "B-PER", "O"]]).confusion
    assert (confusion.wrong_boundary, confusion.wrong_type_and_boundary, confusion.invented) == (1, 0, 0)


def test_without_entities_the_scores_are_zero():
    assert score_spans([["O"]], [["O"]]).micro.f1 == 0
    assert score_spans([], []).micro.f1 == 0


@given(pairs_of_sentences())
def test_scores_are_those_of_seqeval(sentences):
    gold, found = ([list(sentence[side]) for sentence in sentences] for side in (0, 1))
    scores = score_spans(gold, found)
    if not scores.types:
        return
    report = classification_report(gold, found, output_dict=True, zero_division=0)
    for name, score in [("micro avg", scores.micro), *scores.types.items()]:
        expected = report[name]
        assert (score.precision, score.recall, score.f1, score.gold) == pytest.approx(
            (
                100 * expected["precision"],
                100 * expected["recall"],
                100 * expected["f1-score"],
                expected["support"],
            )
        )


@given(pairs_of_sentences())
def test_the_confusion_adds_up(sentences):
    scores = score_spans(*([list(sentence[side]) for sentence in sentences] for side in (0, 1)))
    c = scores.confusion
    assert c.right + c.wrong_type + c.wrong_boundary + c.wrong_type_and_boundary + c.missed == scores.micro.gold
    assert c.right == scores.micro.right
    assert sum(count for row in c.types.values() for count in row.values()) == c.right + c.wrong_type


@pytest.mark.parametrize(
    ("gold", "found", "said"),
    [
        ([["O"]], [], "predicted tags: 0 sentences where 1 are expected"),
        ([["O"], ["O", "O"]], [["O"], ["O"]], "predicted tags, sentence 2: 1 tags where 2 are expected"),
    ],
)
def test_unequal_lengths_are_refused(gold, found, said):
    with pytest.raises(DataError, match=said):
        score_spans(gold, found)


# Mistakes


def test_mistakes_are_counted_by_their_words():
    words = [["in", "New", "York"], ["in", "New", "York"], ["Ann", "sings"]]
    gold = [["O", "B-LOC", "I-LOC"], ["O", "B-LOC", "I-LOC"], ["B-PER", "O"]]
    found = [["O", "O", "B-LOC"], ["O", "O", "B-LOC"], ["O", "B-LOC"]]
    most, *others = frequent_mistakes(words, gold, found, 9)
    assert most == Mistake(
        outcome="wrong boundary",
        gold_text="New York",
        gold_type="LOC",
        predicted_text="York",
        predicted_type="LOC",
        count=2,
    )
    assert [(m.outcome, m.gold_text, m.predicted_text, m.count) for m in others] == [
        ("missed", "Ann", None, 1),
        ("invented", None, "sings", 1),
    ]
    assert frequent_mistakes(words, gold, found, 1) == [most]


def test_mistakes_need_a_word_for_each_tag():
    with pytest.raises(DataError, match="gold tags, sentence 1: 1 tags where 2 are expected"):
        frequent_mistakes([["a", "b"]], [["O"]], [["O"]], 5)
