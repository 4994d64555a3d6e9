"""`nmt translate` for documents: files of a format, and folders of them."""

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

from nmt.decoding.by_language import FOREIGN, source_of
from nmt.decoding.config import DecodingConfig
from nmt.decoding.model import EngineName, TranslationModel
from nmt.decoding.segments import Protector
from nmt.decoding.translator import Translation, translate_chunks
from nmt.documents.document import Document, Languages
from nmt.documents.passages import Segment, Translated
from nmt.documents.reading import MOST_BYTES, read_document
from nmt.errors import ConfigError, DataError
from nmt.io.files import STDIN, STDOUT, refuse_overwriting, replacing
from nmt.resources import shipped_model
from nmt.stages.document_files import AnyFormat, DocumentFile, document_files
from nmt.stages.line_work import work_on_lines
from nmt.stages.models import Models, load_models, model_paths
from nmt.stages.paths import model_files
from nmt.stages.streams import read_some
from nmt.stages.translate import STRICT, translating, what_became

Load = Callable[[], tuple[TranslationModel, DecodingConfig]]


@dataclass(frozen=True, kw_only=True)
class DocumentProgress:
    """How far the translation of documents is."""

    name: str  # of the file
    file: int  # its number, from 1
    files: int
    segments: int  # of it that are done
    of_segments: int


Report = Callable[[DocumentProgress], None]


def translate_documents(
    *,
    model: Models | None = None,
    inputs: Sequence[Path] = (),
    output: Path | None = None,
    format: AnyFormat | None = None,
    columns: Sequence[str] = (),
    source: str = "",
    target: str = "",
    search: Mapping[str, Any] | None = None,
    protector: Protector | None = None,
    strict: bool = False,
    device: str = "cpu",
    engine: EngineName = "auto",
    warn: Callable[[str], None] = lambda message: None,
    report: Report = lambda progress: None,
) -> None:
    """Translate documents to a file or stdout, or several and whole folders into a folder.

    Each is there once it is done. The format None is that of each file's ending. Of several documents, one that is not
    sound is warned of and left out, and DataError is raised when the others are done. Where no language is named, a
    catalogue says its own; the source of another document is the language that it is in, if the model can tell. Other
    arguments are those of translate.translate().
    """
    models = model or shipped_model()
    files = document_files(inputs, output, format, warn)
    refuse_overwriting(
        [file.output or STDOUT for file in files],
        [*(file.input or STDIN for file in files), *chain.from_iterable(map(model_files, model_paths(models)))],
    )

    @cache  # documents are looked at first, for most errors are in them
    def load() -> tuple[TranslationModel, DecodingConfig]:
        loaded = load_models(models, source=source, target=target, device=device, engine=engine)
        return loaded, replace(loaded.search, **(search or {}))

    lost = failed = 0
    for number, file in enumerate(files, start=1):
        work = _Work(
            file=file,
            number=number,
            files=len(files),
            load=load,
            languages=(source, target),
            protector=protector,
            warn=warn,
            report=report,
        )
        try:
            work.translate(columns)
        except DataError as error:
            if len(files) == 1:
                raise
            warn(str(error))
            failed += 1
        lost += work.lost
    if failed:
        raise DataError(f"{failed} of {len(files)} files are not translated; the warnings say why")
    if strict and lost:
        raise DataError(STRICT.format(lost))


@dataclass(kw_only=True)
class _Work:
    """The translation of one file."""

    file: DocumentFile
    number: int
    files: int
    load: Load
    languages: Languages  # that were named
    protector: Protector | None
    warn: Callable[[str], None]
    report: Report
    lost: int = 0  # names, numbers and marks
    segments: int = 0  # that are done

    def translate(self, columns: Sequence[str]) -> None:
        """Translate the file; what it goes to is there when all of it is."""
        if self.files > 1 and self.file.output is not None:
            self.file.output.parent.mkdir(parents=True, exist_ok=True)
        if self.file.format == "text":
            self._translate_lines()
            return
        data = read_some(self.file.input, MOST_BYTES + 1)
        document = read_document(data, self.file.format, name=self.file.name, columns=columns)
        self.load()
        directed: TranslationModel | None = None

        def translate(segments: Sequence[Segment]) -> list[Translated]:
            nonlocal directed
            if directed is None:
                directed = self._directed(document, segments)
            return self._translate_segments(directed, segments, document.segments)

        with _output(self.file) as out:
            for part in document.translated(
                translate,
                lambda message: self.warn(f"{self.file.name}:{message}"),
            ):
                out.write(part)

    def _translate_lines(self) -> None:
        """Translate a text line by line."""
        model, config = self.load()
        source, target = self.languages
        work = translating(model, config, self.protector, by_language=not source, target=target)
        notes = work_on_lines(work, self.file.input, self.file.output, warn=self.warn)
        for message in notes.messages(target):
            self.warn(f"{self.file.name}: {message}")
        self.lost += notes.lost

    def _directed(self, document: Document, segments: Sequence[Segment]) -> TranslationModel:
        """The model between the languages that were named, that the document names, or from the one that it is in.

        Raises DataError for languages that the model does not translate, and for a document in the target language.
        """
        model, _ = self.load()
        if not any(self.languages) and any(document.languages):
            try:
                return model.between(*document.primary_languages)
            except ConfigError as error:
                own = " and ".join(filter(None, document.languages))
                raise DataError(f"{self.file.name}: names {own} as its languages; {error}") from error
        if self.languages[0] or model.languages is None:
            return model
        found = source_of("\n".join(segment.text for segment in segments), model.languages, model)
        if found == self.languages[1] != "":
            raise DataError(f"{self.file.name}: is taken for {found}, into which it is to be translated; name --source")
        if found in (FOREIGN, model.source):
            return model
        self.warn(f"{self.file.name}: is taken for {found}; --source decides")
        return model.between(found, self.languages[1])

    def _translate_segments(self, model: TranslationModel, segments: Sequence[Segment], total: int) -> list[Translated]:
        """The translation of each segment; what is the same is translated once."""
        _, config = self.load()
        texts = list(dict.fromkeys(segment.text for segment in segments))
        translations = dict(zip(texts, translate_chunks(model, [texts], config, self.protector), strict=True))
        self.segments = min(self.segments + len(segments), total)
        self.report(
            DocumentProgress(
                name=self.file.name,
                file=self.number,
                files=self.files,
                segments=self.segments,
                of_segments=total,
            )
        )
        return [
            Translated(
                translations[segment.text].text,
                used=partial(self._tell, translations[segment.text], segment.line),
            )
            for segment in segments
        ]

    def _tell(self, translation: Translation, line: int) -> None:
        """Warn of what did not come through."""
        for message in what_became(translation):
            self.warn(f"{self.file.name}:{line}: {message}")
        self.lost += sum(item.status == "lost" for item in translation.alternatives[0].items)


@contextmanager
def _output(file: DocumentFile) -> Iterator[BinaryIO]:
    """What a file's translation is written to."""
    if file.output is None:
        if file.format == "docx" and sys.stdout.isatty():
            raise ConfigError(f"{file.name}: a Word document is not for a terminal; name a file by -o")
        yield sys.stdout.buffer
        return
    with replacing(file.output) as [out]:
        yield out
