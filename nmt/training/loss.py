"""The training loss: smoothed cross-entropy of a batch, without ever holding its logits.

Shapes: B batch, T target length, N positions (B * T), E embedding, V vocabulary.
"""

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor

from nmt.models.translator import Translator
from nmt.text.batch import Batch
from nmt.text.tokenizer import PAD_ID

CHUNK = 512  # positions; their logits stay in the processor's cache, where [N, V] would be faulted in anew each update


def translation_loss(model: Translator, batch: Batch, smoothing: float, teacher_forcing: float = 1.0) -> Tensor:
    """Sum over the batch's target subwords of the label-smoothed cross-entropy (Szegedy et al., 2016), in nats.

    teacher_forcing below 1 shows the network its own first guesses at that share of positions: scheduled sampling
    (Bengio et al., 2015) in two parallel passes (Mihaylova and Martins, 2019), without a loop over time.
    """
    memory = model.encode(batch.source_ids, batch.source_lengths)
    target_ids = batch.target_ids
    if teacher_forcing < 1:
        target_ids = _mix_in_guesses(model, memory, target_ids, teacher_forcing)
    hidden = model.hidden(memory, target_ids)
    real = batch.next_ids != PAD_ID
    return smoothed_cross_entropy(
        hidden[real], model.target_embedding.weight, model.output_bias, batch.next_ids[real], smoothing
    )


def smoothed_cross_entropy(hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, smoothing: float) -> Tensor:
    """Cross-entropy, summed over N positions, of softmax(hidden @ weight.T + bias) against smoothed targets.

    hidden [N, E], weight [V, E], bias [V], targets [N]. The products run in autocast's dtype, the rest in float32.
    """
    device = hidden.device.type
    dtype = torch.get_autocast_dtype(device) if torch.is_autocast_enabled(device) else hidden.dtype
    with torch.autocast(device, enabled=False):
        apply = cast(Callable[..., Tensor], _CrossEntropy.apply)
        return apply(hidden.to(dtype), weight.to(dtype), bias.to(dtype), targets, smoothing)


class _CrossEntropy(torch.autograd.Function):
    """Computes the gradient beside the loss, chunk by chunk, while a chunk's logits are still in the cache."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, weight: Tensor, bias: Tensor, targets: Tensor, smoothing: float) -> Tensor:
        exact = torch.promote_types(hidden.dtype, torch.float32)
        even = smoothing / weight.shape[0]
        d_hidden = torch.empty_like(hidden)
        d_weight = torch.zeros_like(weight, dtype=exact)
        d_bias = torch.zeros_like(bias, dtype=exact)
        logit_sums = hidden.to(exact) @ weight.sum(dim=0, dtype=exact) + bias.sum(dtype=exact)
        total = -even * logit_sums.sum()
        for start in range(0, hidden.shape[0], CHUNK):
            rows, target = hidden[start : start + CHUNK], targets[start : start + CHUNK, None]
            logits = torch.addmm(bias, rows, weight.t())
            probs = torch.softmax(logits, dim=-1, dtype=exact)
            correct = probs.gather(1, target)
            # Where a probability underflows, the smallest number stands for it; the gradient is exact.
            surprise = -correct.clamp_min(torch.finfo(exact).tiny).log()
            log_sum = surprise + logits.gather(1, target)  # of the exponentials of a row's logits
            total += (1 - smoothing) * surprise.sum() + smoothing * log_sum.sum()
            d_logits = torch.sub(probs, even, out=logits)
            d_logits.scatter_(1, target, (correct - even - (1 - smoothing)).to(d_logits.dtype))
            torch.mm(d_logits, weight, out=d_hidden[start : start + CHUNK])
            d_weight += d_logits.t() @ rows
            d_bias += d_logits.new_ones(len(rows)) @ d_logits  # a product, since summing columns is slow in bfloat16
        ctx.save_for_backward(d_hidden, d_weight.to(weight.dtype), d_bias.to(bias.dtype))
        return total

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor | None, ...]:
        d_hidden, d_weight, d_bias = ctx.saved_tensors
        return d_hidden * grads[0], d_weight * grads[0], d_bias * grads[0], None, None


@torch.no_grad()
def _mix_in_guesses(model: Translator, memory: Any, target_ids: Tensor, teacher_forcing: float) -> Tensor:
    """Replace each target subword but the first by what the network predicts there, with chance 1 - teacher_forcing."""
    hidden = model.hidden(memory, target_ids)
    guesses = torch.cat([model.logits(part).argmax(dim=-1) for part in hidden.split(8, dim=1)], dim=1)
    guessed = torch.cat([target_ids[:, :1], guesses[:, :-1]], dim=1)
    kept = torch.rand(target_ids.shape, device=target_ids.device) < teacher_forcing
    return torch.where(kept | (target_ids == PAD_ID), target_ids, guessed)
