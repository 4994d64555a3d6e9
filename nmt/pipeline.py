"""One function per stage: the whole dataflow on one screen. Each imports what it needs, so that commands start fast."""

import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

from nmt.errors import ConfigError, DataError

if TYPE_CHECKING:
    from nmt.benchmark.report import BenchReport
    from nmt.config import Config
    from nmt.data.ner_corpus import TaggedSentence
    from nmt.data.test_set import Benchmark
    from nmt.data.tokenized_corpus import TokenizedCorpus
    from nmt.decoding.model import EngineName, TranslationModel
    from nmt.decoding.tagger import TagForm
    from nmt.decoding.translator import Translation
    from nmt.distillation import DistillationProgress
    from nmt.evaluation import Comparison, Evaluation, Output
    from nmt.tag_evaluation import TagEvaluation
    from nmt.text.tokenizer import Tokenizer
    from nmt.training.report import ModelReport
    from nmt.training.run import Progress
    from nmt.training.tagging_run import TaggingProgress

Models = str | Path | Sequence[Path]  # a model folder, or several that are to translate together

SHIPPED = Path("data", "models", "de-en")
LONGEST_LINE = 1 << 24  # bytes; what comes after is left out, with a warning


def configure(path: Path | None, overrides: Sequence[str], source: str, target: str) -> "Config":
    """The configuration of a file, with overrides and languages from the command line."""
    from nmt.config import load_config

    config = load_config(path, overrides)
    return replace(config, source=source or config.source, target=target or config.target)


