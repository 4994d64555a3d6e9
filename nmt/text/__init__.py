"""Text: lines, corpora, subwords, tags and batches."""
