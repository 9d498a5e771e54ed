"""A long incident that many people follow: its page, and what their browsers ask every two seconds."""

from __future__ import annotations

import datetime as dt
import http.client
import statistics
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.cached_db import SessionStore
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User
from accounts.roles import RESPONDER
from incidents.models import EntryKind, Incident, Severity, TimelineEntry
from incidents.services.notes import add_note
from incidents.services.opening import NewIncident, open_incident
from oncall.models import Service
from portal.benchmark.figures import Figure, Say
from portal.benchmark.instance import Instance
from portal.benchmark.timing import find_percentile
from runbooks.rendering import render_note

ENTRIES, VIEWERS, POLL_SECONDS, PAGES = 2_000, 30, 2.0, 60
KINDS = (
    EntryKind.NOTE,
    EntryKind.RUN,
    EntryKind.NOTE,
    EntryKind.STATUS,
    EntryKind.PAGE,
    EntryKind.ALERT,
    EntryKind.ROLE,
)
WORDS = (
    "The **third gate** answers again after `gatectl restart 3`; we wait for the second.\n\n- [x] looked\n- [ ] asked"
)


def measure_incident(instance: Instance, say: Say) -> list[Figure]:
    """The page and its polls in a running portal, by so many viewers; an entry now and then in the last part."""
    say(f"an incident with {ENTRIES} entries, {VIEWERS} viewers")
    found = instance.do("incident")
    path = f"/incidents/{found['number']}/"
    with_nobody = Watch(instance.port, path, found["cookies"]).run(seconds=20)
    with_pages = Watch(instance.port, path, found["cookies"]).run(pages=PAGES)
    say("the same while somebody writes")
    instance.do("write_notes", number=found["number"], seconds=0)
    changing = Watch(instance.port, path, found["cookies"], writes=instance).run(seconds=20)
    return [
        Figure(f"queries of an incident's page, {ENTRIES:,} entries", found["queries"], "queries", limit=10),
        Figure(
            f"incident's page, {VIEWERS} viewers polling, p95", find_percentile(with_pages.pages, 95), "ms", limit=150
        ),
        Figure(f"incident's page, {VIEWERS} viewers polling, median", statistics.median(with_pages.pages), "ms"),
        Figure("unchanged poll of an incident, p95", find_percentile(with_nobody.unchanged, 95), "ms", limit=5),
        Figure("unchanged poll of an incident, median", statistics.median(with_nobody.unchanged), "ms", limit=5),
        Figure("poll that brings a change, p95", find_percentile(changing.changed, 95), "ms"),
        Figure("from an entry to the last of the viewers, longest", max(changing.delays, default=0.0), "s", limit=3),
    ]


def sow() -> dict[str, Any]:
    """The incident, its queries, and a cookie for each viewer."""
    now = timezone.now()
    people = [_make_viewer(number) for number in range(VIEWERS)]
    service = Service.objects.get_or_create(slug="gates", defaults={"name": "Gates"})[0]
    severity = Severity.objects.get(team=None, rank=2)
    begun = now - dt.timedelta(hours=9)
    incident = open_incident(
        NewIncident("Gates do not open", severity, (service,), started_at=begun),
        user=people[0],
        now=begun,
        takes_command=True,
    )
    _sow_entries(incident, people, begun, now)
    client = Client(SERVER_NAME="localhost")
    client.force_login(people[1])
    path = incident.get_absolute_url()
    client.get(path)
    with CaptureQueriesContext(connection) as queries:
        response = client.get(path)
    if response.status_code != 200:
        raise RuntimeError(f"{path} answered {response.status_code}")
    return {"number": incident.pk, "queries": len(queries), "cookies": [open_session(person) for person in people]}


@transaction.atomic
def _sow_entries(incident: Incident, people: list[User], begun: dt.datetime, now: dt.datetime) -> None:
    html, step = render_note(WORDS), (now - begun) / ENTRIES
    for number in range(ENTRIES):
        kind = KINDS[number % len(KINDS)]
        is_note = kind == EntryKind.NOTE
        TimelineEntry.objects.create(
            incident=incident,
            kind=kind,
            happened_at=begun + number * step,
            recorded_at=begun + number * step,
            person=people[number % len(people)],
            text="added a note" if is_note else f"did step {number} of the gates’ procedure",
            markdown=WORDS if is_note else "",
            html=html if is_note else "",
            url="" if is_note else incident.get_absolute_url(),
        )


