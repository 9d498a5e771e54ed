"""Runs as people leave them, for tests of what comes afterwards."""

import datetime as dt

from incidents.models import Run
from incidents.services.runs import finish_run, flag_step, settle_step, skip_step, start_run
from runbooks.models import Runbook
from tests.factories import NOW, make_published

CHECKLIST = """\
# Ticket desk

## Restart

- [ ] Tell the pier
- [ ] Drain the queue
- [ ] Restart `desk`
- [ ] Look at the board

## Afterwards

Nothing.
"""


def minutes(count: float) -> dt.datetime:
    """So many minutes after the beginning."""
    return NOW + dt.timedelta(minutes=count)


def make_run(user, *, runbook: Runbook | None = None, section="restart", text=CHECKLIST, now=NOW, **fields) -> Run:
    """A run that has begun; a drill unless the keywords say else."""
    runbook = runbook or make_published(text=text)
    version = fields.pop("version", None) or runbook.shown_version
    version.runbook = runbook
    purpose = fields.pop("purpose", "incident" if fields.get("incident") else "drill")
    return start_run(version, section, purpose=purpose, user=user, now=now, **fields)


def go_through(run: Run, user, *, skip=(), flag=None, now=NOW, every=2) -> Run:
    """Settle all steps in order, one every two minutes; `skip` and `flag` (words and suggestion) name steps by number."""
    for number, step in enumerate(run.steps.order_by("position"), start=1):
        at = now + dt.timedelta(minutes=every * number)
        if number in (flag or {}):
            text, suggestion = flag[number]
            flag_step(step, text, suggestion=suggestion, user=user, now=at)
        if number in skip:
            skip_step(step, "not needed today", user=user, now=at)
        else:
            settle_step(step, user=user, now=at)
    return finish_run(run, user=user, now=now + dt.timedelta(minutes=every * run.steps.count()))
