"""Lines that only look like a credential, allowed by an approver from the editor that refused them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from accounts.http import Request
from runbooks.models import Runbook
from runbooks.secrets import Secret
from runbooks.services import EditBase, allow_lines, find_refused, put_together, text_of_base
from runbooks.services.secrets import fingerprint

Shown = dict[str, Any]
MOST_SHOWN = 20
EVERYWHERE = "everywhere"
PREFIX = "allow-"  # and the line's fingerprint, so that a reason never meets another line than the one it was given for


def allow_posted_lines(request: Request, runbook: Runbook, data: dict[str, Any]) -> None:
    """Allow what the form gives a reason for; `data` is the cleaned edit form. Raises Refused."""
    given = {name.removeprefix(PREFIX): str(value) for name, value in request.POST.items() if name.startswith(PREFIX)}
    reasons = {print_: reason for print_, reason in given.items() if reason.strip() and print_ != EVERYWHERE}
    if not reasons:
        return
    allow_lines(
        runbook,
        _put_whole(runbook, data),
        reasons,
        everywhere=f"{PREFIX}{EVERYWHERE}" in request.POST,
        user=request.user,
        now=timezone.now(),
    )


def describe_found(request: Request, runbook: Runbook, found: tuple[Secret, ...], data: dict[str, Any]) -> Shown:
    """The refused lines for the form: where, what kind, and the reason given so far. Never the line itself."""
    is_of_section = bool(data["section"]) and find_refused(data["markdown"], runbook) == found
    markdown = data["markdown"] if is_of_section else _put_whole(runbook, data)
    names = [(secret, f"{PREFIX}{fingerprint(markdown, secret)}") for secret in found]
    rows = [{"secret": secret, "name": name, "reason": request.POST.get(name, "")} for secret, name in names]
    more = len(rows[MOST_SHOWN:])
    return {
        "refused_lines": rows[:MOST_SHOWN],
        "refused_more": more,
        "is_of_whole": data["section"] and not is_of_section,
    }


def _put_whole(runbook: Runbook, data: dict[str, Any]) -> str:
    base = EditBase.parse(data["base"])
    return put_together(text_of_base(runbook, base), data["markdown"], data["section"])
