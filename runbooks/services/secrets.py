"""Credentials are refused when a text is saved; an approver may allow a line that only looks like one."""

from __future__ import annotations

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.errors import require
from accounts.models import User
from runbooks.errors import Refused, SecretFound
from runbooks.models import AllowedLine, Runbook
from runbooks.secrets import Secret, find_secrets, split_lines

MAX_REASON = 300


def check_secrets(markdown: str, runbook: Runbook | None = None) -> None:
    """Raise SecretFound when the text holds a credential on a line that nobody allowed, in this runbook or in all."""
    found = find_refused(markdown, runbook)
    if found:
        raise SecretFound(found)


def check_words(words: str, where: str) -> None:
    """Raise Refused when words beside a text (a summary, a note) hold a credential; nothing is allowed there."""
    found = find_secrets(words)
    if found:
        raise Refused(f"{where} holds what looks like a credential ({found[0].kind}). Say it without.")


def find_refused(markdown: str, runbook: Runbook | None = None) -> tuple[Secret, ...]:
    """The credentials of a text that are not allowed, in the order of their lines."""
    found = find_secrets(markdown)
    if not found:
        return ()
    allowed = set(allowed_in(runbook).values_list("fingerprint", flat=True))
    lines = split_lines(markdown)
    return tuple(secret for secret in found if not allowed & _possible_prints(lines, secret))


def find_allowed(markdown: str, runbook: Runbook) -> list[tuple[AllowedLine, Secret | None]]:
    """What was allowed and counts for this runbook, with its place in the text; a line allowed in all only where it is."""
    lines = split_lines(markdown)
    places = {one: secret for secret in reversed(find_secrets(markdown)) for one in _possible_prints(lines, secret)}
    allowed = allowed_in(runbook).select_related("allowed_by")
    return [(row, places.get(row.fingerprint)) for row in allowed if row.runbook_id or row.fingerprint in places]


def allowed_in(runbook: Runbook | None) -> QuerySet[AllowedLine]:
    """Allowed lines that count in this runbook; for a runbook that is not there yet, those allowed everywhere."""
    everywhere = Q(runbook__isnull=True)
    return AllowedLine.objects.filter(everywhere | Q(runbook=runbook) if runbook and runbook.pk else everywhere)


def fingerprint(markdown: str, secret: Secret) -> str:
    """What stands for a line (for a private key: its lines) without giving it away: it is keyed, so nobody can try guesses."""
    return _print(split_lines(markdown), secret, settings.SECRET_KEY)


@transaction.atomic
def allow_lines(
    runbook: Runbook,
    markdown: str,
    reasons: Mapping[str, str],
    *,
    everywhere: bool = False,
    user: User,
    now: dt.datetime,
) -> list[AllowedLine]:
    """Allow those lines of a text whose fingerprint has a reason, in this runbook or `everywhere`.

    Only what looks like a credential can be allowed; other fingerprints allow nothing. Raises NotAllowed.
    """
    lines = split_lines(markdown)
    found = {_print(lines, secret, settings.SECRET_KEY): secret for secret in find_refused(markdown, runbook)}
    place = None if everywhere else runbook
    return [
        allow_line(place, one, secret.kind, reason=reasons[one], user=user, now=now)
        for one, secret in found.items()
        if one in reasons
    ]


@transaction.atomic
def allow_line(
    runbook: Runbook | None, fingerprint: str, kind: str, *, reason: str, user: User, now: dt.datetime
) -> AllowedLine:
    """Allow one line by its fingerprint, in one runbook or (None) in all; allowed already, it stays as it was.

    Who, when and why is kept for ever. Raises NotAllowed, or Refused without a reason, with one that is too long, or with
    one that holds a credential itself.
    """
    require(user, "runbooks.add_allowedline", "allow a line that looks like a credential")
    reason = " ".join(reason.split())
    if not reason:
        raise Refused("Say why the line may stay; the reason is kept with it.")
    if len(reason) > MAX_REASON or "\x00" in reason:
        raise Refused(f"The reason is a sentence of at most {MAX_REASON} characters.")
    if find_secrets(reason):
        raise Refused("The reason holds what looks like a credential itself. Say it in other words.")
    values = {"kind": kind[:80], "reason": reason, "allowed_by": user, "allowed_at": now}
    row, _ = AllowedLine.objects.get_or_create(runbook=runbook, fingerprint=fingerprint, defaults=values)
    return row


def _possible_prints(lines: list[str], secret: Secret) -> set[str]:
    """A line's fingerprints under the present key, and under former ones while the portal still takes those."""
    return {_print(lines, secret, key) for key in map(str, (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS))}


def _print(lines: list[str], secret: Secret, key: str) -> str:
    words = "\n".join(line.strip() for line in lines[secret.line - 1 : secret.last_line])
    return hmac.new(
        f"runbooks.allowed_line:{key}".encode(), words.encode("utf-8", "replace"), hashlib.sha256
    ).hexdigest()
