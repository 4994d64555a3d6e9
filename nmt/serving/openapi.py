"""A description of all operations: for programs in OpenAPI's format, and as a page to read."""

import json
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from nmt import __version__
from nmt.serving.api import Operation
from nmt.serving.parameters import Parameter

STATUSES = {
    400: "The request is wrong; the error says in what.",
    403: "An API key is needed.",
    408: "The request took too long to arrive.",
    413: "The request, or a text of it, is too long.",
    415: "The body is neither JSON nor a form.",
    429: "Too many requests of one client; Retry-After says when to go on.",
    501: "No model or library of this server does that.",
    503: "Too many requests wait, the answer took too long, or the server is shutting down.",
}


def describe(operations: Sequence[Operation]) -> dict[str, Any]:
    """The OpenAPI document."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "nmt", "version": __version__, "description": "Translates texts, and finds names in them."},
        "components": {
            "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Error": {"type": "object", "properties": {"error": {"type": "string"}}}},
        },
        "paths": {one.path: {one.method.lower(): _operation(one)} for one in operations},
    }


def _operation(operation: Operation) -> dict[str, Any]:
    statuses = STATUSES if operation.parameters or not operation.open else {}
    described: dict[str, Any] = {
        "summary": operation.summary,
        "responses": {
            "200": {"description": "OK", "content": {"application/json": {"example": operation.example}}},
            **{str(status): _error(text) for status, text in statuses.items()},
        },
    }
    if not operation.open:
        described["security"] = [{}, {"key": []}]
    if operation.parameters and operation.method == "GET":
        described["parameters"] = [
            {"name": each.name, "in": "query", "required": each.required, "schema": _parameter(each)}
            for each in operation.parameters
        ]
    elif operation.parameters:
        schema = {
            "type": "object",
            "required": [each.name for each in operation.parameters if each.required],
            "properties": {each.name: _parameter(each) for each in operation.parameters},
        }
        kinds = ("application/json", "application/x-www-form-urlencoded", "multipart/form-data")
        described["requestBody"] = {"required": True, "content": {kind: {"schema": schema} for kind in kinds}}
    return described


def _parameter(parameter: Parameter) -> dict[str, Any]:
    default = {} if parameter.required or parameter.default is None else {"default": parameter.default}
    return {**parameter.kind.schema, "description": parameter.meaning, **default}


def _error(text: str) -> Mapping[str, Any]:
    schema = {"$ref": "#/components/schemas/Error"}
    return {"description": text, "content": {"application/json": {"schema": schema}}}


def page(operations: Sequence[Operation]) -> str:
    """The same as HTML, without a script."""
    sections = "".join(map(_section, operations))
    statuses = "".join(f"<dt>{status}</dt><dd>{escape(text)}</dd>" for status, text in STATUSES.items())
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>nmt: the interface</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<link rel="stylesheet" href="static/app.css"></head><body class="reference"><main><h1>The interface</h1>'
        "<p>Parameters go into a JSON object or a form. "
        '<a href="openapi.json">openapi.json</a> says the same to programs.</p>'
        f"{sections}<section><h2>Errors</h2><dl>{statuses}</dl></section></main></body></html>"
    )


def _section(operation: Operation) -> str:
    rows = "".join(
        f"<dt><code>{escape(each.name)}</code>{' (needed)' if each.required else ''}</dt>"
        f"<dd>{escape(each.meaning)}</dd>"
        for each in operation.parameters
    )
    answer = escape(json.dumps(operation.example, ensure_ascii=False, indent=1))
    return (
        f"<section><h2><code>{operation.method} {escape(operation.path)}</code></h2><p>{escape(operation.summary)}</p>"
        f"{f'<dl>{rows}</dl>' if rows else ''}<p>An answer:</p><pre>{answer}</pre></section>"
    )
