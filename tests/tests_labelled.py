"""Labelled lines of the toy language: what they are about is told by their nouns."""

import random

from tests_toy import WORDS

SETTINGS = (
    "classifier.hidden_size=32",
    "classifier.dropout=0.1",
    "classification.epochs=8",
    "classification.learning_rate=0.02",
    "classification.warmup=5",
    "classification.batch_tokens=200",
    "classification.ema_decay=0.8",
    "classification.threads=1",
)
NOUNS = {"Hund": "animal", "Katze": "animal", "Haus": "building", "Baum": "plant"}


def labelled_lines(count: int, seed: int) -> str:
    """A file of lines: label, tab and text."""
    generator = random.Random(seed)
    others = [word for word in WORDS if word not in NOUNS]
    lines = []
    for _ in range(count):
        noun = generator.choice(list(NOUNS))
        words = generator.choices(others, k=generator.randint(1, 6))
        words.insert(generator.randint(0, len(words)), noun)
        lines.append(f"{NOUNS[noun]}\t{' '.join(words)}.\n")
    return "".join(lines)
