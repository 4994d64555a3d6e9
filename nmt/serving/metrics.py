"""Counts and times for Prometheus; nothing of any text."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)
_LINES = (1, 2, 4, 8, 16, 32, 64)


class Metrics:
    """What a server has done since it was started."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)  # memory and CPU time
        self.requests = Counter("nmt_requests", "Requests answered.", ["route", "status"], registry=self._registry)
        self.seconds = Histogram(
            "nmt_request_seconds", "Time to an answer.", ["route"], buckets=_SECONDS, registry=self._registry
        )
        self.characters = Counter(
            "nmt_characters", "Characters translated.", ["source", "target"], registry=self._registry
        )
        self.batch_lines = Histogram(
            "nmt_batch_lines", "Lines worked on together.", buckets=_LINES, registry=self._registry
        )
        self._open = Gauge("nmt_requests_open", "Requests that wait or are worked on.", registry=self._registry)

    def watch(self, open_requests: Callable[[], int]) -> None:
        """Ask this how many requests are open, whenever somebody looks."""
        self._open.set_function(open_requests)

    @property
    def all_characters(self) -> int:
        """Characters translated, between any languages."""
        samples = (sample for metric in self.characters.collect() for sample in metric.samples)
        return int(sum(sample.value for sample in samples if sample.name.endswith("_total")))

    def text(self) -> bytes:
        """All of it in Prometheus' text format."""
        return generate_latest(self._registry)
