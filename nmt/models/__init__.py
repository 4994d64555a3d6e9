"""Neural networks: they see tensors, never text."""
