import os

import pytest

from nmt.errors import ConfigError
from nmt.stages.shard import Shard, check_shard
from nmt.stages.translate import translate


def test_shards_cover_every_line_once_and_differ_by_one_line_at_most():
    for total in (0, 1, 7, 8, 100):
        parts = [Shard(number=number, count=8).lines_of(total) for number in range(1, 9)]
        assert [line for part in parts for line in part] == list(range(total))
        assert max(map(len, parts)) - min(map(len, parts)) <= 1


def test_what_can_be_read_only_once_has_no_shards(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(ConfigError, match="fifo is no regular file, whose lines could be counted first"):
        check_shard(tmp_path / "fifo", tmp_path / "out")


@pytest.mark.parametrize("text", ["0/2", "3/2", "1", "a/b", "1/0", "-1/2", "1/2/3"])
def test_what_is_no_shard_is_refused(text):
    with pytest.raises(ConfigError, match="write I/N, with I from 1 to N"):
        Shard.of(text)


def test_the_outputs_of_all_shards_are_that_of_one_process(toy_model, tmp_path):
    given = tmp_path / "in.txt"
    given.write_bytes(b"Hund.\nHaus rot.\r\n\nBaum.\n\xff Hund.\nHaus.")
    translate(model=[toy_model], input=given, output=tmp_path / "whole")
    said = []
    for number in (3, 1, 2):
        part = Shard(number=number, count=3)
        for _ in range(2):  # the second time it is there
            translate(model=[toy_model], input=given, output=tmp_path / f"part{number}", shard=part, warn=said.append)
    parts = b"".join((tmp_path / f"part{number}").read_bytes() for number in (1, 2, 3))
    assert parts == (tmp_path / "whole").read_bytes()
    assert sum("is complete already" in message for message in said) == 3
    with pytest.raises(ConfigError, match="name the file to read by -i and one for this part by -o"):
        translate(model=[toy_model], input=given, shard=Shard(number=1, count=2))
