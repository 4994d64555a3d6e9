"""`nmt report`: one HTML page on models and translations: training, scores, sentences, names."""

from collections.abc import Callable, Sequence
from pathlib import Path

from nmt.data.test_set import TestSet
from nmt.decoding.model import EngineName
from nmt.errors import ConfigError
from nmt.metrics.bleu import check_tokenizer
from nmt.stages.compare import compare_outputs
from nmt.stages.evaluate import score_output
from nmt.stages.evaluate_tagger import tag_and_score
from nmt.stages.pages import comparison_sections, evaluation_sections, tagging_sections, training_sections, write_page
from nmt.stages.systems import read_output, target_language, translate_test_set


def report(
    *,
    systems: Sequence[Path],
    output: Path,
    test_set: TestSet | None = None,
    names: Sequence[str] = (),
    lowercase: bool = False,
    tokenize: str | None = None,
    bootstrap: int = 1000,
    device: str = "cpu",
    engine: EngineName = "auto",
    warn: Callable[[str], None] = lambda message: None,
) -> None:
    """Write a page on systems, model folders or files of translations.

    With a test set, one system is scored, and several are compared with the first. names are corpora of tagged
    sentences, to score the taggers of model folders on. Of a run folder the curves of its training are drawn. Raises
    ConfigError if there is nothing to report.
    """
    check_tokenizer(tokenize)
    if len(set(systems)) < len(systems):
        raise ConfigError("report: name each system once")
    folders = [system for system in systems if system.is_dir()]
    sections = []
    if test_set is not None:
        ready = {system: read_output(system, test_set) for system in systems if system not in folders}
        language = target_language(test_set, folders)
        outputs = [
            ready.get(system) or translate_test_set(system, test_set, device=device, engine=engine)
            for system in systems
        ]
        if len(outputs) > 1:
            compared = compare_outputs(
                outputs, test_set, lowercase=lowercase, tokenize=tokenize, language=language, warn=warn
            )
            sections += comparison_sections(compared, outputs, test_set, lowercase=lowercase)
        else:
            scored = score_output(
                outputs[0],
                test_set,
                lowercase=lowercase,
                tokenize=tokenize,
                bootstrap=bootstrap,
                language=language,
                warn=warn,
            )
            model = folders[0] if folders else None
            sections += evaluation_sections(
                scored, outputs[0], test_set, model=model, device=device, engine=engine, lowercase=lowercase
            )
    for folder in folders if names else []:
        sections += tagging_sections(*tag_and_score(references=names, model=folder, device=device, engine=engine))
    for folder in folders:
        sections += training_sections(folder)
    if not sections:
        raise ConfigError(
            f"{', '.join(map(str, systems))}: nothing to report, as no training was logged there; name a test set "
            "(-r FILE with -i FILE, or --data DIR), or --names CORPUS"
        )
    write_page(output, " and ".join(map(str, systems)), sections)
