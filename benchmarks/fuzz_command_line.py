"""The command line under fuzzing: every command, every pair of its options, at random values and paths.

    python benchmarks/fuzz_command_line.py --seconds 600

Each run is a fork of this process that calls main() as `nmt` does. It must end with 0, 2 or 130, show no traceback,
write no control character to stdout, and change no file but those that it was told to write. Commands share the time.
"""

import hashlib
import importlib
import os
import random
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import suppress
from itertools import combinations
from pathlib import Path
from typing import Annotated, Any

import typer

os.environ["OMP_NUM_THREADS"] = "1"
STDIN = "b.de"
SECONDS = 20  # that a run may take
SLOW = 124  # the exit code of one that took longer
MEMORY = 8 << 30  # bytes of addresses that a run may have
LANGUAGES = ["--source", "de", "--target", "en"]
SMALL = ["training.max_updates=2", "model.hidden_size=32", "model.embedding_size=16", "training.threads=1"]
LABELLING = ["classification.epochs=1", "classification.threads=1", "classifier.hidden_size=16"]
LM = [
    *("language_model.hidden_size=16", "language_model.embedding_size=8", "language_modelling.epochs=1"),
    *("language_modelling.threads=1", "language_modelling.batch_tokens=256"),
]
TAGGING = ["tagging.epochs=1", "tagging.threads=1", "tagger.hidden_size=16"]

# What makes each command work; "" is the name of its arguments.
COMMANDS: dict[str, dict[str, list[str]]] = {
    "prepare": {"": ["a.de", "a.en"], "--out": ["new"], "--source": ["de"], "--target": ["en"], "--hold-out": ["3"]},
    "train-tokenizer": {"--data": ["data"], "--out": ["new"], "--config": ["toy.toml"]},
    "tokenize": {"--tokenizer": ["data/tokenizer.model"]},
    "train": {
        "--data": ["data"],
        "--tokenizer": ["data/tokenizer.model"],
        "--out": ["new"],
        "--config": ["toy.toml"],
        "--set": SMALL,
    },
    "train-tagger": {
        "--model": ["run"],
        "--train": ["a.bio"],
        "--valid": ["a.bio"],
        "--set": TAGGING,
    },
    "train-classifier": {
        "--model": ["run"],
        "--train": ["labels.tsv"],
        "--valid": ["labels.tsv"],
        "--set": LABELLING,
    },
    "classify": {"--model": ["labelled"]},
    "evaluate-classifier": {"--model": ["labelled"], "--references": ["labels.tsv"]},
    "train-lm": {
        "--train": ["a.de"],
        "--valid": ["b.de"],
        "--tokenizer": ["data/tokenizer.model"],
        "--out": ["new"],
        "--set": LM,
    },
    "generate": {"--model": ["lm"], "--max-subwords": ["5"]},
    "evaluate-lm": {"--model": ["lm"]},
    "distill": {"--model": ["run"], "--data": ["data"], "--out": ["new"], "--beam-size": ["1"]},
    "remember": {"": ["pairs.tsv"], "--model": ["run"], "--output": ["new"]},
    "inspect": {"--model": ["run"], "--input": ["a.de"], "--output": ["new"]},
    "report": {"": ["run"], "--output": ["new"]},
    "translate": {"--model": ["run"]},
    "tag": {"--model": ["tagged"]},
    "evaluate": {"--model": ["run"], "--input": ["b.de"], "--references": ["b.en"], "--bootstrap": ["0"]},
    "evaluate-tagger": {"--model": ["tagged"], "--references": ["a.bio"]},
    "compare": {"": ["b.de", "b.en"], "--references": ["b.en"], "--trials": ["10"]},
    "export": {"--model": ["run"]},
    "check": {"": ["run"]},
    "bench": {"--model": ["run"], "--data": ["data"], "--runs": ["1"], "--updates": ["0"]},
    "config": {"": ["demo"]},
}
OUTPUTS = {"--out", "--output", "--html", "--alignments"}
TEXT = {"--protect", "--prompt", "--prefix", "--set"}  # what stands there names no file
ADDED_TO = {
    "export",
    "train-tagger",
    "train-classifier",
}  # to the folder that --model names, unless --out names another

