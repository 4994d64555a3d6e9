"""Training in several processes, as torchrun starts them: the same bytes, one line for each fault."""

import socket
import time

import pytest
from tests_processes import fork
from tests_runs import digest, train
from tests_toy import CONFIG

from nmt.distributed.launch import joined_processes
from nmt.errors import ConfigError
from nmt.training.processes import ALONE

SETTINGS = ["training.epochs=1", "training.max_updates=4", "training.save_every=1", "training.accumulate=2",
            "training.subword_sampling=0.2", "model.hidden_size=32"]  # fmt: skip
LOST = "nmt: error: a process of this training was lost; what was saved last is unharmed"


@pytest.fixture
def start(toy_data, tmp_path):
    """Start processes of one training as a launcher does, with words of its own for each if they differ."""
    (tmp_path / "toy.toml").write_text(CONFIG)
    started = []

    def processes(count, run, *own, settings=SETTINGS):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        words = ["train", "--config", tmp_path / "toy.toml", "--data", toy_data, "--out", run]
        words += ["--tokenizer", toy_data / "tokenizer.model", *(word for s in settings for word in ("--set", s))]
        ranks = []
        for rank in range(count):
            log = tmp_path / f"log.{len(started)}"
            place = {"RANK": rank, "WORLD_SIZE": count, "MASTER_ADDR": "127.0.0.1", "MASTER_PORT": port}
            ranks.append((fork([*words, *(own[rank] if own else [])], log, **place), log))
            started.append(ranks[-1][0])
        return ranks

    yield processes
    for process in started:
        process.kill()
        process.join()


def ended(ranks):
    """The exit codes, and all lines of errors."""
    for process, _ in ranks:
        process.join(300)
    lines = [line for _, log in ranks for line in log.read_text().splitlines()]
    return [process.exitcode for process, _ in ranks], [line for line in lines if "error" in line]


def test_three_processes_go_on_where_one_stopped_and_give_the_bytes_of_one(start, toy_data, toy_config, tmp_path):
    config = toy_config(*SETTINGS, "training.shards=8")
    train(toy_data, config, tmp_path / "one")
    train(toy_data, config, tmp_path / "stopped", stop_at=2)
    assert ended(start(3, tmp_path / "stopped")) == ([0, 0, 0], [])
    assert digest(tmp_path / "stopped") == digest(tmp_path / "one")


def test_a_lost_process_ends_the_others_with_one_line(start, toy_data, toy_config, tmp_path):
    ranks = start(2, tmp_path / "run", settings=[*SETTINGS, "training.epochs=1000", "training.max_updates=0"])
    until = time.monotonic() + 200
    while not list((tmp_path / "run").glob("checkpoint/tensors-*")) and time.monotonic() < until:
        time.sleep(0.05)
    ranks[1][0].kill()
    codes, lines = ended(ranks)
    assert codes == [2, -9]
    assert len(lines) == 1
    assert lines[0].startswith(LOST)


def test_other_settings_and_too_many_processes_are_refused_in_one_line(start, tmp_path):
    codes, lines = ended(start(2, tmp_path / "run", [], ["--set", "training.learning_rate=0.5"]))
    assert codes == [2, 2]
    assert lines == [
        "nmt: error: process 1 has other training.learning_rate than process 0 (0.5, not 0.01); "
        "start all with the same command, configuration and files"
    ]
    codes, lines = ended(start(2, tmp_path / "few", settings=["training.shards=1"]))
    assert codes == [2, 2]
    assert lines == [
        "nmt: error: 2 processes cannot share 1 shards; start at most 1 processes, or set shards = 2 "
        "(another number gives other weights)"
    ]


def test_without_a_launcher_a_process_trains_alone_and_cuts_nothing(monkeypatch, toy_config):
    for name in ("RANK", "WORLD_SIZE", "MASTER_ADDR", "MASTER_PORT"):
        monkeypatch.delenv(name, raising=False)
    with joined_processes() as processes:
        assert processes is ALONE
        assert processes.with_shards(toy_config().training).shards == 0
    with pytest.raises(ConfigError, match=r"training\.shards is 6; it must be 0 or a power of two"):
        toy_config("training.shards=6")
