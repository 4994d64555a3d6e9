"""`nmt` in processes: started as a user does, or forked, to be killed, from one that has its imports behind it."""

import multiprocessing
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path

NMT = [sys.executable, "-c", "from nmt.cli.main import main; main()"]
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "nmt.config",
        "nmt.stages.prepare",
        "nmt.stages.train",
        "torch._dynamo",
        "torch.utils.tensorboard",
    ]
)


@dataclass(frozen=True, kw_only=True)
class Ended:
    """How a run of the command line ended."""

    code: int
    out: bytes
    err: bytes
    seconds: float  # of CPU time
    memory: int = 0  # bytes at its peak; 0 if not measured, as after a death by signal
    addresses: int = 0  # bytes of address space at its peak, which RLIMIT_AS limits


def nmt(*arguments: object, text: bytes | None = None, expect: int = 0) -> subprocess.CompletedProcess[bytes]:
    """Run `nmt` to its end; a failure, or another exit code than expected, fails the test."""
    run = subprocess.run([*NMT, *map(str, arguments)], input=text, capture_output=True, timeout=300)
    assert run.returncode == expect, run.stderr.decode()
    return run


def run_for(seconds: float, arguments: Sequence[object], log: Path, *, forked: bool) -> int:
    """Run `nmt`, kill it after so many seconds, and return its exit code: -9 if that was before its end."""
    if forked:
        process = fork(arguments, log)
        process.join(seconds)
        process.kill()
        process.join()
        return process.exitcode
    words = map(str, arguments)
    with log.open("wb") as output, subprocess.Popen([*NMT, *words], stdout=output, stderr=output) as started:
        try:
            return started.wait(seconds)
        except subprocess.TimeoutExpired:
            started.kill()
            return started.wait()


def fork(arguments: Sequence[object], log: Path, **environment: object) -> ForkServerProcess:
    """Start `nmt` in a process that has its imports behind it, with more environment; what it prints goes to log."""
    variables = {name: str(value) for name, value in environment.items()}
    process = _FORKS.Process(target=_main, args=(list(map(str, arguments)), log, variables))
    process.start()
    return process


def _main(words: list[str], log: Path, environment: dict[str, str]) -> None:
    os.environ.update(environment)
    with log.open("wb") as output:
        for descriptor in (1, 2):
            os.dup2(output.fileno(), descriptor)
    from nmt.cli.main import main

    sys.argv = ["nmt", *words]
    main()