def write_notes(number: int, seconds: int) -> dict[str, Any]:
    """A note every two seconds; when each was written, as seconds of the epoch."""
    incident = Incident.objects.get(pk=number)
    author = User.objects.with_access().get(email="viewer0@benchmark.example")
    written = []
    for _ in range(seconds // 2):
        add_note(incident, WORDS, user=author, now=timezone.now())
        written.append(time.time())
        time.sleep(2)
    return {"written": written}


def _make_viewer(number: int) -> User:
    email = f"viewer{number}@benchmark.example"
    if not User.objects.filter(email=email).exists():
        user = User.objects.create_user(email, display_name=f"Viewer {number} of the Pier")
        user.groups.add(Group.objects.get(name=RESPONDER))
    return User.objects.with_access().get(email=email)


def open_session(user: User) -> str:
    """The cookie of a new session of that person, as a header says it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


@dataclass
class Watch:
    """Viewers with a cookie each, polling as browsers do; times are milliseconds at the client, delays seconds."""

    port: int
    path: str
    cookies: list[str]
    writes: Instance | None = None
    pages: list[float] = field(default_factory=list)
    unchanged: list[float] = field(default_factory=list)
    changed: list[float] = field(default_factory=list)
    delays: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seen: list[list[float]] = field(default_factory=list)  # of each viewer: when a change came
    over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, *, seconds: float = 0, pages: int = 0) -> Watch:
        """Poll for so many seconds, or until so many pages were loaded. Raises RuntimeError for an answer that is wrong."""
        self.seen = [[] for _ in self.cookies]
        threads = [threading.Thread(target=self._view, args=(number,)) for number in range(len(self.cookies))]
        for thread in threads:
            thread.start()
        time.sleep(POLL_SECONDS * 2)  # until everybody has the page as it is
        with self.lock:
            for found in (self.unchanged, self.changed, *self.seen):
                found.clear()
        if self.writes is not None:
            number = int(self.path.strip("/").rpartition("/")[2])
            written = self.writes.do("write_notes", number=number, seconds=int(seconds))["written"]
            time.sleep(POLL_SECONDS * 2)
            self.delays = [find_delay(moment, self.seen) for moment in written]
        elif pages:
            self._load_pages(pages)
        else:
            time.sleep(seconds)
        self.over.set()
        for thread in threads:
            thread.join()
        if self.errors:
            raise RuntimeError(f"{self.path}: {self.errors[0]}")
        return self

    def _load_pages(self, number: int) -> None:
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        for _ in range(number):
            status, _, took = self._ask(line, self.path, {"Cookie": self.cookies[0]})
            if status != 200:
                raise RuntimeError(f"{self.path} answered {status}")
            self.pages.append(took)
            time.sleep(0.1)
        line.close()

    def _view(self, number: int) -> None:
        """One browser: begins at a moment of its own, and remembers the tag of what it has."""
        time.sleep(POLL_SECONDS * number / len(self.cookies))
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        tag = ""
        while not self.over.is_set():
            headers = {"Cookie": self.cookies[number], "X-Requested-With": "XMLHttpRequest", "If-None-Match": tag}
            status, new_tag, took = self._ask(line, f"{self.path}live/", headers)
            with self.lock:
                if status == 304:
                    self.unchanged.append(took)
                elif status == 200:
                    self.changed.append(took)
                    self.seen[number].append(time.time())
                else:
                    self.errors.append(f"a poll answered {status}")
            tag = new_tag
            self.over.wait(POLL_SECONDS)
        line.close()

    @staticmethod
    def _ask(line: http.client.HTTPConnection, path: str, headers: dict[str, str]) -> tuple[int, str, float]:
        """Status, tag, and milliseconds; once more on a new connection where the server had closed the old one."""
        for _ in range(3):
            with suppress(http.client.RemoteDisconnected, ConnectionError):
                started = time.perf_counter()
                line.request("GET", path, headers=headers)
                response = line.getresponse()
                response.read()
                return response.status, response.headers.get("ETag", ""), (time.perf_counter() - started) * 1000
            line.close()
        return 0, "", 0.0


def find_delay(written: float, seen: list[list[float]]) -> float:
    """Seconds from an entry until the last viewer had it: each one's first change after that moment."""
    firsts = [min((at for at in moments if at >= written), default=written + 60) for moments in seen]
    return max(firsts) - written
