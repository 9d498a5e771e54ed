"""What follows when a text becomes the active one, whether people brought it there or it came in from outside."""

from __future__ import annotations

import datetime as dt

from accounts.models import User
from runbooks.models import Runbook, RunbookVersion
from runbooks.services.freshness import refresh_freshness
from runbooks.services.links import record_links
from runbooks.services.review_tasks import close_tasks
from runbooks.services.routine import follow_text


def after_activation(runbook: Runbook, version: RunbookVersion, user: User | None, now: dt.datetime) -> None:
    """Called at the end of the transaction that made `version` active; the runbook is locked. Nobody: it was imported."""
    close_tasks(runbook, version, user=user, now=now)
    follow_text(runbook, now)
    record_links(runbook, now)
    refresh_freshness([runbook.pk], now)
