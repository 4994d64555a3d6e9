"""What `nmt` and `python -m nmt` start: the command line, quiet from its first moment on."""

import signal


def start() -> None:
    """Run main(); an interrupt while it is being imported ends the process as a signal does, without a traceback."""
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored, as in a script's background
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from .main import main

    main()


if __name__ == "__main__":
    start()
