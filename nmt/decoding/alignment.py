"""Alignment: which source subword the network attends to where it writes each subword of a given translation.

Shapes: B sentences, T target length, S source length.
"""

from collections.abc import Sequence

import numpy as np

from nmt.engines.base import Engine, Floats, Ints, State, padded_length


def attention_weights(
    engine: Engine[State], sources: Sequence[Sequence[int]], targets: Sequence[Sequence[int]], decoder_start_id: int
) -> list[Floats]:
    """The weights [T, S] of each target's subwords over its source's, both given without EOS, by forced decoding.

    Takes one decoder step for each subword of the longest target. A sentence's weights do not depend on the others.
    """
    found: list[Floats] = [
        np.zeros((len(target), len(source))) for source, target in zip(sources, targets, strict=True)
    ]
    widths = [padded_length(len(source)) for source in sources]
    for width in sorted(set(widths)):
        places = [place for place in range(len(sources)) if widths[place] == width and targets[place]]
        if places:
            _attend(engine, sources, targets, decoder_start_id, places, found)
    return found


def _attend(
    engine: Engine[State],
    sources: Sequence[Sequence[int]],
    targets: Sequence[Sequence[int]],
    decoder_start_id: int,
    places: Sequence[int],
    found: list[Floats],
) -> None:
    """Fill in the weights of the sentences at some places, whose sources have one padded length."""
    live: Ints = np.array(places)
    state = engine.start([sources[place] for place in live], 1)
    previous: Ints = np.full(len(live), decoder_start_id)
    for position in range(max(len(targets[place]) for place in places)):
        step = engine.step(previous, state, 1)
        weights = step.attention()
        for row, place in enumerate(live):
            found[place][position] = weights[row, : len(sources[place])]
        going = np.array([position + 1 < len(targets[place]) for place in live])
        if not going.any():
            return
        previous = np.array([targets[place][position] for place in live])[going]
        state, live = step.state.select(np.flatnonzero(going)), live[going]


def insertion_place(weights: Floats, source_place: int) -> int:
    """Where in a target to insert what stands at a source place: behind what its left neighbour was translated to."""
    if source_place == 0 or not len(weights):
        return 0
    return int(weights[:, source_place - 1].argmax()) + 1
