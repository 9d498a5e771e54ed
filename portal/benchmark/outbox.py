"""The outbox: ten thousand notifications to a mail server of this machine, by two workers."""

from __future__ import annotations

import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from oncall.models import Delivery, Kind
from oncall.outbox import notify
from portal.benchmark.figures import Figure, Say
from portal.benchmark.instance import Instance
from portal.benchmark.mail_sink import MailSink
from portal.run import list_programs

NOTIFICATIONS = 10_000
PEOPLE = 100
STALL_SECONDS = 60.0  # without a single mail: it has come to an end, or to a halt


def measure_outbox(say: Say, notifications: int = NOTIFICATIONS) -> list[Figure]:
    """Notifications per second from the first to the last mail, and how many were lost or doubled."""
    with tempfile.TemporaryDirectory(prefix="portal-outbox-", dir="/tmp") as folder, MailSink() as sink:
        data = Path(folder)
        data.chmod(0o711)
        portal = Instance(data, has_example=False, extra={"EMAIL_URL": f"smtp://127.0.0.1:{sink.port}"})
        say(f"outbox: {notifications} notifications, two workers")
        try:
            portal.start()
            with second_worker(portal, data):
                written = portal.do("tell", notifications=notifications)
                await_mails(sink, notifications)
                left = portal.do("outbox")["unsent"]
        finally:
            portal.stop()
    seconds = max(sink.last_at - sink.first_at, 1e-6)
    return [
        Figure(f"outbox, {notifications:,} notifications written", written["rate"], "/s"),
        Figure(f"outbox, {notifications:,} mails sent by two workers", len(sink.ids) / seconds, "mails/s"),
        Figure("outbox, notifications lost", max(notifications - len(sink.ids), left), "mails", limit=0),
        Figure("outbox, notifications doubled", sink.ids.total() - len(sink.ids), "mails", limit=0),
    ]


@contextmanager
def second_worker(portal: Instance, data: Path) -> Iterator[None]:
    """One more worker beside the portal's own."""
    command = [*next(p for p in list_programs(data) if p.name == "worker").command, "--hostname", "second@%h"]
    with (data / "second.log").open("wb") as log:
        worker = subprocess.Popen(command, env=portal.environment, cwd=settings.BASE_DIR, stdout=log, stderr=log)
    try:
        yield
    finally:
        worker.terminate()
        worker.wait()


def await_mails(sink: MailSink, number: int) -> None:
    """Return when all have come, and a moment for those that would come twice; or when nothing has come for long."""
    seen, since = 0, time.perf_counter()
    while len(sink.ids) < number and time.perf_counter() - since < STALL_SECONDS:
        if sink.ids.total() > seen:
            seen, since = sink.ids.total(), time.perf_counter()
        time.sleep(0.1)
    time.sleep(2.0)


def tell(notifications: int) -> dict[str, Any]:
    """Write that many notifications to a hundred people in one transaction; how many per second."""
    people = [User.objects.create_user(f"person-{n}@example.com", display_name=f"Person {n}") for n in range(PEOPLE)]
    started, now = time.perf_counter(), timezone.now()
    with transaction.atomic():
        for n in range(notifications):
            notify(
                key=f"benchmark:{n}",
                kind=Kind.SHIFT,
                to=people[n % PEOPLE],
                subject=f"Your shift number {n}",
                text="You are on call from Monday at 09:00.\n\nOpen the rotation to see who comes before and after.",
                url="/me/shifts/",
                action="See my shifts",
                now=now,
            )
    return {"rate": notifications / (time.perf_counter() - started)}


def count_unsent() -> dict[str, Any]:
    """Deliveries that are not marked sent."""
    return {"unsent": Delivery.objects.exclude(status=Delivery.Status.SENT).count()}
