"""The states of a link as they are shown: what each is called, its tone, and what it is filtered by."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from runbooks.models import ExternalLink

State = ExternalLink.State
# The order of the filters: what is to be looked at comes first.
STATES = {
    State.DEAD: ("Dead", "danger"),
    State.UNSURE: ("Can’t be told", "warn"),
    State.LEFT: ("Not asked", ""),
    State.UNKNOWN: ("Not checked yet", ""),
    State.ALIVE: ("Answering", "good"),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps the portal from knowing, as a sentence for the top of a page."""

    text: str
    tone: str = "warn"


def find_trouble() -> Trouble | None:
    """Whether links are asked at all, and whether anybody answers; two queries at most."""
    if not settings.LINK_CHECKS:
        return Trouble(
            "Links are not asked here: LINK_CHECKS is off. What is below is as old as the last check.", "info"
        )
    silent = ExternalLink.objects.filter(failing_since__isnull=False, status__isnull=True)
    last_failure = silent.order_by("-checked_at").values_list("checked_at", flat=True).first()
    if last_failure is None:
        return None
    answered = ExternalLink.objects.filter(status__isnull=False).order_by("-checked_at")
    last_answer = answered.values_list("checked_at", flat=True).first()
    if last_answer is None:
        return Trouble(
            "No address has answered yet. Perhaps the portal is not let out: nothing is called dead till one does."
        )
    many = silent.filter(checked_at__gt=last_answer).values("host").distinct().count()
    if many < 2 or last_failure - last_answer < dt.timedelta(minutes=2):
        return None
    when = last_answer.astimezone(dt.UTC)
    return Trouble(
        f"No address has answered since {when.day} {when:%B, %H:%M} UTC, and several were asked. It is probably the "
        "portal’s own network: nothing more is called dead till one answers."
    )
