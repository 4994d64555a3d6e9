"""A real run folder, made in three updates, and the command line as a process."""

import resource
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests_processes import Ended

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
        started = cpu_seconds()
        with subprocess.Popen(command, preexec_fn=limit, **pipes) as process:
            try:
                out, err = process.communicate(text, timeout=timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        seconds = cpu_seconds() - started
        memory, addresses = (1024 * int(field) for field in (peak.read_text() if peak.exists() else "0 0").split())
        return Ended(code=process.returncode, out=out, err=err, seconds=seconds, memory=memory, addresses=addresses)

    return start


def cpu_seconds() -> float:
    """What this process's children took until they ended; other processes do not make it longer."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
