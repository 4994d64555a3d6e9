"""Scores of exactly matching entity spans, by the rules of conlleval (Tjong Kim Sang and De Meulder, 2003)."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from nmt.errors import DataError

Outcome = Literal["right", "wrong type", "wrong boundary", "wrong type and boundary", "missed", "invented"]


class Span(NamedTuple):
    """An entity: words start to end (exclusive) of a sentence, and its type."""

    start: int
    end: int
    type: str


@dataclass(frozen=True, kw_only=True)
class SpanScore:
    """How well the entities of one type, or all, were found: precision, recall and F1 in percent, and the counts."""

    precision: float
    recall: float
    f1: float
    gold: int
    predicted: int
    right: int


@dataclass(frozen=True, kw_only=True)
class Confusion:
    """The outcomes of the gold entities; the first five counts add up to their number.

    A gold entity is compared with the predicted one that has the same words, else with one of its type that shares a
    word with it, else with the first that does. Predicted entities that share no word with a gold one are invented.
    types[a][b] counts the gold entities of type a whose exact words were predicted as an entity of type b.
    """

    right: int
    wrong_type: int
    wrong_boundary: int
    wrong_type_and_boundary: int
    missed: int
    invented: int
    types: Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, kw_only=True)
class SpanScores:
    """The score of all entities together, the score of each type, and their confusion."""

    micro: SpanScore
    types: Mapping[str, SpanScore]
    confusion: Confusion


@dataclass(frozen=True, kw_only=True)
class Mistake:
    """One mistake and how often it was made; the side without an entity is None."""

    outcome: Outcome
    gold_text: str | None
    gold_type: str | None
    predicted_text: str | None
    predicted_type: str | None
    count: int


Tags = Sequence[Sequence[str]]  # the BIO tags of each sentence


def spans_of(tags: Sequence[str]) -> list[Span]:
    """Return the entities that BIO tags mark, in order; an I- after O or another type begins one, as in conlleval.

    Raises DataError for a tag that is not O, B-TYPE or I-TYPE.
    """
    spans: list[Span] = []
    start, open_type = 0, None
    for position, tag in enumerate([*tags, "O"]):
        prefix, _, type_ = tag.partition("-")
        if tag != "O" and (prefix not in ("B", "I") or not type_):
            raise DataError(f"tag {tag!r}: not O, B-TYPE or I-TYPE; read the file as a tagged text, or correct it")
        if prefix == "I" and type_ == open_type:
            continue
        if open_type is not None:
            spans.append(Span(start, position, open_type))
        start, open_type = position, type_ or None
    return spans


def score_spans(gold: Tags, predicted: Tags) -> SpanScores:
    """Score the predicted tags of each sentence against the gold ones.

    Equals conlleval, and seqeval in its default mode. Precision is 0 if nothing is predicted, recall is 0 if there are
    no gold entities. Raises DataError for unequal lengths.
    """
    counts = {kind: Counter[str]() for kind in ("gold", "predicted", "right")}
    outcomes: Counter[Outcome] = Counter()
    table: Counter[tuple[str, str]] = Counter()
    for gold_spans, predicted_spans in _sentences(gold, predicted):
        counts["gold"].update(span.type for span in gold_spans)
        counts["predicted"].update(span.type for span in predicted_spans)
        for outcome, wanted, found in _compare(gold_spans, predicted_spans):
            outcomes[outcome] += 1
            if wanted and found and wanted[:2] == found[:2]:
                table[wanted.type, found.type] += 1
                counts["right"].update([wanted.type] * (outcome == "right"))
    types = sorted(counts["gold"] | counts["predicted"])
    return SpanScores(
        micro=_score(**{kind: counter.total() for kind, counter in counts.items()}),
        types={type_: _score(**{kind: counter[type_] for kind, counter in counts.items()}) for type_ in types},
        confusion=Confusion(
            right=outcomes["right"],
            wrong_type=outcomes["wrong type"],
            wrong_boundary=outcomes["wrong boundary"],
            wrong_type_and_boundary=outcomes["wrong type and boundary"],
            missed=outcomes["missed"],
            invented=outcomes["invented"],
            types={row: {column: table[row, column] for column in types} for row in types},
        ),
    )


def frequent_mistakes(words: Sequence[Sequence[str]], gold: Tags, predicted: Tags, n: int) -> list[Mistake]:
    """Return the n most frequent mistakes, by words and types; ties in order of occurrence. Raises as score_spans."""
    _check_lengths("gold", words, gold)
    counts: Counter[tuple[Outcome, str | None, str | None, str | None, str | None]] = Counter()
    for sentence, spans in zip(words, _sentences(gold, predicted), strict=True):
        for outcome, *pair in _compare(*spans):
            if outcome != "right":
                wanted, found = ((" ".join(sentence[s.start : s.end]), s.type) if s else (None, None) for s in pair)
                counts[outcome, *wanted, *found] += 1
    return [
        Mistake(
            outcome=outcome,
            gold_text=gold_text,
            gold_type=gold_type,
            predicted_text=predicted_text,
            predicted_type=predicted_type,
            count=count,
        )
        for (outcome, gold_text, gold_type, predicted_text, predicted_type), count in counts.most_common(n)
    ]


def outcomes(gold: Sequence[str], predicted: Sequence[str]) -> list[tuple[Outcome, Span | None, Span | None]]:
    """What became of each gold entity of one sentence, beside the predicted one it is compared with; then the invented.

    See Confusion.
    """
    return list(_compare(spans_of(gold), spans_of(predicted)))


def _sentences(gold: Tags, predicted: Tags) -> Iterator[tuple[list[Span], list[Span]]]:
    _check_lengths("predicted", gold, predicted)
    for gold_tags, predicted_tags in zip(gold, predicted, strict=True):
        yield spans_of(gold_tags), spans_of(predicted_tags)


def _check_lengths(name: str, expected: Sequence[Sequence[str]], found: Tags) -> None:
    """Raise DataError unless there is one tag for each word of each sentence."""
    if len(expected) != len(found):
        raise DataError(f"{name} tags: {len(found)} sentences where {len(expected)} are expected; find the missing one")
    for number, (sentence, tags) in enumerate(zip(expected, found, strict=True), start=1):
        if len(sentence) != len(tags):
            raise DataError(
                f"{name} tags, sentence {number}: {len(tags)} tags where {len(sentence)} are expected; "
                "each word needs one"
            )


def _compare(gold: Sequence[Span], predicted: Sequence[Span]) -> Iterator[tuple[Outcome, Span | None, Span | None]]:
    """Yield the outcome of each gold span, with the predicted span it is compared with, then each invented span."""
    predicted_at = {position: span for span in predicted for position in range(span.start, span.end)}
    met: set[Span] = set()
    for span in gold:
        others = dict.fromkeys(predicted_at[at] for at in range(span.start, span.end) if at in predicted_at)
        met.update(others)
        if not others:
            yield "missed", span, None
            continue
        # Predicted spans are disjoint: if one has the same words, it is the only one.
        other = min(others, key=lambda other: other.type != span.type)
        same_words, same_type = other[:2] == span[:2], other.type == span.type
        if same_words:
            yield "right" if same_type else "wrong type", span, other
        else:
            yield "wrong boundary" if same_type else "wrong type and boundary", span, other
    for span in predicted:
        if span not in met:
            yield "invented", None, span


def _score(gold: int, predicted: int, right: int) -> SpanScore:
    precision = 100 * right / predicted if predicted else 0.0
    recall = 100 * right / gold if gold else 0.0
    f1 = 2 * 100 * right / (gold + predicted) if gold + predicted else 0.0
    return SpanScore(precision=precision, recall=recall, f1=f1, gold=gold, predicted=predicted, right=right)
