"""What runs where torch and datasets are not installed: all but training."""

import subprocess
import sys

BLOCKED = """
import sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {"torch", "datasets", "pyarrow"}:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Blocker())
from nmt.cli.main import main
for words in sys.stdin.read().splitlines():
    sys.argv = ["nmt", *words.split("\\t")]
    try:
        main()
    except SystemExit as end:
        print(words.split("\\t")[0], end.code, file=sys.stderr)
"""


def run(*commands):
    """The commands one after the other, in a process without these libraries; returns stdout, and lines of stderr."""
    given = "\n".join("\t".join(map(str, words)) for words in commands)
    done = subprocess.run([sys.executable, "-c", BLOCKED], input=given, capture_output=True, text=True, timeout=300)
    return done.stdout, done.stderr.splitlines()


def test_models_translate_tag_and_are_scored_without_torch_and_datasets(toy_data, toy_tagger, toy_both, tmp_path):
    small = tmp_path / "small"
    (tmp_path / "in.txt").write_text("Hund.\n")
    (tmp_path / "in.md").write_text("# Hund.\n")
    from nmt.stages.export import export

    export(model=toy_tagger, out=small)
    test = ["--input", toy_data / "test.de", "-r", toy_data / "test.en"]
    out, said = run(
        ["translate", "--model", toy_both, "--source", "de", "-i", tmp_path / "in.txt"],
        ["translate", "--model", toy_both, "--source", "de", "-i", tmp_path / "in.md"],
        ["tag", "--model", small, "-i", tmp_path / "in.txt"],
        ["check", small],
        ["evaluate", "--model", small, *test],
        ["prepare", "--source", "de", "--target", "en", "--set", "cleaning.near_duplicates=false", "--out",
         tmp_path / "data", toy_data / "train.de", toy_data / "train.en"],
        ["train-tokenizer", "--source", "de", "--target", "en", "--data", tmp_path / "data", "--set",
         "tokenizer.vocab_size=76", "--out", tmp_path / "t.model"],
        ["config", "demo"],
    )  # fmt: skip
    assert [line for line in said if line.endswith(" 0")] == [
        f"{name} 0"
        for name in (
            "translate", "translate", "tag", "check", "evaluate", "prepare", "train-tokenizer", "config"
        )
    ], said  # fmt: skip
    assert out.startswith("dog.\n# dog.\n")


def test_training_says_what_to_install(toy_data, toy_config, tmp_path):
    from tests_toy import CONFIG

    (tmp_path / "toy.toml").write_text(CONFIG)
    _, said = run(
        ["train", "--config", tmp_path / "toy.toml", "--data", toy_data, "--tokenizer", toy_data / "tokenizer.model",
         "--out", tmp_path / "run"],
    )  # fmt: skip
    assert said[-2].startswith("nmt: error: this command needs ")
    assert said[-2].endswith("; install what training needs by: pip install 'nmt[train]'")
    assert said[-1] == "train 2"
