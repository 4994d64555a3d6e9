"""Texts of a request, translated: line by line, each text by the model for its language."""

import re
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import Any

from nmt.decoding.model import TranslationModel
from nmt.decoding.prefix import Prefix
from nmt.decoding.segments import Protector
from nmt.decoding.translator import Translation, translate_chunks
from nmt.errors import DataError
from nmt.protection.glossary import Glossary
from nmt.serving.batcher import Batcher, Task
from nmt.serving.errors import RequestError
from nmt.serving.translators import Translators

AUTO = "auto"  # stands for the language that a text is found to be in

Detect = Callable[[str], Sequence[tuple[str, float]]]  # the languages that a text may be in, the likeliest first

_LINE_END = re.compile(r"(\r\n|\n|\r)")
_EVERYTHING = Protector()


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How the texts of a request are to be translated."""

    source: str  # a language, or AUTO
    target: str
    alternatives: int = 0  # besides the best translation
    glossary: Glossary | None = None
    align: bool = False
    prefix: str = ""  # how the translation begins


@dataclass(frozen=True, kw_only=True)
class Translated:
    """A text and its translation: its lines one by one, and what ended each of them."""

    source: str
    confidence: float  # that the text is in this language; 1 if the client says so
    lines: Sequence[Translation]
    ends: Sequence[str]

    @classmethod
    def of(cls, text: str, source: str, confidence: float) -> "Translated":
        """A text that was translated in another way, as one line."""
        return cls(source=source, confidence=confidence, lines=[Translation.unchanged(text)], ends=[""])

    def text(self, rank: int = 0) -> str:
        """The translation; of a line that has no such alternative, the last one that it has."""
        chosen = (line.alternatives[min(rank, len(line.alternatives) - 1)].text for line in self.lines)
        return "".join(part for pair in zip(chosen, self.ends, strict=True) for part in pair)

    @property
    def alternatives(self) -> list[str]:
        """The other translations, best first, each once."""
        ranks = range(max(len(line.alternatives) for line in self.lines))
        return list(dict.fromkeys(map(self.text, ranks)))[1:]

    def details(self) -> list[dict[str, Any]]:
        """What is known of each line's best translation."""
        return [
            {"source": line.source, "end": end, **line.alternatives[0].as_dict()}
            for line, end in zip(self.lines, self.ends, strict=True)
        ]


@dataclass(frozen=True)
class Pending:
    """Texts that are being translated."""

    texts: Sequence[tuple[str, str, float]]  # each with its language, and how sure that is
    target: str
    jobs: "list[tuple[Sequence[int], Future[list[Translation]]]]"  # the numbers of its texts, and their lines

    @property
    def futures(self) -> "list[Future[list[Translation]]]":
        """What is to be waited for."""
        return [future for _, future in self.jobs]

    def cancel(self) -> None:
        """Drop what waits still, as nobody wants it any more."""
        for future in self.futures:
            future.cancel()

    def result(self) -> list[Translated]:
        """The translations, once all jobs are done."""
        found: dict[int, list[Translation]] = {}
        for numbers, future in self.jobs:
            lines = iter(future.result())
            for number in numbers:
                found[number] = [next(lines) for _ in _split(self.texts[number][0])[0]]
        translated = []
        for number, (text, source, confidence) in enumerate(self.texts):
            own, ends = _split(text)
            lines_of = found.get(number) or [Translation.unchanged(line) for line in own]
            translated.append(Translated(source=source, confidence=confidence, lines=lines_of, ends=ends))
        return translated


def start_translation(
    texts: Sequence[str], asked: Asked, translators: Translators, batcher: Batcher, detect: Detect
) -> Pending:
    """Hand texts to the batcher; RequestError if it takes no more, or if nothing translates between their languages."""
    known = [(text, *(language_of(text, asked, translators, detect))) for text in texts]
    by_source: dict[str, list[int]] = {}
    for number, (_, source, _) in enumerate(known):
        by_source.setdefault(source, []).append(number)
    models = {source: translators.between(source, asked.target) for source in by_source}
    for usable in filter(None, models.values()):
        _check_prefix(asked.prefix, usable)
    pending = Pending(known, asked.target, [])
    for source, numbers in by_source.items():
        if model := models[source]:
            lines = [line for number in numbers for line in _split(texts[number])[0]]
            try:
                pending.jobs.append((numbers, batcher.submit(_task(model, asked), lines)))
            except RequestError:
                pending.cancel()
                raise
    return pending


def _check_prefix(prefix: str, model: TranslationModel) -> None:
    try:
        Prefix.of(prefix, model.target_tokenizer)
    except DataError as error:
        raise RequestError(400, str(error)) from None


def language_of(text: str, asked: Asked, translators: Translators, detect: Detect) -> tuple[str, float]:
    """The language to translate a text from, and how sure it is; where nothing tells, the first that can be read."""
    if asked.source != AUTO:
        return asked.source, 1.0
    usable = [source for source in translators.sources if (source, asked.target) in translators.pairs]
    known = {*usable, asked.target}
    unsure = usable[0] if usable else asked.target
    return next((found for found in detect(text) if found[0] in known), (unsure, 0.0))


def _task(model: TranslationModel, asked: Asked) -> Task:
    config = model.search
    if asked.alternatives:
        n_best = asked.alternatives + 1
        config = replace(config, n_best=n_best, beam_size=max(config.beam_size, n_best))
    protector = Protector(glossary=asked.glossary) if asked.glossary else _EVERYTHING

    def work(lines: Sequence[str]) -> Sequence[Translation]:
        return list(translate_chunks(model, [lines], config, protector, align=asked.align, prefix=asked.prefix))

    # A glossary lives as long as a task that waits, so that no other one has its number.
    return Task((id(model), config, id(asked.glossary), asked.align, asked.prefix), work)


def _split(text: str) -> tuple[Sequence[str], Sequence[str]]:
    """A text's lines, and what ends each: nothing ends the last one."""
    parts = _LINE_END.split(text)
    return parts[::2], [*parts[1::2], ""]