PATHS = [
    *("none", "no/ne", "", ".", "..", "data", "data/train.de", "data/tokenizer.model", "run", "run/manifest.json"),
    *("run/train.jsonl", "run/checkpoint", "early", "a.de", "a.en", "b.de", "a.bio", "link", "folder", "hard", "loop"),
    *("dangling", "unreadable", "binary", "empty", "\udcff.de", "new\nline\x1b[31m", "toy.toml", "new/er", "-x"),
    *("/dev/null", "/dev/full", "/dev/stdin", "x" * 300, "a.tsv", "a.jsonl", "a.csv", "a.parquet", "run/new"),
]  # fmt: skip
TEXTS = [
    *("", "de", "en", "fr", "none", "test", "valid", "train", "cpu", "gpu", "cuda", "cuda:9", "meta", "bpe", "de,en"),
    *("training.epochs=1", "cleaning.copies=0", "search.beam_size=2", "labels.PER=O", "a=b", "=", "\udcff", "\x1b[31m"),
    *("<name>", "13a", "intl", "de-en", "../x", "0", "ü" * 50),
]  # fmt: skip
NUMBERS = ["-1", "0", "1", "2", "7", "40", "1000000", str(10**30), "0.5", "nan", "inf", "-inf", "1e300", "x", ""]


def main(
    seconds: Annotated[int, typer.Option(min=1, help="How long to go on.")] = 600,
    seed: Annotated[int, typer.Option(help="Decides the values.")] = 1,
) -> None:
    """Fuzz, and print what was found; exits with 1 if anything was."""
    for name in COMMANDS:
        if name != "config":
            importlib.import_module(f"nmt.stages.{name.replace('-', '_')}")  # once, and not in every fork
    generator = random.Random(seed)
    deadline = time.monotonic() + seconds
    with tempfile.TemporaryDirectory() as folder:
        template, work = Path(folder, "template"), Path(folder, "work")
        _make_template(template)
        shutil.copytree(template, work, symlinks=True)
        before = _snapshot(work)
        faults, spent, ended = [], dict.fromkeys(COMMANDS, 0.0), defaultdict(Counter)
        trials = {name: _trials(name, generator) for name in COMMANDS}
        while time.monotonic() < deadline:
            name = min(spent, key=lambda name: spent[name])
            started, options = time.monotonic(), next(trials[name])
            arguments = _arguments(name, options, generator)
            code, out, err = _run(work, arguments)
            spent[name] += time.monotonic() - started
            after = _snapshot(work)
            ended[name][code] += 1
            if code == SLOW:
                print(f"stopped after {SECONDS} s: nmt {' '.join(map(ascii, arguments))}", flush=True)
            faults += [(arguments, fault, err[-600:]) for fault in _faults(name, options, code, out, err)]
            faults += [(arguments, fault, "") for fault in _overwritten(work, name, options, before, after)]
            if after != before:
                shutil.rmtree(work)
                shutil.copytree(template, work, symlinks=True)
                before = _snapshot(work)
    for name, counts in ended.items():
        print(f"{name:<16}{sum(counts.values()):>7,}  " + "  ".join(f"{c}: {n:,}" for c, n in sorted(counts.items())))
    for arguments, fault, err in faults:
        print(f"\n{fault}: nmt {' '.join(map(ascii, arguments))}\n{err!a}")
    print(f"{sum(map(Counter.total, ended.values())):,} runs, {len(faults)} faults")
    raise typer.Exit(bool(faults))


def _trials(name: str, generator: random.Random) -> Iterator[dict[str, list[str] | None]]:
    """Options of a command with their values, None for a flag: pair after pair, over and over."""
    options = _options(name)
    pairs = list(combinations(options, 2)) or [(option, option) for option in options]
    while True:
        for pair in generator.sample(pairs, len(pairs)):
            changed = {option: _values(options[option], generator) for option in pair if generator.random() < 0.6}
            yield {**COMMANDS[name], **changed}


