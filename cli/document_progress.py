"""How far the translation of documents is: a line on stderr that goes away, if that is a terminal and it takes long."""

import sys
import time
from typing import TYPE_CHECKING

from .warning import warn

if TYPE_CHECKING:
    from nmt.stages.translate_documents import DocumentProgress

_WIDTH = 24  # characters of the bar
_AFTER = 1.0  # seconds


class DocumentDisplay:
    """Shows a bar for the file that is being translated."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._started = time.monotonic()

    def __enter__(self) -> "DocumentDisplay":
        return self

    def __exit__(self, *_: object) -> None:
        self._clear()

    def show(self, progress: "DocumentProgress") -> None:
        """Show how far a file is."""
        if not self._live or time.monotonic() - self._started < _AFTER:
            return
        share = progress.segments / max(progress.of_segments, 1)
        bar = "#" * round(share * _WIDTH)
        name = "".join(character if character.isprintable() else "?" for character in progress.name[-40:])
        of_files = f" {progress.file}/{progress.files}" if progress.files > 1 else ""
        self._write(f"[{bar:<{_WIDTH}}] {share:4.0%}{of_files} {name}")

    def warn(self, message: str) -> None:
        """Say on stderr what may not be as it should, above the bar."""
        self._clear()
        warn(message)

    def _clear(self) -> None:
        self._write("")

    def _write(self, text: str) -> None:
        if self._live:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
