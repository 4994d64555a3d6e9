"""How often the next word of a translation is right when its beginning is given, and how many keys that saves.

    python benchmarks/completion.py data/tatoeba/dev.de-en.de.gz data/tatoeba/dev.de-en.en.gz --source de

A user is simulated who wants to write the reference: the model goes on from what stands there (`--prefix`), and its
next word is right if it is the reference's, marks included. A word costs as many keys as it and the space after it have
characters, or, if the model offers it after some of them, these and one key to accept it (Langlais et al., 2000).
"""

from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import Annotated

import typer

from nmt.decoding.model import TranslationModel
from nmt.decoding.translator import translate_chunks
from nmt.io.lines import read_parallel
from nmt.stages.models import load_models

SHARES = (0, 0.25, 0.5, 0.75)


def main(
    source_file: Annotated[Path, typer.Argument(help="Source text.")],
    reference_file: Annotated[Path, typer.Argument(help="Its translation, which the user wants to write.")],
    model: Annotated[Path, typer.Option(help="A model folder.")] = Path("data/models/de-en"),
    source: Annotated[str, typer.Option(help="Source language.")] = "de",
    target: Annotated[str, typer.Option(help="Target language.")] = "en",
    limit: Annotated[int, typer.Option(help="Lines for the next word.")] = 500,
    typed: Annotated[int, typer.Option(help="Lines that are typed to the end.")] = 50,
) -> None:
    """Print a Markdown table."""
    loaded = load_models(model, source=source, target=target)
    pairs = [(line, words.split()) for line, words in islice(read_parallel(source_file, reference_file), limit)]
    print(f"{source}→{target}, {len(pairs)} lines\n")
    print("| given of the reference | next word right |\n| --- | --- |")
    for share in SHARES:
        right = sum(
            next_word(loaded, line, words[:place]) == words[place]
            for line, words in pairs
            if (place := int(share * len(words))) < len(words)
        )
        print(f"| {share:.0%} | {right} of {len(pairs)} ({right / len(pairs):.1%}) |")
    needed = sum(keys(loaded, line, words) for line, words in pairs[:typed])
    whole = sum(len(word) + 1 for _, words in pairs[:typed] for word in words)
    print(f"\nkeys for {typed} lines: {needed:,} of {whole:,}, {1 - needed / whole:.1%} saved")


def next_word(model: TranslationModel, line: str, words: Sequence[str], letters: str = "") -> str:
    """The word that the model would write after some words and the first letters of the next one; "" if none."""
    before = "".join(f"{word} " for word in words)
    [found] = translate_chunks(model, [[line]], model.search, prefix=before + letters)
    return next(iter(found.text[len(before) :].split()), "")


def keys(model: TranslationModel, line: str, words: Sequence[str]) -> int:
    """How many keys a user needs for all words."""
    total = 0
    for place, word in enumerate(words):
        offered = (count for count in range(len(word)) if next_word(model, line, words[:place], word[:count]) == word)
        total += min(next(offered, len(word)) + 1, len(word) + 1)
    return total


if __name__ == "__main__":
    typer.run(main)
