"""How many requests `nmt serve` answers in a second, how long each takes, and whether its memory grows.

    python benchmarks/server_load.py data/tatoeba/dev.de-en.de.gz --source de --target en

Each client keeps one connection and asks for one sentence after another. Server and clients share the machine's CPUs.
"""

import http.client
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import cycle, islice
from pathlib import Path
from statistics import quantiles
from typing import Annotated

import typer

from nmt.io.lines import read_file

WARM_UP = 50  # requests


def main(
    input_: Annotated[Path, typer.Argument(help="Lines to translate, one a request.")],
    source: Annotated[str, typer.Option(help="Source language.")] = "de",
    target: Annotated[str, typer.Option(help="Target language.")] = "en",
    clients: Annotated[str, typer.Option(help="Numbers of clients, between commas.")] = "1,8,64",
    requests: Annotated[int, typer.Option(help="Requests of each number of clients.")] = 2000,
    more: Annotated[int, typer.Option(help="Requests after which memory is read again.")] = 10_000,
) -> None:
    """Print a Markdown table, and the server's memory before and after."""
    bodies = [json.dumps({"q": line, "source": source, "target": target}) for line in read_file(input_) if line]
    with server() as (process, port):
        ask(port, bodies[:WARM_UP], 1)
        before = memory(process)
        print("| clients | requests a second | p50 | p99 |\n| --- | --- | --- | --- |")
        for number in map(int, clients.split(",")):
            seconds, each = ask(port, list(islice(cycle(bodies), requests)), number)
            cuts = quantiles(each, n=100)
            print(f"| {number} | {requests / seconds:.0f} | {cuts[49] * 1000:.0f} ms | {cuts[98] * 1000:.0f} ms |")
        between = memory(process)
        ask(port, list(islice(cycle(bodies), more)), 8)
        after = memory(process)
    print(f"\nmemory: {before:.0f} MB at first, {between:.0f} MB, {after:.0f} MB after {more:,} requests more")


@contextmanager
def server() -> Iterator[tuple[int, int]]:
    """A server with the shipped model: its process and port."""
    command = [Path(sys.executable).with_name("nmt"), "serve", "--port", "0"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if found := re.search(r"http://\S+:(\d+)", line):
                threading.Thread(target=process.stderr.read, daemon=True).start()
                yield process.pid, int(found[1])
                break
        else:
            raise SystemExit("the server did not start")
    finally:
        process.terminate()
        process.wait()


def ask(port: int, bodies: Sequence[str], clients: int) -> tuple[float, list[float]]:
    """Seconds that all requests take together, and each of them."""
    waiting = iter(bodies)
    each: list[float] = []
    lock = threading.Lock()

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", port)
        while True:
            with lock:
                body = next(waiting, None)
            if body is None:
                return
            started = time.perf_counter()
            connection.request("POST", "/translate", body, {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = json.load(answer)["translatedText"]
            if isinstance(text, str):
                each.append(time.perf_counter() - started)

    threads = [threading.Thread(target=client) for _ in range(clients)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.perf_counter() - started
    if len(each) != len(bodies):
        raise SystemExit(f"{len(bodies) - len(each)} of {len(bodies)} requests were not answered")
    return seconds, each


def memory(process: int) -> float:
    """Resident memory of a process, in MB."""
    [kilobytes] = re.findall(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())
    return int(kilobytes) / 1024


if __name__ == "__main__":
    typer.run(main)
