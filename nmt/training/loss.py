"""The training loss: smoothed cross-entropy of a batch, and R-Drop, without ever holding its logits; guided attention.

Shapes: B batch, S source length, T target length, N positions (B * T), E embedding, V vocabulary, P placeholders.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, cast

import torch
from torch import Tensor

from nmt.data.batch import Batch
from nmt.data.tokenized_corpus import TokenizedCorpus
from nmt.models.translator import TranslationNetwork
from nmt.text.tokenizer import PAD_ID
from nmt.training.softmax_sample import IGNORED, Sample

CHUNK = 1024  # positions; larger ones would save little time, and [N, V] be faulted in anew each update


@dataclass(frozen=True, kw_only=True)
class AttentionGuide:
    """Where attention is to be: where a placeholder is written, at its own place in the source (Chen et al., 2016)."""

    weight: float
    source_ids: Tensor  # [P], the placeholders in the source
    target_ids: Tensor  # [P], the same ones in the target

    @classmethod
    def of(cls, corpus: TokenizedCorpus, weight: float) -> "AttentionGuide | None":
        """The guide for a corpus; None for one without placeholders, or without weight."""
        if weight == 0 or corpus.placeholder_ids is None:
            return None
        source_ids, target_ids = map(torch.tensor, corpus.placeholder_ids)
        return cls(weight=weight, source_ids=source_ids, target_ids=target_ids)

    def to(self, device: torch.device) -> "AttentionGuide":
        """The same guide on a device."""
        return replace(self, source_ids=self.source_ids.to(device), target_ids=self.target_ids.to(device))


def translation_loss(
    model: TranslationNetwork,
    batch: Batch,
    smoothing: float,
    teacher_forcing: float = 1.0,
    r_drop: float = 0.0,
    guide: AttentionGuide | None = None,
    sampled: int = 0,
) -> Tensor:
    """Sum over the batch's target subwords of the label-smoothed cross-entropy (Szegedy et al., 2016), in nats.

    teacher_forcing below 1 shows the network its own first guesses at that share of positions: scheduled sampling
    (Bengio et al., 2015) in two parallel passes (Mihaylova and Martins, 2019), without a loop over time.
    r_drop above 0 is the alpha of R-Drop (Wu et al., 2021): every pair is read twice with different dropout, and the
    loss is half of their eq. 4, the mean of both cross-entropies + alpha / 4 * (KL(1||2) + KL(2||1)).
    A guide adds its weight times attention_loss to the gradient; the value stays that of what is translated.
    With sampled above 0, the softmax is estimated from the batch's own subwords and about so many others: see Sample.
    """
    if r_drop:
        batch = batch.twice()
    memory = model.encode(batch.source_ids, batch.source_lengths)
    target_ids = batch.target_ids
    if teacher_forcing < 1:
        target_ids = _mix_in_guesses(model, memory, target_ids, teacher_forcing)
    points, attention = model.hidden_and_attention(memory, target_ids)
    hidden = points.flatten(0, 1)
    targets = batch.next_ids.masked_fill(batch.next_ids == PAD_ID, IGNORED).flatten()
    weight, bias = model.target_embedding.weight, model.output_bias
    sample = Sample.draw(targets, len(weight), sampled) if sampled else None
    loss = smoothed_cross_entropy(hidden, weight, bias, targets, smoothing, r_drop / 2, sample)
    if guide is not None:
        extra = guide.weight * attention_loss(attention, batch, guide.to(attention.device))
        loss = loss + (extra - extra.detach())
    return loss / 2 if r_drop else loss


def attention_loss(attention: Tensor, batch: Batch, guide: AttentionGuide) -> Tensor:
    """-log of the attention [B, T, S] that each placeholder of the targets has for itself in the source, summed."""
    rows, places, symbols = (batch.next_ids[:, :, None] == guide.target_ids).nonzero(as_tuple=True)
    own = batch.source_ids[rows] == guide.source_ids[symbols, None]  # [placeholders in the batch, S]
    mass = (attention[rows, places].float() * own).sum(dim=1)
    return -mass[own.any(dim=1)].clamp_min(torch.finfo(mass.dtype).tiny).log().sum()


def smoothed_cross_entropy(
    hidden: Tensor,
    weight: Tensor,
    bias: Tensor,
    targets: Tensor,
    smoothing: float,
    divergence: float = 0.0,
    sample: Sample | None = None,
) -> Tensor:
    """Cross-entropy, summed over N positions, of softmax(hidden @ weight.T + bias) against smoothed targets.

    hidden [N, E], weight [V, E], bias [V], targets [N]; a position whose target is IGNORED counts for nothing. With
    divergence above 0, the second half of the positions is another view of the first, and divergence * (KL(1||2) +
    KL(2||1)) is added, summed over the pairs of views. The products run in autocast's dtype, the rest in float32.
    With a sample, sums over the vocabulary are estimated from it.
    """
    shares = None
    if sample is not None:
        shares = sample.shares
        weight, bias = weight.index_select(0, sample.ids), bias.index_select(0, sample.ids)
        targets = torch.where(targets == IGNORED, IGNORED, sample.places[targets.clamp_min(0)])
    device = hidden.device.type
    dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else hidden.dtype
    with torch.autocast(device, enabled=False):
        apply = cast(Callable[..., Tensor], _CrossEntropy.apply)
        return apply(hidden.to(dtype), weight.to(dtype), bias.to(dtype), shares, targets, smoothing, divergence)


class _CrossEntropy(torch.autograd.Function):
    """Computes the gradient beside the loss, chunk by chunk, while a chunk's logits are still in the cache.

    shares [V] says how many subwords each one stands for; None: each for itself.
    """

    @staticmethod
    def forward(
        ctx: Any,
        hidden: Tensor,
        weight: Tensor,
        bias: Tensor,
        shares: Tensor | None,
        targets: Tensor,
        smoothing: float,
        divergence: float,
    ) -> Tensor:
        exact = torch.promote_types(hidden.dtype, torch.float32)
        even: Tensor | float = smoothing / weight.shape[0]  # asked of every subword, and kept out of the large products
        if shares is not None:
            even = smoothing / shares.sum() * shares.to(exact)  # [V]
        # The bias is the weight of one more feature, which is always 1: no pass over the logits for it, nor back. What
        # is ignored has no features instead of no place: products of every new size cost their library milliseconds.
        real = (targets != IGNORED)[:, None]
        features = torch.cat([hidden, hidden.new_ones(len(hidden), 1)], dim=1) * real
        weights = torch.cat([weight.t(), bias[None]])
        features_sum = features.sum(dim=0, dtype=exact)
        if shares is None:
            even_sum = even * weights.sum(dim=1, dtype=exact)
        else:
            even_sum = (even * weights).sum(dim=1, dtype=exact)
            weights[-1] += shares.log()  # what a subword stands for weighs in the softmax, too
        total = -(features_sum @ even_sum)
        d_hidden = torch.empty_like(hidden)
        d_weights = torch.zeros_like(weights, dtype=exact)
        for chunk in _chunks(len(hidden), views=2 if divergence else 1):
            rows = features[chunk]
            logits = rows @ weights
            probs = torch.softmax(logits, dim=-1, dtype=exact if divergence else None)
            target = torch.arange(len(rows), device=rows.device), targets[chunk].clamp_min(0)
            # Where a probability underflows, the smallest number stands for it; the gradient is exact.
            surprise = -probs[target].to(exact).clamp_min(torch.finfo(exact).tiny).log()
            log_sum = surprise + logits[target]  # of the exponentials of a row's logits
            total += (((1 - smoothing) * surprise + smoothing * log_sum) * real[chunk, 0]).sum()
            d_logits = probs  # less what was asked for
            if divergence:
                apart, d_apart = _divergence(logits, probs)
                total += divergence * apart
                d_logits = d_apart.mul_(divergence).add_(probs).to(hidden.dtype)
            d_logits[target] -= 1 - smoothing
            d_hidden[chunk] = d_logits @ weight
            d_weights += rows.t().contiguous() @ d_logits
        d_hidden = (d_hidden - even_sum[:-1]).to(hidden.dtype).mul_(real)
        d_weights = (d_weights - even * features_sum[:, None]).to(weight.dtype)
        ctx.save_for_backward(d_hidden, d_weights[:-1].t().contiguous(), d_weights[-1])
        return total

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        d_hidden, d_weight, d_bias = ctx.saved_tensors
        return d_hidden * grads[0], d_weight * grads[0], d_bias * grads[0], None, None, None, None


def _chunks(count: int, views: int) -> Iterator[slice | Tensor]:
    """Cut positions into chunks; of two views, a chunk has the same positions, first those of one, then the other's."""
    if views == 1:
        yield from (slice(start, start + CHUNK) for start in range(0, count, CHUNK))
    else:
        half = count // 2
        for start in range(0, half, CHUNK // 2):
            first = torch.arange(start, min(start + CHUNK // 2, half))
            yield torch.cat([first, first + half])


def _divergence(logits: Tensor, probs: Tensor) -> tuple[Tensor, Tensor]:
    """KL(P||Q) + KL(Q||P) of two views P, Q [N, V], the halves of the rows, summed over N; and its gradient [2N, V].

    With d the difference of the logits it is sum(p * d) - sum(q * d): what normalises each side's logits cancels out.
    The gradient by P's logits is p - q + p * (d - sum(p * d)), by Q's that of the sides exchanged.
    """
    (p, q), (p_logits, q_logits) = probs.chunk(2), logits.to(probs.dtype).chunk(2)
    difference, d = p - q, p_logits - q_logits
    p_mean, q_mean = (torch.linalg.vecdot(side, d)[:, None] for side in (p, q))
    gradient = torch.cat([torch.addcmul(difference, p, d - p_mean), torch.addcmul(difference, q, d - q_mean).neg_()])
    return (p_mean - q_mean).sum(), gradient


@torch.no_grad()
def _mix_in_guesses(model: TranslationNetwork, memory: Any, target_ids: Tensor, teacher_forcing: float) -> Tensor:
    """Replace each target subword but the first by what the network predicts there, with chance 1 - teacher_forcing."""
    hidden = model.hidden(memory, target_ids)
    guesses = torch.cat([model.logits(part).argmax(dim=-1) for part in hidden.split(8, dim=1)], dim=1)
    guessed = torch.cat([target_ids[:, :1], guesses[:, :-1]], dim=1)
    kept = torch.rand(target_ids.shape, device=target_ids.device) < teacher_forcing
    return torch.where(kept | (target_ids == PAD_ID), target_ids, guessed)
