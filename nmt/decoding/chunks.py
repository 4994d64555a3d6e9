"""Chunks of a stream of lines: large ones where lines are waiting, single lines where somebody types."""

import queue
import threading
from collections.abc import Iterable, Iterator
from typing import Any

_END = object()


def chunks(lines: Iterable[str], max_lines: int = 1024, max_characters: int = 1 << 18) -> Iterator[list[str]]:
    """Group lines as they come: never wait for a line while another one is unanswered.

    A chunk ends at max_lines, or with the line that reaches max_characters; no more than two such chunks are read
    ahead. An error of the stream is raised here, after the lines before it.
    """
    waiting: queue.Queue[Any] = queue.Queue()
    room = threading.Semaphore(2 * max_lines)  # for lines of usual length; a longer one takes the room of several

    def size(line: str) -> int:
        return min(1 + len(line) * max_lines // max_characters, 2 * max_lines)

    def read() -> None:
        try:
            for line in lines:
                for _ in range(size(line)):
                    room.acquire()
                waiting.put(line)
            waiting.put(_END)
        except BaseException as error:
            waiting.put(error)

    threading.Thread(target=read, daemon=True).start()
    item: Any = None
    while item is not _END:
        item = waiting.get()
        chunk: list[str] = []
        characters = 0
        while isinstance(item, str):
            room.release(size(item))
            chunk.append(item)
            characters += len(item)
            if len(chunk) == max_lines or characters >= max_characters:
                break
            try:
                item = waiting.get_nowait()
            except queue.Empty:
                break
        if chunk:
            yield chunk
        if isinstance(item, BaseException):
            raise item
