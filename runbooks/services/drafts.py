"""Writing: new runbooks, drafts, saves that meet each other, restored texts."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.errors import require
from accounts.models import User
from oncall.models import Service
from runbooks.errors import EditConflict, NotAllowed, OpenVersionExists, WrongStatus
from runbooks.models import DraftSave, Runbook, RunbookVersion, Status, WorkingCopy
from runbooks.rendering import check_text, understand
from runbooks.search.index import index_version
from runbooks.services.bases import EditBase, put_together, text_of_base
from runbooks.services.common import (
    free_slug,
    lock_runbook,
    lock_version,
    next_number,
    refresh_shown_version,
    save_review_facts,
    take_review_facts,
)
from runbooks.services.secrets import check_secrets, check_words
from runbooks.sources import resolver_for


@transaction.atomic
def create_runbook(
    *,
    service: Service,
    title: str,
    kind: str,
    markdown: str,
    author: User,
    now: dt.datetime,
    change_summary: str = "First version",
) -> RunbookVersion:
    """Make a runbook with version 1.0 as a draft. Raises NotAllowed, TextRefused, or ValidationError for bad fields."""
    require(author, "runbooks.add_runbook", "write runbooks")
    check_text(markdown)
    check_secrets(markdown)
    runbook = Runbook(service=service, team=service.team, title=title.strip(), kind=kind, owner=author)
    runbook.slug = free_slug(service.pk, title)
    runbook.full_clean()
    runbook.save()
    return add_draft(runbook, markdown, author=author, summary=change_summary, bump="minor", now=now)


def save_edit(
    runbook: Runbook,
    *,
    base: EditBase,
    markdown: str,
    author: User,
    now: dt.datetime,
    change_summary: str = "",
    bump: str = "minor",
    section: str = "",
) -> RunbookVersion:
    """Save what somebody wrote into the open version, or into a new draft when there is none.

    `base` says what they started from; with `section` (an anchor), `markdown` is that section of it alone. When that is
    no longer the newest text, nothing is overwritten: the late text is kept beside it and EditConflict is raised. A
    version in review or approved goes back to draft, for its text is new. What was kept as they wrote is forgotten.
    """
    require(author, "runbooks.change_runbook", "edit runbooks")
    try:
        return _save_if_newest(runbook, base, markdown, author, now, change_summary, bump, section)
    except EditConflict as conflict:
        # The refused attempt was rolled back as a whole; the text itself is kept all the same.
        keep_late_text(conflict, base=base, author=author, now=now)
        raise


def keep_late_text(conflict: EditConflict, *, base: EditBase, author: User, now: dt.datetime) -> None:
    """Keep a text that came too late. `save_edit` does; so must whoever undoes a transaction around it."""
    DraftSave.objects.create(
        version=conflict.version,
        revision=base.revision,
        markdown=conflict.mine,
        author=author,
        is_accepted=False,
        saved_at=now,
    )


@transaction.atomic
def _save_if_newest(
    runbook: Runbook,
    base: EditBase,
    markdown: str,
    author: User,
    now: dt.datetime,
    summary: str,
    bump: str,
    section: str,
) -> RunbookVersion:
    runbook = lock_runbook(runbook.pk)
    if runbook.is_retired:
        raise WrongStatus("This runbook is retired. Reinstate it before you edit it.")
    started_from = text_of_base(runbook, base)
    markdown = put_together(started_from, markdown, section)
    check_text(markdown)
    check_secrets(markdown, runbook)
    check_words(summary, "What changed")
    newest = runbook.versions.open().first() or runbook.versions.active().first()
    if newest is None:
        raise WrongStatus("This draft was discarded while you were writing. Your text is below.")
    newest.runbook = runbook
    if (newest.pk, newest.revision) != (base.version_id, base.revision):
        raise EditConflict(newest, base=started_from, mine=markdown)
    WorkingCopy.objects.filter(runbook=runbook, author=author).delete()
    if not newest.is_open:
        return add_draft(runbook, markdown, author=author, summary=summary, bump=bump, now=now)
    return _overwrite(newest, markdown, author, summary, bump, now)


@transaction.atomic
def restore_version(version: RunbookVersion, *, author: User, now: dt.datetime) -> RunbookVersion:
    """Make an earlier text a new draft. Raises OpenVersionExists while another version is on its way."""
    require(author, "runbooks.change_runbook", "edit runbooks")
    version = lock_version(version)
    open_version = version.runbook.versions.open().first()
    if open_version is not None:
        raise OpenVersionExists(
            f"Version {open_version.number} is already {open_version.get_status_display().lower()}. "
            "Activate or discard it before you restore an earlier text."
        )
    check_secrets(version.markdown, version.runbook)
    summary = f"Restores version {version.number}"
    return add_draft(version.runbook, version.markdown, author=author, summary=summary, bump="minor", now=now)


@transaction.atomic
def discard_draft(version: RunbookVersion, *, user: User) -> None:
    """Throw an open version away. Its writers may, and approvers; a runbook that has no other version goes with it."""
    version = lock_version(version)
    if not version.is_open:
        raise WrongStatus(f"Version {version.number} is {version.get_status_display().lower()} and stays.")
    may_approve = user.has_perm("runbooks.approve_runbookversion")
    wrote_it = user.pk in set(version.saves.values_list("author_id", flat=True))
    if not (may_approve or (wrote_it and user.has_perm("runbooks.change_runbook"))):
        raise NotAllowed("Only those who wrote a draft, or an approver, may discard it.")
    runbook = version.runbook
    WorkingCopy.objects.filter(runbook=runbook, author=user).delete()
    version.delete()
    if runbook.versions.exists():
        refresh_shown_version(runbook)
    else:
        runbook.delete()


def add_draft(
    runbook: Runbook, markdown: str, *, author: User | None, summary: str, bump: str, now: dt.datetime
) -> RunbookVersion:
    """Give a locked runbook a new draft with the next number."""
    major, minor = next_number(runbook, bump)
    version = RunbookVersion(
        runbook=runbook,
        major=major,
        minor=minor,
        markdown=markdown,
        author=author,
        change_summary=summary.strip()[:500],
        status_changed_at=now,
    )
    reading = understand(markdown, path=runbook.source_path, resolve=resolver_for(runbook))
    reading.put_on(version)
    version.save()
    _record_save(version, author, now)
    if runbook.shown_version_id is None:
        take_review_facts(runbook, reading.document, now.date())
        save_review_facts(runbook)
    refresh_shown_version(runbook)
    index_version(version)
    return version


def _overwrite(
    version: RunbookVersion, markdown: str, author: User, summary: str, bump: str, now: dt.datetime
) -> RunbookVersion:
    """The next save of an open version."""
    version.markdown = markdown
    version.change_summary = summary.strip()[:500] or version.change_summary
    version.revision += 1
    if bump == "major" and version.minor:
        version.major, version.minor = version.major + 1, 0
    if version.status != Status.DRAFT:
        version.status, version.status_changed_at = Status.DRAFT, now
        version.approved_by, version.approved_at = None, None
    understand(markdown, path=version.runbook.source_path, resolve=resolver_for(version.runbook)).put_on(version)
    version.save()
    _record_save(version, author, now)
    refresh_shown_version(version.runbook)
    index_version(version)
    return version


def _record_save(version: RunbookVersion, author: User | None, now: dt.datetime) -> None:
    DraftSave.objects.create(
        version=version, revision=version.revision, markdown=version.markdown, author=author, saved_at=now
    )
