"""How far long work is: a line on stderr that goes away, if that is a terminal."""

import sys
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from .warning import warn

if TYPE_CHECKING:
    from nmt.stages.in_parts import PartsProgress
    from nmt.stages.translate_documents import DocumentProgress

_WIDTH = 24  # characters of the bar
_AFTER = 1.0  # seconds without a line, and between two lines a tenth of it


class LiveLine:
    """Shows one line, which the next one replaces."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._started = time.monotonic()
        self._next = self._started + _AFTER

    def __enter__(self) -> "LiveLine":
        return self

    def __exit__(self, *_: object) -> None:
        self._write("")

    def show_document(self, progress: "DocumentProgress") -> None:
        """Show how far a file is that is being translated."""
        if not self._is_time():
            return
        share = progress.segments / max(progress.of_segments, 1)
        bar = "#" * round(share * _WIDTH)
        name = "".join(character if character.isprintable() else "?" for character in progress.name[-40:])
        of_files = f" {progress.file}/{progress.files}" if progress.files > 1 else ""
        self._write(f"[{bar:<{_WIDTH}}] {share:4.0%}{of_files} {name}")

    def show_parts(self, progress: "PartsProgress") -> None:
        """Show how many lines are done, and how long the others will take."""
        if self._is_time():
            rate = progress.fresh / (time.monotonic() - self._started)
            left = timedelta(seconds=round((progress.total - progress.lines) / rate))
            self._write(f"line {progress.lines:,}/{progress.total:,}  {rate:,.0f} a second  {left} left")

    def show_pairs(self, pairs: int) -> None:
        """Show how many pairs have been read; how many there are is not known before."""
        if self._is_time():
            rate = pairs / (time.monotonic() - self._started)
            self._write(f"{pairs:,} pairs read  {rate:,.0f} a second")

    def warn(self, message: str) -> None:
        """Say on stderr what may not be as it should, above the line."""
        self._write("")
        warn(message)

    def _is_time(self) -> bool:
        now = time.monotonic()
        if not self._live or now < self._next:
            return False
        self._next = now + _AFTER / 10
        return True

    def _write(self, text: str) -> None:
        if self._live:
            sys.stderr.write(f"\r\x1b[K{text}")
            sys.stderr.flush()
