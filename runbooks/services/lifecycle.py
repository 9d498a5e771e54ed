"""From draft to active, and to the end: who may take which step, and what each step does."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.db import transaction

from accounts.errors import require
from accounts.models import User
from runbooks.errors import FourEyes, Refused, WrongStatus
from runbooks.models import Runbook, RunbookVersion, Status
from runbooks.reading import read
from runbooks.search.index import refresh_state
from runbooks.services.activation import after_activation
from runbooks.services.common import (
    lock_runbook,
    lock_version,
    refresh_shown_version,
    save_review_facts,
    take_review_facts,
)
from runbooks.services.gates import check_gates
from runbooks.services.routine import follow_text
from runbooks.services.secrets import check_words


@transaction.atomic
def submit_version(version: RunbookVersion, *, user: User, now: dt.datetime) -> RunbookVersion:
    """Draft → In review."""
    require(user, "runbooks.change_runbook", "submit runbooks for review")
    version = _lock_in(version, Status.DRAFT, "submitted for review")
    return _move(version, Status.REVIEW, now, review_note="")


@transaction.atomic
def send_back_version(version: RunbookVersion, *, user: User, note: str, now: dt.datetime) -> RunbookVersion:
    """In review or approved → Draft, with a word on what is missing."""
    require(user, "runbooks.approve_runbookversion", "send a version back")
    version = _lock_in(version, (Status.REVIEW, Status.APPROVED), "sent back")
    if not note.strip():
        raise Refused("Say what is missing, so that the author can mend it.")
    check_words(note, "The note")
    return _move(version, Status.DRAFT, now, review_note=note.strip(), approved_by=None, approved_at=None)


@transaction.atomic
def approve_version(version: RunbookVersion, *, user: User, now: dt.datetime) -> RunbookVersion:
    """In review → Approved. Raises FourEyes for anybody who wrote any of it, while the setting FOUR_EYES is on."""
    require(user, "runbooks.approve_runbookversion", "approve versions")
    version = _lock_in(version, Status.REVIEW, "approved")
    if settings.FOUR_EYES and version.was_written_by(user):
        raise FourEyes("You wrote part of this version, so somebody else has to approve it.")
    return _move(version, Status.APPROVED, now, approved_by=user, approved_at=now)


@transaction.atomic
def activate_version(version: RunbookVersion, *, user: User, now: dt.datetime) -> RunbookVersion:
    """Approved → Active; the version that was active is superseded in the same transaction."""
    require(user, "runbooks.activate_runbookversion", "activate versions")
    version = _lock_in(version, Status.APPROVED, "activated")
    if version.runbook.is_retired:
        raise WrongStatus("This runbook is retired. Reinstate it before you activate a version.")
    check_gates(version, now)
    supersede_active(version.runbook, now)
    _move(version, Status.ACTIVE, now, activated_by=user, activated_at=now)
    runbook = version.runbook
    take_review_facts(runbook, read(version.markdown, path=runbook.source_path), now.date())
    save_review_facts(runbook)
    refresh_shown_version(runbook)
    refresh_state(runbook)
    after_activation(runbook, version, user, now)
    return version


@transaction.atomic
def retire_runbook(runbook: Runbook, *, user: User, now: dt.datetime) -> Runbook:
    """Take a runbook out of use. It stays readable with a banner, and out of lists, reminders and reviews."""
    require(user, "runbooks.retire_runbook", "retire runbooks")
    runbook = lock_runbook(runbook.pk)
    if runbook.is_retired:
        raise WrongStatus("This runbook is already retired.")
    runbook.retired_at = now
    runbook.save(update_fields=["retired_at", "updated_at"])
    follow_text(runbook, now)
    return runbook


@transaction.atomic
def reinstate_runbook(runbook: Runbook, *, user: User, now: dt.datetime) -> Runbook:
    """Take a retired runbook back into use."""
    require(user, "runbooks.retire_runbook", "reinstate runbooks")
    runbook = lock_runbook(runbook.pk)
    if not runbook.is_retired:
        raise WrongStatus("This runbook is in use.")
    runbook.retired_at = None
    runbook.save(update_fields=["retired_at", "updated_at"])
    follow_text(runbook, now)
    return runbook


def supersede_active(runbook: Runbook, now: dt.datetime) -> None:
    """Active → Superseded, when the locked runbook has an active version."""
    runbook.versions.active().update(status=Status.SUPERSEDED, status_changed_at=now, superseded_at=now)


def _lock_in(version: RunbookVersion, wanted: Status | tuple[Status, ...], done: str) -> RunbookVersion:
    version = lock_version(version)
    allowed = wanted if isinstance(wanted, tuple) else (wanted,)
    if version.status not in allowed:
        raise WrongStatus(
            f"Version {version.number} is {version.get_status_display().lower()}; "
            f"only {' or '.join(s.label.lower() for s in allowed)} versions can be {done}."
        )
    return version


def _move(version: RunbookVersion, status: Status, now: dt.datetime, **fields: object) -> RunbookVersion:
    """Set the status and what comes with it, in one UPDATE that touches nothing else."""
    fields |= {"status": status, "status_changed_at": now}
    for name, value in fields.items():
        setattr(version, name, value)
    version.save(update_fields=list(fields))
    version.runbook.save(update_fields=["updated_at"])
    return version
