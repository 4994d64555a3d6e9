"""Translated documents, kept until they are fetched."""

import secrets
import threading
import time
from collections import OrderedDict

from nmt.serving.errors import RequestError

MOST_KEPT = 64  # documents
MOST_KEPT_BYTES = 1 << 26  # of all of them together
KEPT_SECONDS = 900.0


class KeptDocuments:
    """Translated documents, each under an address that nobody can guess, for a while; the oldest make room."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[float, str, bytes]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, name: str, data: bytes) -> str:
        """Keep a document; returns what it can be fetched by."""
        token = secrets.token_urlsafe(18)
        with self._lock:
            self._drop_expired()
            self._kept[token] = time.monotonic() + KEPT_SECONDS, name, data
            while len(self._kept) > MOST_KEPT or sum(len(each) for _, _, each in self._kept.values()) > MOST_KEPT_BYTES:
                if len(self._kept) == 1:
                    break
                self._kept.popitem(last=False)
        return token

    def fetch(self, token: str) -> tuple[str, bytes]:
        """A document and its name. Raises RequestError (404) if it is not there any more."""
        with self._lock:
            self._drop_expired()
            _, name, data = self._kept.get(token, (0.0, "", None))
        if data is None:
            raise RequestError(404, "no such document; it is kept for a quarter of an hour")
        return name, data

    def _drop_expired(self) -> None:
        while self._kept and next(iter(self._kept.values()))[0] < time.monotonic():
            self._kept.popitem(last=False)
