"""What a training shows while it runs: a line a report, and where stderr is a terminal, a live one between them."""

import signal
import sys
import time
from pathlib import Path
from types import FrameType

from nmt.training.run import Progress

PERIOD = 10.0  # seconds between lines where stderr is a file


class TrainingDisplay:
    """Shows progress on stderr, and turns the first SIGINT or SIGTERM into a request to stop after this update."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._shown = 0.0
        self._signal = 0
        self._handlers: dict[int, object] = {}

    def __enter__(self) -> "TrainingDisplay":
        for number in (signal.SIGINT, signal.SIGTERM):
            self._handlers[number] = signal.signal(number, self._ask_to_stop)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal() returned it also takes

    def stop_requested(self) -> bool:
        """Whether a signal came."""
        return self._signal != 0

    def show(self, progress: Progress) -> None:
        """Print a progress report, unless the last one is only just past and nothing was validated."""
        now = time.monotonic()
        if progress.bleu is not None:
            note = " (best so far, saved)" if progress.best else ""
            self._print(
                f"update {progress.update:,}  validation loss {progress.loss:.3f}  BLEU {progress.bleu:.2f}{note}", True
            )
        elif now - self._shown >= (0.2 if self._live else PERIOD):
            self._shown = now
            left = time.strftime("%H:%M:%S", time.gmtime(progress.seconds_left))
            self._print(
                f"update {progress.update:,}/{progress.total:,}  epoch {progress.epoch}  loss {progress.loss:.3f}  "
                f"{progress.tokens_per_second:,.0f} tokens/s  {left} left",
                False,
            )

    def close_with_advice(self, out: Path) -> int:
        """Say where the model is, or how to go on; returns the exit code."""
        if self._signal:
            self._print("stopped and saved; run the same command again to go on exactly here", True)
            return 128 + self._signal
        self._print(f"done; translate with: nmt translate --model {out}", True)
        return 0

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        if self._signal:  # the second time the user means it
            raise KeyboardInterrupt
        self._signal = number

    def _print(self, text: str, lasting: bool) -> None:
        if self._live:
            sys.stderr.write(f"\r\x1b[K{text}" + ("\n" if lasting else ""))
        else:
            sys.stderr.write(text + "\n")
        sys.stderr.flush()
