"""The device to compute on."""

import re

import torch

from nmt.errors import ConfigError


def check_device(name: str) -> None:
    """Raise ConfigError unless torch can compute on the device of this name: cpu, cuda or cuda:N."""
    if not re.fullmatch(r"cpu|cuda(:\d+)?", name):
        raise ConfigError(f"--device {name}: is not known; choose cpu, or cuda (or cuda:N) on a machine with a GPU")
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:  # AssertionError: torch was built without this device
        reason = str(error).partition("\n")[0]
        raise ConfigError(f"--device {name}: {reason}; choose cpu, or cuda on a machine with a GPU") from error
