"""The processor at hand: its name, and the instructions that decide how fast and in which way it multiplies."""

import os
import platform
from dataclasses import dataclass
from pathlib import Path

INSTRUCTIONS = ("avx2", "avx512", "vnni", "amx")  # as they stand within the flags of Linux: avx512f, avx_vnni, amx_int8

_CPUINFO = Path("/proc/cpuinfo")  # of Linux


@dataclass(frozen=True, kw_only=True)
class Processor:
    """What figures of speed depend on."""

    name: str
    instructions: tuple[str, ...]  # those of INSTRUCTIONS that it has; none if the system does not say
    cores: int  # that the system has, whichever of them this process may use

    def __str__(self) -> str:
        return f"{self.name} ({', '.join([*self.instructions, f'{self.cores} cores'])})"


def this_processor() -> Processor:
    """The processor that this process runs on."""
    about = _about()
    flags = about.get("flags", "").split()
    return Processor(
        name=about.get("model name") or platform.processor() or platform.machine(),
        instructions=tuple(name for name in INSTRUCTIONS if any(name in flag for flag in flags)),
        cores=os.cpu_count() or 1,
    )


def _about() -> dict[str, str]:
    """What the system says of its first processor; nothing where there is no /proc/cpuinfo."""
    try:
        first = _CPUINFO.read_text(errors="replace").partition("\n\n")[0]
    except OSError:
        return {}
    return {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in first.splitlines())}