def _options(name: str) -> dict[str, Any]:
    """The options of a command by their first name, "" for its arguments, as typer describes them."""
    from nmt.cli.main import app

    parameters = typer.main.get_command(app).commands[name].params  # type: ignore[attr-defined]  # click has them
    return {"" if each.param_type_name == "argument" else each.opts[0]: each for each in parameters}


def _values(option: Any, generator: random.Random) -> list[str] | None:
    if getattr(option, "is_flag", False):
        return None
    kind = str(option.type_descriptor.annotation)
    if "Literal" in kind:
        values = [*re.findall("'(.*?)'", kind), "none", ""]
    else:
        values = PATHS if "Path" in kind else NUMBERS if re.search("int|float", kind) else [*TEXTS, *PATHS]
    return generator.choices(values, k=generator.choice((1, 1, 2, 3)) if option.multiple or option.nargs == -1 else 1)


def _arguments(name: str, options: dict[str, list[str] | None], generator: random.Random) -> list[str]:
    words = [name]
    for option, values in generator.sample(list(options.items()), len(options)):
        if option:
            words += [option] if values is None else [word for value in values for word in (option, value)]
    return [*words, *(options.get("") or [])]


def _run(work: Path, arguments: list[str]) -> tuple[int, str, str]:
    """The exit code, stdout and stderr of a command; the code is minus the signal that ended it, or SLOW."""
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        child = os.fork()
        if not child:
            _be_nmt(work, arguments, out.fileno(), err.fileno())
        deadline = time.monotonic() + SECONDS
        while not (found := os.waitpid(child, os.WNOHANG))[0] and time.monotonic() < deadline:
            time.sleep(0.005)
        slow = not found[0]
        with suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)  # with the processes that it started
        status = os.waitpid(child, 0)[1] if slow else found[1]
        texts = [file.seek(0) or file.read().decode("utf-8", "replace") for file in (out, err)]
    return SLOW if slow else os.waitstatus_to_exitcode(status), *texts


def _be_nmt(work: Path, arguments: list[str], out: int, err: int) -> None:
    code: Any = 99
    try:
        os.setsid()
        os.chdir(work)
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        for number, descriptor in enumerate((os.open(STDIN, os.O_RDONLY), out, err)):
            os.dup2(descriptor, number)
        sys.argv = ["nmt", *arguments]
        from nmt.cli.main import main

        main()
    except SystemExit as ended:
        code = ended.code or 0
    finally:
        sys.stderr.flush()
        os._exit(code)


def _faults(name: str, options: dict[str, list[str] | None], code: int, out: str, err: str) -> Iterator[str]:
    if code not in (0, 2, 130, SLOW):
        yield f"exit code {code}"
    if "Traceback" in err or "this is a bug" in err:
        yield "traceback"
    if code == 2 and not err.strip():
        yield "exit code 2 without a word"
    if name in ("translate", "tag") and "--help" not in options and re.search("[\0-\x08\x0b-\x1f\x7f-\x9f]", out):
        yield "control characters"


def _overwritten(
    work: Path,
    name: str,
    options: dict[str, list[str] | None],
    before: dict[Path, str],
    after: dict[Path, str],
) -> Iterator[str]:
    """Files that changed though they were read, or though nobody said that they are to be written."""
    from nmt.stages.paths import model_files, prepared_files

    def files(option: str) -> set[Path]:
        values = [STDIN if value == "/dev/stdin" else value for value in options.get(option) or []]
        paths = [Path(os.path.realpath(work / value)) for value in values if len(value) < 200]
        folders = [path for path in paths if path.is_dir()]
        return {*paths, *(file for path in folders for file in (*model_files(path), *prepared_files(path)))}

    written = [path for option in OUTPUTS & options.keys() for path in files(option)]
    if name in ADDED_TO and "--out" not in options:
        written += files("--model")
    added = {path for path in written if path.is_dir()} if name in ADDED_TO else set()
    read = {path for option in options.keys() - OUTPUTS - TEXT for path in files(option)}
    read -= {file for path in added for file in model_files(path)}
    for path, content in before.items():
        if after.get(path) == content or ".tokenized" in path.parts:
            continue
        if path in read:
            yield f"{path.relative_to(work)} was read and changed"
        elif not any(path == one or one in path.parents for one in written):
            yield f"{path.relative_to(work)} changed"


