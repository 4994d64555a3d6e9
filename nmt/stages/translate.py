"""`nmt translate`: translate lines of text."""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from nmt.decoding.by_language import FOREIGN, translate_by_language
from nmt.decoding.chunks import chunks
from nmt.decoding.model import EngineName
from nmt.decoding.segments import Protector
from nmt.decoding.translator import Translation, translate_chunks
from nmt.errors import ConfigError, DataError
from nmt.io.files import STDIN, STDOUT, refuse_overwriting, replacing
from nmt.io.lines import json_line, write_line
from nmt.protection.config import ProtectionConfig
from nmt.protection.glossary import read_glossary
from nmt.protection.patterns import compile_patterns
from nmt.resources import shipped_model
from nmt.stages.models import Models, load_models, model_paths
from nmt.stages.paths import model_files
from nmt.stages.shard import Shard, check_shard
from nmt.stages.streams import line_streams

_SHOWN = 5  # numbers of lines in a message

BECAME = {
    "inserted": "{!r} was inserted where its neighbour stands, since the model found no place for it",
    "lost": "{!r} is lost",
}


def translate(
    *,
    model: Models | None = None,
    input: Path | None = None,
    output: Path | None = None,
    source: str = "",
    target: str = "",
    search: Mapping[str, Any] | None = None,
    protector: Protector | None = None,
    strict: bool = False,
    alignments: Path | None = None,
    prefix: str = "",
    memory: Path | None = None,
    lm: Path | None = None,
    lm_weight: float | None = None,
    shard: Shard | None = None,
    as_json: bool = False,
    device: str = "cpu",
    engine: EngineName = "auto",
    warn: Callable[[str], None] = lambda message: None,
) -> None:
    """Translate a file or stdin to a file or stdout, in bounded memory.

    The default model is the shipped one. source and target choose the direction of a model that has more than one;
    without them each line is translated from the language that it is in, if the model can tell, and those that are not
    in its own source language are warned of. search overrides the model's own settings. What was to come through and is
    lost, or could only be inserted, is warned of by line; if strict, what is lost raises DataError when all is written.
    alignments is a file for the words of each line that belong together, in the Pharaoh format. prefix is how the
    translation of each line begins. memory is a file that `nmt remember` wrote, and has the languages if none are
    named. lm is the folder of a language model of the target language; by it and its weight the best of all
    translations that the search finds is chosen. A shard is the part of the input to translate; it is left alone if its
    output is there already.
    """
    models = model or shipped_model()
    refuse_overwriting(
        [output or STDOUT, *filter(None, [alignments])],
        [
            *(input or STDIN, *filter(None, [memory])),
            *(model_files(lm) if lm else ()),
            *chain.from_iterable(map(model_files, model_paths(models))),
        ],
    )
    if shard is not None:
        check_shard(input, output)
        if output is not None and output.exists():
            warn(f"{output}: is complete already; remove it to have it translated again")
            return
    if memory is None:
        loaded = load_models(models, source=source, target=target, device=device, engine=engine)
    else:
        from nmt.stages.memory import load_with_memory  # here: few need it, and every start would pay

        loaded = load_with_memory(models, memory, source=source, target=target, device=device, engine=engine)
    config = replace(loaded.search, **(search or {}))
    by_language = loaded.languages is not None and not (source or memory)
    if lm_weight is not None and not 0 <= lm_weight < math.inf:
        raise ConfigError(f"--lm-weight {lm_weight:g}: it must be a finite number, at least 0")
    if lm is not None and by_language:
        raise ConfigError("--lm: a language model is of one language; say by --source which one the lines are in")
    lost, name = 0, "stdin" if input is None else str(input)
    links_file = nullcontext(list[BinaryIO]()) if alignments is None else replacing(alignments)
    with line_streams(input, output, warn) as (lines, out), links_file as aligned:
        first = 0
        if shard is not None and input is not None:
            lines, first = shard.choose(lines, input)
        chunked, align = _flushed(chunks(lines), out), alignments is not None
        if lm is not None:
            from nmt.stages.reranked import translate_reranked  # here: few need it, and every start would pay

            translations = translate_reranked(
                loaded, chunked, config, protector, lm=lm, weight=lm_weight, align=align, prefix=prefix
            )
        elif loaded.languages is None or not by_language:
            translations = translate_chunks(loaded, chunked, config, protector, align=align, prefix=prefix)
        else:
            translations = translate_by_language(
                loaded, loaded.languages, chunked, config, protector, align=align, prefix=prefix, target=target
            )
        taken_for = TakenFor(loaded.source, target)
        for number, translation in enumerate(translations, start=first + 1):
            taken_for.count(number, translation.taken_for)
            for line in _render(translation, as_json, config.n_best):
                write_line(out, line)
            for stream in aligned:
                links = translation.alternatives[0].alignment or ()
                write_line(stream, " ".join(f"{here}-{there}" for here, there in links))
            for item in translation.alternatives[0].items:
                if item.status in ("inserted", "lost"):
                    warn(f"{name}:{number}: {BECAME[item.status].format(item.text)}")
                    lost += item.status == "lost"
    for message in taken_for.messages():
        warn(f"{name}: {message}")
    if strict and lost:
        raise DataError(f"{name}: {lost} names, numbers or marks are lost in translation; the warnings say which")


