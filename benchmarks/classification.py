"""A classifier of where a line comes from, on three kinds of encoder, beside a bag of words.

    python benchmarks/classification.py --data data/raw/broad-de-en

The labels are the parts of data/broad that have lines enough, and Tatoeba: parliament, a desktop's help, a manual, news
and so on. No line is in two of the sets. The bag of words is scikit-learn's logistic regression over words and pairs of
words by TF-IDF, with the regularisation that is best on the validation lines.
"""

import random
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import numpy as np
import typer

from nmt.config import load_config
from nmt.io.lines import read_file, write_file
from nmt.metrics.classification import calibration_error, score_labels
from nmt.stages.evaluate_classifier import evaluate_classifier
from nmt.stages.train_classifier import train_classifier

PARTS = {
    "debian-news": "data/broad/debian-news",
    "europarl": "data/broad/europarl",
    "libreoffice-help": "data/broad/libreoffice-help",
    "literature": "data/broad/literature",
    "mozilla-web": "data/broad/mozilla-web",
    "php-manual": "data/broad/php-manual",
    "tatoeba": "data/tatoeba/train.de-en",
    "wikipedia": "data/broad/wikipedia-mlqe",
}
ENCODERS = {
    "random, frozen": ["classification.start=random"],
    "from translation, frozen": [],
    "from translation, finetuned": ["classification.encoder=finetune"],
    "joint with translation": ["classification.encoder=joint", "classification.learning_rate=5e-4"],
}

Lines = list[tuple[str, str]]  # label and text


def main(
    data: Annotated[Path, typer.Option(help="A prepared folder of translations, for joint training.")],
    model: Annotated[Path, typer.Option(help="The model folder of a translator.")] = Path("data/models/de-en"),
    language: Annotated[str, typer.Option(help="Of the lines.")] = "de",
    train: Annotated[int, typer.Option(help="Training lines of each label.")] = 1000,
    held_out: Annotated[int, typer.Option(help="Lines of each label to validate on, and as many to test on.")] = 300,
    seed: Annotated[int, typer.Option(help="Decides which lines.")] = 1,
) -> None:
    """Print a Markdown table of scores on the test lines."""
    sets = draw(language, {"train": train, "valid": held_out, "test": held_out}, seed)
    print("| encoder | accuracy | macro F1 | expected calibration error | lines/s |\n| --- | --- | --- | --- | --- |")
    with TemporaryDirectory() as name:
        folder = Path(name)
        for split, lines in sets.items():
            write_file(folder / f"{split}.tsv", [f"{label}\t{text}" for label, text in lines])
        for title, changes in ENCODERS.items():
            out = folder / title.replace(" ", "-")
            train_classifier(
                config=load_config(None, changes),
                model=model,
                out=out,
                train=[str(folder / "train.tsv")],
                valid=[str(folder / "valid.tsv")],
                data=data if "joint" in title else None,
            )
            found = evaluate_classifier(model=out, references=[str(folder / "test.tsv")])
            show(
                title,
                found.scores.accuracy,
                found.scores.macro_f1,
                found.calibration_error,
                found.lines / found.seconds,
            )
    bag_of_words(sets)


def draw(language: str, sizes: dict[str, int], seed: int) -> dict[str, Lines]:
    """Lines of every part for each set, without repetition."""
    sets: dict[str, Lines] = {split: [] for split in sizes}
    for label, path in PARTS.items():
        lines = sorted(
            {line for line in read_file(f"{path}.{language}.gz") if len(line.split()) > 3 and "\t" not in line}
        )
        random.Random(seed).shuffle(lines)
        rest = iter(lines)
        for split, size in sizes.items():
            sets[split] += [(label, line) for line in islice(rest, size)]
    return sets


def bag_of_words(sets: dict[str, Lines]) -> None:
    """Print the row of the logistic regression."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression

    vectorizer = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True)
    train = vectorizer.fit_transform(texts(sets["train"]))
    valid, test = (vectorizer.transform(texts(sets[split])) for split in ("valid", "test"))
    tried = [LogisticRegression(C=c, max_iter=1000).fit(train, labels(sets["train"])) for c in (1, 3, 10, 30, 100)]
    best = max(tried, key=lambda each: each.score(valid, labels(sets["valid"])))
    probabilities = best.predict_proba(test)
    gold = labels(sets["test"])
    scores = score_labels(gold, best.predict(test).tolist())
    numbers = np.array([best.classes_.tolist().index(label) for label in gold])
    show("none: bag of words", scores.accuracy, scores.macro_f1, calibration_error(probabilities, numbers), None)


def texts(lines: Lines) -> Sequence[str]:
    """The texts of lines."""
    return [text for _, text in lines]


def labels(lines: Lines) -> list[str]:
    """Their labels."""
    return [label for label, _ in lines]


def show(title: str, accuracy: float, macro_f1: float, error: float, rate: float | None) -> None:
    """Print a row."""
    shown = "" if rate is None else f"{rate:,.0f}"
    print(f"| {title} | {accuracy:.2f} | {macro_f1:.2f} | {error:.2f} | {shown} |", flush=True)


if __name__ == "__main__":
    typer.run(main)
