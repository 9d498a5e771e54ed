"""A link dead for three days tells on the runbooks that lead there; one that answers again takes it back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from django.urls import reverse

from runbooks.models import Evidence, ExternalLink, LinkUse
from runbooks.services.evidence import Noticed, notice
from runbooks.services.links.timing import TELL_AFTER


def list_keys(link: ExternalLink, runbook_ids: Iterable[int]) -> list[str]:
    """What names the evidence of a dead link, for each runbook: once for every time it dies."""
    return [_make_key(link, pk) for pk in runbook_ids]


def notice_dead(link: ExternalLink, now: dt.datetime, runbook_id: int | None = None) -> int:
    """Say of runbooks in use (or of that one) that a link has been dead for three days, when it has; how many are told anew."""
    if link.dead_since is None or now - link.dead_since < TELL_AFTER:
        return 0
    uses = LinkUse.objects.filter(link=link, runbook__retired_at__isnull=True).select_related("runbook__service")
    uses = uses.filter(runbook=runbook_id) if runbook_id else uses
    first = {use.runbook_id: use for use in uses.order_by("-runbook", "-line")}
    return notice([_describe(use, link) for use in first.values()], now)


def _make_key(link: ExternalLink, runbook_id: int) -> str:
    day = link.dead_since.astimezone(dt.UTC).date() if link.dead_since else ""
    return f"link:{link.sha256[:16]}:{day}:runbook:{runbook_id}"


def _describe(use: LinkUse, link: ExternalLink) -> Noticed:
    since = link.dead_since.astimezone(dt.UTC) if link.dead_since else None
    day = f"{since.day} {since:%B}" if since else ""
    named = (use.text or link.url)[:120]
    url = reverse("runbooks:readiness", args=[use.runbook.service.slug, use.runbook.slug])
    text = f"The link “{named}” is dead since {day}: {link.said}"
    return Noticed(use.runbook_id, Evidence.Kind.LINK, _make_key(link, use.runbook_id), text, url)