def prepare(
    *,
    config: "Config",
    corpora: Sequence[str],
    valid: Sequence[str],
    test: Sequence[str],
    out: Path,
    columns: str | None = None,
    size: int | None = None,
    seed: int = 1,
) -> dict[str, Any]:
    """Clean and split corpora into out/{train,valid,test}.LANGUAGE; return, and save as report.json, what was counted.

    That is the pairs read and rejected by each rule, those kept in each split, and those with line ends inside a side,
    which became spaces.

    Validation and test sets that are given are kept as they are; those that are not are held out of the corpora, size
    pairs each.
    """
    from nmt.data.cleaning import clean, sentence_key, tidy
    from nmt.data.parallel_corpus import read_corpora
    from nmt.data.splits import held_out_size, hold_out
    from nmt.io.files import replacing
    from nmt.io.lines import write_line

    _check_languages(config)
    names = tuple(columns.split(",")) if columns else None
    if names is not None and len(names) != 2:
        raise ConfigError(f"--columns {columns}: give two names with a comma between them")
    counts: Counter[str] = Counter()
    found: Counter[str] = Counter()

    def read(wanted: Sequence[str]) -> Iterator[tuple[str, str]]:
        for pair in read_corpora(wanted, source=config.source, target=config.target, columns=names):
            found["line_ends"] += any("\n" in side.strip() for side in pair)
            yield tidy(pair[0]), tidy(pair[1])

    def counted(pairs: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
        for pair in pairs:
            found["read"] += 1
            yield pair

    given = {name: list(read(wanted)) for name, wanted in (("valid", valid), ("test", test)) if wanted}
    train: Iterable[tuple[str, str]] = clean(
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


def train_tokenizer(*, config: "Config", data: Path, out: Path, symbols: Sequence[str] = ()) -> list[Path]:
    """Train the subword model on a prepared folder's training text; return the files written.

    One model for both languages goes into the file out, two go into the folder out. Reserved are a tag for each of the
    languages, the placeholders, and symbols.
    """
    from nmt.io.files import replacing
    from nmt.io.lines import read_file
    from nmt.text.tokenizer import PLACEHOLDERS, language_tag
    from nmt.text.tokenizer import train_tokenizer as train_on

    _check_languages(config)
    reserved = [*map(language_tag, (config.source, config.target)), *PLACEHOLDERS, *symbols]
    texts = [data / f"train.{language}" for language in (config.source, config.target)]
    if config.tokenizer.shared:
        both = chain.from_iterable(map(read_file, texts))
        models = {out: train_on(both, config.tokenizer, symbols=reserved, name=str(data / "train.*"))}
    else:
        models = {
            out / f"{side}.model": train_on(read_file(text), config.tokenizer, symbols=reserved, name=str(text))
            for side, text in zip(("source", "target"), texts, strict=True)
        }
    next(iter(models)).parent.mkdir(parents=True, exist_ok=True)
    with replacing(*models) as streams:
        for stream, model in zip(streams, models.values(), strict=True):
            stream.write(model)
    return list(models)


def tokenize(*, tokenizer: Path, as_ids: bool = False, decode: bool = False, target_side: bool = False) -> None:
    """Turn stdin's lines into subwords on stdout, or subwords into lines of text, one line for each."""
    from nmt.io.files import standard_input
    from nmt.io.lines import clean_output, read_lines, write_line
    from nmt.model_folder import store
    from nmt.model_folder.contents import load_tokenizers

    if store.exists(tokenizer):
        tokenizers = load_tokenizers(store.open_folder(tokenizer))
    else:
        tokenizers = _read_tokenizers(tokenizer)
    subwords = tokenizers[target_side]
    for number, line in enumerate(read_lines(standard_input(), "stdin"), start=1):
        if not decode:
            text = " ".join(map(str, subwords.encode(line)) if as_ids else subwords.pieces(line))
        elif not as_ids:
            text = subwords.join([piece for piece in line.split(" ") if piece])
        else:
            try:
                text = subwords.decode([int(field) for field in line.split()])
            except (ValueError, IndexError, TypeError):  # the last one where a number is beyond 32 bits
                size = subwords.vocab_size
                raise DataError(f"stdin:{number}: not a line of ids; give numbers below {size}") from None
        write_line(sys.stdout.buffer, clean_output(text, line))
        sys.stdout.buffer.flush()


def train(
    *,
    config: "Config",
    data: Path,
    tokenizer: Path,
    out: Path,
    device: str = "cpu",
    report: Callable[["Progress"], None] = lambda progress: None,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Train a translator on a prepared folder into a run folder, or go on where such a training was stopped.

    Raises ConfigError if the run was begun with another configuration, tokenizer or data.
    """
    from nmt.data.tokenized_corpus import tokenize_corpus
    from nmt.io.lines import read_file, read_parallel
    from nmt.model_folder import store
    from nmt.protection.literals import known_words
    from nmt.text.directions import first_ids
    from nmt.training.run import Job, train_run

    _check_languages(config)
    source_tokenizer, target_tokenizer = _read_tokenizers(tokenizer)
    if config.directions == "both" and source_tokenizer is not target_tokenizer:
        raise ConfigError(
            f"{tokenizer}: both directions in one model need one tokenizer for both languages; train it without "
            "--separate, or set directions = 'one'"
        )
    valid = list(read_parallel(data / f"valid.{config.source}", data / f"valid.{config.target}"))
    if not any(source.strip() and target.strip() for source, target in valid):
        raise DataError(f"{data}: no pair for validation has text on both sides; prepare it with more pairs")
    if config.training.placeholders:
        for subwords in (source_tokenizer, target_tokenizer):
            _ = subwords.placeholder_ids  # or an error says what is missing, before an epoch is over
    texts = (data / f"train.{config.source}", data / f"train.{config.target}")
    known = known_words(chain.from_iterable(map(read_file, texts))) if config.training.placeholders else None
    with store.lock(out):
        corpus = tokenize_corpus(
            *texts,
            source_tokenizer,
            target_tokenizer,
            cache=data / ".tokenized",
            max_length=config.training.max_length,
            firsts=list(first_ids(config.source, config.target, config.directions, target_tokenizer).values()),
            known=known,
        )
        job = Job(
            source=config.source,
            target=config.target,
            directions=config.directions,
            source_tokenizer=source_tokenizer,
            target_tokenizer=target_tokenizer,
            model=config.model,
            training=config.training,
            search=config.search,
            corpus=corpus,
            valid=valid,
            known=known,
        )
        train_run(job, out, device, report, stop)
        _add_engine(out)


def translate(
    *,
    model: Models,
    direction: tuple[str, str] = ("", ""),
    source: Path | None = None,
    target: Path | None = None,
    search: Mapping[str, Any] | None = None,
    as_json: bool = False,
    device: str = "cpu",
    engine: "EngineName" = "auto",
    warn: Callable[[str], None] = lambda message: None,
) -> None:
    """Translate a file or stdin into a file or stdout, in bounded memory; search overrides the model's own settings.

    direction names the languages, where the model knows more than one way.
    """
    from nmt.decoding.chunks import windows
    from nmt.decoding.translator import translate as translate_windows
    from nmt.io.lines import write_line

    loaded = _load(model, direction, device, engine)
    config = replace(loaded.search, **(search or {}))
    with _streams(source, target, warn) as (lines, out):
        for window in windows(lines):
            for translation in translate_windows(loaded, [window], config):
                for line in _render(translation, as_json, config.n_best):
                    write_line(out, line)
            out.flush()


def distill(
    *,
    model: Sequence[Path],
    data: Path,
    out: Path,
    direction: tuple[str, str] = ("", ""),
    keep_original: bool = True,
    search: Mapping[str, Any] | None = None,
    device: str = "cpu",
    report: Callable[["DistillationProgress"], None] = lambda progress: None,
    stop: Callable[[], bool] = lambda: False,
) -> dict[str, Any] | None:
    """Make a prepared folder whose training targets models wrote, or go on where that was stopped; None if it is again.

    The models translate together, in the given direction, the training source of the prepared folder data.
    """
    from nmt.distillation import distill
    from nmt.model_folder.store import lock, open_folder

    loaded = _load(model, direction, device)
    sums = {str(path): {name: part.sha256 for name, part in open_folder(path).parts.items()} for path in model}
    with lock(out):
        return distill(
            model=loaded,
            models=sums,
            search=replace(loaded.search, **(search or {})),
            data=data,
            out=out,
            keep_original=keep_original,
            report=report,
            stop=stop,
        )


def shipped_model() -> Path:
    """The folder of the model that comes with the project, checked out or installed; ConfigError if neither has it."""
    import sysconfig

    from nmt.model_folder.store import exists

    installed = [sysconfig.get_path("data"), sysconfig.get_path("data", sysconfig.get_preferred_scheme("user"))]
    places = [Path(__file__).parents[1] / SHIPPED, *(Path(base, "share", "nmt", SHIPPED.name) for base in installed)]
    for place in places:
        if exists(place):
            return place
    raise ConfigError("no model is named, and none came with this installation; name one by --model DIR")


def translate_lines(
    model: Models,
    lines: Iterable[str],
    *,
    direction: tuple[str, str] = ("", ""),
    search: Mapping[str, Any] | None = None,
    device: str = "cpu",
    engine: "EngineName" = "auto",
) -> Iterator[str]:
    """Translate lines, one out for each in; direction as in translate()."""
    from nmt.decoding.chunks import windows
    from nmt.decoding.translator import translate as translate_windows

    loaded = _load(model, direction, device, engine)
    config = replace(loaded.search, **(search or {}))
    return (translation.text for translation in translate_windows(loaded, windows(lines), config))


def open_benchmark(
    *,
    references: Sequence[Path] = (),
    source_file: Path | None = None,
    data: Path | None = None,
    split: str = "test",
    source: str = "",
    target: str = "",
    test_set: str = "",
    languages: str = "",
    model: Path | None = None,
) -> "Benchmark":
    """Read a test set: files, a split of a prepared folder, or one of sacrebleu's.

    The languages of a prepared folder's files are those of model where they are not given.
    """
    from nmt.data.test_set import read_benchmark, sacrebleu_benchmark
    from nmt.text.directions import choose_direction

    if [bool(references), data is not None, bool(test_set)].count(True) != 1:
        raise ConfigError("name one test set: --references FILE, or --data DIR, or -t NAME -l PAIR")
    if source_file is not None and not references:
        raise ConfigError("--source-file goes with --references; leave it out")
    if test_set:
        found = sacrebleu_benchmark(test_set, languages)
        first, _, second = languages.partition("-")
        return replace(found, languages=(source or first, target or second))
    if data is None:
        return replace(read_benchmark(references, source_file), languages=(source, target))
    if model is not None:
        source, target = choose_direction(_directions(model), source, target)
    if not (source and target):
        raise ConfigError("the languages of --data are not given; name them by --source and --target")
    found = read_benchmark([data / f"{split}.{target}"], data / f"{split}.{source}")
    return replace(found, languages=(source, target))


def evaluate(
    *,
    benchmark: "Benchmark",
    model: Models | None = None,
    hypotheses: Path | None = None,
    lowercase: bool = False,
    tokenize: str | None = None,
    bootstrap: int = 0,
    paper: Path | None = None,
    search: Mapping[str, Any] | None = None,
    out: Path | None = None,
    device: str = "cpu",
    engine: "EngineName" = "auto",
) -> "Evaluation":
    """Score a model or ready hypotheses between the benchmark's languages; paper: references to score as papers do."""
    from nmt.evaluation import evaluate
    from nmt.io.lines import write_file
    from nmt.metrics.bleu import as_in_papers, check_tokenizer, usual_tokenizer

    if (model is None) == (hypotheses is None):
        raise ConfigError("name what to score: either --model DIR or --hypotheses FILE")
    check_tokenizer(tokenize)  # what is wrong is said before anything is translated
    paper_references = None if paper is None else _read_output(paper, benchmark).lines
    language = _target_language(benchmark, [] if model is None else _paths(model))
    if paper is not None and not language:
        raise ConfigError("papers' scoring needs the language of the translations; name it by --target")
    if paper is not None:
        as_in_papers([], language)  # or it says what is not installed
    if hypotheses is not None:
        output = _read_output(hypotheses, benchmark)
    elif model is not None:
        output = _translate_all(model, benchmark, search, device, engine)
    if out is not None:
        write_file(out, output.lines)
    return evaluate(
        output,
        benchmark,
        lowercase=lowercase,
        tokenize=tokenize or usual_tokenizer(language),
        bootstrap=bootstrap,
        paper_references=paper_references,
        language=language,
    )


def compare(
    *,
    benchmark: "Benchmark",
    systems: Sequence[Path],
    test: Literal["bootstrap", "randomization"] = "bootstrap",
    trials: int = 0,
    examples: int = 0,
    lowercase: bool = False,
    tokenize: str | None = None,
    device: str = "cpu",
) -> "Comparison":
    """Compare systems, files of hypotheses or model folders, with the first of them."""
    from nmt.evaluation import compare
    from nmt.metrics.bleu import check_tokenizer, usual_tokenizer

    check_tokenizer(tokenize)
    if len(set(systems)) < max(2, len(systems)):
        raise ConfigError("compare: name two systems or more, each once")
    ready = {system: _read_output(system, benchmark) for system in systems if not system.is_dir()}
    language = _target_language(benchmark, [system for system in systems if system not in ready])
    return compare(
        [ready.get(system) or _translate_all(system, benchmark, None, device) for system in systems],
        benchmark,
        test=test,
        trials=trials,
        examples=examples,
        lowercase=lowercase,
        tokenize=tokenize or usual_tokenizer(language),
    )


def train_tagger(
    *,
    config: "Config",
    model: Path,
    train: Sequence[str],
    valid: Sequence[str],
    out: Path | None = None,
    data: Path | None = None,
    strict: bool = False,
    device: str = "cpu",
    report: Callable[["TaggingProgress"], None] = lambda progress: None,
    stop: Callable[[], bool] = lambda: False,
) -> None:
    """Train a tagger on the encoder of a translator, into its folder or into out, or go on where that was stopped.

    train and valid name corpora of tagged sentences; data is a prepared folder of translations for joint training.
    """
    from nmt.model_folder import store
    from nmt.training.tagging_run import TaggingJob, train_tagger_run

    store.open_folder(model)  # or it says that there is none: a lock would make the folder
    with store.lock(out or model):
        job = TaggingJob(
            model=model,
            out=out or model,
            tagger=config.tagger,
            tagging=config.tagging,
            labels=config.labels,
            train=_read_tagged(train, config.labels, strict),
            valid=_read_tagged(valid, config.labels, strict),
            translations=None if data is None else _tokenized_for(model, data, config.training.max_length),
        )
        train_tagger_run(job, device, report, stop)
        _add_engine(out or model)


def tag(
    *,
    model: Path,
    source: Path | None = None,
    target: Path | None = None,
    form: "TagForm" = "inline",
    pretokenized: bool = False,
    device: str = "cpu",
    engine: "EngineName" = "auto",
    warn: Callable[[str], None] = lambda message: None,
) -> None:
    """Mark the names in a file or stdin, line by line, in bounded memory."""
    from nmt.decoding.chunks import windows
    from nmt.decoding.tagger import load_tagger, render
    from nmt.decoding.tagger import tag as tag_windows
    from nmt.io.lines import write_line

    loaded = load_tagger(model, device, engine)
    with _streams(source, target, warn) as (lines, out):
        for window in windows(lines):
            for tagged in tag_windows(loaded, [window], pretokenized=pretokenized):
                for line in render(tagged, form):
                    write_line(out, line)
            out.flush()


def evaluate_tags(
    *,
    references: Sequence[str],
    model: Path | None = None,
    hypotheses: Sequence[str] = (),
    mistakes: int = 10,
    device: str = "cpu",
    engine: "EngineName" = "auto",
) -> "TagEvaluation":
    """Score a tagger, or ready tags, against tagged sentences; the labels are mapped as in the tagger's training."""
    from nmt.tag_evaluation import evaluate_tagger, evaluate_tags

    if bool(model) == bool(hypotheses):
        raise ConfigError("name what to score: either --model DIR or --hypotheses FILE")
    if model is None:
        return evaluate_tags(_read_tagged(hypotheses), _read_tagged(references), mistakes=mistakes)
    from nmt.decoding.tagger import load_tagger

    loaded = load_tagger(model, device, engine)
    return evaluate_tagger(loaded, str(model), _read_tagged(references, loaded.labels), mistakes=mistakes)


def export(*, model: Path, out: Path | None = None) -> Path:
    """Add the engine for processors to a model folder, or save a small copy with nothing but what use needs as out.

    Returns where it was saved.
    """
    from nmt.engines.export import add_engine, save_small
    from nmt.model_folder import store
    from nmt.training.checkpoint import FOLDER, TAGGER_FOLDER

    store.open_folder(model)  # as in train_tagger
    if out is None:
        with store.lock(model):  # a training may save another translator meanwhile
            add_engine(model)
    else:
        if out.resolve() == model.resolve():
            raise ConfigError(f"{out}: is the model itself; choose another folder, or leave --out away")
        if any((out / folder).exists() for folder in (FOLDER, TAGGER_FOLDER)):
            raise ConfigError(f"{out}: holds a training, which a small copy would end; choose another folder")
        save_small(model, out)
    return out or model


def bench(
    *, config: "Config", model: Path, data: Path, split: str = "test", runs: int = 5, updates: int = 30
) -> "BenchReport":
    """Measure how fast a model trains and translates the text of a prepared folder; 0 updates leave training out."""
    from nmt.benchmark import report
    from nmt.io.lines import read_file

    source, _ = _directions(model)[0]
    lines = [line for line in read_file(data / f"{split}.{source}") if line.strip()]
    if not lines:
        raise DataError(f"{data / f'{split}.{source}'}: no line to translate; choose another --split")
    corpus = _tokenized_for(model, data, config.training.max_length) if updates else None
    return report.bench(model, lines, corpus, replace(config.training, max_updates=max(updates, 1)), runs)


def check(model: Path) -> "ModelReport":
    """Verify every part of a model folder, its checkpoint included; raises ModelError if one is damaged."""
    from nmt.training.report import inspect_model

    return inspect_model(model)


@contextmanager
def _streams(
    source: Path | None, target: Path | None, warn: Callable[[str], None]
) -> Iterator[tuple[Iterator[str], BinaryIO]]:
    """The lines of a file or stdin, and a file or stdout to write to; a file is there once all of it is."""
    from nmt.io.files import open_bytes, replacing, standard_input
    from nmt.io.lines import read_lines

    with ExitStack() as stack:
        stream = standard_input() if source is None else stack.enter_context(open_bytes(source))
        out = sys.stdout.buffer if target is None else stack.enter_context(replacing(target))[0]
        name = "stdin" if source is None else str(source)
        yield read_lines(stream, name, strict=False, warn=warn, max_bytes=LONGEST_LINE), out


def _read_output(path: Path, benchmark: "Benchmark") -> "Output":
    from nmt.evaluation import Output, check_lengths
    from nmt.io.lines import read_file

    output = Output(system=str(path), lines=list(read_file(path)))
    check_lengths(output, benchmark)
    return output


def _target_language(benchmark: "Benchmark", models: Sequence[Path]) -> str:
    """What the translations are in, as far as the benchmark or the first of some models tells; or ""."""
    from nmt.text.directions import choose_direction

    if benchmark.languages[1] or not models:
        return benchmark.languages[1]
    return choose_direction(_directions(models[0]), *benchmark.languages)[1]


def _translate_all(
    model: Models,
    benchmark: "Benchmark",
    search: Mapping[str, Any] | None,
    device: str,
    engine: "EngineName" = "auto",
) -> "Output":
    from nmt.evaluation import Output

    system = " + ".join(map(str, _paths(model)))
    if benchmark.sources is None:
        raise ConfigError(f"{system}: a model needs the source text to translate; name it by --source-file")
    translations = translate_lines(
        model, benchmark.sources, direction=benchmark.languages, search=search, device=device, engine=engine
    )
    started = time.perf_counter()  # the model is loaded by now
    lines = list(translations)
    return Output(system=system, lines=lines, seconds=time.perf_counter() - started)


def _tokenized_for(model: Path, data: Path, max_length: int) -> "TokenizedCorpus":
    """A prepared folder's training pairs, tokenized as a model does it."""
    from nmt.data.tokenized_corpus import tokenize_corpus
    from nmt.model_folder.contents import open_model
    from nmt.text.directions import first_ids

    opened = open_model(model)
    source, target = opened.description["source"], opened.description["target"]
    firsts = first_ids(source, target, opened.description["directions"], opened.target_tokenizer)
    return tokenize_corpus(
        data / f"train.{source}",
        data / f"train.{target}",
        opened.source_tokenizer,
        opened.target_tokenizer,
        cache=data / ".tokenized",
        max_length=max_length,
        firsts=list(firsts.values()),
        known=opened.words,
    )


def _read_tagged(
    names: Sequence[str], labels: Mapping[str, str] | None = None, strict: bool = False
) -> list["TaggedSentence"]:
    """The tagged sentences of several corpora, with the labels that a table gives them."""
    from nmt.data.ner_corpus import map_labels, read_tagged

    return [map_labels(sentence, labels or {}, name) for name in names for sentence in read_tagged(name, strict=strict)]


def _load(model: Models, direction: tuple[str, str], device: str, engine: "EngineName" = "auto") -> "TranslationModel":
    from nmt.decoding.model import load_translator

    return load_translator(_paths(model), device, engine).between(*direction)


def _add_engine(model: Path) -> None:
    """Export the engine of a model that a training has just left, unless there is none or it has one."""
    from nmt.engines.export import add_engine
    from nmt.model_folder import store
    from nmt.model_folder.contents import INT8

    if store.exists(model) and not store.open_folder(model).has(INT8):
        add_engine(model)


def _paths(model: Models) -> Sequence[Path]:
    return [Path(model)] if isinstance(model, str | Path) else model


def _directions(model: Path) -> list[tuple[str, str]]:
    """What a model translates, as far as its description tells."""
    from nmt.model_folder.contents import read_description
    from nmt.model_folder.store import open_folder
    from nmt.text.directions import directions_of

    about = read_description(open_folder(model))
    return directions_of(about["source"], about["target"], about["directions"])


def _render(translation: "Translation", as_json: bool, n_best: int) -> list[str]:
    """One line of JSON, or n_best lines; those for which nothing was found are blank."""
    if not as_json:
        texts = [alternative.text for alternative in translation.alternatives]
        return texts + [""] * (n_best - len(texts))
    fields = {"source": translation.source, "translations": [vars(item) for item in translation.alternatives]}
    return [json.dumps(fields, ensure_ascii=False)]


def _check_any_left(kept: int, counts: Mapping[str, int], corpora: Sequence[str]) -> None:
    """Raise DataError if no training pair is left, with the rule that took most of them."""
    if kept:
        return
    if not counts:
        raise DataError(f"{', '.join(corpora)}: no pairs in it; give a corpus with text")
    rule, count = max(counts.items(), key=lambda item: item[1])
    raise DataError(
        f"{', '.join(corpora)}: every pair was rejected, {count} of {sum(counts.values())} by the rule {rule!r}; "
        f"check the languages and the columns, or switch it off by --set cleaning.{rule}=0"
    )


def _check_languages(config: "Config") -> None:
    from nmt.text.languages import check_languages

    if not (config.source and config.target):
        raise ConfigError(
            "source and target language are not given; set them in the configuration or by --source, --target"
        )
    check_languages(config.source, config.target)


def _read_tokenizers(path: Path) -> tuple["Tokenizer", "Tokenizer"]:
    """The tokenizers that a file (one for both sides) or a folder (source.model, target.model) holds."""
    from nmt.text.tokenizer import Tokenizer

    def load(file: Path) -> Tokenizer:
        try:
            return Tokenizer.from_bytes(file.read_bytes(), str(file))
        except OSError as error:
            raise DataError(
                f"{file}: no tokenizer there ({error.strerror}); make one with nmt train-tokenizer"
            ) from error

    if path.is_dir():
        return load(path / "source.model"), load(path / "target.model")
    shared = load(path)
    return shared, shared
