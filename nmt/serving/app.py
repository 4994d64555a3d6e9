"""The application: which address is answered by what."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from nmt.serving.api import OPERATIONS, Operation
from nmt.serving.batcher import Batcher
from nmt.serving.body import read_values
from nmt.serving.config import ServerConfig
from nmt.serving.errors import RequestError
from nmt.serving.guard import Guard
from nmt.serving.metrics import CONTENT_TYPE, Metrics
from nmt.serving.openapi import describe, page
from nmt.serving.parameters import read_parameters
from nmt.serving.service import Service
from nmt.serving.translation import Detect
from nmt.serving.translators import Translators

_STATIC = Path(__file__).parent / "static"

Endpoint = Callable[[Request], Awaitable[Response]]


def create_app(translators: Translators, detect: Detect, config: ServerConfig) -> Starlette:
    """An ASGI application that serves these models; it works on requests until its lifespan ends."""
    metrics = Metrics()
    batcher = Batcher(config.max_waiting, metrics.batch_lines.observe)
    service = Service(translators=translators, detect=detect, config=config, metrics=metrics, batcher=batcher)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        batcher.close()

    return Starlette(
        routes=[
            *(Route(one.path, _endpoint(one, service), methods=[one.method]) for one in OPERATIONS),
            Route("/metrics", _metrics(service)),
            Route("/download_file/{token}/{name}", _download(service)),
            *_pages(),
        ],
        middleware=[Middleware(Guard, metrics=metrics), *_cors(config)],
        exception_handlers={RequestError: _refuse, HTTPException: _refuse},
        lifespan=lifespan,
    )


def _endpoint(operation: Operation, service: Service) -> Endpoint:
    """What answers an operation: read, admit, check, do."""

    async def endpoint(request: Request) -> Response:
        values = {}
        if operation.parameters:
            values = await read_values(request, service.config.max_bytes, service.config.max_seconds)
        if not operation.open:
            service.clients.admit(request, values)
        return JSONResponse(await operation.answer(service, request, read_parameters(operation.parameters, values)))

    return endpoint


def _metrics(service: Service) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        service.clients.admit(request, request.query_params)
        return Response(service.metrics.text(), media_type=CONTENT_TYPE)

    return endpoint


def _download(service: Service) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        name, data = service.documents.fetch(request.path_params["token"])
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
        return Response(data, media_type="application/octet-stream", headers=headers)

    return endpoint


def _pages() -> list[Route | Mount]:
    """The page to translate on, and the description of the interface."""
    document, text = describe(OPERATIONS), page(OPERATIONS)

    async def index(request: Request) -> Response:
        return FileResponse(_STATIC / "index.html")

    async def reference(request: Request) -> Response:
        return HTMLResponse(text)

    async def openapi(request: Request) -> Response:
        return JSONResponse(document)

    return [
        Route("/", index),
        Route("/docs", reference),
        Route("/openapi.json", openapi),
        Route("/spec", openapi),  # as LibreTranslate calls it
        Mount("/static", StaticFiles(directory=_STATIC)),
    ]


def _cors(config: ServerConfig) -> list[Middleware]:
    if not config.origins:
        return []
    headers = ["Content-Type", "Authorization"]
    return [Middleware(CORSMiddleware, allow_origins=config.origins, allow_methods=["*"], allow_headers=headers)]


async def _refuse(request: Request, error: Exception) -> Response:
    """An error as the clients of each interface expect it."""
    name = "message" if request.url.path.startswith("/v2/") else "error"
    if isinstance(error, RequestError):
        return JSONResponse({name: str(error)}, error.status, headers=dict(error.headers))
    assert isinstance(error, HTTPException)
    return JSONResponse({name: error.detail}, error.status_code, headers=error.headers)
