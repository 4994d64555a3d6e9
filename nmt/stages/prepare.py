"""`nmt prepare`: from corpora to clean splits."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nmt.config import Config
from nmt.data.cleaning import Pair, clean, sentence_key, tidy
from nmt.data.parallel_corpus import read_corpora
from nmt.data.splits import held_out_size, hold_out
from nmt.errors import ConfigError, DataError
from nmt.io.files import replacing
from nmt.io.lines import write_line
from nmt.text.languages import check_languages


def prepare(
    *,
    config: Config,
    corpora: Sequence[str],
    valid: Sequence[str],
    test: Sequence[str],
    out: Path,
    columns: str | None = None,
    size: int | None = None,
    seed: int = 1,
) -> dict[str, Any]:
    """Clean corpora and split them into out/{train,valid,test}.LANGUAGE; return the counts, also saved as report.json.

    Counted are the pairs read, those rejected by each rule, those kept in each split, and those with line ends inside a
    side, which become spaces.

    Given validation and test sets are not cleaned; missing ones are held out of the corpora, with size pairs each.
    """
    check_languages(config.source, config.target)
    names = _column_names(columns)
    counts: Counter[str] = Counter()
    found: Counter[str] = Counter()

    def read(wanted: Sequence[str]) -> Iterator[Pair]:
        for pair in read_corpora(wanted, source=config.source, target=config.target, columns=names):
            found["line_ends"] += any("\n" in side.strip() for side in pair)
            yield tidy(pair[0]), tidy(pair[1])

    def counted(pairs: Iterable[Pair]) -> Iterator[Pair]:
        for pair in pairs:
            found["read"] += 1
            yield pair

    given = {name: list(read(wanted)) for name, wanted in (("valid", valid), ("test", test)) if wanted}
    train: Iterable[Pair] = clean(
        counted(read(corpora)),
        config.cleaning,
        source_language=config.source,
        target_language=config.target,
        held_out={sentence_key(side) for pairs in given.values() for pair in pairs for side in pair},
        counts=counts,
    )
    if missing := [name for name in ("valid", "test") if name not in given]:
        train = list(train)
        _check_any_left(len(train), counts, corpora)
        each = size or max(1, held_out_size(len(train)))
        held, train = hold_out(train, dict.fromkeys(missing, each), seed=seed, counts=counts)
        given |= held

    out.mkdir(parents=True, exist_ok=True)
    splits = {"train": train, "valid": given["valid"], "test": given["test"]}
    files = [out / f"{split}.{language}" for split in splits for language in (config.source, config.target)]
    kept: dict[str, int] = {}
    with replacing(*files, out / "report.json") as streams:
        for (split, pairs), source_file, target_file in zip(splits.items(), streams[:-1:2], streams[1::2], strict=True):
            kept[split] = 0
            for source, target in pairs:
                write_line(source_file, source)
                write_line(target_file, target)
                kept[split] += 1
            if split == "train":
                _check_any_left(kept[split], counts, corpora)
        report = {name: found[name] for name in ("read", "line_ends")} | {"rejected": dict(counts), "kept": kept}
        write_line(streams[-1], json.dumps(report))
    return report


def _column_names(columns: str | None) -> tuple[str, str] | None:
    if not columns:
        return None
    match columns.split(","):
        case [source, target]:
            return source, target
    raise ConfigError(f"--columns {columns}: give two names, separated by a comma")


def _check_any_left(kept: int, counts: Mapping[str, int], corpora: Sequence[str]) -> None:
    """Raise DataError if no training pair is left, with the rule that rejected the most."""
    if kept:
        return
    if not counts:
        raise DataError(f"{', '.join(corpora)}: contains no pairs; give a corpus with text")
    rule, count = max(counts.items(), key=lambda item: item[1])
    raise DataError(
        f"{', '.join(corpora)}: every pair was rejected, {count} of {sum(counts.values())} by the rule {rule!r}; "
        f"check the languages and the columns, or switch the rule off with --set cleaning.{rule}=0"
    )
