"""Tokenized training data on disk, and the batches cut from it.

Shapes: B batch, S source length, T target length.
"""

import hashlib
import shutil
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import datasets
import numpy as np
import torch
from datasets.exceptions import DatasetGenerationError
from numpy.typing import NDArray
from torch import Tensor

from nmt.errors import DataError
from nmt.text.files import locked, sha256
from nmt.text.lines import read_parallel
from nmt.text.literals import RULES, hide_shared
from nmt.text.tokenizer import BOS_ID, EOS_ID, PAD_ID, Tokenizer

# Batches have sides of these multiples: each new shape of a product costs its library milliseconds, and then memory.
WIDTHS, HEIGHTS = 2, 8
TOKENIZED_AT_ONCE = 1000  # pairs; large enough to keep the tokenizer's threads busy, small enough for any memory

Number = TypeVar("Number", int, NDArray[np.int64])


@dataclass(frozen=True, kw_only=True)
class Batch:
    """Sentence pairs padded to rectangles; every source ends with EOS."""

    source_ids: Tensor  # [B, S]
    source_lengths: Tensor  # [B]
    target_ids: Tensor  # [B, T], what the decoder reads first (BOS, or the tag of a language), and then the target
    next_ids: Tensor  # [B, T], the target and then EOS: what each position of target_ids is to predict; PAD after that

    def to(self, device: torch.device) -> "Batch":
        """The same batch on a device."""
        return Batch(**{name: tensor.to(device, non_blocking=True) for name, tensor in vars(self).items()})

    def twice(self) -> "Batch":
        """Every pair a second time, after all of them."""
        return Batch(**{name: torch.cat([tensor, tensor]) for name, tensor in vars(self).items()})


class TokenizedCorpus:
    """Sentence pairs as subword ids, memory-mapped from disk; lengths alone are held in memory.

    firsts are what the decoder reads first to write the target side and, if every pair is to be there a second time
    with its sides swapped, to write the source side.
    """

    def __init__(
        self,
        data: datasets.Dataset,
        source: Tokenizer,
        target: Tokenizer,
        fingerprint: str,
        firsts: Sequence[int] = (BOS_ID,),
    ) -> None:
        self.fingerprint = fingerprint  # equal for the same texts and tokenizers only
        self._data = data.with_format("arrow")
        self._tokenizers = (source, target)
        self._firsts = firsts
        sides = [np.asarray(data.data.column(f"{side}_length"), dtype=np.int64) for side in ("source", "target")]
        self.source_lengths = np.concatenate(sides[: len(firsts)])
        self.target_lengths = np.concatenate(sides[::-1][: len(firsts)])

    def __len__(self) -> int:
        return len(self.source_lengths)

    def batch(self, rows: NDArray[np.int64], alpha: float = 0.0, seed: int = 0) -> Batch:
        """The pairs of the given rows; alpha > 0 samples their segmentations by seed (Kudo, 2018)."""
        swapped, pairs = np.divmod(rows, len(self._data))
        table: Any = self._data[pairs]
        if alpha > 0:
            source, target = (
                tokenizer.sample(table.column(name).to_pylist(), alpha=alpha, seed=seed * 2 + side)
                for side, (tokenizer, name) in enumerate(
                    zip(self._tokenizers, ("source_text", "target_text"), strict=True)
                )
            )
        else:
            source, target = (table.column(name).to_pylist() for name in ("source", "target"))
        for row in np.flatnonzero(swapped):
            source[row], target[row] = target[row], source[row]
        return make_batch(source, target, [self._firsts[way] for way in swapped])


def make_batch(
    source: Sequence[Sequence[int]], target: Sequence[Sequence[int]], firsts: Sequence[int] | None = None
) -> Batch:
    """Pad sentence pairs, given without BOS and EOS; firsts are what the decoder reads first for each, BOS if None."""
    return Batch(
        source_ids=pad([[*ids, EOS_ID] for ids in source]),
        source_lengths=torch.tensor([len(ids) + 1 for ids in source]),
        target_ids=pad([[first, *ids] for first, ids in zip(firsts or [BOS_ID] * len(target), target, strict=True)]),
        next_ids=pad([[*ids, EOS_ID] for ids in target]),
    )


def pad(sentences: Sequence[Sequence[int]]) -> Tensor:
    """Sentences of different lengths as one tensor [B, W], PAD at the ends; W is a multiple of WIDTHS."""
    ids = np.full((len(sentences), next_multiple(max(map(len, sentences)), WIDTHS)), PAD_ID, dtype=np.int64)
    for row, sentence in zip(ids, sentences, strict=True):
        row[: len(sentence)] = sentence
    return torch.from_numpy(ids)


