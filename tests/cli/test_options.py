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
