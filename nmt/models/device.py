"""The device to compute on."""

import torch

from nmt.errors import ConfigError


def check_device(name: str) -> None:
    """Raise ConfigError unless torch can compute on the device of this name."""
    try:
        torch.empty(0, device=name)
    except (RuntimeError, AssertionError) as error:  # AssertionError: torch was built without this device
        reason = str(error).partition("\n")[0]
        raise ConfigError(f"--device {name}: {reason}; choose cpu, or cuda on a machine with a GPU") from error
