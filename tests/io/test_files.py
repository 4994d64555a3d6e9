import errno
import gzip
import os
import subprocess
import sys
import threading

import pytest

from nmt.errors import DataError
from nmt.io.files import open_bytes, replacing


def read(path):
    with open_bytes(path) as stream:
        return stream.read()


def test_gzip_is_known_by_its_first_bytes_whatever_the_name(tmp_path):
    (tmp_path / "plain.gz").write_bytes(b"\x1f plain")
    (tmp_path / "packed.txt").write_bytes(gzip.compress(b"one ") + gzip.compress(b"two"))
    assert read(tmp_path / "plain.gz") == b"\x1f plain"
    assert read(tmp_path / "packed.txt") == b"one two"


def test_a_fifo_is_read(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    writer = threading.Thread(target=lambda: (tmp_path / "fifo").write_bytes(gzip.compress(b"text")))
    writer.start()
    assert read(tmp_path / "fifo") == b"text"
    writer.join()


@pytest.mark.parametrize(
    "damage", [lambda data: data[:-9], lambda data: data[:30] + b"\0\0\0\0" + data[34:], lambda data: data + b"more"]
)
def test_damaged_gzip_data_are_one_line(tmp_path, damage):
    (tmp_path / "a.gz").write_bytes(damage(gzip.compress(bytes(range(256)) * 20)))
    with pytest.raises(DataError, match=r"a\.gz: the gzip data are truncated or damaged"):
        read(tmp_path / "a.gz")


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_cannot_be_read_is_told(tmp_path):
    with pytest.raises(DataError, match="none: no such file"):
        read(tmp_path / "none")
    with pytest.raises(DataError, match="cannot be read"):
        read(tmp_path)


def test_files_appear_together_when_the_block_ends(tmp_path):
    with replacing(tmp_path / "a", tmp_path / "b") as [a, b]:
        a.write(b"1")
        b.write(b"2")
        assert not {"a", "b"} & set(names(tmp_path))
    assert names(tmp_path) == ["a", "b"]
    assert (tmp_path / "b").read_bytes() == b"2"


@pytest.mark.parametrize("failing", ["fsync", "write"])
def test_a_full_disk_leaves_the_old_files_and_nothing_else(tmp_path, monkeypatch, failing):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    def write():
        with replacing(tmp_path / "a", tmp_path / "b") as [a, b]:
            a.write(b"new a")
            if failing == "write":
                full()
            b.write(b"new b")

    (tmp_path / "a").write_text("old a")
    (tmp_path / "b").write_text("old b")
    if failing == "fsync":
        monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DataError, match=r"a, .*b: not written \(No space left on device\)"):
        write()
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == {"a": "old a", "b": "old b"}


def test_modes_follow_the_umask_and_links_are_followed(tmp_path):
    (tmp_path / "real").write_text("old")
    (tmp_path / "link").symlink_to("real")
    before = os.umask(0o027)
    try:
        with replacing(tmp_path / "link") as [stream]:
            stream.write(b"new")
    finally:
        os.umask(before)
    assert (tmp_path / "link").is_symlink()
    assert (tmp_path / "real").read_bytes() == b"new"
    assert (tmp_path / "real").stat().st_mode & 0o777 == 0o640


def test_only_regular_files_are_replaced(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    for path in (tmp_path, tmp_path / "fifo"):
        with pytest.raises(DataError, match="not a regular file"), replacing(path):
            pass
    with pytest.raises(DataError, match="not written"), replacing(tmp_path / "none" / "a"):
        pass


def test_a_link_that_leads_in_a_circle_is_not_written_through(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    with pytest.raises(DataError, match="loop: is a link that leads in a circle"), replacing(tmp_path / "loop"):
        pass
    assert (tmp_path / "loop").is_symlink()


WRITER = """
import sys, time
from pathlib import Path
from nmt.io.files import replacing
with replacing(Path(sys.argv[1])) as [stream]:
    stream.write(b"half a")
    print("writing", flush=True)
    time.sleep(60)
"""


def test_what_a_killed_writer_left_is_removed_and_what_a_living_one_writes_is_not(tmp_path):
    (tmp_path / ".nmt-notes.tmp").write_text("somebody else's")
    with subprocess.Popen([sys.executable, "-c", WRITER, tmp_path / "a"], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"writing\n"
        with replacing(tmp_path / "b") as [stream]:
            stream.write(b"b")
        assert len(names(tmp_path)) == 3  # b, the notes, and what is being written
        process.kill()
    with replacing(tmp_path / "b") as [stream]:
        stream.write(b"b")
    assert names(tmp_path) == [".nmt-notes.tmp", "b"]


def test_a_file_that_was_taken_for_a_leftover_before_it_was_locked_is_made_again(tmp_path, monkeypatch):
    from nmt.io import files

    real, calls = files.fcntl.flock, []

    def flock(file, how):
        calls.append(1)
        if len(calls) == 1:
            files._remove_leftovers(tmp_path)
        real(file, how)

    monkeypatch.setattr(files.fcntl, "flock", flock)
    with replacing(tmp_path / "a") as [stream]:
        stream.write(b"whole")
    assert names(tmp_path) == ["a"]
    assert (tmp_path / "a").read_bytes() == b"whole"
