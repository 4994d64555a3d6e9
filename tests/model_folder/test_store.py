import errno
import itertools
import json
import os
import random
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from tests_folders import sign

from nmt.errors import ModelError
from nmt.model_folder import store

OLD = {"config.json": b"{}", "translator.safetensors": b"old weights"}
NEW = {"config.json": b"{}", "translator.safetensors": b"new weights", "tagger.safetensors": b"tags"}


def content(path):
    folder = store.open_folder(path)
    return {name: folder.read(name) for name in folder.parts}


def test_what_was_saved_is_read(tmp_path):
    store.save(tmp_path / "m", OLD)
    assert content(tmp_path / "m") == OLD
    store.save(tmp_path / "m", NEW)
    assert content(tmp_path / "m") == NEW
    assert len(list((tmp_path / "m").iterdir())) == 4  # three parts and the manifest, nothing left over


def test_an_update_keeps_the_other_parts(tmp_path):
    store.save(tmp_path / "m", OLD)
    store.update(tmp_path / "m", {"tagger.safetensors": b"tags"})
    assert content(tmp_path / "m") == {**OLD, "tagger.safetensors": b"tags"}


def test_every_flipped_bit_is_found(tmp_path):
    store.save(tmp_path / "m", OLD)
    generator = random.Random(1)
    for _ in range(200):
        file = generator.choice(sorted((tmp_path / "m").iterdir()))
        whole = file.read_bytes()
        broken = bytearray(whole)
        broken[generator.randrange(len(broken))] ^= 1 << generator.randrange(8)
        file.write_bytes(broken)
        with pytest.raises(ModelError):
            content(tmp_path / "m")
        file.write_bytes(whole)
    assert content(tmp_path / "m") == OLD


def test_every_truncation_is_found(tmp_path):
    store.save(tmp_path / "m", OLD)
    for file in sorted((tmp_path / "m").iterdir()):
        whole = file.read_bytes()
        for size in {0, 1, len(whole) // 2, len(whole) - 1}:
            file.write_bytes(whole[:size])
            with pytest.raises(ModelError):
                content(tmp_path / "m")
        file.write_bytes(whole)
        file.unlink()
        with pytest.raises(ModelError):
            content(tmp_path / "m")
        file.write_bytes(whole)


def test_links_and_pipes_are_not_followed(tmp_path):
    store.save(tmp_path / "m", OLD)
    [weights] = (tmp_path / "m").glob("translator-*")
    weights.rename(tmp_path / "elsewhere")
    weights.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(ModelError):
        content(tmp_path / "m")
    weights.unlink()
    os.mkfifo(weights)
    with pytest.raises(ModelError):
        content(tmp_path / "m")


def _failing_when_zero(call, countdown, number):
    def spoilt(*arguments, **options):
        if next(countdown) == 0:
            raise OSError(number, os.strerror(number))
        return call(*arguments, **options)

    return spoilt


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO, errno.EACCES])
def test_an_error_at_any_write_of_a_save_leaves_the_old_model(tmp_path, monkeypatch, number):
    store.save(tmp_path / "m", OLD)
    real = {name: getattr(os, name) for name in ("write", "fsync", "rename", "replace")}
    for failing in range(100):
        with monkeypatch.context() as patched:
            countdown = itertools.count(failing, -1)
            for name, call in real.items():
                patched.setattr(os, name, _failing_when_zero(call, countdown, number))
            try:
                store.save(tmp_path / "m", NEW)
            except ModelError:
                pass
            else:
                break
        assert content(tmp_path / "m") == OLD
    assert failing >= 5  # each of so many calls failed once
    assert content(tmp_path / "m") == NEW


@pytest.mark.parametrize("name", ["../x", "/etc/passwd", "a/b", "", ".", ".hidden"])
def test_a_name_stays_a_name(tmp_path, name):
    with pytest.raises((ModelError, ValueError)):
        store.save(tmp_path / "m", {name: b""})


