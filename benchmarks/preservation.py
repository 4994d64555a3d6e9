"""How much of what must come through a translation does: names, numbers, markup, order, layout, sentences.

    python benchmarks/preservation.py --suite benchmarks/suite --order benchmarks/suite/order.jsonl
    python benchmarks/preservation.py --source de --names data/ner/germeval2014-de/dev.bio.gz
    python benchmarks/preservation.py --source de --names de.bio.gz --references en.bio.gz
    python benchmarks/preservation.py --source de --source-file dev.de --reference-file dev.en --joined 2 --repetitions

The judge compares strings with what people marked in the sources; it knows no pattern of what is a name, a number or
a tag, so it shares nothing with the program's own detection. With --json an item that the program says it has inserted
or lost counts as reported: an inserted one is not kept, even though it stands in the translation.
With --output, ready translations are judged: files in the order of the calls that would have made them.
"""

import json
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from sacrebleu import corpus_bleu

from nmt.data.ner_corpus import TaggedSentence, read_tagged
from nmt.io.lines import read_file
from nmt.metrics.spans import spans_of
from nmt.text.detokenizer import detokenize

PERSONS = {"PER", "person"}
TARGETS = {"de": "en", "en": "de"}
EMOJI_PARTS = "\u200d\ufe0f\U0001f3fb-\U0001f3ff"  # a joiner, a variation selector, skin tones: they change an emoji

Place = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class Translation:
    """A translated line, and what the program says became of which characters of its source: start, end, status."""

    text: str
    statuses: Sequence[tuple[int, int, str]] = ()

    def says(self, place: Place, *statuses: str) -> bool:
        """Whether an item that shares a character with this place of the source has one of these statuses."""
        return any(start < place[1] and place[0] < end and said in statuses for start, end, said in self.statuses)


Translate = Callable[[Sequence[str], str], list[Translation]]  # lines and their language


def main(
    model: Annotated[Path, typer.Option(help="A model folder.")] = Path("data/models/de-en"),
    source: Annotated[str, typer.Option(help="The language of --names and --source-file.")] = "de",
    suite: Annotated[Path | None, typer.Option(help="A folder with protection.de.jsonl and the like.")] = None,
    order: Annotated[Path | None, typer.Option(help="Sentences whose items keep their order, in JSON Lines.")] = None,
    names: Annotated[list[Path], typer.Option(help="Tagged sentences, as `nmt train-tagger` reads them.")] = [],  # noqa: B006 - typer copies it
    references: Annotated[list[Path], typer.Option(help="The same sentences in the other language.")] = [],  # noqa: B006 - typer copies it
    source_file: Annotated[Path | None, typer.Option(help="Text for --joined and --repetitions.")] = None,
    reference_file: Annotated[Path | None, typer.Option(help="Its reference translations.")] = None,
    joined: Annotated[list[int], typer.Option(help="Sentences a line, joined by spaces; repeatable.")] = [],  # noqa: B006 - typer copies it
    repetitions: Annotated[bool, typer.Option("--repetitions", help="Count repeated three-word sequences.")] = False,
    limit: Annotated[int | None, typer.Option(help="Read this many sentences of each file at most.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Have translations with the status of each item.")] = False,
    output: Annotated[list[Path], typer.Option(help="Ready translations, in place of the model's; repeatable.")] = [],  # noqa: B006 - typer copies it
) -> None:
    """Print a Markdown table for each thing asked for."""
    if bool(references) and len(references) != len(names):
        raise typer.BadParameter("give --references once for each --names, or not at all")
    if (joined or repetitions) and not (source_file and reference_file):
        raise typer.BadParameter("--joined and --repetitions need --source-file and --reference-file")
    translate = translator(model, json_, output)
    for path in sorted(suite.glob("protection.*.jsonl")) if suite else []:
        print_cases(path.name, read_cases(path), path.suffixes[0].removeprefix("."), translate)
    ordered = read_cases(order) if order else []
    for language in TARGETS if order else []:
        cases = [case for case in ordered if case["direction"].startswith(language)]
        print_cases(f"order, from {language}", cases, language, translate)
    for number, path in enumerate(names):
        print_names(path, references[number] if references else None, source, limit, translate)
    if source_file and reference_file:
        lines, expected = (list(islice(read_file(path), limit)) for path in (source_file, reference_file))
        if joined:
            print_joined(lines, expected, joined, source, translate)
        if repetitions:
            print_repetitions(lines, expected, source, translate)


# Translating


def translator(model: Path, as_json: bool, ready: Iterable[Path]) -> Translate:
    """What translates by the command line, or, as long as there are ready files, reads the next of them."""
    files = iter(ready)
    command = [sys.executable, "-m", "nmt", "translate", "--model", str(model), *(["--json"] if as_json else [])]

    def translate(lines: Sequence[str], source: str) -> list[Translation]:
        if path := next(files, None):
            written = list(read_file(path))
        else:
            text = "".join(line + "\n" for line in lines).encode()
            done = subprocess.run([*command, "--source", source], input=text, capture_output=True)
            if done.returncode:
                raise SystemExit(done.stderr.decode())
            written = done.stdout.decode().removesuffix("\n").split("\n")
        if len(written) != len(lines):
            raise SystemExit(f"{len(lines)} lines became {len(written)}; nothing can be judged")
        return [read_json(line) if as_json else Translation(text=line) for line in written]

    return translate


