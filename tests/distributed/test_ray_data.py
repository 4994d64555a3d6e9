"""Work that Ray shares out. Ray is no part of what tests install (250 MB): pip install 'nmt[ray]' to run them all."""

import sys

import pytest

from nmt.distributed.ray_data import run_on_ray
from nmt.errors import ConfigError, DataError
from nmt.stages.in_parts import work_in_parts
from nmt.stages.translate import TranslationJob, translate


def test_without_ray_it_is_said_what_to_install(monkeypatch, nmt_here, tmp_path):
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(ConfigError, match=r"--ray needs Ray; install it by: pip install 'nmt\[ray\]'"):
        list(run_on_ray(lambda: None, lambda tool, task: None, [1]))
    (tmp_path / "in.txt").write_text("Hund.\n")
    ended = nmt_here("translate", "--ray", "-i", tmp_path / "in.txt", "-o", tmp_path / "out")
    assert (ended.code, ended.err) == (2, b"nmt: error: --ray needs Ray; install it by: pip install 'nmt[ray]'\n")
    assert not (tmp_path / "out").exists()


def test_options_that_do_not_go_with_ray_are_named(nmt_here, tmp_path):
    (tmp_path / "in.txt").write_text("Hund.\n")
    common = ["translate", "--ray", "-i", tmp_path / "in.txt", "-o", tmp_path / "out"]
    for more, name in (
        (["--shard", "1/2"], b"--shard"),
        (["--alignments", tmp_path / "a"], b"--alignments"),
        (["--format", "html"], b"--format"),
        (["--explain"], b"--ray"),
    ):
        ended = nmt_here(*common, *more)
        assert ended.code == 2
        assert name in ended.err
        assert ended.err.count(b"\n") == 1
    for words in (["translate", "--ray"], ["tag", "--ray", "-i", tmp_path / "in.txt"]):
        assert b"name files or folders to read by -i, and a folder for the results by -o" in nmt_here(*words).err
    assert b"add --ray" in nmt_here("tag", "-i", tmp_path / "in.txt", "-i", tmp_path / "in.txt").err


def test_actors_write_what_one_process_writes_and_say_what_they_cannot(toy_model, tmp_path, monkeypatch):
    pytest.importorskip("ray")
    (tmp_path / "nmt").mkdir()
    (tmp_path / "nmt" / "__init__.py").write_text("raise ImportError('a checkout of other code')")
    monkeypatch.chdir(tmp_path)
    given = tmp_path / "in.txt"
    given.write_text("Hund.\nHaus rot.\n\nBaum.\nHaus.\n" * 3)
    translate(model=[toy_model], input=given, output=tmp_path / "whole")
    job = TranslationJob(model=[toy_model])

    def do(work, task):
        if (tmp_path / "full").exists():
            raise DataError("no space is left")
        task.do(work)

    def run(open_work, tasks):
        return run_on_ray(open_work, do, tasks)

    (tmp_path / "full").touch()
    with pytest.raises(DataError, match="no space is left"):
        work_in_parts(job, [given], tmp_path / "out", run=run, part_lines=4)
    (tmp_path / "full").unlink()
    work_in_parts(job, [given], tmp_path / "out", run=run, part_lines=4)
    assert (tmp_path / "out" / "in.txt").read_bytes() == (tmp_path / "whole").read_bytes()
