"""Requests that are refused: with a status code, and one line that says what is wrong and what to do."""

from collections.abc import Mapping


class RequestError(Exception):
    """A request that is not answered; status is HTTP's code, and retry_after the seconds after which it may be."""

    def __init__(self, status: int, message: str, *, retry_after: int | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.retry_after = retry_after

    @property
    def headers(self) -> Mapping[str, str]:
        """What the answer's head says besides."""
        return {} if self.retry_after is None else {"Retry-After": str(self.retry_after)}
