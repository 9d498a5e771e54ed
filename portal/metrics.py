"""Counters for Prometheus. With several web processes they share files below PROMETHEUS_MULTIPROC_DIR."""

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY

REQUESTS = Counter("portal_http_requests_total", "Requests answered.", ["method", "view", "status"])
SECONDS = Histogram(
    "portal_http_request_seconds",
    "Time to answer, in seconds.",
    ["view"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10),
)


def count_request(method: str, view: str, status: int, seconds: float) -> None:
    """Count one answered request. Labels are view names, never paths, so that their number stays bounded."""
    REQUESTS.labels(method if method.isalpha() and len(method) < 8 else "-", view, str(status)).inc()
    SECONDS.labels(view).observe(seconds)


def render_metrics() -> bytes:
    """All metrics of all web processes in Prometheus' text format."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library has no types there
    return generate_latest(registry)
