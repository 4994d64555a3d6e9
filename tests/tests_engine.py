"""An engine without a network, whose probabilities a test writes down."""

import numpy as np

from nmt.engines.base import NONE, Step

A, B, C, D = 4, 5, 6, 7  # subwords; those below are PAD, UNK, BOS and EOS


class Rows(list):
    """What each row has read, and the padded length of the longest source of the batch."""

    def __init__(self, rows, width):
        super().__init__(rows)
        self.width = width

    def select(self, rows):
        return Rows((self[row] for row in rows), self.width)


class TableEngine:
    """Next-subword probabilities from a table, by source and by all that was read so far.

    So is the attention, weights over the subwords of the source; without a table all have 0.5.
    """

    def __init__(self, table, attention=None, vocab_size=7):
        self.table = table
        self.attention = attention
        self.vocab_size = vocab_size
        self.workers = 1

    def start(self, sources, rows):
        return Rows(((tuple(source), ()) for source in sources), max(map(len, sources)) + 1)

    def step(self, previous, state, candidates, watched=NONE):
        read_on = [(source, (*read, int(token))) for (source, read), token in zip(state, previous, strict=True)]
        state = Rows(read_on, state.width)
        log_probs = np.stack([self.log_probs(source, read[1:]) for source, read in state])
        ids = np.argsort(-log_probs, axis=1, kind="stable")[:, :candidates]
        best = np.take_along_axis(log_probs, ids, axis=1)
        return Step(best, ids, log_probs[:, watched], lambda: self.weights(state), state)

    def log_probs(self, source, read):
        with np.errstate(divide="ignore"):
            return np.log(np.array(self.table(source, read), dtype=np.float64))

    def weights(self, state):
        weights = np.full((len(state), state.width), 0.0 if self.attention else 0.5)
        if self.attention:
            for row, (source, read) in enumerate(state):
                weights[row, : len(source)] = self.attention(source, read[1:])
        return weights
