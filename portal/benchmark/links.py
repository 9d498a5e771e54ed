"""Links that lead out: whether several workers together keep to the stated pace of each host."""

from __future__ import annotations

import datetime as dt
import itertools
import tempfile
import threading
import time
from collections import defaultdict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any

from django.db import connections
from django.utils import timezone

from oncall.models import Service
from portal.benchmark.figures import Figure, Say
from portal.benchmark.instance import Instance
from runbooks.models import ExternalLink, Runbook, Status
from runbooks.rendering import understand
from runbooks.services import publish_text
from runbooks.services.links.checking import check_until

PACE = 2.0  # seconds between two questions to one host, as stated
HOSTS, LINKS, WORKERS = 3, 12, 4  # links of each host
PATIENCE = dt.timedelta(seconds=PACE * LINKS * 4)


def measure_links(say: Say) -> list[Figure]:
    """A portal of its own whose links lead to three web servers of this machine; each request is timed where it arrives."""
    with tempfile.TemporaryDirectory(prefix="portal-links-", dir="/tmp") as folder, FarEnds(HOSTS) as far_ends:
        data = Path(folder)
        data.chmod(0o711)  # PostgreSQL may run as another user; the folders inside are closed
        extra = {"LINK_PRIVATE_NETWORKS": "true", "LINK_HOST_SECONDS": str(PACE)}
        portal = Instance(data, has_example=False, extra=extra)
        try:
            portal.start()
            say(f"links: {HOSTS} hosts with {LINKS} links each, {WORKERS} workers and the portal's own")
            asked = portal.do("ask_links", ports=far_ends.ports, links=LINKS)
        finally:
            portal.stop()
    return make_figures(far_ends, asked)


def make_figures(far_ends: FarEnds, asked: dict[str, Any]) -> list[Figure]:
    """The figures beside their limits."""
    return [
        Figure(f"links, requests to {HOSTS} hosts", far_ends.count, "requests"),
        Figure(
            f"links, the shortest time between two requests to one host, {WORKERS} workers",
            far_ends.find_shortest_gap(),
            "s",
            limit=PACE,
            at_least=True,
        ),
        Figure("links, not asked in the end", asked["left"], "links", limit=0),
        Figure(f"links, {HOSTS * LINKS} asked after", asked["seconds"], "s"),
    ]


class FarEnds:
    """Web servers for a `with` block, on ports of the loopback interface; each is a host of its own to the portal."""

    def __init__(self, number: int) -> None:
        self.times: dict[int, list[float]] = defaultdict(list)
        times = self.times

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                times[self.server.server_address[1]].append(time.perf_counter())  # type: ignore[index]  # (host, port)
                self.send_response(200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            do_HEAD = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                pass

        self.servers = [ThreadingHTTPServer(("127.0.0.1", 0), Handler) for _ in range(number)]

    @property
    def ports(self) -> list[int]:
        return [int(server.server_address[1]) for server in self.servers]

    @property
    def count(self) -> int:
        return sum(map(len, self.times.values()))

    def find_shortest_gap(self) -> float:
        """Seconds between two requests to one host; 0 when none had two."""
        pairs = (pair for times in self.times.values() for pair in itertools.pairwise(sorted(times)))
        return min((after - before for before, after in pairs), default=0.0)

    def __enter__(self) -> FarEnds:
        for server in self.servers:
            threading.Thread(target=server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for server in self.servers:
            server.shutdown()
            server.server_close()


def ask_links(ports: list[int], links: int) -> dict[str, Any]:
    """Publish a runbook that leads there, and let several workers ask until nothing is left; how long that took."""
    _publish(ports, links)
    started = time.perf_counter()
    end = timezone.now() + PATIENCE
    while timezone.now() < end and ExternalLink.objects.filter(checked_at__isnull=True).exists():
        threads = [threading.Thread(target=_work, args=(end,)) for _ in range(WORKERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    left = ExternalLink.objects.filter(checked_at__isnull=True).count()
    return {"left": left, "seconds": time.perf_counter() - started}


def _work(end: dt.datetime) -> None:
    try:
        check_until(end, now=timezone.now, sleep=time.sleep)
    finally:
        connections.close_all()


def _publish(ports: list[int], links: int) -> None:
    places = "\n\n".join(f"[x](http://127.0.0.1:{port}/{number})" for number in range(links) for port in ports)
    text = f"# Links\n\n{places}\n"
    service = Service.objects.create(name="Links", slug="links")
    runbook = Runbook.objects.create(service=service, title="Links", slug="links")
    publish_text(
        runbook,
        text,
        understand(text),
        status=Status.ACTIVE,
        author=None,
        now=timezone.now(),
        change_summary="Made by the benchmark",
    )