def _snapshot(work: Path) -> dict[Path, str]:
    """The sha256 of each file; links are left out."""
    files = (path for path in work.resolve().rglob("*") if path.is_file() and not path.is_symlink())
    return {path: hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def _make_template(folder: Path) -> None:
    """A folder with all that commands read, made by them, and with what they should not choke on."""
    words = {
        "Hund": "dog",
        "Katze": "cat",
        "rot": "red",
        "blau": "blue",
        "Haus": "house",
        "und": "and",
        "drei": "three",
    }
    generator = random.Random(0)
    folder.mkdir()
    texts = [generator.choices(list(words), k=generator.randint(2, 8)) for _ in range(300)]
    for side, lines in (("de", texts), ("en", [[words[word] for word in text] for text in texts])):
        for name, count in (("a", 300), ("b", 4)):
            (folder / f"{name}.{side}").write_text("".join(" ".join(line) + "\n" for line in lines[:count]))
    (folder / "a.bio").write_text("Hund\tB-PER\nund\tO\nHaus\tB-LOC\n\n" * 20)
    (folder / "toy.toml").write_text('source = "de"\ntarget = "en"\n[tokenizer]\nvocab_size = 48\n')
    (folder / "pairs.tsv").write_text("".join(f"{text}\t{words[text]}\n" for text in words) * 3)
    (folder / "labels.tsv").write_text("animal\tHund und\nthing\tHaus\n" * 20)
    config, changes = ["--config", "toy.toml"], [word for each in SMALL for word in ("--set", each)]
    tagging, labelling, lm = ([word for each in sets for word in ("--set", each)] for sets in (TAGGING, LABELLING, LM))
    labels = ["--train", "labels.tsv", "--valid", "labels.tsv"]
    for arguments in (
        ["prepare", *config, "--set", "cleaning.near_duplicates=false", "--out", "data", "a.de", "a.en"],
        ["train-tokenizer", *config, "--data", "data", "--out", "data/tokenizer.model"],
        ["train", *config, *changes, "--data", "data", "--tokenizer", "data/tokenizer.model", "--out", "run"],
        ["train-tagger", *tagging, "--model", "run", "--train", "a.bio", "--valid", "a.bio", "--out", "tagged"],
        ["train-lm", *lm, "--train", "a.de", "--valid", "b.de", "--tokenizer", "data/tokenizer.model", "--out", "lm"],
        ["train-classifier", *labelling, "--model", "run", *labels, "--out", "labelled"],
    ):
        code, _, err = _run(folder, arguments)
        if code:
            raise SystemExit(f"nmt {' '.join(arguments)}: {err}")
    (folder / "early").mkdir()
    shutil.copytree(folder / "run" / "checkpoint", folder / "early" / "checkpoint")
    for name, target in {"link": "a.de", "folder": "run", "loop": "loop", "dangling": "nowhere"}.items():
        (folder / name).symlink_to(target)
    os.link(folder / "a.en", folder / "hard")
    for name, content in {
        "unreadable": b"x\n",
        "binary": bytes(range(256)) * 40,
        "empty": b"",
        "\udcff.de": b"Hund\n",
        "new\nline\x1b[31m": b"Hund\n",
        "a.tsv": b"Hund\tdog\n" * 5,
        "a.csv": b'"Hund","dog"\n"open\n',
        "a.jsonl": b'{"de": "Hund", "en": "dog"}\n[]\n',
        "a.parquet": b"PAR1",
    }.items():
        (folder / name).write_bytes(content)
    (folder / "unreadable").chmod(0)


if __name__ == "__main__":
    typer.run(main)
