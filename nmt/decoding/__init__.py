"""Search: from a trained model to text."""
