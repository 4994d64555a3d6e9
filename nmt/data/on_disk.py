"""What a long corpus needs to remember of itself, in temporary files: memory does not grow with it.

The files have no names, so that nothing is left of them however the process ends. OSError is raised where the disk is
full.
"""

import mmap
import os
import tempfile
from array import array
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path

_BYTES = 8
_FIRST_SLOTS = 1 << 16


class KeySet:
    """A set of 64-bit hashes: a table with open addressing and linear probing (Knuth, 1998, section 6.4) in a file that
    is mapped to memory. It has 12 to 24 bytes for each key.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0
        self._slots = _table(folder, _FIRST_SLOTS)

    def __len__(self) -> int:
        return self._count

    def add(self, key: int) -> bool:
        """Whether a key is new; from now on it is not."""
        if not _put(self._slots, key):
            return False
        self._count += 1
        if 3 * self._count > 2 * len(self._slots):
            larger = _table(self._folder, 2 * len(self._slots))
            for held in filter(None, self._slots):
                _put(larger, held)
            self._slots = larger
        return True


def _table(folder: Path, slots: int) -> memoryview:
    """A table of empty slots; a disk that cannot hold it is full now, not when a page of it is written."""
    with tempfile.TemporaryFile(dir=folder) as file:
        for _ in range(slots // _FIRST_SLOTS):
            file.write(bytes(_FIRST_SLOTS * _BYTES))
        file.flush()
        return memoryview(mmap.mmap(file.fileno(), slots * _BYTES)).cast("Q")


def _put(slots: memoryview, key: int) -> bool:
    """Whether a key had no slot yet; it has one now."""
    key = key % (1 << 64) or 1  # 0 is an empty slot
    place = key % len(slots)
    while held := slots[place]:
        if held == key:
            return False
        place = (place + 1) % len(slots)
    slots[place] = key
    return True


class StoredPairs:
    """Pairs, or longer rows of texts without line ends, on disk in the order in which they came."""

    def __init__(self, pairs: Iterable[tuple[str, ...]], folder: Path) -> None:
        with ExitStack() as stack:
            texts, starts = (stack.enter_context(tempfile.TemporaryFile(dir=folder)) for _ in range(2))
            self._count, start = 0, 0
            for pair in pairs:
                starts.write(start.to_bytes(_BYTES, "little"))
                start += texts.write("\n".join(pair).encode())
                self._count += 1
            starts.write(start.to_bytes(_BYTES, "little"))
            self._texts, self._starts = texts, starts
            for file in (texts, starts):
                file.flush()
            stack.pop_all()

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, index: int) -> tuple[str, ...]:
        if not 0 <= index < self._count:
            raise IndexError(index)
        start, end = array("Q", os.pread(self._starts.fileno(), 2 * _BYTES, index * _BYTES))
        return tuple(os.pread(self._texts.fileno(), end - start, start).decode().split("\n"))

    def __iter__(self) -> Iterator[tuple[str, ...]]:
        return map(self.__getitem__, range(self._count))
