"""The seeding of torch, at the start of a training and of each update."""

import torch


def seed_torch(seed: int) -> None:
    """Seed torch by a whole number of any size; torch itself takes none of more than 64 bits."""
    torch.manual_seed(seed % 2**64)
