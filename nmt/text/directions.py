"""The directions of a model: from its source to its target language, or both ways.

In a model of both directions, the decoder's first input is the tag of the language to write; its encoder sees plain
text.
"""

from collections.abc import Iterable

from nmt.errors import ConfigError
from nmt.text.config import Directions
from nmt.text.tokenizer import BOS_ID, Tokenizer, language_tag

Direction = tuple[str, str]  # source and target language


def directions_of(source: str, target: str, directions: Directions) -> list[Direction]:
    """The directions of a model, from its own source to its own target language first."""
    return [(source, target)] if directions == "one" else [(source, target), (target, source)]


def decoder_start_ids(source: str, target: str, directions: Directions, tokenizer: Tokenizer) -> dict[Direction, int]:
    """What the decoder reads first in each direction: BOS if there is only one, else the tag of the language to write.

    Raises ModelError if the tokenizer has no such tag.
    """
    if directions == "one":
        return {(source, target): BOS_ID}
    return {pair: tokenizer.id_of(language_tag(pair[1])) for pair in directions_of(source, target, directions)}


def choose_direction(known: Iterable[Direction], source: str = "", target: str = "") -> Direction:
    """The first known direction between these languages; "" means any. Raises ConfigError if there is none."""
    known = list(known)
    for pair in known:
        if source in ("", pair[0]) and target in ("", pair[1]):
            return pair
    names = " and ".join(f"{one} to {other}" for one, other in known)
    asked = f"{source or 'any language'} to {target or 'any language'}"
    raise ConfigError(f"the model does not translate {asked}, only {names}; choose with --source and --target")
