"""Subwords: train a sentencepiece model, and convert text to piece ids and back."""

import io
import random
import re
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

import sentencepiece

from nmt.errors import ConfigError, DataError, ModelError
from nmt.text.config import TokenizerConfig
from nmt.text.subword_sampling import BpeSampler, UnigramSampler, uniform

PAD_ID, UNK_ID, BOS_ID, EOS_ID = range(4)
PLACEHOLDERS = tuple(f"<ph{n}>" for n in range(20))  # what they stand for: see nmt/protection/placeholders.py

SPACE = "▁"  # how sentencepiece writes the space before a word
_SYMBOL = re.compile(r"<[^\s<>▁]+>")


def language_tag(language: str) -> str:
    """Return the symbol that tells the decoder, as its first input, to write in language."""
    return f"<2{language}>"


def train_subword_model(
    sentences: Iterable[str],
    config: TokenizerConfig,
    *,
    symbols: Sequence[str] = PLACEHOLDERS,
    name: str = "the training text",
) -> bytes:
    """Train a sentencepiece model and return its file content: the same bytes for the same sentences and config.

    Each of symbols ("<2de>", "<ph0>") becomes one piece, which is never split or merged with text. Text is normalised
    by NFKC; case is kept. Raises ConfigError for an invalid symbol, and DataError, with the name of the text, for a
    text without sentences and for a vocabulary that is larger or smaller than the text allows.
    """
    for symbol in symbols:
        if not _SYMBOL.fullmatch(symbol):
            raise ConfigError(f"symbol {symbol!r}: write it in angle brackets and without spaces, such as <name>")
    # Sampled here, because sentencepiece's own sample differs from process to process.
    sample = _reservoir((sentence for sentence in sentences if sentence.strip()), config.max_sentences, config.seed)
    if not sample:
        raise DataError(f"{name}: no line has any text; give text to train the tokenizer on")
    model = io.BytesIO()
    try:
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=iter(sample),
            model_writer=model,
            model_type=config.kind,
            vocab_size=config.vocab_size,
            character_coverage=config.character_coverage,
            byte_fallback=config.byte_fallback,
            user_defined_symbols=list(dict.fromkeys(symbols)),
            normalization_rule_name="nmt_nfkc",
            pad_id=PAD_ID,
            unk_id=UNK_ID,
            bos_id=BOS_ID,
            eos_id=EOS_ID,
            num_threads=2,  # fixed, because the sums, and so the model, depend on it
            minloglevel=2,
        )
    except RuntimeError as error:
        raise _training_error(str(error), config, name) from None
    return model.getvalue()


