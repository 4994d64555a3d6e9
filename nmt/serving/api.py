"""What the server can be asked, and its answers: LibreTranslate's interface, DeepL's for translation, and names.

Where an answer has more than LibreTranslate's, a client has asked for it.
"""

import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from starlette.requests import Request

from nmt.decoding.tagger import TaggedLine, tag_chunks
from nmt.serving.batcher import Task
from nmt.serving.documents import FORMATS, file_name, translate_document
from nmt.serving.errors import RequestError
from nmt.serving.parameters import FILE, FLAG, GLOSSARY, TEXT, TEXTS, Parameter, choice, count
from nmt.serving.service import Service
from nmt.serving.translation import AUTO, Asked, Translated, start_translation
from nmt.serving.translators import language_name

MAX_ALTERNATIVES = 10

_LINE_END = re.compile(r"[\r\n]")
_LINE = re.compile(r"[^\r\n]+")

Values = Mapping[str, Any]  # of the operation's parameters, by name


@dataclass(frozen=True, kw_only=True)
class Operation:
    """Something to ask for: where, by what parameters, and what makes the answer, which is JSON."""

    path: str
    method: Literal["GET", "POST"]
    summary: str
    answer: Callable[[Service, Request, Values], Awaitable[Any]]
    example: Any  # an answer
    parameters: Sequence[Parameter] = ()
    open: bool = False  # to everybody, also if there are API keys


async def _translate(service: Service, request: Request, values: Values) -> Any:
    single = isinstance(values["q"], str)
    if values["prefix"] and (not single or _LINE_END.search(values["q"])):
        raise RequestError(400, "prefix: a beginning is for a text of one line; send such a one as q")
    if values["format"] == "html":
        for name in ("prefix", "alternatives", "details"):
            if values[name]:
                raise RequestError(400, f"{name}: is for text; leave it out, or format")
    found = await _translated(service, request, values["q"], values)
    texts = [each.text() for each in found]
    answer: dict[str, Any] = {"translatedText": texts[0] if single else texts}
    if values["source"].lower() == AUTO:
        languages = [{"language": each.source, "confidence": round(100 * each.confidence)} for each in found]
        answer["detectedLanguage"] = languages[0] if single else languages
    if values["alternatives"]:
        others = [each.alternatives for each in found]
        answer["alternatives"] = others[0] if single else others
    if values["details"]:
        details = [each.details() for each in found]
        answer["details"] = details[0] if single else details
    return answer


async def _translate_file(service: Service, request: Request, values: Values) -> Any:
    upload = values["file"]
    name = file_name(upload.filename or "")
    asked = _asked(service, values)
    translated, _, _ = await translate_document(service, request, await upload.read(), name, asked)
    token = service.documents.keep(name, translated)
    return {"translatedFileUrl": f"{request.base_url}download_file/{token}/{quote(name)}"}


async def _translate_as_deepl(service: Service, request: Request, values: Values) -> Any:
    texts = [values["text"]] if isinstance(values["text"], str) else values["text"]
    if values["formality"] in ("more", "less"):
        raise RequestError(
            400, "formality: no model of this server can choose it; leave it out, or prefer_more, prefer_less"
        )
    if values["glossary_id"]:
        raise RequestError(400, "glossary_id: this server keeps no glossaries; send one as glossary with the request")
    asked = {"source": values["source_lang"], "target": values["target_lang"], "glossary": values["glossary"]}
    found = await _translated(service, request, texts, asked)
    return {
        "translations": [
            {"detected_source_language": each.source.upper(), "text": each.text(), "billed_characters": len(text)}
            for text, each in zip(texts, found, strict=True)
        ]
    }


async def _translated(service: Service, request: Request, q: str | list[str], values: Values) -> list[Translated]:
    texts = [q] if isinstance(q, str) else q
    service.check_size(texts)
    asked = _asked(service, values)
    if values.get("format") == "html":
        pages = [await translate_document(service, request, text.encode(), "text.html", asked) for text in texts]
        return [Translated.of(page.decode(), source, sure) for page, source, sure in pages]
    pending = start_translation(texts, asked, service.translators, service.batcher, service.detect)
    await service.wait(request, pending.futures)
    found = pending.result()
    for text, each in zip(texts, found, strict=True):
        service.metrics.characters.labels(each.source, asked.target).inc(len(text))
    return found


