"""Lines in, lines out: cut, protect, search, restore, check, and join.

Names, numbers, markup and the like come through letter by letter, and what became of each is told.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import regex

from nmt.decoding.alignment import attention_weights, linked_offsets, word_links
from nmt.decoding.config import DecodingConfig
from nmt.decoding.flags import Flag, flags_of
from nmt.decoding.hypotheses import Hypothesis
from nmt.decoding.model import Recalled, TranslationModel
from nmt.decoding.search import search
from nmt.decoding.segments import Kept, Protector, Segment, segments_of, with_prefix
from nmt.io.lines import clean_output
from nmt.protection.placeholders import Positions, Restored, restore_placeholders
from nmt.protection.status import ItemStatus, Status, check_items
from nmt.text.tokenizer import SPACE

_UNSPACED = {"zh", "ja", "th", "lo", "km", "my"}  # written without spaces between sentences
_SYMBOL = regex.compile(r"(<ph\d+>)")

Fluency = Callable[[Sequence[str]], Mapping[str, float]]  # what else speaks for each translation of a sentence


@dataclass(frozen=True, kw_only=True)
class Alternative:
    """One translation of a line."""

    text: str
    score: float  # see Hypothesis.score; summed over the parts of a line that was cut
    confidence: float  # the mean probability of its subwords; 1 for what was kept as it is
    finished: bool  # False if some part of it was stopped at the greatest length allowed
    items: Sequence[ItemStatus]  # what became of all that was to come through
    flags: Sequence[Flag]  # what looks wrong with it
    alignment: Sequence[tuple[int, int]] | None = None  # words of the line and of the text by number, if asked for

    def as_dict(self) -> dict[str, Any]:
        """For JSON; without an alignment that was not asked for."""
        fields = {**vars(self), "items": [item.as_dict() for item in self.items]}
        return {name: value for name, value in fields.items() if name != "alignment" or value is not None}


@dataclass(frozen=True, kw_only=True)
class Translation:
    """A line and its translations, best first."""

    source: str
    alternatives: list[Alternative]
    taken_for: str | None = None  # the language that it was taken for, if nobody said it; see by_language.FOREIGN
    recalled: Sequence[Recalled] | None = None  # the pairs of a memory that its sentences lean towards, if it has one

    @classmethod
    def unchanged(cls, line: str) -> "Translation":
        """A line that stays as it is."""
        same = Alternative(text=line, score=0.0, confidence=1.0, finished=True, items=(), flags=())
        return cls(source=line, alternatives=[same])

    @property
    def text(self) -> str:
        """The best translation."""
        return self.alternatives[0].text


@dataclass(frozen=True, kw_only=True)
class _Part:
    """What a part of a line became; offsets of items in it count from its own start."""

    text: str
    score: float
    log_prob: float
    length: int  # subwords, and the end
    finished: bool
    items: Sequence[ItemStatus]
    translated: bool
    links: Sequence[tuple[int, int]] = ()  # characters of the line and of this text that belong together


def translate_chunks(
    model: TranslationModel,
    chunks: Iterable[Sequence[str]],
    config: DecodingConfig,
    protector: Protector | None = None,
    *,
    align: bool = False,
    prefix: str = "",
    fluency: Fluency | None = None,
) -> Iterator[Translation]:
    """Translate lines, a chunk at a time: each gives one Translation, in order; a blank line gives a blank one.

    To align words takes a second, forced decoding of each translation. A prefix is how the translation of each line's
    first sentence must begin. Translations of a sentence are in the order of their scores, plus fluency.
    """
    for lines in chunks:
        yield from _translate_chunk(model, lines, config, protector or Protector(), align, prefix, fluency)


def _translate_chunk(
    model: TranslationModel,
    lines: Sequence[str],
    config: DecodingConfig,
    protector: Protector,
    align: bool,
    prefix: str,
    fluency: Fluency | None,
) -> Iterator[Translation]:
    segmented = segments_of(model, protector, lines)
    if prefix:
        segmented = [with_prefix(parts, prefix) for parts in segmented]
    queries = [part.query for parts in segmented for part in parts if isinstance(part, Segment)]
    found = iter(search(model, queries, config))
    chosen = [
        [
            [_translated(model, part, hypothesis, align) for hypothesis in next(found)]
            if isinstance(part, Segment)
            else [_kept(part)]
            for part in parts
        ]
        for parts in segmented
    ]
    if fluency:
        chosen = _by_fluency(chosen, fluency)
    for line, parts, choices in zip(lines, segmented, chosen, strict=True):
        ranks = range(max(map(len, choices), default=1))
        yield Translation(
            source=line,
            alternatives=[
                _joined(model, line, parts, [choice[min(rank, len(choice) - 1)] for choice in choices], align)
                for rank in ranks
            ],
            recalled=_recalled(model, parts),
        )


def _by_fluency(chosen: Sequence[Sequence[list[_Part]]], fluency: Fluency) -> list[list[list[_Part]]]:
    """The choices for each part of each line, those first whose scores and fluency are the greatest."""
    several = {each.text for line in chosen for choices in line if len(choices) > 1 for each in choices}
    added = fluency(sorted(several))

    def merit(part: _Part) -> float:
        return part.score + added.get(part.text, 0.0)

    return [[sorted(choices, key=merit, reverse=True) for choices in line] for line in chosen]


def _recalled(model: TranslationModel, parts: Sequence[Segment | Kept]) -> list[Recalled] | None:
    """What a memory has that is like the sentences of a line, each pair once; None without a memory."""
    if model.recall is None:
        return None
    found = [pair for part in parts if isinstance(part, Segment) for pair in model.recall(part.query.ids)]
    return list(dict.fromkeys(found))


def _translated(model: TranslationModel, segment: Segment, hypothesis: Hypothesis, align: bool) -> _Part:
    """A segment's translation, with what came through in its place again, and what became of it."""
    text = clean_output(model.target_tokenizer.decode(hypothesis.ids), segment.text).strip()
    if segment.in_capitals:
        begun = len(segment.query.prefix) if text.startswith(segment.query.prefix) else 0
        rest = "".join(part if place % 2 else part.upper() for place, part in enumerate(_SYMBOL.split(text[begun:])))
        text = text[:begun] + rest
    restored = restore_placeholders(text, segment.items)
    places = restored.places or [None] * len(segment.spans)
    said: dict[int, Status] = {**segment.said, **{number: "inserted" for number in hypothesis.inserted}}
    return _Part(
        text=restored.text,
        score=hypothesis.score,
        log_prob=hypothesis.log_prob,
        length=len(hypothesis.ids) + 1,
        finished=hypothesis.finished,
        items=_moved(check_items(segment.text, segment.spans, restored.text, places, said), segment.start, 0),
        translated=True,
        links=_links(model, segment, hypothesis, text, restored) if align else (),
    )