def test_a_file_is_named_by_its_content_and_listed_with_size_and_sum(tmp_path):
    store.save(tmp_path / "m", {"translator.int8.onnx": b"abc"})
    # sha256("abc"), FIPS 180-2, appendix B.1
    sha256 = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert (tmp_path / "m" / "translator-ba7816bf8f01cfea.int8.onnx").read_bytes() == b"abc"
    listed = json.loads((tmp_path / "m" / "manifest.json").read_bytes())["parts"]["translator.int8.onnx"]
    assert listed == {"file": "translator-ba7816bf8f01cfea.int8.onnx", "size": 3, "sha256": sha256}


def test_the_same_parts_give_the_same_folder_in_whatever_order(tmp_path):
    store.save(tmp_path / "a", NEW)
    store.save(tmp_path / "b", dict(reversed(NEW.items())))
    files = [{file.name: file.read_bytes() for file in (tmp_path / name).iterdir()} for name in "ab"]
    assert files[0] == files[1]


@pytest.mark.parametrize(
    ("version", "advice"),
    [(2, "upgrade nmt"), (99, "upgrade nmt"), (0, "use the older nmt"), (-1, "use the older nmt")],
)
def test_another_format_version_is_named_and_what_to_do(tmp_path, version, advice):
    store.save(tmp_path / "m", OLD)
    manifest = json.loads((tmp_path / "m" / "manifest.json").read_bytes())
    (tmp_path / "m" / "manifest.json").write_bytes(sign({**manifest, "format_version": version}))
    with pytest.raises(ModelError, match=f"format version {version}, and this nmt reads 1: {advice}"):
        store.open_folder(tmp_path / "m")


@pytest.mark.parametrize("change", [b" ", b"\n", b"\0"])
def test_a_manifest_has_one_form_only(tmp_path, change):
    store.save(tmp_path / "m", OLD)
    whole = (tmp_path / "m" / "manifest.json").read_bytes()
    for spoilt in (whole + change, change + whole, whole.replace(b": ", b": " + change)):
        (tmp_path / "m" / "manifest.json").write_bytes(spoilt)
        with pytest.raises(ModelError, match="is damaged"):
            store.open_folder(tmp_path / "m")


def test_modes_are_those_of_the_umask(tmp_path):
    before = os.umask(0o027)
    try:
        store.save(tmp_path / "m", OLD)
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "m").stat().st_mode) == 0o750
    assert {stat.S_IMODE(file.stat().st_mode) for file in (tmp_path / "m").iterdir()} == {0o640}


def test_a_save_removes_what_killed_ones_left_and_nothing_else(tmp_path):
    path = tmp_path / "m"
    store.save(path, OLD)
    leftovers = ["tagger-0123456789abcdef.safetensors", ".tagger-0123456789abcdef.safetensors.tmp"]
    leftovers += [".manifest.json.tmp", ".manifest.json.old.tmp"]
    others = [
        "train.jsonl",
        "notes.txt",
        "notes-20240101.txt",
        "tagger.safetensors",
        "a.tmp",
        ".lock",
        "manifest.json~",
    ]
    for name in leftovers + others:
        (path / name).write_bytes(b"x")
    (path / "checkpoint").mkdir()
    store.save(path, NEW)
    left = {file.name for file in path.iterdir()} - {part.file for part in store.open_folder(path).parts.values()}
    assert left == {"manifest.json", "checkpoint", *others}


def test_a_save_over_a_damaged_model_keeps_its_files_until_it_is_done(tmp_path, monkeypatch):
    path = tmp_path / "m"
    store.save(path, OLD)
    (path / "manifest.json").write_bytes(b"rotten")
    before = {file.name: file.read_bytes() for file in path.iterdir()}
    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", _failing_when_zero(os.rename, itertools.count(1, -1), errno.EIO))
        with pytest.raises(ModelError):
            store.save(path, NEW)
    assert before.items() <= {file.name: file.read_bytes() for file in path.iterdir()}.items()
    store.save(path, NEW)
    assert content(path) == NEW
    assert len(list(path.iterdir())) == 4


