"""A runbook with routine tasks, and the people who tick them."""

import datetime as dt

from accounts.roles import RESPONDER
from runbooks.models import RoutineTask, RoutineTick, Status
from runbooks.rendering import understand
from runbooks.services import publish_text
from tests.factories import NOW, make_published, make_service, make_team, make_user, reload_user

DAY = dt.timedelta(days=1)
TEXT = """\
# Ticket desk

## Daily checks

- [ ] Look at the error rate
- [x] Check the disk of the ledger

## Weekly tasks

- [ ] Restore a backup

## Before a deployment

- [ ] Tell the harbour
"""


def make_routine(title="Ticket desk", *, team=None, text=TEXT, **extra):
    """An active runbook with two daily tasks and a weekly one, since a year ago. NOW is Tuesday, 17 November 2026."""
    service = extra.pop("service", None) or make_service(f"Service of {title}", team=team)
    runbook = make_published(title, text=text, service=service, **extra)
    RoutineTask.objects.filter(runbook=runbook).update(started_on=NOW.date() - 365 * DAY)
    return runbook


def publish(runbook, text, now=NOW):
    publish_text(runbook, text, understand(text), status=Status.ACTIVE, author=None, now=now, change_summary="Changed")


def join(team, name, role=RESPONDER):
    person = make_user(name, role=role)
    team.memberships.create(user=person)
    return reload_user(person)


def make_people():
    """The team Harbour with ada and ben, in Lisbon; and cy, who is in none."""
    team = make_team("Harbour")
    return team, join(team, "ada"), join(team, "ben"), make_user("cy", role=RESPONDER)


def get_task(text="Look at the error rate"):
    return RoutineTask.objects.get(text=text)


def tick_on(task, day, user, state="done", note=""):
    """A tick of another period, as if it had been given then."""
    at = dt.datetime.combine(day, dt.time(10), dt.UTC)
    return RoutineTick.objects.create(task=task, period=day, state=state, note=note, ticked_by=user, ticked_at=at)
