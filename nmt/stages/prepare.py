"""`nmt prepare`: from corpora to clean splits."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from nmt.config import Config
from nmt.data.cleaning import Pair, clean, sentence_key, tidy
from nmt.data.config import CorpusConfig
from nmt.data.on_disk import StoredPairs
from nmt.data.parallel_corpus import is_text_file, read_corpora
from nmt.data.repair import advice, repair
from nmt.data.splits import held_out_size, hold_out, sample
from nmt.errors import ConfigError, DataError
from nmt.io.files import refuse_overwriting, replacing
from nmt.io.lines import write_line
from nmt.stages.paths import REPORT, SPLITS, corpus_files, obsolete_files, prepared_files
from nmt.text.languages import check_languages

REPORTED = 1000  # pairs from one report to the next


def prepare(
    *,
    config: Config,
    corpora: Sequence[str] = (),
    valid: Sequence[str],
    test: Sequence[str],
    out: Path,
    columns: str | None = None,
    size: int | None = None,
    limit: int | None = None,
    seed: int = 1,
    report: Callable[[int], None] = lambda pairs: None,
    warn: Callable[[str], None] = lambda message: None,
    replace_corpus: bool = False,
) -> dict[str, Any]:
    """Clean corpora and split them into out/{train,valid,test}.LANGUAGE; return the counts, also saved as report.json.

    Without corpora, those of the configuration are read. Counted are the pairs read, those rejected by each rule, those
    kept in each split, those with line ends inside a side, which become spaces, and the training pairs of each corpus
    of the configuration.

    Validation and test sets that are given are repaired and kept; those that are not are held out of the corpora, size
    pairs each. Of more pairs than limit, that many are drawn at random once the rules have done their work. report
    receives the number of pairs read, again and again; warn a line for each fault that many pairs have and that a
    setting repairs.

    Raises ConfigError if out holds other corpora, prepared or not, unless they are to be replaced.
    """
    check_languages(config.source, config.target)
    languages = config.source, config.target
    mixture = _corpora_of(config, corpora, warn)
    corpora = [file for corpus in mixture for file in corpus.files]
    files = [out / f"{split}.{language}" for split in SPLITS for language in languages]
    _check_partner("--valid", valid)
    _check_partner("--test", test)
    # The second are what may be removed: the corpus that was there.
    refuse_overwriting({*files, *prepared_files(out)}, corpus_files([*corpora, *valid, *test]))
    inputs = {"languages": list(languages), "corpora": list(corpora), "valid": list(valid), "test": list(test)}
    obsolete = obsolete_files(out, inputs, replace_corpus)
    names = _column_names(columns)
    counts: Counter[str] = Counter()
    found: Counter[str] = Counter()
    faults: Counter[str] = Counter()
    folder = next(folder for folder in (out, *out.absolute().parents) if folder.is_dir())  # for temporary files
    reading = ""  # the name of the corpus whose pairs are being read

    def read(wanted: Sequence[str]) -> Iterator[Pair]:
        pairs = read_corpora(wanted, source=config.source, target=config.target, columns=names)
        for pair in repair(pairs, config.cleaning, languages=languages, counts=faults):
            found["line_ends"] += any("\n" in side.strip() for side in pair)
            yield tidy(pair[0]), tidy(pair[1])

    def read_mixture() -> Iterator[Pair]:
        nonlocal reading
        for corpus in mixture:
            reading = corpus.name
            for pair in read(corpus.files):
                found["read"] += 1
                if found["read"] % REPORTED == 0:
                    report(found["read"])
                yield pair

    given = {name: list(read(wanted)) for name, wanted in (("valid", valid), ("test", test)) if wanted}
    cleaned = clean(
        read_mixture(),
        config.cleaning,
        source_language=config.source,
        target_language=config.target,
        held_out={sentence_key(side) for pairs in given.values() for pair in pairs for side in pair},
        counts=counts,
        folder=folder,
    )
    train: Iterable[tuple[str, ...]] = ((*pair, reading) for pair in cleaned)
    if limit is not None:
        train = sample(train, limit, seed=seed, counts=counts)
    if missing := [name for name in ("valid", "test") if name not in given]:
        stored = StoredPairs(train, folder)
        _check_any_left(len(stored), counts, corpora)
        each = size or max(1, held_out_size(len(stored)))
        held, train = hold_out(stored, dict.fromkeys(missing, each), seed=seed, counts=counts)
        given |= {name: [(source, target) for source, target, _ in pairs] for name, pairs in held.items()}

    out.mkdir(parents=True, exist_ok=True)
    splits: dict[str, Iterable[tuple[str, ...]]] = {"train": train, "valid": given["valid"], "test": given["test"]}
    kept: Counter[str] = Counter()
    of_corpora: Counter[str] = Counter()
    with replacing(*files, out / REPORT) as streams:
        for (split, pairs), source_file, target_file in zip(splits.items(), streams[:-1:2], streams[1::2], strict=True):
            for source, target, *corpus in pairs:
                write_line(source_file, source)
                write_line(target_file, target)
                kept[split] += 1
                of_corpora.update(corpus)
            if split == "train":
                _check_any_left(kept[split], counts, corpora)
        counted: dict[str, Any] = {name: found[name] for name in ("read", "line_ends")}
        counted |= {"rejected": dict(counts), "kept": {split: kept[split] for split in splits}, "inputs": inputs}
        if mixture[0].name:
            counted["corpora"] = [{"name": corpus.name, "pairs": of_corpora[corpus.name]} for corpus in mixture]
        write_line(streams[-1], json.dumps(counted))
    for message in advice(faults, languages):
        warn(message)
    for path in obsolete:
        path.unlink(missing_ok=True)
    return counted


def _corpora_of(config: Config, named: Sequence[str], warn: Callable[[str], None]) -> Sequence[CorpusConfig]:
    """The corpora of the configuration, or one without a name of those that are named on the command line."""
    if not named:
        if not config.corpora:
            raise ConfigError("no corpus is named; name its files, or give a configuration with [[corpora]]")
        return config.corpora
    if config.corpora:
        warn("the [[corpora]] of the configuration are not read, as corpora are named on the command line")
    return [CorpusConfig(files=named)]


def _check_partner(option: str, names: Sequence[str]) -> None:
    """Raise ConfigError for one text file: the other one was given as if it were a corpus to clean."""
    if len(names) == 1 and is_text_file(names[0]):
        raise ConfigError(
            f"{option} {names[0]}: a text file without its partner; give {option} twice: "
            f"{option} {names[0]} {option} FILE"
        )


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
