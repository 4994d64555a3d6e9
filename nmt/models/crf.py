"""The training side of a linear-chain conditional random field (Lafferty et al., 2001) over BIO tags.

The search for the best tags is in nmt/decoding/viterbi.py, which does not need torch.

Shapes: B batch, W words, L tags.
"""

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from nmt.data.bio_tags import FORBIDDEN, bio_scores


class CRF(nn.Module):
    """Transition scores between tags; they are learnt, or there are none: a plain softmax over each word's tags."""

    def __init__(self, tags: Sequence[str], learnt: bool) -> None:
        super().__init__()
        self.allowed = bio_scores(tags)
        self.learnt = nn.Parameter(torch.zeros(len(tags) + 1, len(tags))) if learnt else None

    def transitions(self) -> Tensor:
        """[L + 1, L]: the score of each tag (column) after each tag (row); the last row is for the first word."""
        allowed = torch.tensor(self.allowed)
        return allowed if self.learnt is None else self.learnt + allowed.to(self.learnt.device)

    def loss(self, emissions: Tensor, tags: Tensor, lengths: Tensor, possible: Tensor | None = None) -> Tensor:
        """Sum over the batch of the negative log-probability of tags [B, W], given emissions [B, W, L], in nats.

        Words beyond lengths [B] are ignored, whatever their tags. Where the corpora do not agree on the types that they
        tag, possible [B, W, L] has the tags that each word may have: what counts is then the probability of all
        sequences of these (Greenberg et al., 2018), and tags does not matter.
        """
        emissions = emissions.to(torch.promote_types(emissions.dtype, torch.float32))
        allowed = None if possible is None else emissions.masked_fill(~possible, FORBIDDEN)
        if self.learnt is None:
            real = torch.arange(tags.shape[1], device=tags.device) < lengths[:, None]
            if allowed is None:
                return nn.functional.cross_entropy(emissions[real], tags[real], reduction="sum")
            return (torch.logsumexp(emissions[real], dim=1) - torch.logsumexp(allowed[real], dim=1)).sum()
        transitions = self.transitions()
        if allowed is None:
            score = _path_score(emissions, tags, lengths, transitions)
        else:
            score = log_partition(allowed, lengths, transitions)
        return (log_partition(emissions, lengths, transitions) - score).sum()


def log_partition(emissions: Tensor, lengths: Tensor, transitions: Tensor) -> Tensor:
    """[B]: the logarithm of the summed exponentials of all tag sequences' scores, by the forward algorithm."""
    ending = transitions[-1] + emissions[:, 0]  # [B, L], over all sequences that end in a tag
    for word in range(1, emissions.shape[1]):
        longer = torch.logsumexp(ending[:, :, None] + transitions[:-1], dim=1) + emissions[:, word]
        ending = torch.where((word < lengths)[:, None], longer, ending)
    return torch.logsumexp(ending, dim=1)


def _path_score(emissions: Tensor, tags: Tensor, lengths: Tensor, transitions: Tensor) -> Tensor:
    """[B]: the score of tags [B, W]."""
    before = torch.cat([torch.full_like(tags[:, :1], len(transitions) - 1), tags[:, :-1]], dim=1)
    scores = emissions.gather(2, tags[:, :, None])[:, :, 0] + transitions[before, tags]
    real = torch.arange(tags.shape[1], device=tags.device) < lengths[:, None]
    return (scores * real).sum(dim=1)
