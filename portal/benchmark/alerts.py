"""Alerts in: a storm against the web server, and what the database holds when the worker has caught up."""

from __future__ import annotations

import http.client
import itertools
import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.text import slugify

from accounts.models import Token, User
from accounts.tokens import make_token
from incidents.models import Alert, AlertPayload, Incident
from oncall.models import Service
from portal.benchmark.figures import Figure, Say
from portal.benchmark.instance import Instance
from portal.benchmark.timing import find_percentile

RATE = 200  # requests in a second, each with one alert
SECONDS = 60
LINES = 16  # connections that are kept open, as senders do
SERVICES, NAMES, GROUPS = 20, 40, 600
SAME = 1000  # times that one alert is sent
CATCH_UP_SECONDS = 600.0
URL = "/hooks/alertmanager/"


def measure_alerts(instance: Instance, say: Say, seconds: int = SECONDS) -> list[Figure]:
    """In a portal that has started: the times of the answers, and how many alerts were lost or doubled."""
    token = instance.do("prepare_alerts")["token"]
    say(f"{RATE} alerts in a second for {seconds} s")
    storm = Storm(instance.port, token)
    storm.send(make_storm(RATE * seconds), RATE)
    started = time.perf_counter()
    found = await_worker(lambda: instance.do("count_alerts"))
    caught_up = time.perf_counter() - started
    say(f"the same alert {SAME} times")
    again = Storm(instance.port, token)
    again.send(itertools.repeat(make_body(0, "Same", "same"), SAME), RATE * 2)
    same = await_worker(lambda: instance.do("count_alerts"))
    sent, late = len(storm.times), storm.times
    return [
        Figure("webhook, answers other than 202", len(storm.refused) + len(again.refused), "answers", limit=0),
        Figure(f"webhook, {RATE} alerts/s for {seconds} s, median", find_percentile(late, 50), "ms"),
        Figure(f"webhook, {RATE} alerts/s for {seconds} s, p95", find_percentile(late, 95), "ms", limit=50),
        Figure("webhook, p99", find_percentile(late, 99), "ms"),
        Figure("webhook, alerts lost", max(0, sent - found["alerts"]), "alerts", limit=0),
        Figure("webhook, alerts doubled", max(0, found["received"] - sent, found["alerts"] - sent), "alerts", limit=0),
        Figure("webhook, the worker has caught up after the storm", caught_up, "s"),
        Figure("webhook, incidents opened by the storm", found["incidents"], "incidents", limit=SERVICES),
        Figure(
            f"webhook, alerts made of the same one {SAME:,} times", same["alerts"] - found["alerts"], "alerts", limit=1
        ),
    ]


@dataclass
class Storm:
    """Requests at a fixed rate, whatever the answers take. A time counts from when the request was due, in milliseconds."""

    port: int
    token: str
    times: list[float] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def send(self, bodies: Iterator[bytes], rate: float) -> None:
        """Send all of them; a slow answer delays nothing but its own connection."""
        due = enumerate(bodies)
        started = time.perf_counter() + 0.2

        def work() -> None:
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            while True:
                with self.lock:
                    number, body = next(due, (0, b""))
                if not body:
                    break
                at = started + number / rate
                time.sleep(max(0.0, at - time.perf_counter()))
                line = self._ask(line, body, at)
            line.close()

        threads = [threading.Thread(target=work) for _ in range(LINES)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _ask(self, line: http.client.HTTPConnection, body: bytes, at: float) -> http.client.HTTPConnection:
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        try:
            line.request("POST", URL, body, headers)
            answer = line.getresponse()
            answer.read()
            said = str(answer.status)
        except (OSError, http.client.HTTPException) as error:
            line.close()
            line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            said = repr(error)
        with self.lock:
            if said == "202":
                self.times.append((time.perf_counter() - at) * 1000)
            else:
                self.refused.append(said)
        return line


def make_storm(number: int) -> Iterator[bytes]:
    """So many different alerts of forty names, twenty services and six hundred groups; one in seven is critical."""
    for one in range(number):
        yield make_body(one, f"Storm{one % NAMES}", f"group-{one % GROUPS}")


def make_body(number: int, name: str, group: str) -> bytes:
    """One notification of about a kilobyte, as Alertmanager sends it."""
    labels = {
        "alertname": name,
        "severity": "critical" if number % 7 == 0 else "warning",
        "service": slugify(_name_service(number % SERVICES)),
        "cluster": "eu-west-1",
        "namespace": "shop",
        "pod": f"worker-{number}",
        "instance": f"10.1.{number // 250 % 250}.{number % 250}:9100",
    }
    alert = {
        "status": "firing",
        "labels": labels,
        "annotations": {
            "summary": f"{name} on worker-{number}",
            "description": "Too few answers in five minutes. " * 8,
        },
        "startsAt": "2026-11-17T03:14:00.123456789Z",
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "https://prometheus.example.com/graph?g0.expr=up%3D%3D0",
        "fingerprint": f"{number:016x}",
    }
    payload = {
        "version": "4",
        "groupKey": f'{{}}:{{alertname="{group}"}}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "portal",
        "groupLabels": {"alertname": name},
        "commonLabels": labels,
        "commonAnnotations": {},
        "externalURL": "https://alertmanager.example.com",
        "alerts": [alert],
    }
    return json.dumps(payload).encode()


def await_worker(count: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """The figures of the database when no payload waits any more, or when it has taken too long."""
    deadline = time.perf_counter() + CATCH_UP_SECONDS
    found = count()
    while found["waiting"] and time.perf_counter() < deadline:
        time.sleep(1.0)
        found = count()
    return found


def prepare_alerts() -> dict[str, Any]:
    """Services for the alerts to be of, and a token to send them with."""
    Service.objects.bulk_create(Service(name=_name_service(n), slug=slugify(_name_service(n))) for n in range(SERVICES))
    chief = User.objects.filter(is_superuser=True).order_by("pk")[0]
    return {"token": make_token("benchmark", Token.Scope.ALERTS, user=chief, now=timezone.now())[1]}


def count_alerts() -> dict[str, Any]:
    """Alerts, how often they were received, incidents, and payloads that wait or were given up."""
    received = sum(Alert.objects.values_list("received_count", flat=True))
    waiting = AlertPayload.objects.filter(processed_at__isnull=True).count()
    return {
        "alerts": Alert.objects.count(),
        "received": received,
        "incidents": Incident.objects.count(),
        "waiting": waiting,
    }


def _name_service(number: int) -> str:
    return f"Storm service {number}"
