"""Telling languages apart, learnt from the training pairs of a prepared folder."""

from pathlib import Path

from nmt.io.lines import read_file
from nmt.stages.paths import pair_files
from nmt.text.language_detector import LanguageDetector, learn_languages


def tell_apart(data: Path, source: str, target: str) -> LanguageDetector:
    """A detector of the languages of a prepared folder."""
    source_file, target_file = pair_files(data, "train", source, target)
    return learn_languages({source: read_file(source_file), target: read_file(target_file)})