def read_json(line: str) -> Translation:
    """A line of `nmt translate --json`."""
    record = json.loads(line)
    statuses = [(item["start"], item["end"], item["status"]) for item in record.get("items", [])]
    return Translation(text=record["translations"][0]["text"], statuses=statuses)


# Finding strings


def occurrences(item: str, text: str, language: str) -> list[Place]:
    """Where item stands in text by itself: not as a part of a longer word, number, run of marks or emoji.

    In German a name may carry the genitive's s.
    """
    genitive = "s?" if language == "de" and item[0].isupper() and item[-1].isalpha() else ""
    before, after = edge(item[0]), edge(item[-1])
    number_before = r"(?<!\d[.,:/])" if item[0].isdigit() else ""
    number_after = r"(?![.,:/]\d)" if item[-1].isdigit() else ""
    pattern = rf"(?<!{before}){number_before}({re.escape(item)})(?={genitive}(?!{after})){number_after}"
    return [match.span(1) for match in re.finditer(pattern, text)]


def edge(character: str) -> str:
    """What may not stand beside an item that begins or ends with this character."""
    return r"\w" if character.isalnum() else rf"[{re.escape(character)}{EMOJI_PARTS}]"


def places_in_order(items: Sequence[str], text: str, language: str, start: int = 0) -> list[Place] | None:
    """The places of items that stand in text one after another, from start on; None if they do not."""
    places: list[Place] = []
    for item in items:
        following = [place for place in occurrences(item, text, language) if place[0] >= start]
        if not following:
            return None
        places.append(following[0])
        start = following[0][1]
    return places


# Judging cases


def read_cases(path: Path) -> list[dict[str, Any]]:
    """The cases of a suite."""
    return [json.loads(line) for line in read_file(path)]


def judge_case(case: Mapping[str, Any], translation: Translation, source: str) -> Counter[str]:
    """Count a case's items, and what became of them; its prefix and suffix; whether all of it came through."""
    text, edges_kept = without_edges(case, translation.text)
    places = places_in_order(case["items"], case["text"], source, len(case.get("prefix", "")))
    if places is None:
        raise SystemExit(f"not a case: {case}")
    counts: Counter[str] = Counter(cases=1, edges=("prefix" in case) + ("suffix" in case), edges_kept=edges_kept)
    for item, wanted in Counter(case["items"]).items():
        found = len(occurrences(item, text, TARGETS[source]))
        of_item = [place for place, other in zip(places, case["items"], strict=True) if other == item]
        counts += outcome(wanted, wanted - abs(found - wanted), of_item, translation)
    in_order = places_in_order(case["items"], text, TARGETS[source]) is not None or not case.get("ordered", True)
    counts["complete"] = counts["kept"] == counts["items"] and edges_kept == counts["edges"] and in_order
    return counts


def without_edges(case: Mapping[str, Any], text: str) -> tuple[str, int]:
    """A translation without the prefix and the suffix that it should have, and how many of them it had exactly."""
    prefix, suffix, kept = case.get("prefix", ""), case.get("suffix", ""), 0
    if prefix and re.match(rf"{re.escape(prefix)}(?!\s)", text):
        text, kept = text.removeprefix(prefix), kept + 1
    if suffix and re.search(rf"(?<!\s){re.escape(suffix)}\Z", text):
        text, kept = text.removesuffix(suffix), kept + 1
    return text, kept


def outcome(wanted: int, standing: int, places: Sequence[Place], translation: Translation) -> Counter[str]:
    """Part items into those kept, those not kept but reported, and those lost in silence.

    wanted and standing are how many the source has and the translation has right; places are those in the source.
    """
    inserted = sum(translation.says(place, "inserted") for place in places)
    kept = max(0, standing - inserted)
    reported = min(wanted - kept, sum(translation.says(place, "inserted", "lost") for place in places))
    return Counter(items=wanted, kept=kept, reported=reported, silent=wanted - kept - reported)


def print_cases(title: str, cases: Sequence[Mapping[str, Any]], source: str, translate: Translate) -> None:
    """Translate cases, and print what came through by kind."""
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    translations = translate([case["text"] for case in cases], source)
    for case, translation in zip(cases, translations, strict=True):
        by_kind[case.get("kind", "order")].update(judge_case(case, translation, source))
    columns = ["items", "kept", "reported", "silent", "edges", "edges_kept", "cases", "complete"]
    print_counts(f"{title} ({len(cases)} lines)", by_kind, columns, [("kept", "items"), ("complete", "cases")])


# Judging names


def gold_names(sentence: TaggedSentence) -> tuple[str, list[tuple[Place, str]]]:
    """A tagged sentence as a line of text, and the places and types of its names there."""
    text, words = detokenize(sentence.words)
    return text, [((words[span.start][0], words[span.end - 1][1]), span.type) for span in spans_of(sentence.tags)]


