"""What can be set about a server."""

import re
from dataclasses import dataclass

from nmt.settings import Limit, at_least, between, checked, setting

_ORIGIN = re.compile(r"\*|null|[a-z][a-z0-9+.-]*://[^/\s?#@]+")  # what browsers send as a page's origin
_ORIGINS = Limit(
    lambda origins: all(map(_ORIGIN.fullmatch, origins)), "* or sites as https://example.org, without a path"
)


@dataclass(frozen=True, kw_only=True)
@checked("server")
class ServerConfig:
    """Where a server listens, whom it answers, and how much it takes on."""

    host: str = setting("127.0.0.1", "the address to listen on; 0.0.0.0 is every one that the machine has")
    port: int = setting(5000, "the port to listen on; 0 takes any that is free", between(0, 65535))
    api_keys: tuple[str, ...] = setting((), "who names one of these is answered; with none of them, everybody is")
    origins: tuple[str, ...] = setting(
        (), "sites whose pages may use this server, such as https://example.org; * is all", _ORIGINS
    )
    max_characters: int = setting(50_000, "characters of all texts of a request", at_least(1))
    max_texts: int = setting(1000, "texts of a request", at_least(1))
    max_seconds: float = setting(60.0, "an answer may take so long, and so may a request to arrive", at_least(0.1))
    max_waiting: int = setting(
        256, "requests that are worked on or wait at a time; further ones are sent away", at_least(1)
    )
    per_minute: int = setting(0, "requests of one client in a minute; 0 is any number", at_least(0))

    @property
    def max_bytes(self) -> int:
        r"""Bytes of a request's body: a character may be spelt as a pair of \uXXXX, and a glossary be beside."""
        return 12 * self.max_characters + (1 << 18)
