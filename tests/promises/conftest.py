"""A real run folder, made in three updates, and the command line as a process."""

import io
import resource
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

# The kernel's own account of a process begins with its parent's peak, which may be far above.
MEASURED = """
import atexit, re, sys
from pathlib import Path

def tell(file=Path(sys.argv.pop(1)), status=Path("/proc/self/status")):
    if status.exists():
        found = dict(re.findall("(Vm[A-Za-z]+):\\s*([0-9]+) kB", status.read_text()))
        file.write_text(f"{found['VmHWM']} {found['VmPeak']}")

atexit.register(tell)
from nmt.cli.main import main
main()
"""


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a process ended."""

    code: int
    out: bytes
    err: bytes
    seconds: float
    memory: int  # bytes at its peak; 0 if not measured, as after a death by signal
    addresses: int = 0  # bytes of address space at its peak, which RLIMIT_AS limits


@pytest.fixture(scope="session")
def short_run(toy_data, toy_config, tmp_path_factory) -> Path:
    """A run folder, checkpoint and log included, that must not be changed."""
    from nmt.stages.train import train

    run = tmp_path_factory.mktemp("short") / "run"
    changes = ("training.max_updates=3", "model.hidden_size=32", "model.embedding_size=16")
    train(config=toy_config(*changes), data=toy_data, tokenizer=toy_data / "tokenizer.model", out=run)
    return run


@pytest.fixture
def run(short_run, tmp_path) -> Path:
    """A copy of that run folder, to be spoilt."""
    return Path(shutil.copytree(short_run, tmp_path / "run"))


@pytest.fixture(scope="session")
def nmt(tmp_path_factory):
    """Run `nmt` as a user does; limits are those of setrlimit, such as {"FSIZE": 1000}."""

    def start(*arguments, text=b"", limits=None, timeout=120) -> Ended:
        def limit():
            for name, value in (limits or {}).items():
                resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (value, value))

        peak = tmp_path_factory.mktemp("peak") / "bytes"
        command = [sys.executable, "-c", MEASURED, peak, *map(str, arguments)]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        started = time.monotonic()
        with subprocess.Popen(command, preexec_fn=limit, **pipes) as process:
            try:
                out, err = process.communicate(text, timeout=timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        seconds = time.monotonic() - started
        memory, addresses = (1024 * int(field) for field in (peak.read_text() if peak.exists() else "0 0").split())
        return Ended(code=process.returncode, out=out, err=err, seconds=seconds, memory=memory, addresses=addresses)

    return start


@pytest.fixture
def nmt_here(monkeypatch):
    """Run `nmt` in this process, through its own main(): as the user sees it, without the start-up."""
    from nmt.cli import main

    def start(*arguments) -> Ended:
        out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
        started = time.monotonic()
        with monkeypatch.context() as patched:
            patched.setattr(sys, "argv", ["nmt", *map(str, arguments)])
            patched.setattr(sys, "stdout", out)
            patched.setattr(sys, "stderr", err)
            patched.setattr(main.signal, "signal", lambda *_: None)  # pytest keeps its own handlers
            with pytest.raises(SystemExit) as ended:
                main.main()
        seconds = time.monotonic() - started
        written = [stream.buffer.getvalue() for stream in (out, err)]
        return Ended(code=ended.value.code, out=written[0], err=written[1], seconds=seconds, memory=0)

    return start
