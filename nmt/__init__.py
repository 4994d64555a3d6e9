"""A sequence-to-sequence translation pipeline: recurrent encoder, attentional decoder, tagger."""

import os

# OpenMP's threads then sleep while they wait for each other, and leave the CPU to whoever has work. OpenMP reads this
# when torch is loaded, and no module of ours loads it before this one has run. What the user has set stays.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

__version__ = "0.1.0"
