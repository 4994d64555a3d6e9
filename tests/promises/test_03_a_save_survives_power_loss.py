"""Promise 3: files fsynced, renamed, folder fsynced, manifest last; a half-written image is refused.

A save's system calls are recorded, then the power fails after each of them. What was not fsynced by then may be on the
disk, or not, or in part: a file's content cut anywhere or zero, each change of a name done or not done by itself.
"""

import os
import random

import pytest

from nmt.errors import ModelError
from nmt.model_folder.store import open_folder, save

OLD = {"config.json": b"{}", "tokenizer.model": b"pieces " * 30, "translator.safetensors": b"old weights " * 50}
NEW = {"config.json": b"{}", "tokenizer.model": b"subword " * 30, "translator.safetensors": b"new weights " * 60}


class Disk:
    """What the disk may hold: contents and names that are certain, and changes that are not yet."""

    def __init__(self, folder):
        self.names = {path.name: path.name for path in folder.iterdir()}  # name → file, both certain
        self.data = {path.name: path.read_bytes() for path in folder.iterdir()}
        self.synced = dict.fromkeys(self.data, True)
        self.pending = []  # changes of names
        self.live = dict(self.names)

    def create(self, name):
        file = f"{name} #{len(self.data)}"
        self.data[file], self.synced[file] = b"", False
        self.pending.append(("create", name, file))
        self.live[name] = file
        return file

    def rename(self, before, after):
        self.live[after] = self.live.pop(before)
        self.pending.append(("rename", before, after, self.live[after]))

    def unlink(self, name):
        del self.live[name]
        self.pending.append(("unlink", name))

    def sync_folder(self):
        self.names, self.pending = dict(self.live), []

    def image(self, generator):
        """One of the states in which a power cut may leave the disk: name → bytes."""
        names = dict(self.names)
        for change in self.pending:
            if generator.random() < 0.5:
                continue
            match change:
                case ("create", name, file):
                    names[name] = file
                case ("rename", before, after, file):
                    names.pop(before, None)
                    names[after] = file
                case ("unlink", name):
                    names.pop(name, None)
        return {name: self._content(file, generator) for name, file in names.items()}

    def _content(self, file, generator):
        whole = self.data[file]
        if self.synced[file] or not whole:
            return whole
        cut = generator.randrange(len(whole) + 1)
        return generator.choice([whole[:cut], whole[:cut] + bytes(len(whole) - cut), whole])


def power_cuts(folder, monkeypatch, images, *, syncs=True):
    """Save NEW over OLD in folder; yield images that power cuts after each system call may leave."""
    save(folder, OLD)
    disk, generator, found = Disk(folder), random.Random(1), []
    real = {name: getattr(os, name) for name in ("open", "write", "fsync", "rename", "unlink")}
    files = {}  # descriptor → file on the disk

    def cut():
        found.extend(disk.image(generator) for _ in range(images))

    def open_(path, flags, *arguments, **options):
        descriptor = real["open"](path, flags, *arguments, **options)
        files[descriptor] = disk.create(path) if flags & os.O_CREAT else None
        cut()
        return descriptor

    def write(descriptor, data):
        done = real["write"](descriptor, data)
        disk.data[files[descriptor]] += bytes(data[:done])
        cut()
        return done

    def fsync(descriptor):
        real["fsync"](descriptor)
        if syncs and files[descriptor] is None:
            disk.sync_folder()
        elif syncs:
            disk.synced[files[descriptor]] = True
        cut()

    def rename(before, after, **options):
        real["rename"](before, after, **options)
        disk.rename(before, after)
        cut()

    def unlink(path, **options):
        real["unlink"](path, **options)
        disk.unlink(path)
        cut()

    with monkeypatch.context() as patched:
        for name, call in {"open": open_, "write": write, "fsync": fsync, "rename": rename, "unlink": unlink}.items():
            patched.setattr(os, name, call)
        save(folder, NEW)
    return found


def load_image(image, folder):
    folder.mkdir()
    for name, data in image.items():
        (folder / name).write_bytes(data)
    try:
        model = open_folder(folder)
        return {name: model.read(name) for name in model.parts}
    except ModelError:
        return None


def results(images, tmp_path):
    return [load_image(image, tmp_path / f"image{number}") for number, image in enumerate(images)]


@pytest.mark.parametrize("images", [5, pytest.param(500, marks=pytest.mark.long)])
def test_after_a_power_cut_at_any_moment_the_old_or_the_new_model_is_there(tmp_path, monkeypatch, images):
    found = results(power_cuts(tmp_path / "m", monkeypatch, images), tmp_path)
    old, new = (sum(model == wanted for model in found) for wanted in (OLD, NEW))
    print(f"{len(found)} images of power cuts: {old} hold the old model, {new} the new one, 0 neither")
    assert old + new == len(found)
    assert old > 10
    assert new > 10


@pytest.mark.parametrize("images", [5, pytest.param(500, marks=pytest.mark.long)])
def test_where_a_disk_only_pretends_to_sync_a_half_written_model_is_refused(tmp_path, monkeypatch, images):
    found = results(power_cuts(tmp_path / "m", monkeypatch, images, syncs=False), tmp_path)
    refused = sum(model is None for model in found)
    print(f"{len(found)} images of power cuts on a lying disk: {refused} half-written ones refused, 0 loaded")
    assert all(model in (OLD, NEW, None) for model in found)
    assert refused > 10
