"""Scores of translations and of entity spans."""
