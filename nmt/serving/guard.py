"""What goes round every request: headers that browsers obey, counts, one line in the log, and no traceback for anybody.

The log has the route, the status, and the time that it took, and never what was asked: addresses may hold text, too.
"""

import json
import logging
import time
import traceback
from collections.abc import Mapping

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nmt.serving.metrics import Metrics

_LOG = logging.getLogger("nmt.serving")

HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class Guard:
    """An ASGI application round another one."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the application answer, and see to what is the same for all of its answers."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = time.monotonic()
        status = 0

        async def send_with_headers(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                known = {name for name, _ in message["headers"]}
                extra = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]
                message["headers"] = [*message["headers"], *(pair for pair in extra if pair[0] not in known)]
            await send(message)

        try:
            await self._app(scope, receive, send_with_headers)
        except Exception as error:
            _LOG.error("%s", _without_text(error))
            if not status:
                await _apologise(send_with_headers)
        finally:
            route = getattr(scope.get("route"), "path", "other")
            seconds = time.monotonic() - started
            self._metrics.requests.labels(route, status or "none").inc()
            self._metrics.seconds.labels(route).observe(seconds)
            _LOG.info("%s %s %s %.0f ms", scope["method"], route, status or "no answer", 1000 * seconds)


def _without_text(error: BaseException) -> str:
    """Where an error came from, but not its message, which may quote a user's text."""
    frames = traceback.extract_tb(error.__traceback__)[-6:]
    return f"bug: {type(error).__name__} at " + " < ".join(f"{one.filename}:{one.lineno}" for one in reversed(frames))


async def _apologise(send: Send) -> None:
    body = json.dumps({"error": "the server failed at this; please report it"}).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 500, "headers": headers})
    await send({"type": "http.response.body", "body": body})
