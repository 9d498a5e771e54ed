"""Texts that arrive from outside, whole: import and example content. And reading a stored text again."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from runbooks.models import DraftSave, Runbook, RunbookVersion, Status
from runbooks.rendering import Reading, Resolve, understand
from runbooks.search.index import index_version, refresh_state
from runbooks.services.activation import after_activation
from runbooks.services.common import (
    lock_runbook,
    next_number,
    refresh_shown_version,
    save_review_facts,
    take_review_facts,
)
from runbooks.services.lifecycle import supersede_active
from runbooks.services.secrets import check_secrets
from runbooks.sources import resolver_for


@transaction.atomic
def publish_text(
    runbook: Runbook,
    markdown: str,
    reading: Reading,
    *,
    status: str,
    author: User | None,
    now: dt.datetime,
    change_summary: str,
    approver: User | None = None,
    number: tuple[int, int] | None = None,
) -> RunbookVersion:
    """Add a version that was agreed on elsewhere, as `active` or as `draft`; `number` is the next minor one by default.

    An active one supersedes the last one. An open draft that people work on in the portal is left alone: a new active
    version goes in beside it; a new draft text becomes the draft's next save, its former text stays among the saves.
    """
    runbook = lock_runbook(runbook.pk)
    check_secrets(markdown, runbook)
    if status == Status.DRAFT:
        open_version = runbook.versions.open().first()
        if open_version is not None:
            return _replace_draft(runbook, open_version, markdown, reading, author, now)
    major, minor = number or next_number(runbook, "minor")
    version = RunbookVersion(
        runbook=runbook,
        major=major,
        minor=minor,
        markdown=markdown,
        author=author,
        change_summary=change_summary[:500],
        status=status,
        status_changed_at=now,
    )
    reading.put_on(version)
    if status == Status.ACTIVE:
        supersede_active(runbook, now)
        version.activated_at, version.activated_by = now, approver or author
        version.approved_at, version.approved_by = (now, approver) if approver else (None, None)
    version.save()
    if status == Status.DRAFT:
        DraftSave.objects.create(version=version, revision=1, markdown=markdown, author=author, saved_at=now)
    if status == Status.ACTIVE or runbook.shown_version_id is None:  # what a draft says counts when it is active
        take_review_facts(runbook, reading.document, now.date())
        save_review_facts(runbook)
    refresh_shown_version(runbook)
    refresh_state(runbook)
    index_version(version)
    if status == Status.ACTIVE:
        after_activation(runbook, version, version.activated_by, now)
    return version


def _replace_draft(
    runbook: Runbook,
    version: RunbookVersion,
    markdown: str,
    reading: Reading,
    author: User | None,
    now: dt.datetime,
) -> RunbookVersion:
    version.markdown = markdown
    version.revision += 1
    if version.status != Status.DRAFT:
        version.status, version.status_changed_at = Status.DRAFT, now
        version.approved_by = version.approved_at = None
    reading.put_on(version)
    version.save()
    DraftSave.objects.create(version=version, revision=version.revision, markdown=markdown, author=author, saved_at=now)
    refresh_shown_version(runbook)
    index_version(version)
    return version


def reread_version(version: RunbookVersion, resolve: Resolve | None = None) -> None:
    """Make again what is derived from a version's text: after the reader learned something, or links found their target."""
    runbook = version.runbook
    reading = understand(version.markdown, path=runbook.source_path, resolve=resolve or resolver_for(runbook))
    reading.put_on(version)
    version.save(update_fields=list(reading.fields))
    index_version(version)
    runbook.save(update_fields=["updated_at"])  # its page is made again
