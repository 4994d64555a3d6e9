import io
import sys

import pytest

from nmt.cli.main import app
from nmt.errors import ConfigError

COMMANDS = [["translate"], ["tag"], ["tokenize", "--tokenizer", "none"]]


@pytest.mark.parametrize("command", COMMANDS)
def test_text_on_the_command_line_is_told_how_to_come_in(command):
    with pytest.raises(ConfigError) as refused:
        app([*command, "it's", "me"], standalone_mode=False)
    quoted = """'it'"'"'s me'"""
    assert str(refused.value) == f"\"it's me\": pipe the text: printf '%s\\n' {quoted} | nmt {command[0]}"


@pytest.mark.parametrize("command", COMMANDS)
def test_so_is_a_files_name(command, tmp_path):
    (tmp_path / "a b").touch()
    with pytest.raises(ConfigError, match=f"nmt {command[0]} < '{tmp_path}/a b'$"):
        app([*command, f"{tmp_path}/a b"], standalone_mode=False)


def test_text_may_be_longer_than_any_files_name():
    with pytest.raises(ConfigError, match="pipe the text"):
        app(["translate", "Guten Tag. " * 1000], standalone_mode=False)


def test_a_dash_stands_for_a_stream_as_for_other_programs(nmt_here, toy_tagger, tmp_path, monkeypatch):
    def run(*words):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"Hund.\n")))
        ended = nmt_here(*words, "--model", toy_tagger)
        return ended.code, ended.out, ended.err

    monkeypatch.chdir(tmp_path)
    for command in ("translate", "tag"):
        assert run(command, "-i", "-", "-o", "-") == run(command)
        assert run(command)[1]
    assert not list(tmp_path.iterdir())
