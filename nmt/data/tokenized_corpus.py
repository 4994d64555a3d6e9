"""Tokenized training data on disk, and the batches that an epoch is cut into."""

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import datasets
import numpy as np
from datasets.exceptions import DatasetGenerationError
from numpy.typing import NDArray

from nmt.data.batch import WIDTHS, Batch, cut, make_batch, next_multiple
from nmt.data.mixture import WeightedCorpus, epoch_rows
from nmt.errors import DataError
from nmt.io.files import locked, sha256
from nmt.io.lines import read_file, read_parallel, write_file
from nmt.protection.aligned_words import align_words
from nmt.protection.order_counts import OrderCounter
from nmt.protection.training_pairs import PairProtection, training_pairs
from nmt.text.tokenizer import BOS_ID, Tokenizer

_ORDER = "order.json"  # beside the pairs
TOKENIZED_AT_ONCE = 1000  # pairs; large enough to keep the tokenizer's threads busy, small enough for any memory


class TokenizedCorpus:
    """Sentence pairs as subword ids, memory-mapped from disk; lengths alone are held in memory.

    decoder_start_ids are what the decoder reads first to write the target side and, if every pair is to be there a
    second time with its sides swapped, to write the source side. An epoch goes through the corpora of a mixture as
    often as their weights say, and through all pairs once without one.
    """

    def __init__(
        self,
        data: datasets.Dataset,
        source: Tokenizer,
        target: Tokenizer,
        fingerprint: str,
        decoder_start_ids: Sequence[int] = (BOS_ID,),
        order: Mapping[str, float] | None = None,
        placeholder_ids: tuple[Sequence[int], Sequence[int]] | None = None,
        mixture: Sequence[WeightedCorpus] = (),
    ) -> None:
        self.fingerprint = fingerprint  # equal for the same texts and tokenizers only
        self.order = order or {}  # how often protected items keep their order: OrderCounter.shares
        self.placeholder_ids = placeholder_ids  # of both languages, if placeholders stand for such items
        self.mixture = mixture
        self._data = data.with_format("arrow")
        self._tokenizers = (source, target)
        self._firsts = decoder_start_ids
        numbers = np.asarray(data.data.column("number"), dtype=np.int64) if mixture else np.arange(0)
        self._numbers = np.tile(numbers, len(decoder_start_ids))  # of the pairs in their files
        sides = [np.asarray(data.data.column(f"{side}_length"), dtype=np.int64) for side in ("source", "target")]
        self.source_lengths = np.concatenate(sides[: len(decoder_start_ids)])
        self.target_lengths = np.concatenate(sides[::-1][: len(decoder_start_ids)])

    def __len__(self) -> int:
        return len(self.source_lengths)

    def epoch_rows(self, seed: int, epoch: int) -> NDArray[np.int64]:
        """The rows that an epoch, counted from 0, goes through."""
        if not self.mixture:
            return np.arange(len(self))
        return epoch_rows(self.mixture, self._numbers, seed, epoch)

    def check_mixture(self, source_path: Path) -> None:
        """Raise DataError if the mixture has fewer pairs than the file, or none in an epoch."""
        if self._numbers.max(initial=-1) >= sum(corpus.pairs for corpus in self.mixture):
            raise DataError(f"{source_path}: has more pairs than its folder's report.json counts; prepare it again")
        if not len(self.epoch_rows(0, 0)):
            raise DataError(f"{source_path}: an epoch of corpora with such weights has no pair; raise a weight")

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


def batch_rows(corpus: TokenizedCorpus, max_tokens: int, seed: int, epoch: int) -> list[NDArray[np.int64]]:
    """Cut one epoch into batches of at most max_tokens padded target subwords, in an order set by seed and epoch.

    Pairs of like lengths go together, so little is padded; which of them, and in what order the batches come, is
    drawn anew each epoch.
    """
    random = np.random.default_rng([seed, epoch])
    order = random.permutation(corpus.epoch_rows(seed, epoch))
    source, target = (next_multiple(side + 1, WIDTHS) for side in (corpus.source_lengths, corpus.target_lengths))
    order = order[np.lexsort((source[order], target[order]))]
    batches = [order[rows] for rows in cut(np.maximum(source, target)[order], max_tokens)]
    return [batches[index] for index in random.permutation(len(batches))]


