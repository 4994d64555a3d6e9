"""Which of a model's languages a line is in, and whether it is in any of them: learnt from the model's training text.

Naive Bayes over character n-grams and whole words of a line: Cavnar and Trenkle (1994) for the n-grams, Lui and Baldwin
(2011) for the classifier. N-grams are hashed into a fixed number of buckets, so that a detector has a fixed size.

Shapes: L languages, K buckets.
"""

import json
import math
import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

import numpy as np
import regex
from numpy.typing import NDArray

from nmt.errors import ModelError
from nmt.text.languages import in_wrong_script, scripts_of

BUCKETS = 1 << 16  # a half for n-grams, a half for words
LONGEST = 4  # characters of an n-gram
SMOOTHING = 0.5  # added to the count of each bucket
SURE = 2.0  # nats by which the likeliest language must lead, of all n-grams together
MOST_WORDS = 100  # of a line that are looked at
MOST_LINES = 1_000_000  # of each language that are learnt from
MOST_KNOWN = 50_000  # words of each language, the commonest
FEWEST_WORDS = 4  # of a line that may be said to be in none of the languages
UNUSUAL = 0.001  # share of a model's own lines of FEWEST_WORDS words that are less likely than those it leaves alone

_FORMAT = "nmt languages 1"
_WORD = regex.compile(r"[\p{L}\p{M}]+(?:['’\-][\p{L}\p{M}]+)*")


@dataclass(frozen=True, kw_only=True)
class LanguageDetector:
    """What tells languages apart."""

    languages: Sequence[str]
    log_probs: NDArray[np.float32]  # [L, K]: of each bucket in each language
    least: float  # log-probability of an n-gram, on average, in lines that are in one of the languages

    def rank(self, text: str) -> list[tuple[str, float]]:
        """The languages with their probabilities, the likeliest first; none if the text has no words, or no lead."""
        scores = self._scores(text)
        if scores is None:
            return []
        shares = np.exp(scores - scores.max())
        order = np.argsort(-scores, kind="stable")
        if len(order) > 1 and scores[order[0]] - scores[order[1]] < SURE:
            return []
        return [(self.languages[place], float(shares[place] / shares.sum())) for place in order]

    def is_foreign(self, text: str) -> bool:
        """Whether a text is in none of the languages, by its script or since its n-grams hardly ever occur in them."""
        letters = "".join(filter(str.isalpha, text))
        scripts = frozenset[str]().union(*map(scripts_of, self.languages))
        if scripts and len(letters) > 1 and in_wrong_script(letters, scripts):
            return True
        # Names, and words of another language among the line's own, must not make it foreign.
        words = [word for word in _words(text) if word.islower()]
        if len(words) < FEWEST_WORDS:
            return False
        return self._mean(words) < self.least

    def _scores(self, text: str) -> NDArray[np.float32] | None:
        buckets = [bucket for word in _words(text) for bucket in _buckets(word.lower())]
        return self.log_probs[:, buckets].sum(axis=1) if buckets else None

    def _mean(self, words: Sequence[str]) -> float:
        return float(self.log_probs[:, [_buckets(word)[-1] for word in words]].mean(axis=1).max())

    def to_bytes(self) -> bytes:
        """The detector as a part of a model folder; log-probabilities in half precision."""
        about = {"format": _FORMAT, "languages": list(self.languages), "least": self.least}
        return json.dumps(about).encode() + b"\n" + zlib.compress(self.log_probs.astype("<f2").tobytes(), 9)

    @classmethod
    def from_bytes(cls, data: bytes, name: str) -> "LanguageDetector":
        """Read what to_bytes wrote. Raises ModelError, which says the name, for anything else."""
        try:
            header, _, packed = data.partition(b"\n")
            about = json.loads(header)
            languages, least = [str(language) for language in about["languages"]], float(about["least"])
            if about["format"] != _FORMAT or len(languages) < 2 or not math.isfinite(least):
                raise ValueError("another format")
            size = 2 * len(languages) * BUCKETS
            unpacked = zlib.decompressobj().decompress(packed, size + 1)
            if len(unpacked) != size:
                raise ValueError("another size")
            table = np.frombuffer(unpacked, "<f2").astype(np.float32).reshape(len(languages), BUCKETS)
            if not np.isfinite(table).all():
                raise ValueError("values that are not finite")
        except (ValueError, TypeError, KeyError, RecursionError, zlib.error) as error:
            raise ModelError(f"{name}: does not tell languages apart ({error}); train the model again") from error
        return cls(languages=languages, log_probs=table, least=least)


def learn_languages(texts: Mapping[str, Iterable[str]]) -> LanguageDetector:
    """Learn to tell the languages of these texts apart, in one pass; memory is bounded by the number of words."""
    counts = np.full((len(texts), BUCKETS), SMOOTHING)
    sample: list[list[str]] = []
    for row, lines in enumerate(texts.values()):
        words: Counter[str] = Counter()
        for number, line in enumerate(islice(lines, MOST_LINES)):
            found = _words(line)
            words.update(word.lower() for word in found)
            if number % 16 == 0 and len(sample) < 20_000 * (row + 1):
                sample.append([word for word in found if word.islower()][:FEWEST_WORDS])
        for word, count in words.most_common(MOST_KNOWN):
            np.add.at(counts[row], list(_buckets(word)), count)
    log_probs = np.log(counts / counts.sum(axis=1, keepdims=True)).astype(np.float16).astype(np.float32)
    detector = LanguageDetector(languages=list(texts), log_probs=log_probs, least=-math.inf)
    means = sorted(detector._mean(words) for words in sample if len(words) == FEWEST_WORDS)
    few = len(means) * UNUSUAL < 1  # too few to know what is unusual: then nothing is
    least = float(log_probs.min()) - 1 if few else means[int(UNUSUAL * len(means))]
    return LanguageDetector(languages=list(texts), log_probs=log_probs, least=least)


def _words(text: str) -> list[str]:
    return [match[0] for match in islice(_WORD.finditer(text), MOST_WORDS)]


@lru_cache(maxsize=1 << 14)
def _buckets(word: str) -> tuple[int, ...]:
    """Where the n-grams of a word are counted, with its edges, and the word itself."""
    marked = f" {word[:40]} "
    grams = [marked[start : start + size] for size in range(1, LONGEST + 1) for start in range(len(marked) - size + 1)]
    half = BUCKETS // 2
    numbers = [zlib.crc32(gram.encode("utf-8", "replace")) % half for gram in [*grams, word]]
    return (*numbers[:-1], half + numbers[-1])
