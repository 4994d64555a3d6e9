"""Promise 8: path traversal, absolute paths, links, devices and FIFOs are refused."""

import json
import os
import shutil
import socket
import stat

import pytest
from tests_folders import content, sign

from nmt.errors import ModelError
from nmt.model_folder.locking import lock
from nmt.model_folder.store import open_folder, save

NAMES = [
    "../config.json",
    "..",
    ".",
    "",
    "/etc/passwd",
    "a/b.json",
    "a\\b.json",
    "checkpoint/../../x.json",
    ".hidden.json",
    "~.json",
    "-rf",
    "config.json\n",
    "con\0fig.json",
    "config.json/",
    "Config.json",
    "größe.json",
    "config.json\u202e",
    "manifest.json/../x",
    "x" * 300 + ".json",
    "CON",
    "$(id).json",
]  # fmt: skip


def weights_of(run):
    [path] = run.glob("translator-*")
    return path


@pytest.mark.parametrize("name", NAMES)
def test_a_save_refuses_it_and_writes_nothing(tmp_path, name):
    save(tmp_path / "m", {"config.json": b"{}"})
    before = content(tmp_path)
    with pytest.raises(ModelError):
        save(tmp_path / "m", {name: b"x"})
    assert content(tmp_path) == before


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("where", ["name", "file"])
def test_a_manifest_that_names_it_is_refused(run, nmt_here, name, where):
    manifest = json.loads((run / "manifest.json").read_bytes())
    if where == "name":
        manifest["parts"][name] = manifest["parts"].pop("config.json")
    else:
        manifest["parts"]["config.json"]["file"] = name
    (run / "manifest.json").write_bytes(sign(manifest))
    ended = nmt_here("check", run)
    assert ended.code == 2
    assert ended.err.count(b"\n") == 1
    assert all(32 <= byte < 127 for byte in ended.err[:-1])  # whatever the name holds, the terminal is not told


def link(path):
    """A link to the very file, so that the content is right."""
    path.rename(path.parent.parent / "elsewhere")
    path.symlink_to(path.parent.parent / "elsewhere")


def link_to_device(path):
    path.unlink()
    path.symlink_to("/dev/zero")


def dangling_link(path):
    path.unlink()
    path.symlink_to("nowhere")


def fifo(path):
    path.unlink()
    os.mkfifo(path)


def folder(path):
    path.unlink()
    path.mkdir()


def device(path):
    path.unlink()
    try:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 5))  # what /dev/zero is
    except PermissionError:
        pytest.skip("only root may make a device")


def unix_socket(path):
    path.unlink()
    here = os.getcwd()  # noqa: PTH109 - a socket's path may have 107 bytes only
    os.chdir(path.parent)
    try:
        socket.socket(socket.AF_UNIX).bind(path.name)
    finally:
        os.chdir(here)


@pytest.mark.parametrize("kind", [link, link_to_device, dangling_link, fifo, folder, device, unix_socket])
@pytest.mark.parametrize("which", ["a part", "the manifest", "a part of the checkpoint", "its manifest"])
def test_what_is_not_a_regular_file_is_refused_at_once(run, nmt_here, kind, which):
    [tensors] = (run / "checkpoint").glob("tensors-*")
    kind(
        {
            "a part": weights_of(run),
            "the manifest": run / "manifest.json",
            "a part of the checkpoint": tensors,
            "its manifest": run / "checkpoint" / "manifest.json",
        }[which]
    )
    ended = nmt_here("check", run)
    assert ended.code == 2
    assert ended.err.count(b"\n") == 1


@pytest.mark.parametrize("kind", [link, fifo])
def test_a_save_writes_through_no_link_and_waits_for_no_fifo(tmp_path, kind):
    path = tmp_path / "m"
    save(path, {"config.json": b"old"})
    [config] = path.glob("config-*")
    kind(config)
    save(path, {"config.json": b"new"})
    assert open_folder(path).read("config.json") == b"new"
    if kind is link:
        assert (tmp_path / "elsewhere").read_bytes() == b"old"


def test_leftovers_that_are_links_go_and_their_targets_stay(tmp_path):
    (tmp_path / "precious").write_bytes(b"precious")
    path = tmp_path / "m"
    path.mkdir()
    (path / "config-0123456789abcdef.json").symlink_to(tmp_path / "precious")
    (path / ".config-0123456789abcdef.json.tmp").symlink_to(tmp_path / "precious")
    (path / ".manifest.json.tmp").symlink_to(tmp_path / "precious")
    save(path, {"config.json": b"new"})
    assert (tmp_path / "precious").read_bytes() == b"precious"
    assert len(list(path.iterdir())) == 2


def test_a_lock_is_not_written_through_a_link(tmp_path):
    (tmp_path / "precious").write_bytes(b"precious")
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / ".lock").symlink_to(tmp_path / "precious")
    with pytest.raises(ModelError), lock(tmp_path / "m"):
        pass
    assert (tmp_path / "precious").read_bytes() == b"precious"


def test_the_folder_itself_may_be_a_link_as_its_owner_named_it(run, tmp_path, nmt_here):
    (tmp_path / "latest").symlink_to(run)
    assert nmt_here("check", tmp_path / "latest").code == 0
    moved = shutil.move(run, tmp_path / "moved")  # and it may move
    assert nmt_here("check", moved).code == 0
