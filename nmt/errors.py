"""What can go wrong by the user's doing: each error is one line that says what, where, and what to do next."""


class NMTError(Exception):
    """The user's input, data, model or environment is at fault; the command line exits with 2."""


class ConfigError(NMTError):
    """A configuration file or option is wrong; key is the setting, as in "training.epochs", if it is one."""

    def __init__(self, message: str, key: str = "") -> None:
        super().__init__(message)
        self.key = key


class DataError(NMTError):
    """A corpus or an input text is wrong."""


class ModelError(NMTError):
    """A model folder is missing, damaged, or does not fit the request."""
