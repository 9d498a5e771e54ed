"""Runbooks as rows, without the reading of a text: mornings look at dates and people alone."""

import datetime as dt
import hashlib

from oncall.models import Notification
from runbooks.models import Evidence, Reminder, Review, ReviewTask, Runbook, RunbookVersion, Snooze, Status
from tests.factories import NOW, make_service

TODAY = NOW.date()  # Tuesday, 17 November 2026
MORNING = dt.datetime(2026, 11, 17, 9, 0, tzinfo=dt.UTC)
DAY = dt.timedelta(days=1)
NO_TEXT = hashlib.sha256(b"").hexdigest()


def make_runbooks(*titles, service=None, rows=None, **fields):
    """Active runbooks of these titles, due in two months unless `next_review_on` says otherwise; or of these `rows`."""
    if rows is None:
        service = service or make_service(f"Desk of {titles[0]}")
        fields = {"next_review_on": TODAY + 60 * DAY, "service": service} | fields
        rows = [Runbook(title=title, slug=title.lower().replace(" ", "-"), **fields) for title in titles]
    made = Runbook.objects.bulk_create(rows)
    versions = RunbookVersion.objects.bulk_create(
        RunbookVersion(
            runbook=runbook,
            major=1,
            minor=0,
            sha256=NO_TEXT,
            status=Status.ACTIVE,
            status_changed_at=NOW,
            activated_at=NOW,
        )
        for runbook in made
    )
    for runbook, version in zip(made, versions, strict=True):
        runbook.shown_version = version
    Runbook.objects.bulk_update(made, ["shown_version"])
    return made


def make_runbook(title="Restore", **fields):
    return make_runbooks(title, **fields)[0]


def make_evidence(runbook, text="Something happened.", kind="flag", at=NOW, **fields):
    key = f"{kind}:{Evidence.objects.count()}"
    return Evidence.objects.create(
        runbook=runbook, kind=kind, key=key, text=text, asks=fields.pop("asks", True), noticed_at=at, **fields
    )


def make_snooze(runbook, person, until, at=NOW, **fields):
    return Snooze.objects.create(
        runbook=runbook, until=until, reason="Being rebuilt", snoozed_by=person, snoozed_at=at, **fields
    )


def make_task(runbook, owner, due_on, text="Write the rollback down"):
    review = Review.objects.create(
        runbook=runbook, version_number="1.0", answer=Review.Answer.WORK, reviewed_by=owner, reviewed_at=NOW
    )
    return ReviewTask.objects.create(
        review=review, runbook=runbook, owner=owner, text=text, due_on=due_on, created_at=NOW
    )


def list_told(**filters):
    """All lines that were told, as (person, runbook, key)."""
    rows = Reminder.objects.filter(**filters).order_by("person", "runbook", "key")
    return [(row.person.display_name, row.runbook.title, row.key) for row in rows.select_related("person", "runbook")]


def list_hearers():
    """Who was told anything."""
    return sorted(set(Reminder.objects.values_list("person__display_name", flat=True)))


def list_lines(person):
    """The lines of the person's newest message."""
    told = Notification.objects.filter(person=person).order_by("-pk").first()
    return [item["text"] for item in told.items] if told else []
