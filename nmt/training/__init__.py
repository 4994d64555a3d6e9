"""Training: loss, loop and exact resume."""
