import errno
import itertools
import os
import random

import pytest

from nmt import model_folder
from nmt.errors import ModelError

OLD = {"config.json": b"{}", "translator.safetensors": b"old weights"}
NEW = {"config.json": b"{}", "translator.safetensors": b"new weights", "tagger.safetensors": b"tags"}


def content(path):
    folder = model_folder.open_folder(path)
    return {name: folder.read(name) for name in folder.parts}


def test_what_was_saved_is_read(tmp_path):
    model_folder.save(tmp_path / "m", OLD)
    assert content(tmp_path / "m") == OLD
    model_folder.save(tmp_path / "m", NEW)
    assert content(tmp_path / "m") == NEW
    assert len(list((tmp_path / "m").iterdir())) == 4  # three parts and the manifest, nothing left over


def test_an_update_keeps_the_other_parts(tmp_path):
    model_folder.save(tmp_path / "m", OLD)
    model_folder.update(tmp_path / "m", {"tagger.safetensors": b"tags"})
    assert content(tmp_path / "m") == {**OLD, "tagger.safetensors": b"tags"}


def test_every_flipped_bit_is_found(tmp_path):
    model_folder.save(tmp_path / "m", OLD)
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
    model_folder.save(tmp_path / "m", OLD)
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
    model_folder.save(tmp_path / "m", OLD)
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
    model_folder.save(tmp_path / "m", OLD)
    real = {name: getattr(os, name) for name in ("write", "fsync", "rename", "replace")}
    for failing in range(100):
        with monkeypatch.context() as patched:
            countdown = itertools.count(failing, -1)
            for name, call in real.items():
                patched.setattr(os, name, _failing_when_zero(call, countdown, number))
            try:
                model_folder.save(tmp_path / "m", NEW)
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
        model_folder.save(tmp_path / "m", {name: b""})


def test_a_folder_is_locked_for_one(tmp_path):
    with model_folder.lock(tmp_path / "m"), pytest.raises(ModelError), model_folder.lock(tmp_path / "m"):
        pass
    with model_folder.lock(tmp_path / "m"):
        pass
