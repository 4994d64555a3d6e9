"""How many numbers, addresses and names come through a translation letter by letter.

    python benchmarks/literal_recall.py --model data/models/de-en --source de data/ner/germeval2014-de/dev.bio.gz

Reads sentences with tagged names; no references are needed. Names of persons only: places and others have names in
each language.
"""

from pathlib import Path
from typing import Annotated

import typer

PERSONS = ("PER", "person")


def main(
    corpora: Annotated[list[str], typer.Argument(help="Tagged sentences, as `nmt train-tagger` reads them.")],
    model: Annotated[Path, typer.Option(help="A model folder.")],
    source: Annotated[str, typer.Option(help="Their language; by default the model's own.")] = "",
) -> None:
    """Print the shares."""
    from nmt.data.ner_corpus import read_tagged
    from nmt.metrics.preservation import literal_recall
    from nmt.metrics.spans import spans_of
    from nmt.stages.translate import translate_lines

    sentences = [sentence for name in corpora for sentence in read_tagged(name)]
    lines = [" ".join(sentence.words) for sentence in sentences]
    translations = list(translate_lines(model, lines, source=source))
    found = literal_recall(lines, translations)
    print(f"numbers and addresses: {found.kept:,} of {found.literals:,}, {found.kept / max(1, found.literals):.1%}")
    names = [
        (" ".join(sentence.words[span.start : span.end]), translation)
        for sentence, translation in zip(sentences, translations, strict=True)
        for span in spans_of(sentence.tags)
        if span.type in PERSONS
    ]
    kept = sum(name in translation for name, translation in names)
    print(f"names of persons: {kept:,} of {len(names):,}, {kept / max(1, len(names)):.1%}")


if __name__ == "__main__":
    typer.run(main)
