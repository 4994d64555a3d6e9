"""Text of one language: subwords, words, sentences, case."""
