"""Neural machine translation on an ordinary computer: recurrent encoder, attentional decoder, tagger of names.

    from nmt import Translator
    Translator.load().translate("Guten Morgen.")

Translator and Tagger are imported when they are first asked for, so that `import nmt` alone is fast.
"""

import os
from typing import TYPE_CHECKING, Any

__all__ = ["Tagger", "Translator"]

# OpenMP's threads then sleep while they wait for each other, and leave the CPU to whoever has work. OpenMP reads this
# when torch is loaded, and no module of ours loads it before this one has run. What the user has set stays.
os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")

# onnxruntime sends its maker what it has run, where it can: nothing that is done here leaves this machine.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
__version__ = "0.1.0"

if TYPE_CHECKING:
    from nmt.interface import Tagger, Translator
else:  # a type checker that saw this function would accept every name

    def __getattr__(name: str) -> Any:
        if name not in __all__:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from nmt import interface

        return getattr(interface, name)
