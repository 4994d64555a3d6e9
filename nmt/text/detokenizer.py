"""Detokenization: join the words of a corpus to a line of natural text, as models expect it."""

from collections.abc import Sequence

_TO_THE_LEFT = set(".,;:!?)]}%…’”»") | {"'s", "'S", "n't", "'re", "'ve", "'ll", "'m", "'d", "''"}
_TO_THE_RIGHT = set("([{¿¡„“«$£€") | {"``"}


def detokenize(words: Sequence[str]) -> tuple[str, list[tuple[int, int]]]:
    """Join words with spaces, except around punctuation; return the line and each word's offsets in it."""
    line, places, quoted, glue = "", [], False, True
    for word in words:
        opens = word in _TO_THE_RIGHT
        if word == '"':
            quoted = opens = not quoted
        closes = word in _TO_THE_LEFT or (word == '"' and not quoted)
        if not glue and not closes:
            line += " "
        places.append((len(line), len(line) + len(word)))
        line += word
        glue = opens
    return line, places
