"""Alignment: which source subword the network attends to where it writes each subword of a given translation.

Shapes: B sentences, T target length, S source length.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from nmt.engines.base import Engine, Floats, Ints, State, Step, padded_length


def attention_weights(
    engine: Engine[State], sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]], decoder_start_id: int
) -> list[Floats]:
    """The weights [T, S] of each target's subwords over its source's, both given without EOS, by forced decoding.

    Takes one decoder step for each subword of the longest target. A sentence's weights do not depend on the others.
    """
    found: list[Floats] = [
        np.zeros((len(target), len(source))) for source, target in zip(sources, targets, strict=True)
    ]
    for position, places, step in forced_steps(engine, sources, targets, decoder_start_id):
        weights = step.attention()
        for row, place in enumerate(places):
            found[place][position] = weights[row, : len(sources[place])]
    return found


def forced_steps(
    engine: Engine[State],
    sources: Sequence[Sequence[int]],
    targets: Sequence[Sequence[int]],
    decoder_start_id: int,
    candidates: int = 1,
) -> Iterator[tuple[int, Ints, Step[State]]]:
    """The steps in which targets are written: the position, the number of each row's sentence, and the step.

    A sentence has no row any more where its target has ended.
    """
    widths = [padded_length(len(source)) for source in sources]
    for width in sorted(set(widths)):
        live: Ints = np.array([place for place in range(len(sources)) if widths[place] == width and targets[place]])
        if not len(live):
            continue
        state = engine.start([sources[place] for place in live], 1)
        previous: Ints = np.full(len(live), decoder_start_id)
        for position in range(max(len(targets[place]) for place in live)):
            step = engine.step(previous, state, candidates)
            yield position, live, step
            going = np.array([position + 1 < len(targets[place]) for place in live])
            if not going.any():
                break
            previous = np.array([targets[place][position] for place in live])[going]
            state, live = step.state.select(np.flatnonzero(going)), live[going]


def insertion_place(weights: Floats, source_place: int) -> int:
    """Where in a target to insert what stands at a source place: behind what its left neighbour was translated to."""
    if source_place == 0 or not len(weights):
        return 0
    return int(weights[:, source_place - 1].argmax()) + 1


def linked_offsets(
    weights: Floats, source_offsets: Sequence[int], target_offsets: Sequence[int | None]
) -> list[tuple[int, int]]:
    """For each target subword that shows something: where its source subword, the one most attended to, and it start.

    weights are [T, S]; offsets count characters of the texts.
    """
    return [
        (source_offsets[int(row.argmax())], offset)
        for row, offset in zip(weights, target_offsets, strict=True)
        if offset is not None and len(row)
    ]


def word_links(source: str, target: str, offsets: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Links between the words of two lines, by their numbers, from links between characters; in order, each once.

    Words are what white space parts, as in the Pharaoh format.
    """
    words = [_word_numbers(line) for line in (source, target)]
    links = {(words[0][here], words[1][there]) for here, there in offsets if here < len(source) and there < len(target)}
    return sorted(links, key=lambda link: (link[1], link[0]))


def _word_numbers(line: str) -> list[int]:
    """The number of the word at each character; at white space that of the next word, or the last one's at the end."""
    numbers, number, inside = [], -1, False
    for character in line:
        if not character.isspace() and not inside:
            number += 1
        inside = not character.isspace()
        numbers.append(max(number, 0) if inside else number + 1)
    return [min(found, max(number, 0)) for found in numbers]