def _asked(service: Service, values: Values) -> Asked:
    """How the texts of a request are to be translated."""
    translators = service.translators
    return Asked(
        source=AUTO if values["source"].lower() == AUTO else translators.source(values["source"]),
        target=translators.target(values["target"]),
        alternatives=values.get("alternatives", 0),
        glossary=values["glossary"],
        align=values.get("details", False),
        prefix=values.get("prefix", ""),
    )


async def _detect(service: Service, request: Request, values: Values) -> Any:
    service.check_size([values["q"]])
    found = service.detect(values["q"])
    return [{"language": language, "confidence": round(100 * share, 1)} for language, share in found]


async def _tag(service: Service, request: Request, values: Values) -> Any:
    single = isinstance(values["q"], str)
    texts = [values["q"]] if single else values["q"]
    service.check_size(texts)
    taggers = service.translators.taggers
    if not taggers:
        raise RequestError(501, "no model of this server finds names; serve one that nmt train-tagger has made")
    by_default = next(iter(taggers))
    language = by_default if values["source"].lower() == AUTO else service.translators.source(values["source"])
    if language not in taggers:
        raise RequestError(400, f"no model of this server finds names in {language}; it does in {', '.join(taggers)}")
    tagger = taggers[language]

    def work(lines: Sequence[str]) -> Sequence[TaggedLine]:
        return list(tag_chunks(tagger, [lines]))

    lines = [(number, match) for number, text in enumerate(texts) for match in _LINE.finditer(text)]
    task = Task(("tag", id(tagger)), work)
    [tagged] = await service.wait(request, [service.batcher.submit(task, [match[0] for _, match in lines])])
    entities: list[list[dict[str, Any]]] = [[] for _ in texts]
    for (number, match), line in zip(lines, tagged, strict=True):
        for entity in line.entities:
            place = {"start": match.start() + entity.start, "end": match.start() + entity.end}
            entities[number].append(entity._asdict() | place | {"score": round(entity.score, 6)})
    return {"entities": entities[0] if single else entities}


async def _languages(service: Service, request: Request, values: Values) -> Any:
    return service.translators.languages()


async def _languages_as_deepl(service: Service, request: Request, values: Values) -> Any:
    side = 0 if values["type"] == "source" else 1
    codes = dict.fromkeys(pair[side] for pair in service.translators.pairs)
    return [{"language": code.upper(), "name": language_name(code), "supports_formality": False} for code in codes]


async def _usage_as_deepl(service: Service, request: Request, values: Values) -> Any:
    return {"character_count": service.metrics.all_characters, "character_limit": _NO_LIMIT}


async def _settings(service: Service, request: Request, values: Values) -> Any:
    source, target = next(iter(service.translators.pairs))
    return {
        "apiKeys": bool(service.config.api_keys),
        "keyRequired": bool(service.config.api_keys),
        "charLimit": service.config.max_characters,
        "frontendTimeout": 500,
        "suggestions": False,
        "filesTranslation": True,
        "supportedFilesFormat": list(FORMATS),
        "language": {
            "source": {"code": source, "name": language_name(source)},
            "target": {"code": target, "name": language_name(target)},
        },
    }


async def _health(service: Service, request: Request, values: Values) -> Any:
    return {"status": "ok"}


_GLOSSARY = Parameter(
    name="glossary",
    kind=GLOSSARY,
    meaning="terms and their translations, as an object or as CSV: source,target",
    default=None,
)
_NO_LIMIT = 10**12  # what DeepL says where there is none
_GERMAN = "Guten Morgen, Frau Obermüller."

