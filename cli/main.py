"""The `nmt` command: subcommands by name, and the one place where errors become a line and an exit code."""

import errno
import logging
import os
import re
import signal
import sys
import traceback
from types import FrameType
from typing import Annotated

import typer

from nmt import __version__
from nmt.errors import NMTError

from .bench import bench
from .check import check
from .classify import classify
from .compare import compare
from .config import config
from .distill import distill
from .evaluate import evaluate
from .evaluate_classifier import evaluate_classifier
from .evaluate_lm import evaluate_lm
from .evaluate_tagger import evaluate_tagger
from .export import export
from .generate import generate
from .inspect import inspect
from .options import TEXT_ALLOWED
from .prepare import prepare
from .remember import remember
from .report import report
from .scoring import OLD_SPELLINGS
from .serve import serve
from .tag import tag
from .tokenize import tokenize
from .train import train
from .train_classifier import train_classifier
from .train_lm import train_lm
from .train_tagger import train_tagger
from .train_tokenizer import train_tokenizer
from .translate import translate

FOR_TRAINING = {"torch", "datasets", "pyarrow"}  # the extra `train`; a model runs without
OUT_OF_MEMORY = "out of memory; what was saved is unharmed; use smaller batches or shorter lines"

# As Python, torch, onnxruntime, oneDNN, C++, the library loader and the operating system phrase it.
_OUT_OF_MEMORY = re.compile(
    "out of memory|(can't|cannot|unable to|failed to) allocate|bad_?alloc|failed to map segment|can't start new thread"
    "|could not create a primitive|maximum allowed dimension exceeded|array is too big"
    "|unable to cast python instance of type <class 'str'>",
    re.IGNORECASE,
)

app = typer.Typer(
    help="Train your own translator from a parallel corpus, on an ordinary computer.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # rich takes as long to import as all the rest of a command's start
    context_settings={"help_option_names": ["-h", "--help"]},
)
app.command("prepare")(prepare)
app.command("train-tokenizer")(train_tokenizer)
app.command("tokenize", context_settings=TEXT_ALLOWED)(tokenize)
app.command("train")(train)
app.command("train-tagger")(train_tagger)
app.command("train-classifier")(train_classifier)
app.command("train-lm")(train_lm)
app.command("distill")(distill)
app.command("remember")(remember)
app.command("translate", context_settings=TEXT_ALLOWED)(translate)
app.command("tag", context_settings=TEXT_ALLOWED)(tag)
app.command("classify", context_settings=TEXT_ALLOWED)(classify)
app.command("generate")(generate)
app.command("serve")(serve)
app.command("evaluate", context_settings=OLD_SPELLINGS)(evaluate)
app.command("evaluate-tagger")(evaluate_tagger)
app.command("evaluate-classifier")(evaluate_classifier)
app.command("evaluate-lm", context_settings=TEXT_ALLOWED)(evaluate_lm)
app.command("compare", context_settings=OLD_SPELLINGS)(compare)
app.command("report", context_settings=OLD_SPELLINGS)(report)
app.command("inspect")(inspect)
app.command("export")(export)
app.command("check")(check)
app.command("bench")(bench)
app.command("config")(config)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"nmt {__version__}")
        raise typer.Exit


@app.callback()
def options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """Options before the command's name."""


def main() -> None:
    """Run the command line. Exit codes: 0 success, 2 wrong input or environment, 1 a bug, 130 and 143 after signals."""
    _open_closed_streams()
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="nmt: %(message)s")
    signal.signal(signal.SIGTERM, _terminate)
    if signal.getsignal(signal.SIGINT) is signal.SIG_DFL:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if hasattr(signal, "SIGPIPE"):  # the reader of our output has closed it: end as `cat` does in `cat FILE | head`
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    try:
        app()
        code = 0
    except SystemExit as exit_:
        code = exit_.code if isinstance(exit_.code, int) else 0 if exit_.code is None else 1
    except KeyboardInterrupt:
        code = 130
    except Exception as error:
        code = _explain(error)
    code = _close_output(code)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)  # from here on Python's own handler would print a traceback
    sys.exit(code)


def _open_closed_streams() -> None:
    """Make streams that the caller has closed fail when they are used, and keep their numbers from a model's files."""
    if sys.stdin is None:
        sys.stdin = os.fdopen(os.open(os.devnull, os.O_WRONLY))
    if sys.stdout is None:
        sys.stdout = os.fdopen(os.open(os.devnull, os.O_RDONLY), "w")
    if sys.stderr is None:
        sys.stderr = os.fdopen(os.open(os.devnull, os.O_WRONLY), "w")


def _terminate(number: int, frame: FrameType | None) -> None:
    raise SystemExit(128 + number)


def _explain(error: Exception) -> int:
    """Print what an error means for the user; return the exit code."""
    if _is_out_of_memory(error):
        return _complain(OUT_OF_MEMORY)
    if isinstance(error, NMTError):
        return _complain(str(error))
    if isinstance(error, ModuleNotFoundError) and (name := (error.name or "").partition(".")[0]) in FOR_TRAINING:
        return _complain(f"this command needs {name}; install what training needs by: pip install 'nmt[train]'")
    if isinstance(error, OSError):
        return _complain(f"{error.filename or 'output'}: {error.strerror or error}")
    return _report_bug()


def _is_out_of_memory(error: BaseException | None) -> bool:
    """Whether an error was caused by lack of memory; most libraries say so only in the message."""
    if error is None:
        return False
    if isinstance(error, MemoryError) or (isinstance(error, OSError) and error.errno == errno.ENOMEM):
        return True
    return bool(_OUT_OF_MEMORY.search(str(error))) or _is_out_of_memory(error.__cause__ or error.__context__)


def _complain(message: str) -> int:
    line = message.encode("utf-8", "backslashreplace").decode()
    print("nmt: error: " + "".join(c if c.isprintable() else repr(c)[1:-1] for c in line), file=sys.stderr)
    return 2


def _report_bug() -> int:
    text = "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in traceback.format_exc())
    print(f"{text}nmt: this is a bug; please report it with the lines above", file=sys.stderr)
    return 1


def _close_output(code: int) -> int:
    """Flush stdout; lost output must be reported, and Python's own flush at exit must not fail again."""
    try:
        sys.stdout.flush()
    except OSError as error:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return code or _complain(f"output: {error.strerror or error}")
    return code
