"""Who is answered: API keys, and how many requests a client may send."""

import hmac
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request

from nmt.serving.config import ServerConfig
from nmt.serving.errors import RequestError

_REMEMBERED = 10_000  # clients


class Clients:
    """Lets requests in, or refuses them: 403 without a key that is needed, 429 where they come too fast."""

    def __init__(self, config: ServerConfig, clock: Callable[[], float] = time.monotonic) -> None:
        self._keys = [key.encode() for key in config.api_keys]
        self._per_minute = config.per_minute
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()  # requests that a client has left, and when

    def admit(self, request: Request, values: Mapping[str, Any]) -> None:
        """Raise RequestError unless the sender of a request, which gives these values, is answered now."""
        key = _key(request, values)
        if self._keys and not any([hmac.compare_digest(key.encode("utf-8", "replace"), known) for known in self._keys]):
            raise RequestError(
                403, "this server needs an API key: send a valid one as api_key, or in Authorization: Bearer"
            )
        if self._per_minute:
            self._count(key if self._keys else request.client.host if request.client else "")

    def _count(self, client: str) -> None:
        """A bucket of per_minute requests, which fills up again within a minute."""
        now = self._clock()
        left, then = self._left.pop(client, (float(self._per_minute), now))
        left = min(self._per_minute, left + (now - then) * self._per_minute / 60)
        self._left[client] = max(left - 1, 0) if left >= 1 else left, now
        while len(self._left) > _REMEMBERED:
            self._left.popitem(last=False)
        if left < 1:
            wait = int((1 - left) * 60 / self._per_minute) + 1
            raise RequestError(429, f"more than {self._per_minute} requests in a minute; slow down", retry_after=wait)


def _key(request: Request, values: Mapping[str, Any]) -> str:
    """The key that a request names: as LibreTranslate's clients, as DeepL's, or as most others do."""
    if isinstance(given := values.get("api_key"), str) and given:
        return given
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    return given.strip() if scheme.lower() in ("bearer", "deepl-auth-key") else ""