def next_multiple(length: Number, multiple: int) -> Number:
    """The least multiple that is not below a length."""
    return -(-length // multiple) * multiple


def batch_rows(corpus: TokenizedCorpus, max_tokens: int, seed: int, epoch: int) -> list[NDArray[np.int64]]:
    """Cut one epoch into batches of at most max_tokens padded target subwords, in an order set by seed and epoch.

    Pairs of like lengths go together, so little is padded; which of them, and in what order the batches come, is
    drawn anew each epoch.
    """
    random = np.random.default_rng([seed, epoch])
    order = random.permutation(len(corpus))
    source, target = (next_multiple(side + 1, WIDTHS) for side in (corpus.source_lengths, corpus.target_lengths))
    order = order[np.lexsort((source[order], target[order]))]
    batches = [order[rows] for rows in cut(np.maximum(source, target)[order], max_tokens)]
    return [batches[index] for index in random.permutation(len(batches))]


def cut(widths: NDArray[np.int64], max_tokens: int) -> Iterator[slice]:
    """Cut sentences of these widths, one after another, into batches of at most max_tokens, padding included."""
    start = 0
    while start < len(widths):
        longest = np.maximum.accumulate(widths[start : start + max_tokens])
        fitting = int((longest * np.arange(1, len(longest) + 1) <= max_tokens).sum())
        count = fitting // HEIGHTS * HEIGHTS or max(fitting, 1)
        yield slice(start, start + count)
        start += count


def tokenize_corpus(
    source_path: Path,
    target_path: Path,
    source: Tokenizer,
    target: Tokenizer,
    cache: Path,
    max_length: int,
    firsts: Sequence[int] = (BOS_ID,),
    known: Collection[str] | None = None,
) -> TokenizedCorpus:
    """Tokenize two aligned files once; the result is kept under cache, named by everything that it depends on.

    Pairs with a side of more than max_length subwords are left out; firsts as for TokenizedCorpus. Unless
    the known words are None, placeholders stand for literals (hide_shared). Raises DataError for what is wrong with
    the files, and when no pair is left.
    """
    digest = hashlib.sha256(f"1 {max_length}".encode())
    if known is not None:
        digest.update("\n".join([RULES, *sorted(known)]).encode())
    for path in (source_path, target_path):
        digest.update(sha256(path))
    for tokenizer in (source, target):
        digest.update(hashlib.sha256(tokenizer.to_bytes()).digest())
    folder = cache / digest.hexdigest()[:16]
    with locked(cache):  # another training of the same data may have begun, too
        shutil.rmtree(_partial(folder), ignore_errors=True)  # of one that was killed
        if not folder.exists():
            pairs = read_parallel(source_path, target_path)
            if known is not None:
                pairs = (hide_shared(*pair, number, known) for number, pair in enumerate(pairs))
            _save_tokenized(folder, pairs, source, target, max_length)
    corpus = TokenizedCorpus(datasets.load_from_disk(str(folder)), source, target, folder.name, firsts)
    if not len(corpus):
        raise DataError(
            f"{source_path}: no pair is left whose sides have at most {max_length} subwords; raise training.max_length"
        )
    return corpus


def _save_tokenized(
    folder: Path, pairs: Iterator[tuple[str, str]], source: Tokenizer, target: Tokenizer, max_length: int
) -> None:
    """Tokenize pairs into a folder, which appears when all is done."""
    partial = _partial(folder)
    columns = {
        **{name: datasets.List(datasets.Value("int32")) for name in ("source", "target")},
        **{name: datasets.Value("int32") for name in ("source_length", "target_length")},
        **{name: datasets.Value("string") for name in ("source_text", "target_text")},
    }
    datasets.disable_progress_bars()  # a few seconds' work, and stderr is not ours
    fault: BaseException | None = None
    try:
        data = datasets.Dataset.from_generator(
            lambda: _tokenize(pairs, source, target, max_length),
            features=datasets.Features(columns),
            cache_dir=str(partial / "build"),
            fingerprint=folder.name,
        )
        data.save_to_disk(str(partial / "data"))
        (partial / "data").rename(folder)
    except DatasetGenerationError as error:
        fault = error.__cause__ or error  # what the generator or the disk raised says what is wrong
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    if fault is not None:
        raise fault  # outside of the handler: its own wrapping would be its context, and that a circle


def _partial(folder: Path) -> Path:
    """Where a folder is made."""
    return folder.with_suffix(".partial")


def _tokenize(
    pairs: Iterator[tuple[str, str]], source: Tokenizer, target: Tokenizer, max_length: int
) -> Iterator[dict[str, Any]]:
    while chunk := [pair for _, pair in zip(range(TOKENIZED_AT_ONCE), pairs, strict=False)]:
        sources, targets = ([pair[side] for pair in chunk] for side in (0, 1))
        for text, other, ids, other_ids in zip(
            sources, targets, source.encode_batch(sources), target.encode_batch(targets), strict=True
        ):
            if 0 < len(ids) <= max_length and 0 < len(other_ids) <= max_length:
                yield {
                    "source": ids,
                    "target": other_ids,
                    "source_length": len(ids),
                    "target_length": len(other_ids),
                    "source_text": text,
                    "target_text": other,
                }
