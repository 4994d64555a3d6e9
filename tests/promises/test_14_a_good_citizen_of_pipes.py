"""Promise 14: `| head`, a full stdout, SIGINT, SIGTERM, a closed stdin: no traceback; typed lines answered at once."""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest

NMT = [sys.executable, "-m", "nmt"]
HANGS = 300  # seconds
PIPES = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}


@pytest.fixture(scope="module")
def filters(short_run, toy_data):
    """Commands that turn lines into lines."""
    return {
        "translate": [*NMT, "translate", "--model", str(short_run), "--beam-size", "1"],
        "tokenize": [*NMT, "tokenize", "--tokenizer", str(toy_data / "tokenizer.model")],
    }


def shell(script, *command):
    """Run a script of the shell in which "$@" is the command."""
    run = ["bash", "-c", f"set -o pipefail; {script}", "bash", *command]
    return subprocess.run(run, capture_output=True, timeout=120)


@pytest.mark.parametrize("name", ["translate", "tokenize"])
def test_when_the_reader_has_had_enough_it_ends_quietly(filters, name):
    ended = shell("yes 'Hund und Katze.' | \"$@\" | head -n 3", *filters[name])
    assert ended.returncode == 128 + signal.SIGPIPE
    assert ended.stdout.count(b"\n") == 3
    assert ended.stderr == b""


@pytest.mark.parametrize("name", ["translate", "tokenize"])
def test_a_full_disk_is_told_whatever_is_read(filters, name):
    ended = shell('echo Hund. | "$@" > /dev/full', *filters[name])
    assert ended.returncode == 2
    assert ended.stderr == b"nmt: error: output: No space left on device\n"


def test_a_full_disk_is_not_taken_for_a_fault_of_the_input_file(filters, tmp_path):
    (tmp_path / "in").write_bytes(b"Hund.\n")
    ended = shell('"$@" > /dev/full', *filters["translate"], "-i", str(tmp_path / "in"))
    assert ended.returncode == 2
    assert ended.stderr == b"nmt: error: output: No space left on device\n"


@pytest.mark.parametrize(
    ("closed", "said"),
    [
        ("<&-", b"nmt: error: stdin: cannot be read (Bad file descriptor); check the file\n"),
        (">&-", b"nmt: error: output: Bad file descriptor\n"),
        ("2>&- >&-", b""),
    ],
)
def test_a_closed_stream_is_told_where_that_is_possible(filters, closed, said):
    ended = shell(f'echo Hund. | {{ "$@" {closed}; }}', *filters["tokenize"])
    assert (ended.returncode, ended.stdout, ended.stderr) == (2, b"", said)


def test_nothing_in_nothing_out(filters):
    for source in ("< /dev/null", "<<< ''"):
        ended = shell(f'"$@" {source}', *filters["tokenize"])
        assert (ended.returncode, ended.stdout, ended.stderr) == (0, b"" if "null" in source else b"\n", b"")


def check_answers(process, lines):
    """Type lines, each when the one before was answered: what waits for more than a line would wait for ever."""
    stop = threading.Timer(HANGS, process.kill)
    stop.start()
    for line in lines:
        process.stdin.write(line)
        process.stdin.flush()
        assert process.stdout.readline().endswith(b"\n")
    stop.cancel()


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("name", ["translate", "tokenize"])
def test_typed_lines_are_answered_at_once_and_a_signal_while_it_waits_ends_it_quietly(filters, name, number, code):
    with subprocess.Popen(filters[name], **PIPES) as process:
        check_answers(process, [b"Hund.\n", b"Haus und Baum.\n", b"\n", b"Katze.\n"])
        process.send_signal(number)
        out, err = process.stdout.read(), process.stderr.read()
        assert process.wait(60) == code
    assert (out, err) == (b"", b"")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_in_the_middle_of_the_work_leaves_whole_lines(filters, number, code):
    def feed():
        with suppress(OSError):
            for _ in range(1_000_000):
                process.stdin.write(b"Hund und Katze.\n")

    with subprocess.Popen(filters["translate"], **PIPES) as process:
        feeder = threading.Thread(target=feed)
        feeder.start()
        process.stdout.readline()
        process.send_signal(number)
        out, err = process.stdout.read(), process.stderr.read()
        assert process.wait(60) == code
        feeder.join()
        with suppress(OSError):
            process.stdin.close()
    assert err == b""
    assert out[-1:] in (b"", b"\n")


INTERRUPTED = """
import os, signal, sys

class Interrupt:
    def find_spec(self, name, *_):
        if name == sys.argv[1]:
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupt())
from nmt.cli.__main__ import start
sys.argv[2:] = ["--help"]
start()
"""


@pytest.mark.parametrize("module", ["nmt.cli.main", "typer", "nmt.cli.check", "nmt.errors"])
def test_an_interrupt_while_it_starts_is_quiet(module):
    ended = subprocess.run([sys.executable, "-c", INTERRUPTED, module], capture_output=True, timeout=60)
    assert (ended.returncode, ended.stdout, ended.stderr) == (-signal.SIGINT, b"", b"")


def test_interrupts_that_the_caller_has_switched_off_stay_off(filters):
    def ignore():
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    with subprocess.Popen(filters["tokenize"], preexec_fn=ignore, **PIPES) as process:
        check_answers(process, [b"Hund.\n"])
        process.send_signal(signal.SIGINT)
        check_answers(process, [b"Haus.\n"])
        process.stdin.close()
        assert process.wait(60) == 0


def test_a_fifo_that_is_filled_line_by_line_is_answered_line_by_line(filters, tmp_path):
    os.mkfifo(tmp_path / "in")
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen([*filters["translate"], "-i", str(tmp_path / "in")], **pipes) as process:
        with Path(tmp_path / "in").open("wb", buffering=0) as fifo:
            for line in (b"Hund.\n", b"Haus.\n"):
                fifo.write(line)
                assert process.stdout.readline().endswith(b"\n")
        assert process.wait(60) == 0
        assert process.stderr.read() == b""
