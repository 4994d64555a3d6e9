"""Scores of translations by sacrebleu, each with the signature that says how it was computed."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from sacrebleu import BLEU, CHRF, TER
from sacrebleu.significance import PairedTest, Result
from sacrebleu.tokenizers.tokenizer_char import TokenizerChar

from nmt.errors import ConfigError, DataError
from nmt.text.unspaced import is_unspaced

Metric = BLEU | CHRF | TER
References = Sequence[Sequence[str]]  # one full set of lines for each reference translation


@dataclass(frozen=True, kw_only=True)
class Score:
    """One score of a set of hypotheses; with bootstrapping, low and high bound its 95% confidence interval."""

    name: str
    value: float
    signature: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True)
class PairedScore:
    """A system's score by one metric; p_value is the probability of such a difference between equal systems."""

    system: str
    name: str
    value: float
    signature: str
    p_value: float | None  # against the first system, whose own is None


def score(
    hypotheses: Sequence[str],
    references: References,
    *,
    metrics: Sequence[str] = ("bleu", "chrf++", "ter"),
    lowercase: bool = False,
    tokenize: str | None = None,
    language: str = "",
    bootstrap: int = 0,
) -> list[Score]:
    """Score hypotheses against one or more reference translations of the same number of lines.

    The scores and signatures are those of the `sacrebleu` command: `tokenize` is BLEU's ("none" for text that is
    tokenised already), by default that of usual_tokenizer(language), and TER disregards case either way. bootstrap is
    the number of resamples, 0 for none; the seed is sacrebleu's, 12345 unless the environment has SACREBLEU_SEED.
    Raises DataError for unequal lengths.
    """
    _check_lengths({"hypotheses": hypotheses}, references)
    scores = []
    for metric in _metrics(metrics, lowercase, tokenize, language).values():
        resampled = bootstrap > 1
        try:
            result = metric.corpus_score(hypotheses, references, n_bootstrap=max(bootstrap, 1))
        except TypeError:  # sacrebleu 2.6 fails to average chrF if some resamples score 0
            resampled, metric.n_bootstrap = False, None
            result = metric.corpus_score(hypotheses, references)
        signature = str(metric.get_signature())
        low = high = None
        if resampled:
            # The interval has no public attribute. It is missing if all resamples score 0.
            fields = json.loads(result.format(width=6, signature=signature, is_json=True))
            mean, margin = fields.get("confidence_mean", 0.0), fields.get("confidence_var", 0.0)
            low, high = mean - margin, mean + margin
        scores.append(Score(name=result.name, value=result.score, signature=signature, low=low, high=high))
    return scores


def paper_score(hypotheses: Sequence[str], references: References, language: str) -> Score:
    """BLEU as papers score Multi30k: tokenised by Moses and lowercased, against references prepared in the same way.

    The references are given in that form; the hypotheses are ordinary text in language. Not comparable with score().
    """
    [result] = score(as_in_papers(hypotheses, language), references, metrics=("bleu",), tokenize="none")
    return replace(result, name=f"{result.name} as in papers")


def as_in_papers(lines: Sequence[str], language: str) -> list[str]:
    """Normalise punctuation, tokenise by Moses's rules and lowercase, as Multi30k's *.lc.norm.tok.* files are.

    Moses's defaults, entities such as &quot; included, give 1,014 of 1,014 English and 1,013 of 1,014 German lines of
    Multi30k's val.lc.norm.tok exactly; with split dashes, or without entities, there are fewer.
    """
    try:
        from sacremoses import MosesPunctNormalizer, MosesTokenizer
    except ImportError:
        raise ConfigError("papers' scoring needs sacremoses; install it with: pip install sacremoses") from None
    normalizer, tokenizer = MosesPunctNormalizer(language), MosesTokenizer(language)
    return [tokenizer.tokenize(normalizer.normalize(line), return_str=True).lower() for line in lines]


