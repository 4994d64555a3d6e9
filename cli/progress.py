"""What training shows while it runs: one line per report and, if stderr is a terminal, a live line between them."""

import signal
import sys
import time
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nmt.stages.distill import DistillationProgress
    from nmt.training.processes import Processes
    from nmt.training.run import Progress

PERIOD = 10.0  # seconds between lines if stderr is a file

_FIGURES = {  # of validations
    "loss": "validation loss {:.3f}",
    "bleu": "BLEU {:.2f}",
    "f1": "F1 {:.2f}",
    "macro_f1": "macro F1 {:.2f}",
    "accuracy": "accuracy {:.2f}",
    "perplexity": "perplexity {:.2f}",
}


class TrainingDisplay:
    """Shows progress on stderr, and turns the first SIGINT or SIGTERM into a request to stop after this update.

    Of several processes, the first shows it; each may receive a signal twice, from the terminal and from the launcher.
    """

    def __init__(self, processes: "Processes | None" = None) -> None:
        self._quiet = processes is not None and processes.rank > 0
        self._launched = processes is not None and processes.count > 1
        self._live = sys.stderr.isatty()
        self._shown = 0.0
        self._signal = 0
        self._handlers: dict[int, object] = {}

    def __enter__(self) -> "TrainingDisplay":
        for number in (signal.SIGINT, signal.SIGTERM):
            if signal.getsignal(number) is not signal.SIG_IGN:  # as in a background job of a script
                self._handlers[number] = signal.signal(number, self._ask_to_stop)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._handlers.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what signal() returned, it also accepts

    def stop_requested(self) -> bool:
        """Whether a signal has been received."""
        return self._signal != 0

    def show(self, progress: "Progress") -> None:
        """Report the progress of training."""
        if progress.validation is not None:
            found = "  ".join(_FIGURES[name].format(value) for name, value in progress.validation.figures.items())
            note = " (best so far, saved)" if progress.best else " (saved)" if progress.saved else ""
            self._print(f"update {progress.update:,}  {found}{note}", True)
        else:
            losses = "  ".join(f"{name.replace('_', ' ')} {loss:.3f}" for name, loss in sorted(progress.losses.items()))
            place = f"update {progress.update:,}/{progress.total:,}  epoch {progress.epoch}"
            self._working(f"{place}  {losses}  {progress.tokens_per_second:,.0f} tokens/s", progress.seconds_left)

    def show_distillation(self, progress: "DistillationProgress") -> None:
        """Report the progress of distillation."""
        self._working(f"line {progress.lines:,}/{progress.total:,}", progress.seconds_left)

    def show_curve(self, log: Path) -> None:
        """Draw the validations of a training from its log, if stderr is a terminal that can."""
        if not self._live or (sys.stderr.encoding or "").lower() not in ("utf-8", "utf8") or not log.is_file():
            return
        from nmt.report.terminal import curve_lines
        from nmt.report.training import main_curve, read_curves

        found = main_curve(read_curves(log))
        if found is not None and len(found[1]) > 1:
            name, points = found
            self._print("\n".join(curve_lines(points, name)), True)

    def close_with_advice(self, advice: str, done: bool = False, before: bool = False) -> int:
        """Say what can be done now, or, if a signal came before it was done, how to go on; returns the exit code.

        before tells that it had been done already.
        """
        if self._signal and not done:
            self._print("stopped and saved; run the same command again to resume exactly here", True)
            return 128 + self._signal
        self._print(f"{'was done already' if before else 'done'}; {advice}", True)
        return 0

    def _working(self, found: str, seconds_left: float) -> None:
        """Print how far the work is, unless such a line was printed just before."""
        now = time.monotonic()
        if now - self._shown >= (0.2 if self._live else PERIOD):
            self._shown = now
            minutes, seconds = divmod(int(seconds_left), 60)
            self._print(f"{found}  {minutes // 60:02}:{minutes % 60:02}:{seconds:02} left", False)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        if self._signal and not self._launched:  # the user insists
            raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)
        self._signal = number

    def _print(self, text: str, lasting: bool) -> None:
        if self._quiet:
            return
        if self._live:
            sys.stderr.write(f"\r\x1b[K{text}" + ("\n" if lasting else ""))
        else:
            sys.stderr.write(text + "\n")
        sys.stderr.flush()
