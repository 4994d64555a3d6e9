"""How often the terms of a glossary stand in translations, and what the glossary does to BLEU.

    python benchmarks/glossary_compliance.py newstest2011.de.gz newstest2011.en.gz --source de --target en

The terms are drawn from words of the two files that are each other's translation by how often they stand in the same
pairs, so that references have them, too. They are German nouns or, in other languages, any words that differ from their
translation. The judge knows nothing of how a glossary is applied: it counts whole words in strings.
"""

import random
import re
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from sacrebleu import corpus_bleu

from nmt.io.lines import read_parallel, write_file
from nmt.protection.aligned_words import align_words
from nmt.stages.translate import make_protector, translate_lines

LONGEST_SIDE = 40  # words of four letters and more: news has long sentences


def main(
    source_file: Annotated[Path, typer.Argument(help="Source text.")],
    reference_file: Annotated[Path, typer.Argument(help="Its translation.")],
    model: Annotated[Path, typer.Option(help="A model folder.")] = Path("data/models/de-en"),
    source: Annotated[str, typer.Option(help="Source language.")] = "de",
    target: Annotated[str, typer.Option(help="Target language.")] = "en",
    terms: Annotated[int, typer.Option(help="Number of terms to draw.")] = 200,
    seed: Annotated[int, typer.Option(help="Decides which.")] = 1,
    limit: Annotated[int | None, typer.Option(help="Translate this many lines at most.")] = None,
    show: Annotated[int, typer.Option(help="Show this many lines in which a term is missing.")] = 0,
) -> None:
    """Print a Markdown table: compliance and BLEU without and with the glossary."""
    pairs = list(read_parallel(source_file, reference_file))
    glossary = draw(pairs, terms, (source, target), seed)
    sources, references = zip(*pairs[:limit], strict=True)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "terms.csv"
        write_file(path, ["source,target", *(f"{term},{translation}" for term, translation in glossary.items())])
        outputs = [
            list(
                translate_lines(
                    model,
                    sources,
                    source=source,
                    target=target,
                    protector=make_protector(glossaries=[file] if file else []),
                )
            )
            for file in (None, path)
        ]
    with_terms = [place for place, line in enumerate(sources) if any(occurrences(term, line) for term in glossary)]
    print(f"{len(glossary)} terms, {source}→{target}, in {len(with_terms)} of {len(sources)} lines\n")
    print("| | compliance | BLEU | BLEU of lines with terms |\n| --- | --- | --- | --- |")
    for name, lines in zip(("without", "with the glossary"), outputs, strict=True):
        asked, met, missing = compliance(glossary, sources, lines)
        scores = [bleu(lines, references, places) for places in (range(len(lines)), with_terms)]
        print(f"| {name} | {met} of {asked} ({met / max(1, asked):.1%}) | {scores[0]:.2f} | {scores[1]:.2f} |")
    for place, term in missing[:show]:
        print(f"\n{term} → {glossary[term]}, line {place + 1}\n{sources[place]}\n{outputs[1][place]}")


def draw(pairs: Sequence[tuple[str, str]], count: int, languages: tuple[str, str], seed: int) -> dict[str, str]:
    """Terms and their translations: some of the words that are aligned, differ, and may be nouns."""
    aligned = sorted(align_words(pairs, most_words=LONGEST_SIDE).items())
    usable = [
        pair
        for pair in aligned
        if pair[0].casefold() != pair[1].casefold()
        and all(word[0].isupper() for word, language in zip(pair, languages, strict=True) if language == "de")
    ]
    return dict(random.Random(seed).sample(usable, min(count, len(usable))))


def compliance(
    glossary: dict[str, str], sources: Sequence[str], lines: Sequence[str]
) -> tuple[int, int, list[tuple[int, str]]]:
    """How many terms stand in the sources, how many of these have their translation, and where one has not."""
    asked = met = 0
    missing = []
    for place, (line, translation) in enumerate(zip(sources, lines, strict=True)):
        for term, wanted in glossary.items():
            if count := occurrences(term, line):
                found = min(count, occurrences(wanted, translation))
                asked, met = asked + count, met + found
                missing += [(place, term)] * (found < count)
    return asked, met, missing


def occurrences(word: str, line: str) -> int:
    """How often a word stands in a line, also with a capital at its beginning."""
    return len(re.findall(rf"(?<!\w){re.escape(word)}(?!\w)", line)) + bool(
        word[0].islower() and re.match(rf"{re.escape(word[0].upper() + word[1:])}(?!\w)", line)
    )


def bleu(lines: Sequence[str], references: Sequence[str], places: Sequence[int]) -> float:
    """BLEU of some of the lines."""
    return corpus_bleu([lines[place] for place in places], [[references[place] for place in places]]).score


if __name__ == "__main__":
    typer.run(main)