def _links(
    model: TranslationModel, segment: Segment, hypothesis: Hypothesis, text: str, restored: Restored
) -> list[tuple[int, int]]:
    """The characters of the line that belong to those of a segment's translation: by attention, but for placeholders.

    text is the translation before it was restored.
    """
    target = Positions(text, segment.items, restored.places)
    shown_spans = segment.spans if segment.items else ()  # a model without placeholders sees the words themselves
    source = Positions(segment.visible, segment.items, [(span.start, span.end) for span in shown_spans])
    offsets = [source.of(start) for _, start, _ in model.source_tokenizer.spans(segment.visible)]
    [weights] = attention_weights(model.engine, [segment.query.ids], [hypothesis.ids], model.decoder_start_id)
    shown: list[int | None] = []
    length = 0
    for id_ in hypothesis.ids:
        piece = model.target_tokenizer.piece(id_).replace(SPACE, " ")
        if not length:
            piece = piece.removeprefix(" ")
        is_word = piece.strip() and id_ not in model.target_placeholders
        shown.append(target.of(length + len(piece) - len(piece.lstrip())) if is_word else None)
        length += len(piece)
    links = linked_offsets(weights, offsets, shown)
    for span, place in zip(segment.spans, restored.places, strict=False):
        links += zip(range(span.start, span.end), range(*place or (0, 0)), strict=False)
    return [(segment.start + here, there) for here, there in links]


def _kept(part: Kept) -> _Part:
    """What is the same in the translation, but for other forms and what may stand in no output."""
    text, places, end = "", list[tuple[int, int]](), 0
    for number, span in enumerate(part.spans):
        text += clean_output(part.text[end : span.start], part.text)
        form, _ = part.forms.get(number, (part.text[span.start : span.end], None))
        form = clean_output(form, part.text)
        places.append((len(text), len(text) + len(form)))
        text, end = text + form, span.end
    text += clean_output(part.text[end:], part.text)
    said = {number: status for number, (_, status) in part.forms.items()}
    return _Part(
        text=text,
        score=0.0,
        log_prob=0.0,
        length=0,
        finished=True,
        items=_moved(check_items(part.text, part.spans, text, places, said), part.start, 0),
        translated=False,
    )


def _joined(
    model: TranslationModel, line: str, given: Sequence[Segment | Kept], parts: Sequence[_Part], align: bool
) -> Alternative:
    """The parts of a line's translation as one, with the spaces that the target language has between sentences."""
    unspaced = model.target.split("-")[0] in _UNSPACED
    text, items, links = "", [], list[tuple[int, int]]()
    for place, part in enumerate(parts):
        between = part.text
        if 0 < place < len(parts) - 1 and not part.translated and unspaced and between == " ":
            between = ""
        if place and part.translated and parts[place - 1].translated and not unspaced:
            text += " "
        items += _moved(part.items, 0, len(text))
        links += [(here, len(text) + there) for here, there in part.links]
        text += between
    length = sum(part.length for part in parts)
    return Alternative(
        text=text,
        score=sum(part.score for part in parts),
        confidence=math.exp(sum(part.log_prob for part in parts) / length) if length else 1.0,
        finished=all(part.finished for part in parts),
        items=items,
        flags=flags_of(line, text, parts_finished=all(part.finished for part in parts), given=given),
        alignment=word_links(line, text, links) if align else None,
    )


def _moved(items: Iterable[ItemStatus], source: int, target: int) -> list[ItemStatus]:
    """Statuses with their offsets counted from further to the left."""
    return [
        replace(
            item,
            source=(item.source[0] + source, item.source[1] + source),
            target=item.target and (item.target[0] + target, item.target[1] + target),
        )
        for item in items
    ]
