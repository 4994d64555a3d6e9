"""Literals: what a translation repeats letter by letter; placeholders stand for them while it is made.

They are numbers, addresses, and words with a capital that the training text does not know, which are names for the most
part. A network copies a symbol that it knows surely, and the letters of what it has never seen badly. The idea is that
of Luong et al. (2015), "Addressing the rare word problem".
"""

import re
from collections.abc import Collection, Mapping
from unicodedata import normalize

from nmt.text.tokenizer import PLACEHOLDERS

_SYMBOLS = PLACEHOLDERS[:10]  # the models that are used so have no more

_PLACEHOLDER = re.compile(r"<ph[0-9]>")
_LOOKS_LIKE_ONE = re.compile(r"[<＜﹤][pｐ][hｈ][0-9０-９][>＞﹥]")  # to a tokenizer, which sees text after NFKC
_DECOMPOSED = re.compile(r"\w[\u0300-\u036f]{1,8}")  # more marks on a letter take NFC quadratic time
# Each begins where no letter precedes and takes what it takes (++): no line, however long and odd, is read twice.
_LITERAL = re.compile(
    "|".join(
        [
            _LOOKS_LIKE_ONE.pattern,
            r"(?<!\w)(?i:https?://|www\.)[^\s<>\"]*[\w/]",
            r"(?<![\w.+-])[\w.+-]++@\w[\w-]*+(?:\.\w[\w-]*+)++",  # e-mail
            r"(?<!\w)[@#]\w++",
            r"(?<!\w)(?:[^\W\d_]\w*\d|(?=\w*\d)(?=\w*[A-Z]))\w*+",  # codes: A4, mp3, 3D
            r"(?<!\w)\+?\d++(?!\w)(?:[ \u00a0\u202f.,:/'’–-]\d++(?!\w))*+",  # 7, 3.499,50, 15:45, +49 30 123456
        ]
    )
)
_WORD = re.compile(r"(?<!\w)[^\W\d_]++")
_LITERAL_OR_WORD = re.compile(rf"({_LITERAL.pattern})|{_WORD.pattern}")


def find_literals(text: str) -> list[str]:
    """The numbers and addresses of a text, in order."""
    return _LITERAL.findall(_composed(text))


def hide(text: str, known: Collection[str]) -> tuple[str, dict[str, str]]:
    """A text with placeholders for its literals, and what each stands for; equal literals share one.

    There are ten: of more literals, some names stay as they are, or else the last numbers and addresses.
    """
    text = _composed(text)
    found = {word: literal for word, literal in _words(text) if literal or _unknown_name(word, known)}
    # What looks like a placeholder must have one; and a number or an address is to have one before a name.
    ranked = sorted(found, key=lambda word: (not _LOOKS_LIKE_ONE.fullmatch(word), not found[word]))
    chosen = set(ranked[: len(_SYMBOLS)])
    placeholders = dict(zip((word for word in found if word in chosen), _SYMBOLS, strict=False))
    return _replaced(text, placeholders), {symbol: word for word, symbol in placeholders.items()}


def show(text: str, literals: Mapping[str, str]) -> str:
    """A text with the literals in their places again; a placeholder that stands for none is text."""
    return _PLACEHOLDER.sub(lambda match: literals.get(match[0], match[0]), text)


def only_literals(hidden: str) -> bool:
    """Whether a text has a placeholder, and no letter besides."""
    rest, placeholders = _PLACEHOLDER.subn("", hidden)
    return placeholders > 0 and not any(map(str.isalpha, rest))


def _composed(text: str) -> str:
    """A text whose letters have their accents in them: as marks of their own these would end words."""
    return _DECOMPOSED.sub(lambda match: normalize("NFC", match[0]), text)


def _words(text: str) -> list[tuple[str, bool]]:
    """Literals and words of a text, in order, each with whether it is a number or an address."""
    return [(match[0], match[1] is not None) for match in _LITERAL_OR_WORD.finditer(text)]


def _unknown_name(word: str, known: Collection[str]) -> bool:
    return _name(word) and word.casefold() not in known


def _name(word: str) -> bool:
    return len(word) > 1 and word[0].isupper()


def _replaced(text: str, placeholders: Mapping[str, str]) -> str:
    return _LITERAL_OR_WORD.sub(lambda match: placeholders.get(match[0], match[0]), text)
