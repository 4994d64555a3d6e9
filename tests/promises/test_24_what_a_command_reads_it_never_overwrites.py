"""Promise 24: what a command reads it never overwrites, but a model folder that it is told to add to; every command."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from tests_folders import content
from tests_processes import NMT

from nmt.cli.main import app
from nmt.errors import ConfigError, DataError
from nmt.io.files import refuse_overwriting

LANGUAGES = "--source de --target en"

# Each command that writes, with all that it reads here; OUT stands for a file of these under another name. The name of
# a part begins with that of its file: translator-0123456789abcdef.safetensors.
WRITING = {
    "translate --model run -i in.de -o OUT": ["in.de", "run/manifest.json", "run/translator-"],
    "tag --model run -i in.de -o OUT": ["in.de", "run/manifest.json", "run/config-"],
    "evaluate --model run -i in.de -r ref.en -r other.en --paper paper.en --target en -o OUT": [
        "in.de",
        "ref.en",
        "other.en",
        "paper.en",
        "run/engine-",
    ],
    "compare in.de other.en -i in.de -r ref.en --html OUT": ["in.de", "other.en", "ref.en"],
    "evaluate-tagger -r names.bio --model run --html OUT": ["names.bio", "run/config-"],
    "evaluate --model run --data data -o OUT": ["data/test.de", "data/test.en", "data/train.de", "data/report.json"],
    "inspect --model run -i in.de -o OUT": ["in.de", "run/translator-"],
    "remember in.de ref.en --model run -o OUT": ["in.de", "ref.en", "run/engine-"],
    "report run in.de -i in.de -r ref.en --names names.bio -o OUT": ["in.de", "ref.en", "names.bio", "run/engine-"],
    f"train-tokenizer {LANGUAGES} --data data --out OUT": ["data/train.de", "data/valid.en", "data/report.json"],
    f"train {LANGUAGES} --data data --tokenizer OUT --out run": ["run/tokenizer-", "run/checkpoint/state-"],
    "train-tagger --model run --train OUT --valid names.bio --out run": ["run/train.jsonl", "run/config-"],
    "classify --model run -i in.de -o OUT": ["in.de", "run/manifest.json", "run/config-"],
    "train-classifier --model run --train OUT --valid names.bio --out run": ["run/train.jsonl", "run/config-"],
    "train-lm --train OUT --valid ref.en --tokenizer data/tokenizer.model --out run": ["run/tokenizer-"],
    "evaluate-lm --model run -i in.de --lines -o OUT": ["in.de", "run/manifest.json"],
    f"prepare {LANGUAGES} --out prepared OUT in.de": ["prepared/train.de", "prepared/report.json"],
    f"prepare {LANGUAGES} --replace --out prepared in.de ref.en --test OUT --test ref.en": ["prepared/valid.en"],
    "prepare --source nl --target en --replace --out prepared OUT ref.en": ["prepared/train.de"],  # goes with the old
}

# The same for folders, of which OUT is another name.
WRITING_FOLDERS = {
    "distill --model run --data data --out OUT": "data",
    "export --model run --out OUT": "run",
    f"prepare {LANGUAGES} --out OUT prepared/train.de prepared/train.en": "prepared",
    f"prepare {LANGUAGES} --replace --out prepared OUT/train.de OUT/train.en": "prepared",
    f"train-tokenizer {LANGUAGES} --separate --data data --out OUT": "models",
}

# They show what they have on stdout.
WRITING_NOTHING = {"tokenize", "check", "bench", "config", "serve", "generate", "evaluate-classifier"}


def test_every_command_is_looked_at_here():
    writing = {line.split()[0] for line in (*WRITING, *WRITING_FOLDERS)}
    assert {command.name for command in app.registered_commands} == writing | WRITING_NOTHING


@pytest.fixture
def project(run, toy_data, monkeypatch):
    """A folder with all that the commands above read, in which they run."""
    folder = run.parent
    shutil.copytree(toy_data, folder / "data", ignore=shutil.ignore_patterns(".tokenized"))
    (folder / "data" / "report.json").write_text("{}")
    shutil.copytree(folder / "data", folder / "prepared")
    for name in ("in.de", "ref.en", "other.en", "paper.en"):
        (folder / name).write_text("Hund und Katze.\n")
    (folder / "names.bio").write_text("Hund\tB-PER\n")
    (folder / "models").mkdir()
    shutil.copy(folder / "data" / "train.de", folder / "models" / "source.model")
    monkeypatch.chdir(folder)
    return folder


def itself(path: Path) -> Path:
    return path


def by_a_detour(path: Path) -> Path:
    return path.parent / ".." / path.resolve().parent.name / path.name


def by_a_link(path: Path) -> Path:
    Path("link").symlink_to(path.resolve())
    return Path("link")


def by_links_to_links(path: Path) -> Path:
    by_a_link(path)
    Path("second").symlink_to("link")
    return Path("second")


def by_a_hard_link(path: Path) -> Path:
    os.link(path, "hard")
    return Path("hard")


def by_its_folder(path: Path) -> Path:
    Path("folder").symlink_to(path.resolve().parent)
    return Path("folder") / path.name


def assert_refused(ended, before):
    assert ended.code == 2, ended.err
    assert ended.err.count(b"\n") == 1
    assert any(words in ended.err for words in (b"would overwrite what is read", b"is no tokenizer")), ended.err
    assert ended.out == b""
    assert content(Path()) == before


@pytest.mark.parametrize("other", [itself, by_a_detour, by_a_link, by_links_to_links, by_a_hard_link, by_its_folder])
@pytest.mark.parametrize("command", WRITING)
def test_a_file_that_is_read_is_no_output_by_any_name(project, nmt_here, command, other):
    for name in WRITING[command]:
        [path] = Path().glob(f"{name}*")
        out = other(path)
        before = content(Path())
        assert_refused(nmt_here(*command.replace("OUT", str(out)).split()), before)
        for link in ("link", "second", "hard", "folder"):
            Path(link).unlink(missing_ok=True)


@pytest.mark.parametrize("other", [itself, by_a_detour, by_a_link, by_links_to_links])
@pytest.mark.parametrize("command", WRITING_FOLDERS)
def test_a_folder_that_is_read_is_no_output_by_any_name(project, nmt_here, command, other):
    out = other(Path(WRITING_FOLDERS[command]))
    before = content(Path())
    assert_refused(nmt_here(*command.replace("OUT", str(out)).split()), before)


@pytest.mark.parametrize(
    "arguments",
    [
        "translate --model run -o f < f",
        "translate --model run -i f >> f",
        "translate --model run < f >> f",
        "tag --model run < f 1<> f",
        "tokenize --tokenizer data/tokenizer.model < f >> f",
    ],
)
def test_what_the_shell_opened_counts_too(project, arguments):
    Path("f").write_text("Hund.\n")
    command = ["sh", "-c", f'"$0" "$@" {arguments}', *NMT]
    ended = subprocess.run(command, capture_output=True, timeout=60)
    assert ended.returncode == 2
    assert b"would overwrite what is read" in ended.stderr
    assert Path("f").read_text() == "Hund.\n"


def test_a_second_name_of_the_model_is_the_model_to_add_to(project, nmt_here):
    Path("again").symlink_to("run")
    options = "--set tagging.epochs=1 --set tagging.threads=1 --train names.bio --valid names.bio"
    assert nmt_here("train-tagger", "--model", "run", "--out", "again", *options.split()).code == 0
    assert any(path.name.startswith("tagger-") for path in Path("run").iterdir())


def test_other_files_may_be_written_wherever_inputs_lie(project, nmt_here):
    before = content(Path())
    arguments = f"train-tokenizer {LANGUAGES} --vocab-size 66 --data data --out data/new.model"
    assert nmt_here(*arguments.split()).code == 0
    assert nmt_here(*arguments.split()).code == 0  # a tokenizer takes the place of a tokenizer
    assert nmt_here(*["translate", "--model", "run", "-i", "in.de", "-o", "run/out.en"]).code == 0
    assert nmt_here(*["translate", "--model", "run", "-i", "in.de", "-o", "run/out.en"]).code == 0
    after = content(Path())
    assert after.keys() - before.keys() == {"data/new.model", "run/out.en"}
    assert {name: after[name] for name in before} == before


def test_only_regular_files_are_overwritten(tmp_path):
    os.mkfifo(tmp_path / "fifo")
    refuse_overwriting(
        [tmp_path / "fifo", tmp_path, Path("/dev/null")], [tmp_path / "fifo", tmp_path, Path("/dev/null")]
    )
    (tmp_path / "file").touch()
    (tmp_path / "loop").symlink_to("loop")
    refuse_overwriting([tmp_path / "loop", tmp_path / "none"], [tmp_path / "file"])
    with pytest.raises(ConfigError, match=r"file: would overwrite what is read; choose another output"):
        refuse_overwriting([tmp_path / "none", tmp_path / "file"], [tmp_path / "file"])
    with pytest.raises(DataError, match="none: no such file; check the path"):
        refuse_overwriting([], [tmp_path / "none"])


def test_no_output_overwrites_another(project, nmt_here):
    Path("page").symlink_to("out")
    ended = nmt_here(*["evaluate", "--model", "run", "-i", "in.de", "-r", "ref.en", "-o", "out", "--html", "page"])
    assert ended.code == 2
    assert b"two outputs" in ended.err
    assert not Path("out").exists()
