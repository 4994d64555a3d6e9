"""The entry point of `nmt` and `python -m nmt`, which is quiet even if it is interrupted while it starts."""

import signal


def start() -> None:
    """Run main(); an interrupt during its import ends the process by the signal, without a traceback."""
    if (
        signal.getsignal(signal.SIGINT) is signal.default_int_handler
    ):  # else it is ignored, as in a background job of a script
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from .main import main

    main()


if __name__ == "__main__":
    start()
