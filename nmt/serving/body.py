"""What a request says, as names and values: from its address, and from a body in JSON or of a form."""

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request

from nmt.serving.errors import RequestError

_FORM = "application/x-www-form-urlencoded"
_MULTIPART = "multipart/form-data"
_DRAINED = 1 << 25  # bytes
_REPEATABLE = {"text"}  # DeepL's forms name a text each


async def read_values(request: Request, max_bytes: int, max_seconds: float) -> dict[str, Any]:
    """All that a request gives; a file of a form is an UploadFile.

    Raises RequestError: 400 for what cannot be read, 408, 413 or 415 for what takes too long, is too long or of another
    type.
    """
    values: dict[str, Any] = dict(request.query_params)
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    try:
        async with asyncio.timeout(max_seconds):
            if kind in (_FORM, _MULTIPART):
                values |= _of_form(await _form(request, kind, max_bytes))
            else:
                values |= _of_json(b"".join([chunk async for chunk in _limited(request, max_bytes)]), kind)
    except TimeoutError:
        raise RequestError(
            408, f"the request took more than {max_seconds:g} seconds to arrive; send it faster"
        ) from None
    except ClientDisconnect:
        raise RequestError(400, "the request ended before its body did") from None
    return values


async def _limited(request: Request, max_bytes: int) -> AsyncIterator[bytes]:
    """The body in chunks, no more of it than is allowed; the rest is read and thrown away, so that the answer is read.

    Most clients listen when they have sent everything.
    """
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= max_bytes:
            yield chunk
        elif size > max_bytes + _DRAINED:
            break
    if size > max_bytes:
        raise RequestError(413, f"the request has more than {max_bytes} bytes; send less at a time")


async def _form(request: Request, kind: str, max_bytes: int) -> FormData:
    stream: Any = _limited(request, max_bytes)
    try:
        if kind == _FORM:
            return await FormParser(request.headers, stream, max_part_size=max_bytes).parse()
        return await MultiPartParser(request.headers, stream, max_files=1, max_part_size=max_bytes).parse()
    except (MultiPartException, KeyError) as error:
        raise RequestError(400, f"the form cannot be read: {getattr(error, 'message', 'it has no boundary')}") from None


def _of_form(form: FormData) -> Mapping[str, Any]:
    """A form's values; a name that comes several times has a list of them if it may."""
    values: dict[str, Any] = {}
    for name, value in form.multi_items():
        if name in _REPEATABLE:
            values.setdefault(name, []).append(value)
        else:
            values[name] = value if isinstance(value, str | UploadFile) else str(value)
    return values


def _of_json(body: bytes, kind: str) -> Mapping[str, Any]:
    if not body.strip():
        return {}
    if kind and kind != "application/json" and not kind.endswith("+json"):
        raise RequestError(415, f"a body must be application/json, {_FORM} or {_MULTIPART}")
    try:
        values = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        raise RequestError(400, "the body is not valid JSON in UTF-8") from None
    if not isinstance(values, dict):
        raise RequestError(400, 'the body must be a JSON object, such as {"q": "Guten Morgen.", "source": "de"}')
    return values