def judge_names(
    text: str, names: Sequence[tuple[Place, str]], reference: str | None, translation: Translation, source: str
) -> dict[str, Counter[str]]:
    """Count by type the names that a translation should have, and what became of them.

    With a reference these are the names that stand in it verbatim; without one all names of persons, of which a German
    one that ends in s may be a genitive, and lose it.
    """
    target = TARGETS[source]
    by_type: dict[str, Counter[str]] = defaultdict(Counter)
    for name, kind in dict.fromkeys((text[slice(*place)], kind) for place, kind in names):
        places = [place for place, other in names if (text[slice(*place)], other) == (name, kind)]
        forms = [name]
        if reference is not None:
            wanted = min(len(places), len(occurrences(name, reference, target)))
        else:
            wanted = len(places) if kind in PERSONS else 0
            forms += [name[:-1]] if source == "de" and re.search("[^s]s$", name) else []
        if wanted:
            found = sum(len(occurrences(form, translation.text, target)) for form in forms)
            by_type[kind] += outcome(wanted, min(found, wanted), places[:wanted], translation)
    return by_type


def print_names(path: Path, reference: Path | None, source: str, limit: int | None, translate: Translate) -> None:
    """Translate tagged sentences, and print how many of their names came through."""
    lines, names = zip(*map(gold_names, islice(read_tagged(str(path)), limit)), strict=True)
    tagged = islice(read_tagged(str(reference)), limit) if reference else []
    references: Sequence[str | None] = [detokenize(sentence.words)[0] for sentence in tagged] or [None] * len(lines)
    by_type: dict[str, Counter[str]] = defaultdict(Counter)
    for row in zip(lines, names, references, translate(lines, source), strict=True):
        for kind, counts in judge_names(*row, source).items():
            by_type[kind] += counts
    print_counts(
        f"{path.parent.name}, from {source} ({len(lines)} lines)",
        by_type,
        ["items", "kept", "reported", "silent"],
        [("kept", "items")],
    )


def print_counts(
    title: str, rows: Mapping[str, Counter[str]], columns: Sequence[str], shares: Sequence[tuple[str, str]]
) -> None:
    """Print counts by row, their sum, and shares of one column in another in percent."""
    heads = [title, *(column.replace("_", " ") for column in columns), *(f"{part} %" for part, _ in shares)]
    print(f"\n| {' | '.join(heads)} |\n|{' --- |' * len(heads)}")
    for name, counts in [*rows.items(), ("all", sum(rows.values(), Counter()))]:
        percent = [f"{100 * counts[part] / counts[whole]:.1f}" if counts[whole] else "" for part, whole in shares]
        print("| " + " | ".join([name, *(str(counts[column]) for column in columns), *percent]) + " |")


# Sentences of a line, and repetitions


def print_joined(
    sources: Sequence[str], references: Sequence[str], counts: Sequence[int], source: str, translate: Translate
) -> None:
    """Print BLEU of sentences translated several a line beside that of the same translated one a line, then joined.

    Sentence ends missing are those that lines have fewer of than the same sentences have that were translated singly.
    """
    single = [translation.text for translation in translate(sources, source)]
    print(f"\n| sentences a line, from {source} | one a line | joined | sentence ends | missing |\n|{' --- |' * 5}")
    for count in counts:
        together = [translation.text for translation in translate(join(sources, count), source)]
        apart, expected = join(single, count), join(references, count)
        scores = [f"{corpus_bleu(lines, [expected]).score:.2f}" for lines in (apart, together)]
        ends = [(sentence_ends(a), sentence_ends(b)) for a, b in zip(apart, together, strict=True)]
        missing = sum(max(0, wanted - found) for wanted, found in ends)
        print(f"| {count} | {' | '.join(scores)} | {sum(wanted for wanted, _ in ends)} | {missing} |")


def join(lines: Sequence[str], count: int) -> list[str]:
    """Each count lines as one; what is left at the end is a shorter one."""
    return [" ".join(lines[start : start + count]) for start in range(0, len(lines), count)]


def sentence_ends(line: str) -> int:
    """How many runs of full stops, question and exclamation marks a line has."""
    return len(re.findall(r"[.!?…]+", line))


def print_repetitions(sources: Sequence[str], references: Sequence[str], source: str, translate: Translate) -> None:
    """Print how often a line says three words again that it has said before."""
    lines = [translation.text for translation in translate(sources, source)]
    counts = [sum(map(repeated_sequences, texts)) for texts in (lines, references)]
    print(f"\n| three words again, from {source} | translations | references |\n|{' --- |' * 3}")
    print(f"| {len(lines)} lines | {counts[0]} | {counts[1]} |")


def repeated_sequences(line: str) -> int:
    """How many of a line's sequences of three words have stood in it before."""
    words = line.split()
    sequences = list(zip(words, words[1:], words[2:], strict=False))
    return len(sequences) - len(set(sequences))


if __name__ == "__main__":
    typer.run(main)
