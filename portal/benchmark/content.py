"""What the throw-away portal is filled with, and what is counted from inside it."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import Group
from django.contrib.sessions.backends.cached_db import SessionStore
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.crypto import get_random_string

from accounts.models import Team, User
from accounts.roles import READER
from oncall.models import Layer, Plan, PlanMember, Rotation, Service
from runbooks.transfer.importing import import_path

READER_EMAIL = "reader@benchmark.example"
PAGE_BYTES = {"short": 1_000, "page": 10_000, "long": 60_000}
WORDS = [
    "ferry",
    "pier",
    "ticket",
    "harbour",
    "tide",
    "gate",
    "winch",
    "ledger",
    "buoy",
    "deck",
    "quay",
    "anchor",
    "signal",
    "engine",
    "cargo",
    "pilot",
    "lock",
    "beacon",
    "crane",
    "hull",
    "rudder",
    "stern",
    "galley",
    "mast",
    "channel",
    "depth",
    "berth",
    "ballast",
    "bridge",
    "compass",
]


def read_texts(source: Path) -> list[str]:
    """The texts to multiply: every Markdown file below `source` that is more than a stub."""
    texts = [path.read_text(errors="replace").replace("\x00", "") for path in sorted(source.rglob("*.md"))]
    return [text for text in texts if len(text) > 300] or [make_text(5_000)]


def write_documents(texts: list[str], target: Path, number: int) -> None:
    """Write that many documents below `target`: the texts in turn, each with words of its own."""
    for n in range(number):
        words = random.Random(n)
        extra = " ".join(words.choices(WORDS, k=30))
        # Folders and files sort as they are numbered, so that the import meets the texts in turn.
        folder = target / "runbooks" / f"service-{n * 40 // number:02}"
        folder.mkdir(parents=True, exist_ok=True)
        file = folder / f"{n:05}-{words.choice(WORDS)}-{words.choice(WORDS)}.md"
        file.write_text(f"{texts[n % len(texts)]}\n\n## Notes {n}\n\n{extra.capitalize()}.\n")


def import_documents(folder: Path, part: int) -> tuple[float, float, float]:
    """Import them in one run; documents per second of the first `part`, of the last `part`, and of all.

    Raises RuntimeError when a document is rejected.
    """
    marks: list[float] = []

    def watch(paths: list[str]) -> Iterator[str]:
        for path in paths:
            marks.append(time.perf_counter())
            yield path

    outcome = import_path(folder, now=timezone.now(), progress=watch)
    marks.append(time.perf_counter())
    if outcome.rejected:
        raise RuntimeError(f"rejected: {outcome.rejected}")
    number = len(marks) - 1
    few = part / (marks[part] - marks[0])
    many = part / (marks[number - 1] - marks[number - 1 - part])
    return few, many, number / (marks[number] - marks[0])


def make_text(size: int) -> str:
    """A service runbook of about `size` bytes that has what runbooks have: facts, tables, commands, tasks, a ladder."""
    return "".join(_parts(size))


def _parts(size: int) -> Iterator[str]:
    head = (
        "# Pier gates\n\n**Service:** Gates\n**Owner:** Harbour\n**Review Frequency:** Quarterly\n\n## Escalation\n\n"
        "| Level | Contact | Response Time SLA |\n|---|---|---|\n| L1 | Duty engineer | 5 minutes |\n"
        "| L2 | Lead | 15 minutes |\n\n## Alerts\n\n| Alert | Severity | Threshold | Response |\n|---|---|---|---|\n"
        "| GateStuck | Critical | 1 gate for 2 min | Open by hand |\n\n"
    )
    yield head
    written, number = len(head), 0
    while written < size - 400:
        number += 1
        part = (
            f"## Procedure {number}\n\nTurn to [service-name] when gate {number} does not answer within 30 s.\n\n"
            f"### Step 1: Look\n\n```bash\n# Which gates are stuck\nkubectl -n [namespace] get pods -l gate={number}\n```\n\n"
            f"- [ ] The gate is named on the board\n- [ ] Nobody stands in it\n\n"
            f"### Step 2: Restart\n\n```bash\nkubectl -n [namespace] rollout restart deploy/gate-{number}\n```\n\n"
        )
        yield part
        written += len(part)


def write_pages(target: Path) -> None:
    """The runbooks whose reading page is measured: `gates/short`, `gates/page` (10 KB) and `gates/long`."""
    folder = target / "runbooks" / "gates"
    folder.mkdir(parents=True, exist_ok=True)
    for name, size in PAGE_BYTES.items():
        (folder / f"{name}.md").write_text(make_text(size))


def put_on_call(slug: str) -> None:
    """Give the service a team with a rotation of two layers, so that its pages say who is on call."""
    now = timezone.now()
    team = Team.objects.create(name=f"Team of {slug}", slug=f"team-of-{slug}", time_zone="Europe/London")
    rotation = Rotation.objects.create(team=team, name="On call", slug="on-call")
    for rank, name in enumerate(("Primary", "Backup"), start=1):
        person = User.objects.create_user(f"{name.lower()}@benchmark.example", display_name=f"{name} Sailor")
        layer = Layer.objects.create(rotation=rotation, name=name, rank=rank)
        plan = Plan.objects.create(
            layer=layer, effective_from=now, anchor_on=now.date(), time_zone=team.time_zone, created_at=now
        )
        PlanMember.objects.create(plan=plan, person=person, position=0)
    Service.objects.filter(slug=slug).update(team=team)


def find_administrator() -> User:
    """The first administrator, with access loaded as the login loads it."""
    user = User.objects.with_access().filter(is_superuser=True).order_by("pk").first()
    assert user is not None
    return user


def make_reader() -> User:
    """Somebody who may read, belongs to no team, and so does not see what is Confidential."""
    user = User.objects.filter(email=READER_EMAIL).first()
    if user is None:
        user = User.objects.create_user(READER_EMAIL, display_name="Reader of the benchmark")
        user.groups.add(Group.objects.get(name=READER))
    return User.objects.with_access().get(pk=user.pk)


def open_session() -> str:
    """The cookies of a browser in which the first administrator is logged in."""
    user = find_administrator()
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}; {settings.CSRF_COOKIE_NAME}={get_random_string(32)}"


def count_queries(paths: list[str]) -> list[int]:
    """SQL queries per page, the second time it is asked for, as a reader with a session."""
    client = Client(SERVER_NAME="localhost")
    client.force_login(find_administrator())
    counts = []
    for path in paths:
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            response = client.get(path)
        if response.status_code != 200:
            raise RuntimeError(f"{path} answered {response.status_code}")
        counts.append(len(queries))
    return counts