def paired_scores(
    systems: Mapping[str, Sequence[str]],
    references: References,
    *,
    test: Literal["bootstrap", "randomization"] = "bootstrap",
    trials: int = 0,
    metrics: Sequence[str] = ("bleu", "chrf++", "ter"),
    lowercase: bool = False,
    tokenize: str | None = None,
    language: str = "",
) -> list[PairedScore]:
    """Compare systems (name → hypotheses) with the first one: the significance of each difference in score.

    The test is paired: bootstrap resampling (Koehn, 2004; 1,000 trials) or approximate randomization (Riezler and
    Maxwell, 2005; 10,000 trials), as in sacrebleu; trials overrides their number.
    """
    _check_lengths(systems, references)
    paired = PairedTest(
        list(systems.items()),
        _metrics(metrics, lowercase, tokenize, language),
        references,
        test_type="bs" if test == "bootstrap" else "ar",
        n_samples=trials,
    )
    signatures, results = paired()
    scores = []
    for name, signature in signatures.items():
        found = [
            result for result in results[name] if isinstance(result, Result)
        ]  # all are, but the declared type is wider
        for system, result in zip(systems, found, strict=True):
            # sacrebleu counts trials with a larger difference. Equal systems have none, and would get a p near 0.
            equal = result is not found[0] and result.score == found[0].score
            p_value = 1.0 if equal else result.p_value
            scores.append(
                PairedScore(system=system, name=name, value=result.score, signature=str(signature), p_value=p_value)
            )
    return scores


def usual_tokenizer(language: str) -> str | None:
    """BLEU's tokenizer for a language; None leaves sacrebleu's own, 13a, which needs spaces between words.

    Chinese has sacrebleu's. Other languages without such spaces, and Korean, whose words carry particles, go by
    characters: what the `sacrebleu` command takes for Japanese and Korean is a package more to install.
    """
    primary = language.split("-")[0]
    if primary in ("zh", "yue"):
        return "zh"
    return "char" if is_unspaced(language) or primary == "ko" else None


def check_tokenizer(name: str | None) -> None:
    """Raise ConfigError unless sacrebleu has this tokenizer and its package is installed."""
    _metrics(("bleu",), lowercase=False, tokenize=name, language="")


def sentence_scores(hypotheses: Sequence[str], references: References, *, lowercase: bool = False) -> list[float]:
    """Return the chrF++ of each sentence, which unlike BLEU distinguishes short sentences."""
    _check_lengths({"hypotheses": hypotheses}, references)
    metric = CHRF(word_order=2, lowercase=lowercase)
    return [
        metric.sentence_score(hypothesis, others).score
        for hypothesis, *others in zip(hypotheses, *references, strict=True)
    ]


def _metrics(names: Sequence[str], lowercase: bool, tokenize: str | None, language: str) -> dict[str, Metric]:
    if tokenize is not None and tokenize not in BLEU.TOKENIZERS:
        raise ConfigError(f"--tokenize {tokenize}: choose one of {', '.join(BLEU.TOKENIZERS)}")
    makers: dict[str, Callable[[], Metric]] = {
        # force: what is to be said of text that looks tokenised, nmt/metrics/plausibility.py says
        "bleu": lambda: BLEU(lowercase=lowercase, tokenize=tokenize or usual_tokenizer(language), force=True),
        "chrf++": lambda: CHRF(word_order=2, lowercase=lowercase),
        "ter": lambda: TER() if tokenize == "none" else _ter(language),
    }
    try:
        return {name: makers[name]() for name in names}
    except RuntimeError as error:  # a tokenizer whose package is not installed
        raise ConfigError(f"--tokenize {tokenize}: {' '.join(str(error).split())}") from None
    except OSError as error:  # one whose model sacrebleu would download
        raise ConfigError(
            f"--tokenize {tokenize}: its model is not on this disk and could not be fetched ({error}); "
            "connect to the network, or choose another"
        ) from None


def _ter(language: str) -> TER:
    """TER of words; of sacrebleu's own units in Chinese and Japanese; of characters in other languages without spaces.

    The signature says which: asian:yes, or tok:char, which regards case.
    """
    if language.split("-")[0] in ("ja", "yue", "zh"):
        return TER(normalized=True, asian_support=True)
    if not is_unspaced(language):
        return TER()
    metric = TER(case_sensitive=True)
    metric.tokenizer = TokenizerChar()  # type: ignore[no-untyped-call, assignment]  # sacrebleu has no types
    metric.tokenizer_signature = "char"
    return metric


def _check_lengths(systems: Mapping[str, Sequence[str]], references: References) -> None:
    """Raise DataError unless all have the same number of lines; sacrebleu would silently cut longer ones."""
    if not references or any(isinstance(reference, str) for reference in references):
        raise DataError("references must be a list of sets of lines, one for each reference translation")
    lines = len(references[0])
    if not any(line.strip() for reference in references for line in reference):
        raise DataError("the references are empty; there is nothing to score")
    for name, texts in [*systems.items(), *((f"reference {n}", text) for n, text in enumerate(references, start=1))]:
        if len(texts) != lines:
            raise DataError(f"{name}: {len(texts)} lines where the references have {lines}; line i must match line i")
