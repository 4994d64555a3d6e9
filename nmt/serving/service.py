"""What all answers are made with, and how long they are waited for."""

import asyncio
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request

from nmt.serving.batcher import Batcher
from nmt.serving.clients import Clients
from nmt.serving.config import ServerConfig
from nmt.serving.errors import RequestError
from nmt.serving.kept_documents import KeptDocuments
from nmt.serving.metrics import Metrics
from nmt.serving.translation import Detect
from nmt.serving.translators import Translators

CLIENT_GONE = 499  # as nginx calls it: nobody reads the answer


@dataclass(frozen=True, kw_only=True)
class Service:
    """The models and the means of a server."""

    translators: Translators
    detect: Detect
    config: ServerConfig
    metrics: Metrics
    batcher: Batcher
    documents: KeptDocuments = field(default_factory=KeptDocuments)
    clients: Clients = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "clients", Clients(self.config))
        self.metrics.watch(lambda: self.batcher.open)

    def check_size(self, texts: Sequence[str]) -> None:
        """Raise RequestError (413) for more than the server takes in one request."""
        if len(texts) > self.config.max_texts:
            raise RequestError(
                413, f"{len(texts)} texts are more than the {self.config.max_texts} that a request may have"
            )
        if (size := sum(map(len, texts))) > self.config.max_characters:
            raise RequestError(
                413, f"{size} characters are more than the {self.config.max_characters} that a request may have"
            )

    async def wait(self, request: Request, futures: Sequence["Future[Any]"]) -> list[Any]:
        """The results of what the batcher has taken on.

        Raises RequestError when max_seconds are over or the client has gone; what waits then is dropped.
        """
        results = asyncio.gather(*map(asyncio.wrap_future, futures))
        left = asyncio.ensure_future(_left(request))
        either: set[asyncio.Future[Any]] = {results, left}
        try:
            done, _ = await asyncio.wait(either, timeout=self.config.max_seconds, return_when=asyncio.FIRST_COMPLETED)
            if results in done:
                return results.result()
            if left in done:
                raise RequestError(CLIENT_GONE, "the client has gone")
            raise RequestError(
                503, f"no answer within {self.config.max_seconds:g} seconds; send less, or try again", retry_after=10
            )
        finally:
            left.cancel()
            results.cancel()  # and with it the lines that wait


async def _left(request: Request) -> None:
    """Return when the client has closed the connection."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
