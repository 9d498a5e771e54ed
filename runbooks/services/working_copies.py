"""Words on their way: kept on the server while somebody writes, before they save. No version changes by it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.errors import require
from accounts.models import User
from runbooks.models import Runbook, WorkingCopy
from runbooks.rendering import check_text
from runbooks.services.bases import EditBase, put_together, text_of_base
from runbooks.services.secrets import check_secrets, check_words


def find_working_copy(runbook: Runbook, author: User) -> WorkingCopy | None:
    """What this person wrote into the runbook and did not save yet. Nobody else's is ever given."""
    return WorkingCopy.objects.filter(runbook=runbook, author=author).first()


@transaction.atomic
def keep_working_copy(
    runbook: Runbook,
    *,
    base: EditBase,
    markdown: str,
    author: User,
    now: dt.datetime,
    section: str = "",
    change_summary: str = "",
) -> WorkingCopy | None:
    """Keep what somebody is writing; None when it says what is saved already, and so nothing has to be kept.

    `section` says that `markdown` is that section of the text the edit started from. Raises NotAllowed, TextRefused,
    SecretFound, or WrongStatus when a section's text is not there any more.
    """
    require(author, "runbooks.change_runbook", "edit runbooks")
    check_text(markdown)
    # Of a section alone: the rest is saved already, and lines are those the writer sees.
    check_secrets(markdown, runbook)
    check_words(change_summary, "What changed")
    whole = put_together(text_of_base(runbook, base), markdown, section)
    check_text(whole)
    newest = runbook.versions.open().first() or runbook.versions.active().first()
    said = newest.change_summary if newest and newest.is_open else ""
    if newest and whole == newest.markdown and change_summary.strip() in ("", said):
        discard_working_copy(runbook, author)
        return None
    values = {"base": str(base), "markdown": whole, "change_summary": change_summary.strip()[:500], "saved_at": now}
    copy, _ = WorkingCopy.objects.update_or_create(runbook=runbook, author=author, defaults=values)
    return copy


def discard_working_copy(runbook: Runbook, author: User) -> bool:
    """Forget what this person wrote and did not save. Whether there was anything."""
    deleted, _ = WorkingCopy.objects.filter(runbook=runbook, author=author).delete()
    return deleted > 0