@pytest.mark.parametrize("prepare", [lambda path: None, lambda path: path.mkdir(), lambda path: path.touch()])
def test_there_must_be_a_model_to_update(tmp_path, prepare):
    prepare(tmp_path / "m")
    with pytest.raises(ModelError, match="model"):
        store.update(tmp_path / "m", NEW)


def test_an_open_folder_stays_what_it_was_while_others_are_saved(tmp_path):
    store.save(tmp_path / "m", OLD)
    opened = store.open_folder(tmp_path / "m")
    store.save(tmp_path / "m", NEW)
    assert {name: opened.read(name) for name in opened.parts} == OLD
    assert content(tmp_path / "m") == NEW


def test_a_reader_that_a_save_overtakes_reads_the_new_model(tmp_path, monkeypatch):
    store.save(tmp_path / "m", OLD)
    real, saved = store._open_parts, []

    def overtaken(*arguments):
        if not saved:
            saved.append(1)
            store.save(tmp_path / "m", NEW)
        return real(*arguments)

    monkeypatch.setattr(store, "_open_parts", overtaken)
    assert content(tmp_path / "m") == NEW


WRITER = """
import itertools, sys
from pathlib import Path
from nmt.model_folder.store import save
for number in itertools.count():
    save(Path(sys.argv[1]), {"config.json": b"%d" % number, "translator.bin": b"%d" % number})
"""


def test_readers_never_see_two_models_mixed_however_fast_they_are_saved(tmp_path):
    store.save(tmp_path / "m", {"config.json": b"-1", "translator.bin": b"-1"})
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, tmp_path / "m"]) for _ in range(2)]
    try:
        seen = set()
        while len(seen) < 20:
            found = content(tmp_path / "m")
            assert found["config.json"] == found["translator.bin"]
            seen.add(found["config.json"])
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    store.save(tmp_path / "m", NEW)  # whatever the killed writers left
    assert content(tmp_path / "m") == NEW
    assert len(list((tmp_path / "m").iterdir())) == 4


def test_a_closed_folder_keeps_no_file_open(tmp_path):
    store.save(tmp_path / "m", OLD)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        content(tmp_path / "m")
        with pytest.raises(ModelError):
            store.open_folder(tmp_path)
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_part_that_is_not_there_is_named_with_those_that_are(tmp_path):
    store.save(tmp_path / "m", OLD)
    folder = store.open_folder(tmp_path / "m")
    assert folder.has("config.json")
    assert not folder.has("tagger.safetensors")
    with pytest.raises(ModelError, match=r"has no tagger\.safetensors, only config\.json, translator\.safetensors"):
        folder.read("tagger.safetensors")


def test_a_part_beyond_the_bound_is_not_saved(tmp_path, monkeypatch):
    monkeypatch.setattr("nmt.model_folder.manifest.MAX_PART_BYTES", 4)
    store.save(tmp_path / "m", {"config.json": b"1234"})
    with pytest.raises(ModelError, match="5 bytes"):
        store.save(tmp_path / "m", {"config.json": b"12345"})
    assert content(tmp_path / "m") == {"config.json": b"1234"}


@pytest.mark.parametrize(
    ("job", "first"),
    [
        ({"training.validate_every": 0}, "epoch 1"),
        ({"training.validate_every": 500}, "update 500"),
        ({"tagging.epochs": 3}, "epoch 1"),
        (None, "epoch 1"),
    ],
)
def test_a_training_that_has_no_model_yet_says_when_it_will(tmp_path, job, first):
    store.save(tmp_path / "checkpoint", {"state.json": json.dumps({"job": job}).encode()})
    with pytest.raises(ModelError, match=f"training; the first model comes after {first}$"):
        store.open_folder(tmp_path)
    [state] = (tmp_path / "checkpoint").glob("state-*")
    state.write_bytes(b"damaged")
    with pytest.raises(ModelError, match=r"training; the first model comes after epoch 1$"):
        store.open_folder(tmp_path)
