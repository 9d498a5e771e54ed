"""Runs that went quiet: asking once whether they still go on. Nothing is ended by itself."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from accounts.models import User
from incidents.models import OVER, Run, StepEvent
from incidents.models.run import RunQuerySet
from incidents.services.run_rows import lock_going, tell, touch
from oncall.models import Kind
from oncall.outbox import notify, notify_team

AFTER_INCIDENT = dt.timedelta(hours=1)  # without a step in a run whose incident is over


def find_quiet(now: dt.datetime) -> RunQuerySet:
    """Runs that go on and that nobody touched for RUN_QUIET_HOURS, or for an hour where their incident is over; without
    those that were asked about since."""
    long_ago = now - min(dt.timedelta(hours=settings.RUN_QUIET_HOURS), dt.timedelta(days=365))
    return Run.objects.going().filter(
        Q(last_activity_at__lte=long_ago)
        | Q(incident__status__in=OVER, incident__resolved_at__lte=now - AFTER_INCIDENT)
        & Q(last_activity_at__lte=now - AFTER_INCIDENT),
        Q(asked_at__isnull=True) | Q(asked_at__lt=F("last_activity_at")),
    )


def ask_about_runs(now: dt.datetime) -> int:
    """Ask about each run that went quiet, each once for a silence, however many workers do this. How many were asked."""
    asked = 0
    for pk in list(find_quiet(now).order_by("last_activity_at").values_list("pk", flat=True)):
        asked += _ask(pk, now)
    return asked


@transaction.atomic
def keep_going(run: Run, *, user: User, now: dt.datetime) -> Run:
    """It still goes on: the question goes away, and comes back only after another silence."""
    held = lock_going(run, user, "say that a run goes on")
    touch(held, now)
    tell(held, f"said that the run “{held.title}” still goes on", user=user, now=now, do="kept")
    return held


@transaction.atomic
def _ask(pk: int, now: dt.datetime) -> bool:
    """Whether this was asked now. A run that another worker or a person holds is left to them."""
    found = find_quiet(now).filter(pk=pk).select_for_update(of=("self",), skip_locked=True)
    run = found.select_related("runbook__team", "runbook__service__team", "started_by", "incident").first()
    if run is None:
        return False
    Run.objects.filter(pk=run.pk).update(asked_at=now)
    told = [_tell(run, person, now) for person in _find_people(run)]
    team = run.runbook.team or run.runbook.service.team
    if not any(told) and team is not None:
        notify_team(team, key=_key(run), now=now, **_words(run))
    return True


def _find_people(run: Run) -> list[User]:
    """Whoever started it, and whoever worked on it last, as far as they are still here and may know of it."""
    last = StepEvent.objects.filter(step__run=run).select_related("person").order_by("-at", "-pk").first()
    people = {run.started_by.pk: run.started_by}
    if last is not None:
        people.setdefault(last.person.pk, last.person)
    return [one for one in people.values() if one.is_active and Run.objects.visible_to(one).filter(pk=run.pk).exists()]


def _tell(run: Run, person: User, now: dt.datetime) -> bool:
    return notify(key=f"{_key(run)}:user:{person.pk}", to=person, now=now, **_words(run)) is not None


def _key(run: Run) -> str:
    """Names the silence: after another one the question is another."""
    return f"run-asked:{run.pk}:{run.last_activity_at:%Y%m%dT%H%M%S}"


def _words(run: Run) -> dict:
    about = f" of {run.incident.reference}" if run.incident else ""
    return {
        "kind": Kind.INCIDENT,
        "subject": f"Is this run still going on? {run.title}",
        "text": f"The run “{run.title}”{about} has been quiet since {run.last_activity_at:%Y-%m-%d %H:%M} UTC.\n\n"
        "Go on with it, finish it, or stop it and say why. Nothing happens by itself.",
        "url": run.get_absolute_url(),
        "action": "Look at the run",
    }
