"""A toy language for tests: words that translate one by one."""

import random

WORDS = {
    "eins": "one", "zwei": "two", "drei": "three", "vier": "four", "rot": "red", "blau": "blue",
    "grün": "green", "Haus": "house", "Baum": "tree", "Hund": "dog", "Katze": "cat", "und": "and",
}  # fmt: skip


def toy_pairs(count: int, seed: int) -> list[tuple[str, str]]:
    """Sentences of a toy language and their word-by-word translations."""
    generator = random.Random(seed)
    sentences = (generator.choices(list(WORDS), k=generator.randint(1, 6)) for _ in range(count))
    return [(" ".join(words) + ".", " ".join(WORDS[word] for word in words) + ".") for words in sentences]


def numbered_pairs(count: int, seed: int) -> list[tuple[str, str]]:
    """The same with up to three numbers among the words."""
    generator = random.Random(seed)
    pairs = []
    for source, target in toy_pairs(count, seed):
        words = list(zip(source[:-1].split(), target[:-1].split(), strict=True))
        for _ in range(generator.randint(0, 3)):
            number = str(generator.randint(13, 9999))
            words.insert(generator.randint(0, len(words)), (number, number))
        here, there = zip(*words, strict=True)
        pairs.append((" ".join(here) + ".", " ".join(there) + "."))
    return pairs


CONFIG = """
source = "de"
target = "en"

[tokenizer]
vocab_size = 64

[model]
embedding_size = 32
hidden_size = 64
dropout = 0.1

[training]
batch_tokens = 200
learning_rate = 0.01
warmup = 5
epochs = 12
ema_decay = 0.9
threads = 1
"""
