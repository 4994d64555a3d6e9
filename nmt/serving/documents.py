"""Documents of a request, translated passage by passage among all other texts."""

import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import PurePosixPath

from starlette.requests import Request

from nmt.documents.formats import Format, format_of
from nmt.documents.passages import Segment, Translated
from nmt.documents.reading import read_document
from nmt.errors import ConfigError, DataError
from nmt.serving.errors import RequestError
from nmt.serving.service import Service
from nmt.serving.translation import AUTO, Asked, language_of, start_translation

FORMATS = (".html", ".md", ".srt", ".vtt", ".csv", ".tsv", ".json", ".jsonl", ".po", ".xlf", ".docx", ".txt")

_A_MOMENT = 0.5  # seconds, after which somebody may have gone
_THREADS = ThreadPoolExecutor(4, thread_name_prefix="document")


def file_name(name: str) -> str:
    """The last part of a file's name, without what could mean anything else than a name."""
    plain = "".join(each for each in PurePosixPath(name.replace("\\", "/")).name if each.isalnum() or each in "._- ")
    return plain.strip(" .")[-100:] or "document"


async def translate_document(
    service: Service, request: Request, data: bytes, name: str, asked: Asked
) -> tuple[bytes, str, float]:
    """A document in the other language, in the format that its name ends in; its own language, and how sure that is.

    Raises RequestError: 400 for one that is not sound, 413 for one that has too much text, 415 for an unknown format.
    """
    format = format_of(PurePosixPath(name))
    if format is None and not name.lower().endswith(".txt"):
        raise RequestError(415, f"{name}: a document must end in {', '.join(FORMATS)}")
    stopped = threading.Event()
    future: Future[tuple[bytes, str, float]] = _THREADS.submit(_translate, service, data, format, name, asked, stopped)
    try:
        [translated] = await service.wait(request, [future])
    finally:
        stopped.set()
    found: tuple[bytes, str, float] = translated
    return found


def _translate(
    service: Service, data: bytes, format: Format | None, name: str, asked: Asked, stopped: threading.Event
) -> tuple[bytes, str, float]:
    size, sure = 0, 1.0
    known = asked

    def translate(segments: Sequence[Segment]) -> list[Translated]:
        nonlocal size, sure, known
        texts = [segment.text for segment in segments]
        size += sum(map(len, texts))
        if size > service.config.max_characters:
            raise RequestError(413, f"the document has more than {service.config.max_characters} characters")
        if stopped.is_set():
            raise RequestError(503, "nobody waits for the document any more")
        if known.source == AUTO:  # of the document, not of each of its texts
            source, sure = language_of("\n".join(texts), asked, service.translators, service.detect)
            known = replace(asked, source=source)
        pending = start_translation(texts, known, service.translators, service.batcher, service.detect)
        while wait(pending.futures, timeout=_A_MOMENT).not_done:
            if stopped.is_set():  # or its time is over
                pending.cancel()
                raise RequestError(503, "nobody waits for the document any more")
        return [Translated(each.text()) for each in pending.result()]

    try:
        if format is None:
            translated = translate([Segment(text=data.decode("utf-8-sig"), line=1)])[0].text.encode()
        else:
            document = read_document(data, format, name=name)
            own, _ = document.primary_languages
            if asked.source == AUTO and (own, asked.target) in service.translators.pairs:
                known = replace(asked, source=own)
            translated = b"".join(document.translated(translate, lambda message: None))
    except UnicodeDecodeError:
        raise RequestError(400, f"{name}: not in UTF-8; convert it") from None
    except DataError as error:
        raise RequestError(400, str(error)) from None
    except ConfigError as error:
        raise RequestError(501, str(error)) from None
    service.metrics.characters.labels(known.source, asked.target).inc(size)
    return translated, known.source, sure
