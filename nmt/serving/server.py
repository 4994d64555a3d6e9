"""The server as a process: listens, answers until it is told to stop, and then finishes what it has taken."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from nmt.errors import ConfigError
from nmt.serving.app import create_app
from nmt.serving.config import ServerConfig
from nmt.serving.translation import Detect
from nmt.serving.translators import Translators

_LATE = 5.0  # seconds: a client has so long to begin a request, and to send its head


def run_server(translators: Translators, detect: Detect, config: ServerConfig, started: Callable[[str], None]) -> None:
    """Serve until SIGINT or SIGTERM; started is told the address. Raises ConfigError for one that cannot be had."""
    listening = _listen(config)
    host, port = listening.getsockname()[:2]
    started(f"http://{f'[{host}]' if ':' in host else host}:{port}/")
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(translators, detect, config),
            http=_Protocol,
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,  # it would write addresses, in which text may stand
            server_header=False,
            limit_concurrency=4 * config.max_waiting,  # connections, answered or not; a refused request needs one, too
            timeout_graceful_shutdown=int(config.max_seconds) + 1,
        )
    )
    server.run(sockets=[listening])


def _listen(config: ServerConfig) -> socket.socket:
    try:
        family = socket.getaddrinfo(config.host, config.port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((config.host, config.port), family=family, backlog=2048)
    except OSError as error:
        raise ConfigError(
            f"{config.host}:{config.port}: cannot be listened on ({error.strerror or error}); "
            "choose another --port or --host"
        ) from error


class _Protocol(H11Protocol):
    """uvicorn's, but answers go out at once, and connections that send no request, or none with an end, are closed."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Begin to wait for a request."""
        super().connection_made(transport)
        # A body that waits until its head is acknowledged comes 40 ms later; asyncio sees to it for some sockets only.
        transport.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        self._stop_timer()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Wait on if there is no whole head yet; a body has a time limit of its own."""
        super().data_received(data)
        if self.conn.their_state is h11.IDLE:
            self._expect_head()
        else:
            self._stop_timer()

    def _expect_head(self) -> None:
        if self._timer is None:
            self._timer = self.loop.call_later(_LATE, self.transport.close)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
