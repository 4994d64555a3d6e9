"""A sequence-to-sequence translation pipeline: recurrent encoder, attentional decoder, tagger."""

__version__ = "0.1.0"