OPERATIONS: Sequence[Operation] = (
    Operation(
        path="/translate",
        method="POST",
        summary="Translate a text or a list of texts",
        answer=_translate,
        parameters=(
            Parameter(name="q", kind=TEXTS, meaning="the text, or a list of texts"),
            Parameter(name="source", kind=TEXT, meaning="the language to read, such as de, or auto"),
            Parameter(name="target", kind=TEXT, meaning="the language to write, such as en"),
            Parameter(name="format", kind=choice("text", "html"), meaning="what the text is", default="text"),
            Parameter(
                name="alternatives",
                kind=count(MAX_ALTERNATIVES),
                meaning="how many other translations to give",
                default=0,
            ),
            _GLOSSARY,
            Parameter(
                name="prefix",
                kind=TEXT,
                meaning="how the translation of a single line begins; its last word may go on unless a space ends it",
                default="",
            ),
            Parameter(
                name="details",
                kind=FLAG,
                meaning="tell of each line what was protected, what looks wrong, and which words belong together",
                default=False,
            ),
        ),
        example={"translatedText": "Good morning, Obermüller."},
    ),
    Operation(
        path="/translate_file",
        method="POST",
        summary="Translate a document; its format is that of its name",
        answer=_translate_file,
        parameters=(
            Parameter(name="file", kind=FILE, meaning="the document, in a multipart form"),
            Parameter(name="source", kind=TEXT, meaning="the language to read, or auto"),
            Parameter(name="target", kind=TEXT, meaning="the language to write"),
            _GLOSSARY,
        ),
        example={"translatedFileUrl": "http://127.0.0.1:5000/download_file/…/letter.docx"},
    ),
    Operation(
        path="/v2/translate",
        method="POST",
        summary="Translate texts as DeepL's clients ask for it",
        answer=_translate_as_deepl,
        parameters=(
            Parameter(name="text", kind=TEXTS, meaning="a list of texts; a form may have several fields of this name"),
            Parameter(name="target_lang", kind=TEXT, meaning="the language to write, such as EN or EN-GB"),
            Parameter(name="source_lang", kind=TEXT, meaning="the language to read", default=AUTO),
            _GLOSSARY,
            Parameter(name="formality", kind=TEXT, meaning="prefer_more and prefer_less change nothing", default=""),
            Parameter(name="glossary_id", kind=TEXT, meaning="not supported: send glossary", default=""),
        ),
        example={
            "translations": [
                {"detected_source_language": "DE", "text": "Good morning, Obermüller.", "billed_characters": 30}
            ]
        },
    ),
    Operation(
        path="/v2/languages",
        method="GET",
        summary="The languages, as DeepL's clients ask for them",
        answer=_languages_as_deepl,
        parameters=(
            Parameter(
                name="type", kind=choice("source", "target"), meaning="those to read or to write", default="source"
            ),
        ),
        example=[{"language": "DE", "name": "German", "supports_formality": False}],
        open=True,
    ),
    Operation(
        path="/v2/usage",
        method="GET",
        summary="How many characters were translated since the server was started, as DeepL's clients ask for it",
        answer=_usage_as_deepl,
        example={"character_count": 1234, "character_limit": _NO_LIMIT},
    ),
    Operation(
        path="/detect",
        method="POST",
        summary="Find out which language a text is in",
        answer=_detect,
        parameters=(Parameter(name="q", kind=TEXT, meaning="the text"),),
        example=[{"language": "de", "confidence": 97.5}],
    ),
    Operation(
        path="/tag",
        method="POST",
        summary="Find the names in a text or in each of a list",
        answer=_tag,
        parameters=(
            Parameter(name="q", kind=TEXTS, meaning="the text, or a list of texts"),
            Parameter(name="source", kind=TEXT, meaning="the language of the text", default=AUTO),
        ),
        example={"entities": [{"start": 19, "end": 29, "type": "PER", "text": "Obermüller", "score": 0.98}]},
    ),
    Operation(
        path="/languages",
        method="GET",
        summary="The languages that can be read, and what each can be translated to",
        answer=_languages,
        example=[{"code": "de", "name": "German", "targets": ["de", "en"]}],
        open=True,
    ),
    Operation(
        path="/frontend/settings",
        method="GET",
        summary="The limits of this server, and what it offers",
        answer=_settings,
        example={"keyRequired": False, "charLimit": 50000},
        open=True,
    ),
    Operation(
        path="/health",
        method="GET",
        summary="Whether the server works",
        answer=_health,
        example={"status": "ok"},
        open=True,
    ),
)
