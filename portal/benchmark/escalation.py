"""Escalation in time: how late a level is called, and what a thousand open incidents cost each sweep."""

from __future__ import annotations

import datetime as dt
import statistics
import tempfile
import time
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Max
from django.utils import timezone

from accounts.models import User
from incidents.models import CalledLevel, Escalation, Incident, Severity
from incidents.services.sweeping import sweep
from oncall.calling import who_would_be_called
from oncall.calling.nobody import make_nobody
from oncall.models import Contact, Delivery, EscalationLevel, EscalationPath, EscalationTarget
from portal.benchmark.figures import Figure, Say
from portal.benchmark.instance import Instance
from portal.benchmark.mail_sink import MailSink
from portal.benchmark.outbox import second_worker

INCIDENTS = 1_000
WATCHED, APART = 40, 0.7  # levels that come due one after the other, and the seconds between two of them
LEVELS = 3
ROUNDS = 40
PATIENCE = 180.0  # seconds until everything that is due must have been called

Status = Delivery.Status


def measure_escalation(say: Say) -> list[Figure]:
    """Real beat, two workers and a mail server of this machine; a thousand incidents whose ladders run."""
    with tempfile.TemporaryDirectory(prefix="portal-calls-", dir="/tmp") as folder, MailSink() as sink:
        data = Path(folder)
        data.chmod(0o711)  # PostgreSQL may run as another user; the folders inside are closed
        portal = Instance(data, has_example=False, extra={"EMAIL_URL": f"smtp://127.0.0.1:{sink.port}"})
        try:
            portal.start()
            with second_worker(portal, data):
                say(f"escalation: {INCIDENTS} open incidents")
                resting = portal.do("sow_escalations")
                say(f"escalation: {WATCHED} levels come due one by one")
                watched = portal.do("watch_escalations")
                say(f"escalation: {INCIDENTS} levels due at once")
                storm = portal.do("storm_escalations")
        finally:
            portal.stop()
    return make_figures(resting, watched, storm)


def make_figures(resting: dict[str, Any], watched: dict[str, Any], storm: dict[str, Any]) -> list[Figure]:
    """The figures beside their limits."""
    return [
        Figure(f"a sweep over {INCIDENTS:,} open incidents, none due, median", resting["median"], "ms"),
        Figure(f"a sweep over {INCIDENTS:,} open incidents, none due, slowest", resting["slowest"], "ms", limit=1000),
        Figure("a level is called after it was due, two workers, median", watched["median"], "s"),
        Figure("a level is called after it was due, two workers, slowest", watched["slowest"], "s", limit=5),
        Figure("its mail was handed over after it was due, slowest", watched["mail"], "s", limit=5),
        Figure("levels lost or called twice", watched["wrong"] + storm["wrong"], "levels", limit=0),
        Figure(f"{INCIDENTS:,} levels due at once, all called after", storm["called"], "s"),
        Figure(f"{INCIDENTS:,} levels due at once, all mails handed over after", storm["mailed"], "s"),
    ]


def sow_escalations() -> dict[str, Any]:
    """Write the incidents, each with its ladder at the second level in an hour, and time sweeps that find nothing due."""
    now = timezone.now()
    with transaction.atomic():
        _sow(now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    times = []
    for _ in range(ROUNDS):
        started = time.perf_counter()
        if sweep(timezone.now()):
            raise RuntimeError("something was due that should not be")
        times.append((time.perf_counter() - started) * 1000)
    return {"median": statistics.median(times), "slowest": max(times)}


def watch_escalations() -> dict[str, Any]:
    """Let some levels come due one after the other, and see when the workers called them and the mail server took it."""
    first = timezone.now() + dt.timedelta(seconds=3)
    chosen = list(Escalation.objects.running().order_by("pk").values_list("pk", flat=True)[:WATCHED])
    for place, pk in enumerate(chosen):
        Escalation.objects.filter(pk=pk).update(next_at=first + dt.timedelta(seconds=place * APART))
    _await(WATCHED)
    called = CalledLevel.objects.filter(level=1).annotate(late=F("called_at") - F("due_at"))
    late = [row.late.total_seconds() for row in called]
    return {
        "median": statistics.median(late),
        "slowest": max(late),
        "mail": _find_last_mail(),
        "wrong": _wrong(WATCHED),
    }


def storm_escalations() -> dict[str, Any]:
    """Let all the others be due at one moment; seconds until the last one was called, and its mail taken."""
    left = Escalation.objects.running().filter(next_level=1)
    number, since = left.count(), timezone.now()
    left.update(next_at=since)
    _await(WATCHED + number)
    last = CalledLevel.objects.filter(level=1).aggregate(at=Max("called_at"))["at"]
    sent = Delivery.objects.aggregate(at=Max("finished_at"))["at"]
    return {
        "called": (last - since).total_seconds(),
        "mailed": (sent - since).total_seconds(),
        "wrong": _wrong(WATCHED + number),
    }


def _sow(now: dt.datetime) -> None:
    severity = Severity.objects.filter(team=None, escalation=Severity.Escalation.LADDER).order_by("rank")[0]
    path = _make_path()
    ladder = who_would_be_called(path, now, make_nobody(sees_personal=False)).to_dict()
    incidents = Incident.objects.bulk_create(
        Incident(title=f"Gate {n} does not open", severity=severity, started_at=now, opened_at=now)
        for n in range(INCIDENTS)
    )
    running = Escalation.objects.bulk_create(
        Escalation(
            incident=incident,
            path=path,
            ladder=ladder,
            started_at=now,
            next_level=1,
            next_at=now + dt.timedelta(hours=1),
        )
        for incident in incidents
    )
    CalledLevel.objects.bulk_create(
        CalledLevel(escalation=one, level=0, label="L1", due_at=now, called_at=now) for one in running
    )


def _make_path() -> EscalationPath:
    """Three levels of one person each, who has nothing but the mail address of their login."""
    people = User.objects.bulk_create(
        User(email=f"pilot{n}@benchmark.example", display_name=f"Pilot {n}", password="!") for n in range(LEVELS)
    )
    contacts = Contact.objects.bulk_create(Contact(name=str(person), user=person) for person in people)
    path = EscalationPath.objects.create(name="Pilots", slug="pilots")
    for place in range(LEVELS):
        level = EscalationLevel.objects.create(
            path=path, position=place + 1, label=f"L{place + 1}", response_minutes=120
        )
        EscalationTarget.objects.create(level=level, contact=contacts[place])
    return path


def _await(number: int) -> None:
    """Return when so many second levels were called and every message was sent. Raises RuntimeError when it takes too long."""
    end = time.perf_counter() + PATIENCE
    while time.perf_counter() < end:
        called = CalledLevel.objects.filter(level=1).count()
        if called >= number and not Delivery.objects.exclude(status=Status.SENT).exists():
            return
        time.sleep(0.1)
    raise RuntimeError("not everything that was due was called")


def _find_last_mail() -> float:
    """Seconds from when a level was due until the mail server had taken its message, the slowest."""
    due = dict(CalledLevel.objects.filter(level=1).values_list("escalation_id", "due_at"))
    sent = Delivery.objects.values_list("notification__key", "finished_at")
    return max((at - due[int(key.split(":")[1])]).total_seconds() for key, at in sent if at is not None)


def _wrong(expected: int) -> int:
    """How many second levels are missing, and how many messages are too many or too few."""
    called = CalledLevel.objects.filter(level=1).count()
    return abs(called - expected) + abs(Delivery.objects.count() - expected)
