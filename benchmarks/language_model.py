"""Language models beside a 5-gram model of the same subwords, and what they are worth for choosing translations.

    python benchmarks/language_model.py perplexity data/tatoeba/train.de-en.en.gz data/tatoeba/test.de-en.en.gz --lm DIR
    python benchmarks/language_model.py rerank dev.de dev.en --lm DIR

The 5-gram model is interpolated Kneser-Ney with one discount an order (Chen and Goodman, 1999), over the subwords of
the first language model, a line at a time. Reranking adds a weight times the language model's log-probability a subword
to the score of each translation; the weight is chosen on the first half of the lines, and both halves are told.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer
from sacrebleu import corpus_bleu

from nmt.decoding.language_model import load_language_model, score_lines, score_text
from nmt.decoding.reranking import weighted_fluency
from nmt.decoding.translator import translate_chunks
from nmt.io.lines import read_file, read_parallel
from nmt.stages.models import load_models
from nmt.text.tokenizer import EOS_ID

ORDER = 5
WEIGHTS = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)

app = typer.Typer()


@app.command()
def perplexity(
    train: Annotated[Path, typer.Argument(help="The text that the models were trained on.")],
    test: Annotated[Path, typer.Argument(help="The text to foresee.")],
    lm: Annotated[list[Path], typer.Option(help="A language model; repeatable.")],
) -> None:
    """Print the perplexity per subword and per byte of each model."""
    lines = list(read_file(test))
    size = sum(len(line.encode()) + 1 for line in lines)
    print("| model | per subword | per byte | bits per byte |\n| --- | --- | --- | --- |")
    for path in lm:
        loaded = load_language_model(path)
        ways = {"each line by itself": score_lines} | ({"as a text": score_text} if loaded.stream else {})
        for way, score in ways.items():
            found = score(loaded, lines)
            show(
                f"{path.name}, {way}", sum(each.log_prob for each in found), sum(each.subwords for each in found), size
            )
    tokenizer = load_language_model(lm[0]).tokenizer
    ngrams = KneserNey(map(tokenizer.encode, read_file(train)))
    ids = [tokenizer.encode(line) for line in lines]
    show("5-gram, Kneser-Ney", sum(map(ngrams.log_prob, ids)), sum(len(own) + 1 for own in ids), size)


def show(title: str, log_prob: float, subwords: int, size: int) -> None:
    """Print a row."""
    per_subword, per_byte = math.exp(-log_prob / subwords), math.exp(-log_prob / size)
    print(f"| {title} | {per_subword:.2f} | {per_byte:.4f} | {-log_prob / size / math.log(2):.4f} |", flush=True)


class KneserNey:
    """An interpolated Kneser-Ney model of ORDER over lines of numbers, with their ends."""

    def __init__(self, lines: Iterable[Sequence[int]]) -> None:
        counts: list[Counter[tuple[int, ...]]] = [Counter() for _ in range(ORDER + 1)]  # by length
        for line in lines:
            for gram in self._grams(line):
                counts[len(gram)][gram] += 1
        # Lower orders count in how many contexts an n-gram stands.
        for length in range(ORDER - 1, 0, -1):
            counts[length] = Counter(gram[1:] for gram in counts[length + 1])
        self._counts = counts
        self._totals: list[Counter[tuple[int, ...]]] = [Counter() for _ in range(ORDER + 1)]
        self._kinds: list[Counter[tuple[int, ...]]] = [Counter() for _ in range(ORDER + 1)]
        self._discounts = [0.0] * (ORDER + 1)
        for length in range(1, ORDER + 1):
            for gram, count in counts[length].items():
                self._totals[length][gram[:-1]] += count
                self._kinds[length][gram[:-1]] += 1
            singles, doubles = (sum(count == number for count in counts[length].values()) for number in (1, 2))
            self._discounts[length] = singles / max(1, singles + 2 * doubles)
        self._vocabulary = len(counts[1]) + 1

    def log_prob(self, line: Sequence[int]) -> float:
        """The log-probability of a line and its end."""
        return sum(math.log(self._probability(gram)) for gram in self._grams(line))

    @staticmethod
    def _grams(line: Sequence[int]) -> Iterator[tuple[int, ...]]:
        padded = [*[-1] * (ORDER - 1), *line, EOS_ID]
        return (tuple(padded[place : place + ORDER]) for place in range(len(line) + 1))

    def _probability(self, gram: tuple[int, ...]) -> float:
        probability = 1 / self._vocabulary
        for length in range(1, len(gram) + 1):
            own = gram[-length:]
            total = self._totals[length][own[:-1]]
            if not total:
                return probability
            discount = self._discounts[length]
            left = discount * self._kinds[length][own[:-1]] / total
            probability = max(0.0, self._counts[length][own] - discount) / total + left * probability
        return probability


@app.command()
def rerank(
    source_file: Annotated[Path, typer.Argument(help="Source text.")],
    reference_file: Annotated[Path, typer.Argument(help="Its translation.")],
    lm: Annotated[Path, typer.Option(help="A language model of the target language.")],
    model: Annotated[Path, typer.Option(help="A model folder.")] = Path("data/models/de-en"),
    source: Annotated[str, typer.Option(help="Source language.")] = "de",
    target: Annotated[str, typer.Option(help="Target language.")] = "en",
    best: Annotated[int, typer.Option(help="Translations of each line to choose from, and beam size.")] = 5,
) -> None:
    """Print BLEU by the weight of the language model, for both halves of the lines."""
    loaded, judge = load_models(model, source=source, target=target), load_language_model(lm)
    pairs = list(read_parallel(source_file, reference_file))
    search = replace(loaded.search, beam_size=best, n_best=best)
    half = len(pairs) // 2
    print("| weight | first half | second half |\n| --- | --- | --- |")
    for weight in WEIGHTS:
        lines, fluency = [line for line, _ in pairs], weighted_fluency(judge, weight)
        chosen = [each.text for each in translate_chunks(loaded, [lines], search, fluency=fluency)]
        scores = [
            corpus_bleu(chosen[part], [[reference for _, reference in pairs[part]]]).score
            for part in (slice(half), slice(half, None))
        ]
        print(f"| {weight} | {scores[0]:.2f} | {scores[1]:.2f} |", flush=True)


if __name__ == "__main__":
    app()
