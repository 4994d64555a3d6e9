"""Our training beside Eole's, one after the other: target subwords a second, medians over turns.

    DATA=data/raw/tatoeba-de-en
    python benchmarks/compare_training.py --data $DATA --tokenizer $DATA/tokenizer.model

Both read the same subwords in batches of about 4,096 target subwords, with embeddings of 256, a GRU of 512 (ours: an
encoder of 2 x 256), one layer each, dropout 0.3, AdamW, in two threads. Ours computes in bfloat16, and in float32 by
--precision float32; Eole, in float32: its bfloat16 needs a GPU. Eole is installed by name into a virtual environment
of its own, unless --eole names one that is there.
"""

import json
import os
import re
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Annotated

import typer

CONFIG = """
src_vocab: {folder}/vocab
tgt_vocab: {folder}/vocab
share_vocab: true
save_data: {folder}/data
overwrite: true
seed: 1
report_every: 1
data:
  corpus_1:
    path_src: {folder}/train.source
    path_tgt: {folder}/train.target
training:
  train_steps: {updates}
  batch_size: {batch_tokens}
  batch_type: tokens
  normalization: tokens
  optim: adamw
  learning_rate: 0.001
  dropout: [0.3]
  label_smoothing: 0.1
  num_workers: 0
  valid_steps: 1000000
  save_checkpoint_steps: 1000000
  compute_dtype: fp32
  model_path: {folder}/model
model:
  architecture: rnn
  hidden_size: 512
  layers: 1
  rnn_type: GRU
  embeddings:
    word_vec_size: 256
"""


def main(
    data: Annotated[Path, typer.Option(help="A prepared folder.")],
    tokenizer: Annotated[Path, typer.Option(help="Its tokenizer.")],
    source: str = "de",
    target: str = "en",
    runs: Annotated[int, typer.Option(help="Turns of each system.")] = 5,
    updates: Annotated[int, typer.Option(help="Timed updates a turn.")] = 20,
    batch_tokens: int = 4096,
    precision: str = "bfloat16",
    threads: int = 2,
    eole: Annotated[Path, typer.Option(help="The virtual environment of Eole.")] = Path("data/raw/peers/eole"),
    package: str = "eole==0.6.4",
) -> None:
    """Print both rates and their ratio, as a table and as JSON."""
    if not (eole / "bin" / "eole").exists():
        venv.create(eole, with_pip=True)
        subprocess.run([eole / "bin" / "pip", "install", "--quiet", package], check=True)
    command = [sys.executable, Path(__file__).with_name("training_rate.py"), "--data", data, "--tokenizer", tokenizer]
    command += ["--source", source, "--target", target, "--updates", updates, "--batch-tokens", batch_tokens]
    command += ["--precision", precision, "--threads", threads]
    turns: dict[str, list[float]] = {"nmt": [], "eole": []}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_corpus(folder, data, tokenizer, source, target)
        values = {"folder": folder, "updates": updates + 3, "batch_tokens": batch_tokens}
        (folder / "eole.yaml").write_text(CONFIG.format(**values))
        for turn in range(runs):
            print(f"turn {turn + 1} of {runs}", file=sys.stderr)
            answer = subprocess.run(list(map(str, command)), stdout=subprocess.PIPE, check=True)
            turns["nmt"].append(json.loads(answer.stdout)["target_tokens_per_second"]["median"])
            turns["eole"].append(eole_rate(eole, folder, threads))
    medians = {system: statistics.median(rates) for system, rates in turns.items()}
    for system, rate in medians.items():
        print(f"{system:<8}{rate:>10,.0f} target subwords/s")
    print(f"ratio   {medians['nmt'] / medians['eole']:>10.1f}")
    print(json.dumps({"precision": precision, "threads": threads, "turns": turns, "medians": medians}))


def write_corpus(folder: Path, data: Path, tokenizer: Path, source: str, target: str) -> None:
    """The training pairs as Eole wants them: subwords between spaces, and a list of all subwords."""
    import sentencepiece

    from nmt.text.lines import read_file, write_file
    from nmt.text.tokenizer import EOS_ID

    subwords = sentencepiece.SentencePieceProcessor(model_file=str(tokenizer))
    for side, language in (("source", source), ("target", target)):
        lines = read_file(data / f"train.{language}")
        write_file(folder / f"train.{side}", (" ".join(subwords.encode(line, out_type=str)) for line in lines))
    pieces = (subwords.id_to_piece(number) for number in range(EOS_ID + 1, subwords.get_piece_size()))
    write_file(folder / "vocab", (f"{piece}\t1" for piece in pieces))


def eole_rate(eole: Path, folder: Path, threads: int) -> float:
    """The median of the target subwords a second that Eole reports, its first three updates aside."""
    run = subprocess.run(
        [eole / "bin" / "eole", "train", "-config", folder / "eole.yaml"],
        env={**os.environ, "OMP_NUM_THREADS": str(threads)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=True,
    )
    return statistics.median([float(rate) for rate in re.findall(r"(\d+) tok/s", run.stdout)][3:])


if __name__ == "__main__":
    typer.run(main)