class Tokenizer:
    """A trained subword model."""

    def __init__(self, processor: sentencepiece.SentencePieceProcessor, name: str) -> None:
        self._processor = processor
        self._name = name
        self._samplers: dict[float, UnigramSampler | BpeSampler] = {}

    @classmethod
    def from_bytes(cls, model: bytes, name: str = "the tokenizer") -> "Tokenizer":
        """Load the content of a model file. Raises ModelError if it is damaged or has other special ids than ours.

        name is that of the file, for this and later errors.
        """
        try:
            # sentencepiece accepts an empty file, and prints an error to stderr when it is first used.
            processor = sentencepiece.SentencePieceProcessor(model_proto=model) if model else None
        except RuntimeError:
            processor = None
        if processor is None or processor.get_piece_size() == 0:
            raise ModelError(f"{name}: not a sentencepiece model, or damaged; train it again with nmt train-tokenizer")
        found = (processor.pad_id(), processor.unk_id(), processor.bos_id(), processor.eos_id())
        if found != (PAD_ID, UNK_ID, BOS_ID, EOS_ID):
            raise ModelError(
                f"{name}: a sentencepiece model with the ids {found} for pad, unk, bos, eos, where 0 to 3 are needed; "
                "train one with nmt train-tokenizer"
            )
        return cls(processor, name)

    def to_bytes(self) -> bytes:
        """Return the content of the model file."""
        return bytes(self._processor.serialized_model_proto())

    @property
    def vocab_size(self) -> int:
        """The number of pieces, special ones included."""
        return int(self._processor.get_piece_size())

    def encode(self, text: str) -> list[int]:
        """Return the piece ids of a text, without BOS and EOS."""
        return list(self._processor.encode(text))

    @cached_property
    def space_id(self) -> int:
        """The id of the piece that is a space and nothing else; UNK_ID if the model has none."""
        return int(self._processor.piece_to_id(SPACE))

    @cached_property
    def placeholders(self) -> list[str]:
        """Those of PLACEHOLDERS that the model has: ten in older ones; ModelError if it has none."""
        self.id_of(PLACEHOLDERS[0])
        return [symbol for symbol in PLACEHOLDERS if self._processor.piece_to_id(symbol) != UNK_ID]

    @cached_property
    def placeholder_ids(self) -> list[int]:
        """The ids of placeholders."""
        return [self.id_of(symbol) for symbol in self.placeholders]

    def likelihood(self, text: str) -> tuple[int, int, float]:
        """Return a key that is greater for a more likely text.

        Texts with fewer unknown characters and bytes come first, then those with a greater log P for a unigram model,
        or with fewer pieces for BPE, whose scores are ranks.
        """
        ids = self.encode(text)
        spelt = sum(id_ == UNK_ID or self._processor.is_byte(id_) for id_ in ids)
        score = sum(map(self._processor.get_score, ids))
        return -spelt, -len(ids) if self._has_ranks else 0, score

    def encode_batch(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the piece ids of each text."""
        return list(self._processor.encode(list(texts), num_threads=1))

    def sample(self, texts: Sequence[str], *, alpha: float, seed: int) -> list[list[int]]:
        """Return the piece ids of one random segmentation of each text, which depends on the seed and the texts alone.

        A unigram model samples in proportion to P^alpha: alpha 0 makes all segmentations equally likely, 0.1 is strong,
        0.5 mild, and a large alpha gives encode(). A BPE model skips merges with probability alpha: 0 gives encode(),
        0.1 is usual. Words with unknown characters or reserved symbols are not varied.
        """
        sampler = self._sampler(alpha)
        draw = uniform(seed)
        samples = []
        for text in self._processor.normalize(list(texts)):
            ids: list[int] = []
            for word in text.split(SPACE)[1:]:
                ids += sampler.segment(SPACE + word, draw) or self.encode(word)
            samples.append(ids)
        return samples

    def spans(self, text: str) -> list[tuple[int, int, int]]:
        """Return (id, start, end) for each piece of encode(text): text[start:end] is what the piece stands for.

        Offsets count characters of the text as given, without the space before a word. A span is empty if the piece
        stands for a space alone, or if NFKC turns one character into several pieces: the last of them has it.
        """
        encoded = self._processor.encode(text, return_type="offset_mapping")
        return [
            (id_, _skip_space(text, start, end) if piece.startswith(SPACE) else start, end)
            for id_, piece, (start, end) in zip(encoded["ids"], encoded["pieces"], encoded["offsets"], strict=True)
        ]

    def pieces(self, text: str) -> list[str]:
        """Return the pieces of a text as strings, in which U+2581 stands for a space."""
        return list(self._processor.encode(text, return_type=str))

    def decode(self, ids: Sequence[int]) -> str:
        """Return the text of piece ids. Special ids give nothing, except UNK, which gives U+2047 ("⁇")."""
        return str(self._processor.decode(list(ids)))

    def join(self, pieces: Sequence[str]) -> str:
        """Return the text of pieces(), unknown characters included."""
        return str(self._processor.decode(list(pieces)))

    def id_of(self, symbol: str) -> int:
        """Return the id of a piece or reserved symbol. Raises ModelError if the model does not have it."""
        id_ = int(self._processor.piece_to_id(symbol))
        if id_ == UNK_ID and symbol != self._processor.id_to_piece(UNK_ID):
            raise ModelError(
                f"{self._name}: has no symbol {symbol!r}; train a tokenizer with this language or symbol reserved"
            )
        return id_

    def piece(self, id_: int) -> str:
        """Return the piece or symbol of an id; the mark U+2581 stands for a space."""
        return str(self._processor.id_to_piece(id_))

    @cached_property
    def all_pieces(self) -> list[str]:
        """The piece of every id; none for padding, unknown, begin and end."""
        return ["" if id_ in (PAD_ID, UNK_ID, BOS_ID, EOS_ID) else self.piece(id_) for id_ in range(self.vocab_size)]

    def first_unknown(self, text: str) -> str | None:
        """The first character of a text that no subword stands for, if there is one."""
        if UNK_ID not in self.encode(text):
            return None
        return next(each for each in text if UNK_ID in self.encode(each))

    def text_of(self, id_: int) -> str:
        """Return the text that a piece stands for: none if it is special or a byte."""
        return "" if self.is_special(id_) or self._processor.is_byte(id_) else self.piece(id_).replace(SPACE, " ")

    def is_special(self, id_: int) -> bool:
        """Whether an id stands for no text: PAD, UNK, BOS, EOS, a language tag or another reserved symbol."""
        return self._processor.is_control(id_) or self._processor.is_unknown(id_) or self._is_symbol(id_)

    @cached_property
    def _has_ranks(self) -> bool:
        # The model does not tell its kind, but the scores of BPE are ranks, which are whole numbers.
        return all(self._processor.get_score(id_).is_integer() for id_ in range(self.vocab_size))

    def _is_symbol(self, id_: int) -> bool:
        # A piece of three characters or more scores 0 only if it is reserved; byte pieces look the same but are not.
        processor = self._processor
        return bool(
            _SYMBOL.fullmatch(processor.id_to_piece(id_))
            and processor.get_score(id_) == 0
            and not processor.is_byte(id_)
            and not processor.is_control(id_)
        )

    def _sampler(self, alpha: float) -> UnigramSampler | BpeSampler:
        if alpha not in self._samplers:
            scores = {
                self._processor.id_to_piece(id_): (id_, self._processor.get_score(id_))
                for id_ in range(self.vocab_size)
                if not self.is_special(id_) and not self._processor.is_byte(id_)
            }
            symbols = tuple(self._processor.id_to_piece(id_) for id_ in range(self.vocab_size) if self._is_symbol(id_))
            self._samplers = {alpha: (BpeSampler if self._has_ranks else UnigramSampler)(scores, symbols, alpha=alpha)}
        return self._samplers[alpha]


def read_tokenizers(path: Path) -> tuple[Tokenizer, Tokenizer]:
    """Read the source and the target tokenizer from a file (one for both) or a folder (source.model, target.model)."""

    def load(file: Path) -> Tokenizer:
        try:
            return Tokenizer.from_bytes(file.read_bytes(), str(file))
        except OSError as error:
            raise DataError(
                f"{file}: cannot be read as a tokenizer ({error.strerror}); train one with nmt train-tokenizer"
            ) from error

    if path.is_dir():
        if not (path / "source.model").exists():
            raise DataError(f"{path}: holds no source.model; name a tokenizer that nmt train-tokenizer made")
        return load(path / "source.model"), load(path / "target.model")
    shared = load(path)
    return shared, shared


def _reservoir(sentences: Iterable[str], size: int, seed: int) -> list[str]:
    """Return at most size sentences in their order, all with the same probability (algorithm R; Vitter, 1985)."""
    kept: dict[int, tuple[int, str]] = {}
    generator = random.Random(seed)
    for number, sentence in enumerate(sentences):
        place = number if number < size else generator.randrange(number + 1)
        if place < size:
            kept[place] = (number, sentence)
    return [sentence for _, sentence in sorted(kept.values())]


def _training_error(message: str, config: TokenizerConfig, name: str) -> DataError:
    """Turn sentencepiece's error message into an error with advice."""
    if largest := re.search(r"too high .*<= (\d+)", message):
        return DataError(
            f"{name}: vocab_size {config.vocab_size} is more than the text allows: set it to {largest[1]} or less, "
            "or give more text"
        )
    if needed := re.search(r"smaller than required_chars. \d+ vs (\d+)", message):
        return DataError(
            f"{name}: vocab_size {config.vocab_size} is less than the {needed[1]} pieces that the text's characters "
            "and the reserved symbols take: raise it, or lower character_coverage"
        )
    if "sentences_.empty()" in message or "all_chars_count" in message:
        return DataError(f"{name}: no line can be used, all are blank or longer than 4,192 bytes; split the lines")
    return DataError(f"{name}: sentencepiece could not train a tokenizer: {message}")


def _skip_space(text: str, start: int, end: int) -> int:
    """Return the start of the visible part of text[start:end]."""
    while start < end and unicodedata.category(text[start]) in ("Zs", "Zl", "Zp", "Cc", "Cf"):
        start += 1
    return start
