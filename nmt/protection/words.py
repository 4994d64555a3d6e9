"""Words of raw text as protection sees them: runs of letters, however their accents are written."""

import re
from unicodedata import normalize

# A letter and the marks on it; more marks than eight end a word, since they take NFC quadratic time.
LETTER = r"(?:[^\W\d_][\u0300-\u036f]{0,8}+)"
WORD = re.compile(rf"(?<![\w\u0300-\u036f]){LETTER}++(?!\w)")


def composed(word: str) -> str:
    """A word with its accents in its letters (NFC), which is how words are looked up."""
    return word if word.isascii() else normalize("NFC", word)


def word_set(words: str) -> frozenset[str]:
    """The words of a list with spaces between them."""
    return frozenset(words.split())


def find_words(text: str) -> list[str]:
    """The words of a text, composed, in order."""
    return [composed(word) for word in WORD.findall(text)]
