"""Text lines come in and go out by nmt/io/lines.py alone, model folders by nmt/model_folder/store.py alone."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

OPENERS = {
    "open", "fdopen", "read_bytes", "read_text", "write_bytes", "write_text", "fromfile", "tofile", "memmap",
    "load_file", "save_file", "safe_open", "load_from_disk", "save_to_disk", "to_parquet", "to_csv", "to_json",
    "NamedTemporaryFile", "TemporaryFile", "mkstemp", "splitlines", "readlines", "SummaryWriter",
}  # fmt: skip

# Who may open what; all others go through the first two.
ALLOWED = {
    "nmt/model_folder/descriptors.py": {"open"},  # what nmt/model_folder/store.py reads from and writes to
    "nmt/model_folder/locking.py": {"open"},  # the lock file
    "nmt/io/files.py": {"open", "read_bytes"},  # what nmt/io/lines.py reads from and writes to
    "nmt/data/on_disk.py": {"TemporaryFile"},  # what has no name, and goes with the process
    "nmt/data/tokenized_corpus.py": {"load_from_disk", "save_to_disk"},  # the tokenized corpus, by `datasets`
    "nmt/io/records.py": {"load_from_disk"},  # corpora that `datasets` saved
    "nmt/data/parallel_corpus.py": {"NamedTemporaryFile"},  # an uncompressed copy of a Parquet file
    "nmt/training/log.py": {"open", "SummaryWriter"},  # logs: appended to, and never read
    "nmt/decoding/memory.py": {"read_bytes"},  # that of files.py: a file that has its sum in front
    "nmt/config.py": {"open"},  # TOML has rules of its own for lines, and its file may have no end
    "nmt/text/tokenizer.py": {"read_bytes"},  # a tokenizer that is no part of a model yet
    "nmt/stages/distill.py": {"read_bytes"},  # that of files.py: held-out text, copied as it is
    "nmt/processor.py": {"read_text", "splitlines"},  # what the system says of its processor
    "cli/main.py": {"open", "fdopen"},  # /dev/null in place of closed streams
}


def openings(source):
    """The functions and methods in a source text that open files, or break text into lines."""
    called = (node.func for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call))
    names = {func.attr if isinstance(func, ast.Attribute) else getattr(func, "id", "") for func in called}
    return names & OPENERS


def test_nobody_else_opens_files():
    found = {}
    for folder in ("nmt", "cli"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if names := openings(path.read_text()):
                found[path.relative_to(ROOT).as_posix()] = names
    assert {file: more for file, names in found.items() if (more := names - ALLOWED.get(file, set()))} == {}
    assert set(ALLOWED) == set(found)  # the list above says no more than what is so


@pytest.mark.parametrize(
    "source",
    ["open('x')", "path.open()", "Path('x').read_text()", "text.splitlines()", "os.open(x, 0)"],
)
def test_the_test_above_finds_openings(source):
    assert openings(source)


def test_only_the_reader_and_writer_of_lines_touches_streams_of_lines():
    reading = {"readline", "standard_input", "open_bytes"}
    users = set()
    for path in (ROOT / "nmt").rglob("*.py"):
        names = {getattr(node, "attr", getattr(node, "id", "")) for node in ast.walk(ast.parse(path.read_text()))}
        if names & reading:
            users.add(path.relative_to(ROOT).as_posix())
    # The stages hand streams to lines.py, XML names its own encoding, and a compressed Parquet file is copied.
    # Where the lines of a part begin is a matter of bytes, and finished parts are joined as they are.
    assert users == {
        "nmt/io/lines.py",
        "nmt/io/files.py",
        "nmt/io/tmx.py",
        "nmt/io/parts.py",
        "nmt/stages/in_parts.py",
        "nmt/stages/streams.py",
        "nmt/data/parallel_corpus.py",
    }