class TakenFor:
    """Lines that were not taken for the model's own source language, by their numbers."""

    def __init__(self, usual: str, target: str) -> None:
        self._usual = usual
        self._target = target
        self._lines: dict[str, list[int]] = {}

    def count(self, number: int, language: str | None) -> None:
        """Take note of a line and of the language that it was taken for; None: it was not asked."""
        if language not in (None, self._usual):
            self._lines.setdefault(language, []).append(number)

    def messages(self) -> Iterator[str]:
        """What is to be said of them."""
        for language, numbers in self._lines.items():
            shown = ", ".join(map(str, numbers[:_SHOWN])) + ", …" * (len(numbers) > _SHOWN)
            lines = f"line {shown} is" if len(numbers) == 1 else f"{len(numbers):,} lines ({shown}) are"
            became = f"taken for {language}"
            if language in (FOREIGN, self._target):
                became = f"in {language or 'another language'} {'already ' * bool(language)}and left alone"
            yield f"{lines} {became}; --source decides"


def _flushed(chunked: Iterable[Sequence[str]], out: BinaryIO) -> Iterator[Sequence[str]]:
    """The chunks, with all that was written before flushed whenever the next one is asked for."""
    for chunk in chunked:
        yield chunk
        out.flush()


def make_protector(
    config: ProtectionConfig | None = None, patterns: Sequence[str] = (), glossaries: Sequence[Path] = ()
) -> Protector:
    """What is to be protected: by a configuration (None: the usual one), regular expressions and files of terms."""
    return Protector(
        config=config or ProtectionConfig(),
        patterns=compile_patterns(patterns),
        glossary=read_glossary(*glossaries) if glossaries else None,
    )


def translate_lines(
    model: Models,
    lines: Iterable[str],
    *,
    source: str = "",
    target: str = "",
    search: Mapping[str, Any] | None = None,
    protector: Protector | None = None,
    device: str = "cpu",
    engine: EngineName = "auto",
) -> Iterator[str]:
    """Translate lines, one for one; the arguments are those of translate()."""
    loaded = load_models(model, source=source, target=target, device=device, engine=engine)
    config = replace(loaded.search, **(search or {}))
    return (translation.text for translation in translate_chunks(loaded, chunks(lines), config, protector))


def _render(translation: Translation, as_json: bool, n_best: int) -> list[str]:
    """One line of JSON, or n_best lines, which are blank if there are fewer translations."""
    if not as_json:
        texts = [alternative.text for alternative in translation.alternatives]
        return texts + [""] * (n_best - len(texts))
    taken_for = {} if translation.taken_for is None else {"language": translation.taken_for or None}
    memory = {} if translation.recalled is None else {"memory": [pair._asdict() for pair in translation.recalled]}
    fields = {
        "source": translation.source,
        **taken_for,
        **memory,
        "translations": [item.as_dict() for item in translation.alternatives],
    }
    return [json_line(fields)]