def tokenize_corpus(
    source_path: Path,
    target_path: Path,
    source: Tokenizer,
    target: Tokenizer,
    cache: Path,
    max_length: int,
    decoder_start_ids: Sequence[int] = (BOS_ID,),
    protection: PairProtection | None = None,
    mixture: Sequence[WeightedCorpus] = (),
) -> TokenizedCorpus:
    """Tokenize two aligned files once; the result is kept under cache, named by everything that it depends on.

    Pairs with a side of more than max_length subwords are left out; decoder_start_ids and mixture as for
    TokenizedCorpus. With protection, placeholders stand for what sides share (training_pairs). Raises DataError for
    what is wrong with the files, and when no pair is left.
    """
    digest = hashlib.sha256(f"1 {max_length}".encode())
    if protection is not None:
        digest.update(protection.fingerprint.encode())
    digest.update(b"numbered" * bool(mixture))  # an older folder may lack the numbers of its pairs
    for path in (source_path, target_path):
        digest.update(sha256(path))
    for tokenizer in (source, target):
        digest.update(hashlib.sha256(tokenizer.to_bytes()).digest())
    folder = cache / digest.hexdigest()[:16]
    with locked(cache):  # another training of the same data may have begun, too
        shutil.rmtree(_partial(folder), ignore_errors=True)  # of one that was killed
        if not folder.exists():
            pairs, order = read_parallel(source_path, target_path), OrderCounter()
            if protection is not None:
                partners = align_words(read_parallel(source_path, target_path))
                pairs = training_pairs(pairs, protection, partners, order)
            _save_tokenized(folder, pairs, source, target, max_length, order)
    data = datasets.load_from_disk(str(folder))
    shares, placeholder_ids = None, None
    if protection is not None:
        shares = json.loads("".join(read_file(folder / _ORDER)))
        source_ids, target_ids = ([side.id_of(symbol) for symbol in protection.symbols] for side in (source, target))
        placeholder_ids = source_ids, target_ids
    corpus = TokenizedCorpus(data, source, target, folder.name, decoder_start_ids, shares, placeholder_ids, mixture)
    if mixture:
        corpus.check_mixture(source_path)
    if not len(corpus):
        raise DataError(
            f"{source_path}: no pair is left whose sides have at most {max_length} subwords; raise training.max_length"
        )
    return corpus


def _save_tokenized(
    folder: Path,
    pairs: Iterator[tuple[str, str]],
    source: Tokenizer,
    target: Tokenizer,
    max_length: int,
    order: OrderCounter,
) -> None:
    """Tokenize pairs into a folder, which appears when all is done, with what was counted meanwhile."""
    partial = _partial(folder)
    columns = {
        **{name: datasets.List(datasets.Value("int32")) for name in ("source", "target")},
        **{name: datasets.Value("int32") for name in ("number", "source_length", "target_length")},
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
        write_file(partial / "data" / _ORDER, [json.dumps(order.shares())])
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
    numbers = count()
    while chunk := [pair for _, pair in zip(range(TOKENIZED_AT_ONCE), pairs, strict=False)]:
        sources, targets = ([pair[side] for pair in chunk] for side in (0, 1))
        for text, other, ids, other_ids in zip(
            sources, targets, source.encode_batch(sources), target.encode_batch(targets), strict=True
        ):
            number = next(numbers)
            if 0 < len(ids) <= max_length and 0 < len(other_ids) <= max_length:
                yield {
                    "number": number,
                    "source": ids,
                    "target": other_ids,
                    "source_length": len(ids),
                    "target_length": len(other_ids),
                    "source_text": text,
                    "target_text": other,
                }
