"""Errors that the user can fix: each is one line that says what is wrong, where, and what to do next."""


class NMTError(Exception):
    """The user's input, data, model or environment is at fault; the command line exits with code 2."""


class ConfigError(NMTError):
    """A configuration file or an option is wrong; key names the setting, such as "training.epochs", if there is one."""

    def __init__(self, message: str, key: str = "") -> None:
        super().__init__(message)
        self.key = key


class DataError(NMTError):
    """A corpus or an input text is wrong."""


class ModelError(NMTError):
    """A model folder is missing, damaged, or does not fit the request."""
