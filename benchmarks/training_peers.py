"""The systems that compare_training.py runs beside ours: what each installs, is told, and says about its rate."""

import json
import os
import re
import statistics
import subprocess
import sys
import venv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WARM_UP = 3  # updates that a peer's rate leaves out


@dataclass(frozen=True, kw_only=True)
class Task:
    """What every peer trains on: subwords between spaces in train.source and train.target, all of them in vocab."""

    folder: Path
    updates: int
    batch_tokens: int
    input_feeding: bool
    threads: int


@dataclass(frozen=True, kw_only=True)
class Peer:
    """A system with embeddings of 256, a GRU of 512 (its encoder's: 2 x 256), one layer each, and dropout 0.3."""

    install: tuple[str, ...]  # arguments of `pip install`, one call each
    command: str  # of its Python; the file of its settings follows
    settings: Callable[[Task], dict[str, Any]]
    rate: str  # a regular expression that finds each update's target subwords per second in its log

    def prepare(self, environment: Path) -> None:
        """Install what is not there yet."""
        if not (environment / "bin" / "python").exists():
            venv.create(environment, with_pip=True)
        for packages in self.install:
            subprocess.run([environment / "bin" / "pip", "install", "--quiet", *packages.split()], check=True)

    def turn(self, environment: Path, task: Task) -> float:
        """The median of the target subwords per second over a training's updates, the first three aside."""
        settings = task.folder / "settings.yaml"
        settings.write_text(json.dumps(self.settings(task)))  # JSON is YAML
        run = subprocess.run(
            [environment / "bin" / "python", *self.command.split(), settings],
            cwd=task.folder,
            env={**os.environ, "OMP_NUM_THREADS": str(task.threads)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        rates = [float(rate) for rate in re.findall(self.rate, run.stdout)][WARM_UP:]
        if run.returncode or not rates:
            sys.exit(f"{environment.name} ended with {run.returncode} and {len(rates)} rates:\n{run.stdout[-2000:]}")
        return statistics.median(rates)


def files(task: Task) -> dict[str, Any]:
    """What Eole and OpenNMT-py, of one origin, are told alike about their files."""
    return {
        "data": {"corpus_1": {"path_src": f"{task.folder}/train.source", "path_tgt": f"{task.folder}/train.target"}},
        "src_vocab": f"{task.folder}/vocab",
        "tgt_vocab": f"{task.folder}/vocab",
        "share_vocab": True,
        "save_data": f"{task.folder}/data",
        "overwrite": True,
        "seed": 1,
        "report_every": 1,
    }


def training(task: Task) -> dict[str, Any]:
    """And about training."""
    return {
        "train_steps": task.updates + WARM_UP,
        "batch_size": task.batch_tokens,
        "batch_type": "tokens",
        "bucket_size": 32768,  # pairs that are sorted at once; the 262,144 by default take longer than the updates
        "normalization": "tokens",
        "learning_rate": 0.001,
        "dropout": [0.3],
        "label_smoothing": 0.1,
        "num_workers": 0,
        "valid_steps": 1_000_000,
        "save_checkpoint_steps": 1_000_000,
    }


def eole(task: Task) -> dict[str, Any]:
    """Eole's settings. Its architecture "rnn" would ignore "brnn": only a custom one reads in both directions."""
    layer = {"rnn_type": "GRU", "hidden_size": 512, "layers": 1}
    model = {
        "architecture": "custom",
        "embeddings": {"word_vec_size": 256},
        "encoder": {"encoder_type": "brnn", **layer},
        "decoder": {"decoder_type": "rnn", **layer},
        "input_feed": int(task.input_feeding),
    }
    own = {"optim": "adamw", "compute_dtype": "fp32", "model_path": f"{task.folder}/eole"}
    return {**files(task), "training": {**training(task), **own}, "model": model}


def opennmt(task: Task) -> dict[str, Any]:
    """OpenNMT-py's settings. It has no AdamW but for GPUs."""
    model = {
        "encoder_type": "brnn",
        "decoder_type": "rnn",
        "rnn_type": "GRU",
        "word_vec_size": 256,
        "hidden_size": 512,
        "layers": 1,
        "input_feed": int(task.input_feeding),
    }
    return {**files(task), **training(task), **model, "optim": "adam", "save_model": f"{task.folder}/opennmt"}


def joeynmt(task: Task) -> dict[str, Any]:
    """JoeyNMT's settings. Words as they are and StepLR pass by calls of sentencepiece and torch that are gone."""
    layer = {
        "type": "recurrent",
        "rnn_type": "gru",
        "embeddings": {"embedding_dim": 256, "dropout": 0.3},
        "num_layers": 1,
        "dropout": 0.3,
    }
    language = {"level": "word", "voc_file": f"{task.folder}/vocab"}
    text = f"{task.folder}/train"
    return {
        "name": "joeynmt",
        "model_dir": f"{task.folder}/joeynmt",
        "use_cuda": False,
        "data": {
            "train": text,
            "dev": text,  # it must have one, and never reads it
            "src": {"lang": "source", **language},
            "trg": {"lang": "target", **language},
        },
        "training": {
            "overwrite": True,
            "updates": task.updates + WARM_UP,
            "epochs": 1_000_000,
            "logging_freq": 1,
            "validation_freq": 1_000_000,
            "batch_size": task.batch_tokens,
            "batch_type": "token",
            "normalization": "tokens",
            "optimizer": "adamw",
            "adam_betas": [0.9, 0.999],
            "learning_rate": 0.001,
            "scheduling": "decaying",
            "label_smoothing": 0.1,
        },
        "testing": {},
        "model": {
            "encoder": {**layer, "hidden_size": 256, "bidirectional": True},
            "decoder": {
                **layer,
                "hidden_size": 512,
                "hidden_dropout": 0.3,
                "attention": "luong",
                "init_hidden": "bridge",
                "input_feeding": task.input_feeding,
            },
        },
    }


TORCH = "torch==2.13.0"
PEERS = {
    "eole": Peer(
        install=(f"{TORCH} eole==0.6.4 aiohttp",),  # which it imports, and does not ask for
        command="-m eole.bin.main train -config",
        settings=eole,
        rate=r"(\d+) tok/s",
    ),
    # It asks for torch < 2.3, and trains with this one just as well.
    "opennmt-py": Peer(
        install=(
            f"{TORCH} configargparse ctranslate2 fasttext-wheel pyahocorasick pyonmttok pyyaml rapidfuzz sacrebleu six"
            " spacy tensorboard",
            "--no-deps OpenNMT-py==3.5.1",
        ),
        command="-m onmt.bin.train -config",
        settings=opennmt,
        rate=r"(\d+) tok/s",
    ),
    # It asks for protobuf < 3.21, which it does not import, and not for importlib_metadata, which it does.
    "joeynmt": Peer(
        install=(
            f"{TORCH} importlib_metadata matplotlib numpy packaging pyyaml sacrebleu sentencepiece subword-nmt"
            " tensorboard tqdm",
            "--no-deps joeynmt==2.3.0",
        ),
        command="-m joeynmt train --skip-test",
        settings=joeynmt,
        rate=r"Tokens per Sec: +(\d+)",
    ),
}
