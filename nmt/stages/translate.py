"""`nmt translate`: translate lines of text."""

import hashlib
import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from nmt.decoding.by_language import translate_by_language
from nmt.decoding.chunks import chunks
from nmt.decoding.config import DecodingConfig
from nmt.decoding.model import EngineName, TranslationModel
from nmt.decoding.segments import Protector
from nmt.decoding.translator import Translation, translate_chunks
from nmt.errors import ConfigError, DataError
from nmt.io.files import STDIN, STDOUT, refuse_overwriting, sha256
from nmt.io.lines import json_line
from nmt.protection.config import ProtectionConfig
from nmt.protection.glossary import read_glossary
from nmt.protection.patterns import compile_patterns
from nmt.resources import shipped_model
from nmt.stages.line_work import DoneLine, Work, work_on_lines
from nmt.stages.models import Models, load_models, model_paths, model_sums
from nmt.stages.paths import model_files
from nmt.stages.shard import Shard, check_shard

_BECAME = {
    "inserted": "{!r} was inserted where its neighbour stands, since the model found no place for it",
    "lost": "{!r} is lost",
}
STRICT = "{} names, numbers or marks are lost in translation; the warnings say which"


@dataclass(frozen=True, kw_only=True)
class TranslationJob:
    """How lines are to be translated.

    The default model is the shipped one. source and target choose the direction of a model that has more than one;
    without them each line is translated from the language that it is in, if the model can tell, and those that are not
    in its own source language are warned of. search overrides the model's own settings. prefix is how the translation
    of each line begins. memory is a file that `nmt remember` wrote, and has the languages if none are named. lm is the
    folder of a language model of the target language; by it and its weight the best of all translations that the search
    finds is chosen. align asks for the words that belong together, as_json for all that is known.
    """

    model: Models | None = None
    source: str = ""
    target: str = ""
    search: Mapping[str, Any] | None = None
    protector: Protector | None = None
    prefix: str = ""
    memory: Path | None = None
    lm: Path | None = None
    lm_weight: float | None = None
    align: bool = False
    as_json: bool = False
    device: str = "cpu"
    engine: EngineName = "auto"

    def files(self) -> Iterator[Path]:
        """The files that it reads."""
        yield from filter(None, [self.memory])
        for folder in self._folders():
            yield from model_files(folder)

    def description(self) -> Mapping[str, Any]:
        """What the translations depend on."""
        protector = self.protector or Protector()
        terms = protector.glossary and json.dumps(protector.glossary.terms, sort_keys=True)
        return {
            "models": [model_sums(folder) for folder in self._folders()],
            "languages": [self.source, self.target],
            "search": dict(self.search or {}),
            "protection": asdict(protector.config),
            "patterns": [pattern.pattern for pattern in protector.patterns],
            "glossary": terms and hashlib.sha256(terms.encode()).hexdigest(),
            "memory": self.memory and sha256(self.memory).hex(),
            "other options": [self.prefix, self.lm_weight, self.as_json, self.device, self.engine],
        }

    def load(self) -> Work:
        """Load the models. Raises ConfigError for what cannot be done together, ModelError for what is not sound."""
        if self.lm_weight is not None and not 0 <= self.lm_weight < math.inf:
            raise ConfigError(f"--lm-weight {self.lm_weight:g}: it must be a finite number, at least 0")
        loaded = self._load()
        by_language = loaded.languages is not None and not (self.source or self.memory)
        if self.lm is not None and by_language:
            raise ConfigError("--lm: a language model is of one language; say by --source which one the lines are in")
        return translating(
            loaded,
            replace(loaded.search, **(self.search or {})),
            self.protector,
            by_language=by_language,
            target=self.target,
            lm=None if self.lm is None else (self.lm, self.lm_weight),
            as_json=self.as_json,
            align=self.align,
            prefix=self.prefix,
        )

    def _folders(self) -> Sequence[Path]:
        return [*model_paths(self.model or shipped_model()), *filter(None, [self.lm])]

    def _load(self) -> TranslationModel:
        models = self.model or shipped_model()
        wanted: dict[str, Any] = {"source": self.source, "target": self.target}
        engine: dict[str, Any] = {"device": self.device, "engine": self.engine}
        if self.memory is None:
            return load_models(models, **wanted, **engine)
        from nmt.stages.memory import load_with_memory  # here: few need it, and every start would pay

        return load_with_memory(models, self.memory, **wanted, **engine)


def translating(
    model: TranslationModel,
    config: DecodingConfig,
    protector: Protector | None,
    *,
    by_language: bool,
    target: str = "",
    lm: tuple[Path, float | None] | None = None,
    as_json: bool = False,
    **options: Any,
) -> Work:
    """What translates lines, each from the language that it is in or all from the model's.

    lm is a language model to choose by and its weight; options are those of translate_chunks.
    """
    options |= {"config": config, "protector": protector}
    translate: Callable[[Iterable[Sequence[str]]], Iterator[Translation]]
    if lm is not None:
        from nmt.stages.reranked import translate_reranked  # here: few need it, and every start would pay

        translate = partial(translate_reranked, model, lm=lm[0], weight=lm[1], **options)
    elif by_language and model.languages is not None:
        translate = partial(translate_by_language, model, model.languages, target=target, **options)
    else:
        translate = partial(translate_chunks, model, **options)

    def done(translation: Translation) -> DoneLine:
        best = translation.alternatives[0]
        return DoneLine(
            written=_render(translation, as_json, config.n_best),
            warnings=what_became(translation),
            lost=sum(item.status == "lost" for item in best.items),
            taken_for=None if translation.taken_for == model.source else translation.taken_for,
            alignment=best.alignment or (),
        )

    return lambda chunked: map(done, translate(chunked))


def translate(
    *,
    input: Path | None = None,
    output: Path | None = None,
    strict: bool = False,
    alignments: Path | None = None,
    shard: Shard | None = None,
    warn: Callable[[str], None] = lambda message: None,
    **job: Any,
) -> None:
    """Translate a file or stdin to a file or stdout, in bounded memory, as the fields of a TranslationJob say.

    What was to come through and is lost, or could only be inserted, is warned of by line; if strict, what is lost
    raises DataError when all is written. alignments is a file for the words of each line that belong together, in the
    Pharaoh format. A shard is the part of the input to translate; it is left alone if its output is there already.
    """
    translation = TranslationJob(align=alignments is not None, **job)
    refuse_overwriting(
        [output or STDOUT, *filter(None, [alignments])],
        [input or STDIN, *translation.files()],
    )
    part = None
    if shard is not None:
        check_shard(input, output)
        if output is not None and output.exists():
            warn(f"{output}: is complete already; remove it to have it translated again")
            return
        part = shard.part_of(input) if input else None
    name = "stdin" if input is None else str(input)
    notes = work_on_lines(translation.load(), input, output, part=part, alignments=alignments, warn=warn)
    for message in notes.messages(translation.target):
        warn(f"{name}: {message}")
    if strict and notes.lost:
        raise DataError(f"{name}: {STRICT.format(notes.lost)}")


def what_became(translation: Translation) -> list[str]:
    """What did not come through in a translation, in words."""
    items = translation.alternatives[0].items
    return [_BECAME[item.status].format(item.text) for item in items if item.status in _BECAME]


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
