"""Corpora: parallel text and tagged sentences, cleaned, split, tokenized and cut into batches."""
