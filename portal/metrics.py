"""Counters for Prometheus. With several web processes they share files below PROMETHEUS_MULTIPROC_DIR."""

import os
from collections.abc import Iterator

from django.db import DatabaseError
from django.utils import timezone
from prometheus_client import CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import REGISTRY, Collector

from oncall.outbox.counting import count_outbox

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


class OutboxCollector(Collector):
    """The outbox's figures, asked of the database at each scrape, so that every web process says the same."""

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Nothing while the database is away: the health page says that."""
        try:
            counts = count_outbox(timezone.now())
        except DatabaseError:
            return
        deliveries = GaugeMetricFamily(
            "portal_outbox_deliveries", "Deliveries that are not sent yet, by status.", labels=["status"]
        )
        deliveries.add_metric(["waiting"], counts.waiting)
        deliveries.add_metric(["sending"], counts.sending)
        deliveries.add_metric(["given_up"], counts.given_up)
        yield deliveries
        yield GaugeMetricFamily(
            "portal_outbox_oldest_due_seconds",
            "How long the oldest delivery that may go has been waiting, in seconds.",
            value=counts.oldest_due_seconds,
        )


def render_metrics() -> bytes:
    """All metrics of all web processes in Prometheus' text format, and the outbox's."""
    outbox = CollectorRegistry()
    outbox.register(OutboxCollector())
    return _render_counters() + generate_latest(outbox)


def _render_counters() -> bytes:
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return generate_latest(REGISTRY)
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library has no types there
    return generate_latest(registry)
