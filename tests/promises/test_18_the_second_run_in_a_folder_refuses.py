"""Promise 18: 50 races, 0 mixed folders; the lock of a killed run does not block."""

import signal
import subprocess
import sys
import time

import pytest

from nmt.errors import ModelError
from nmt.model_folder.locking import lock
from nmt.model_folder.store import open_folder

# Waits for the start, tries to lock, saves its number in two steps and holds on until the others have tried.
RUNNER = """
import sys, time
from pathlib import Path
from nmt.errors import ModelError
from nmt.model_folder.locking import lock
from nmt.model_folder.store import save, update
folder, number, runners = Path(sys.argv[1]), sys.argv[2].encode(), int(sys.argv[3])
(folder / f"ready{number.decode()}").touch()
while not (folder / "go").exists():
    pass
try:
    with lock(folder / "run"):
        save(folder / "run", {"config.json": number, "translator.bin": b"first"})
        update(folder / "run", {"translator.bin": number})
        while len(list(folder.glob("refused*"))) < runners - 1:
            time.sleep(0.001)
except ModelError as error:
    print(error)
    (folder / f"refused{number.decode()}").touch()
    sys.exit(2)
"""


def race(folder, runners):
    """Start runners at once in one folder; returns their exit codes and what the refused ones said."""
    folder.mkdir()
    processes = [
        subprocess.Popen([sys.executable, "-c", RUNNER, folder, str(n), str(runners)], stdout=subprocess.PIPE)
        for n in range(runners)
    ]
    deadline = time.monotonic() + 60
    while len(list(folder.glob("ready*"))) < runners and time.monotonic() < deadline:
        time.sleep(0.005)
    (folder / "go").touch()
    said = [process.communicate(timeout=60)[0].decode() for process in processes]
    return [process.returncode for process in processes], said


@pytest.mark.parametrize("races", [3, pytest.param(50, marks=pytest.mark.long)])
def test_one_run_wins_and_the_folder_is_all_its_own(tmp_path, races):
    runners = 3
    for number in range(races):
        folder = tmp_path / str(number)
        codes, said = race(folder, runners)
        assert sorted(codes) == [0, 2, 2]
        winner = str(codes.index(0)).encode()
        model = open_folder(folder / "run")
        assert [model.read("config.json"), model.read("translator.bin")] == [winner, winner]
        assert all("another process is writing here (" in line for line in said if line)
        assert not (folder / "run" / ".lock").exists()
    print(f"{races} races of {runners}, 0 mixed folders")


HOLDER = """
import sys, time
from pathlib import Path
from nmt.model_folder.locking import lock
with lock(Path(sys.argv[1])):
    print("locked", flush=True)
    time.sleep(60)
"""


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_the_lock_of_a_killed_run_does_not_block(tmp_path, number):
    with subprocess.Popen([sys.executable, "-c", HOLDER, tmp_path / "run"], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"locked\n"
        with pytest.raises(ModelError, match=rf"another process is writing here \(pid {process.pid}\)"):
            lock(tmp_path / "run").__enter__()
        process.send_signal(number)
    assert (tmp_path / "run" / ".lock").exists()
    with lock(tmp_path / "run"):
        pass
    assert not (tmp_path / "run" / ".lock").exists()


def test_train_refuses_a_folder_that_another_training_holds(tmp_path, toy_data, nmt_here):
    from tests_toy import CONFIG

    (tmp_path / "toy.toml").write_text(CONFIG)
    options = ["--config", tmp_path / "toy.toml", "--data", toy_data, "--tokenizer", toy_data / "tokenizer.model"]
    with lock(tmp_path / "run"):
        ended = nmt_here("train", *options, "--out", tmp_path / "run")
    assert ended.code == 2
    assert b"another process is writing here" in ended.err
    assert ended.err.count(b"\n") == 1
    assert list((tmp_path / "run").iterdir()) == []
