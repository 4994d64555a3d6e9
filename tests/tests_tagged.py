"""Tagged sentences of the toy language: animals are persons, and what stands after "blau" is a place."""

import random

from tests_toy import WORDS

SETTINGS = (
    "tagger.hidden_size=32",
    "tagger.characters=8",
    "tagger.dropout=0.1",
    "tagging.epochs=12",
    "tagging.learning_rate=0.02",
    "tagging.warmup=5",
    "tagging.batch_tokens=200",
    "tagging.ema_decay=0.8",
    "tagging.threads=1",
)


def tagged_sentences(count: int, seed: int) -> list[tuple[list[str], list[str]]]:
    """Words and their tags."""
    generator = random.Random(seed)
    sentences = []
    for _ in range(count):
        words = generator.choices([*WORDS, "blau", "blau"], k=generator.randint(1, 6))  # as many places as persons
        tags = ["B-PER" if word in ("Hund", "Katze") else "O" for word in words]
        for place, before in enumerate(words[:-1], start=1):
            if before == "blau":
                tags[place] = "B-LOC"
        sentences.append(([*words, "."], [*tags, "O"]))
    return sentences


def columns(sentences: list[tuple[list[str], list[str]]]) -> str:
    """A file of columns."""
    return "".join("".join(f"{w}\t{t}\n" for w, t in zip(*s, strict=True)) + "\n" for s in sentences)
