"""What a command says beside its result."""

import sys


def warn(message: str) -> None:
    """Say on stderr, in one line, what may not be as it should."""
    print(f"nmt: warning: {message}", file=sys.stderr)
