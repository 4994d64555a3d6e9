"""How probable lines are, and lines drawn at random, by a language model."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from nmt.engines.base import Ints
from nmt.engines.onnx_language_model import OnnxLanguageModel, States
from nmt.errors import DataError, ModelError
from nmt.model_folder.contents import load_tokenizers, load_weights
from nmt.model_folder.descriptions import described_in, read_language_model_description
from nmt.model_folder.parts import LANGUAGE_MODEL, LANGUAGE_MODEL_DESCRIPTION
from nmt.model_folder.schemas import language_model_schema
from nmt.model_folder.store import open_folder
from nmt.text.tokenizer import EOS_ID, UNK_ID, Tokenizer

ROWS = 64  # lines read at the same time
UNKNOWN_BYTE = math.log(256)  # nats that each byte of an unknown character costs: nothing is known of it


@dataclass(frozen=True, kw_only=True)
class LanguageModel:
    """What says how probable text is."""

    tokenizer: Tokenizer
    stream: bool  # whether it was trained on running text, so that a line is read after the ones before it
    engine: OnnxLanguageModel


@dataclass(frozen=True, kw_only=True)
class LineScore:
    """How probable a line and its end are."""

    log_prob: float  # nats
    subwords: int  # its end included
    bytes: int  # in UTF-8, its end included

    @property
    def bits_per_byte(self) -> float:
        """How many bits a byte of it needs (Shannon, 1951)."""
        return float(-self.log_prob / np.log(2) / self.bytes)


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """How lines are drawn."""

    temperature: float = 1.0
    top_k: int = 0  # the most probable subwords that are drawn from; 0: all
    max_subwords: int = 100
    seed: int = 1


def load_language_model(path: Path) -> LanguageModel:
    """Open the folder of a language model. Raises ModelError for one that is damaged, or holds none."""
    folder = open_folder(path)
    if not folder.has(LANGUAGE_MODEL_DESCRIPTION):
        raise ModelError(f"{path}: holds no language model; train one with nmt train-lm --out DIR")
    folder.verify()
    description = read_language_model_description(folder)
    tokenizer, _ = load_tokenizers(folder)
    with described_in(folder, LANGUAGE_MODEL_DESCRIPTION):
        schema = language_model_schema(description, tokenizer.vocab_size)
        weights = load_weights(folder, LANGUAGE_MODEL, schema)
        engine = OnnxLanguageModel(weights, description["language_model"])
    return LanguageModel(tokenizer=tokenizer, stream=description["stream"], engine=engine)


def score_lines(model: LanguageModel, lines: Sequence[str]) -> list[LineScore]:
    """Score each line by itself, as if it were the first of a text."""
    ids = [model.tokenizer.encode(line) for line in lines]
    found = [0.0] * len(lines)
    order = sorted(range(len(lines)), key=lambda place: len(ids[place]), reverse=True)
    for start in range(0, len(order), ROWS):
        rows = order[start : start + ROWS]
        for row, log_prob in zip(rows, _score(model, [ids[row] for row in rows]), strict=True):
            found[row] = log_prob
    return [_line_score(model, line, own, log_prob) for line, own, log_prob in zip(lines, ids, found, strict=True)]


def score_text(model: LanguageModel, lines: Sequence[str]) -> list[LineScore]:
    """Score the lines of a text, each after those before it if the model was trained so."""
    if not model.stream:
        return score_lines(model, lines)
    states, previous, scores = model.engine.start(1), EOS_ID, []
    for line in lines:
        ids, log_prob = model.tokenizer.encode(line), 0.0
        for following in (*ids, EOS_ID):
            chosen, states = model.engine.score(np.array([previous]), np.array([following]), states)
            log_prob, previous = log_prob + float(chosen[0]), following
        scores.append(_line_score(model, line, ids, log_prob))
    return scores


def generate(model: LanguageModel, prompt: str, drawing: Drawing, count: int) -> Iterator[str]:
    """Lines that begin with a prompt, each drawn by (seed, number). Raises DataError for an unknown character."""
    if unknown := model.tokenizer.first_unknown(prompt):
        raise DataError(f"the prompt has {unknown!r}, which the model cannot write; leave it out")
    ids = model.tokenizer.encode(prompt)
    states, previous = model.engine.start(1), EOS_ID
    for following in ids:
        _, states = model.engine.score(np.array([previous]), np.array([following]), states)
        previous = following
    for number in range(count):
        random = np.random.default_rng([drawing.seed, number])
        drawn = list(_drawn(model, previous, states, drawing, random))
        yield model.tokenizer.decode([*ids, *drawn])


def _drawn(
    model: LanguageModel, previous: int, states: States, drawing: Drawing, random: np.random.Generator
) -> Iterator[int]:
    tokenizer = model.tokenizer
    forbidden = [n for n in range(tokenizer.vocab_size) if n != EOS_ID and tokenizer.is_special(n)]
    for _ in range(drawing.max_subwords):
        scores, states = model.engine.scores(np.array([previous]), states)
        noisy = scores[0].astype(np.float64)
        noisy[forbidden] = -np.inf
        if drawing.top_k:
            noisy[noisy < np.sort(noisy)[-drawing.top_k :][0]] = -np.inf
        # The highest of scores with Gumbel noise is a draw from their softmax (Gumbel, 1954).
        previous = int(np.argmax(noisy / drawing.temperature + random.gumbel(size=len(noisy))))
        if previous == EOS_ID:
            return
        yield previous


def _score(model: LanguageModel, ids: Sequence[Sequence[int]]) -> list[float]:
    """The log-probability of each of some lines, the longest first, with its end."""
    lengths = np.array([len(own) + 1 for own in ids])
    table: Ints = np.full((len(ids), lengths[0]), EOS_ID, dtype=np.int64)
    for row, own in zip(table, ids, strict=True):
        row[: len(own)] = own
    totals, states = np.zeros(len(ids)), model.engine.start(len(ids))
    previous: Ints = np.full(len(ids), EOS_ID, dtype=np.int64)
    for place in range(lengths[0]):
        live = int((lengths > place).sum())
        states = {name: state[:live] for name, state in states.items()}
        chosen, states = model.engine.score(previous[:live], table[:live, place], states)
        totals[:live] += chosen
        previous = table[:live, place]
    found: list[float] = totals.tolist()
    return found


def _line_score(model: LanguageModel, line: str, ids: Sequence[int], log_prob: float) -> LineScore:
    size = len(line.encode("utf-8", "replace"))
    if UNK_ID in ids:
        known = sum(len(model.tokenizer.text_of(each).encode()) for each in ids)
        log_prob -= UNKNOWN_BYTE * max(size - known, ids.count(UNK_ID))
    return LineScore(log_prob=log_prob, subwords=len(ids) + 1, bytes=size + 1)
