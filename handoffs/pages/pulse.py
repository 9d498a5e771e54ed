"""What an open page of a handoff asks every two seconds: one prepared query."""

from __future__ import annotations

import datetime as dt

from django.db.models import F, Max, OuterRef, Subquery
from django.utils import timezone

from accounts.models import User
from accounts.prepared import PreparedQuery
from handoffs.models import EDITABLE, OPEN, Handoff, State
from incidents.pages.live import make_tag
from oncall.models import ReachTest

_TESTS = ReachTest.objects.filter(person=OuterRef("incoming_id"), sent_at__gte=OuterRef("opened_at"))
_OF_PERSON = _TESTS.order_by().values("person")
_PULSE = PreparedQuery(
    lambda pk: (
        Handoff.objects.filter(pk=pk)
        .order_by()
        .values(
            counted=F("revision"),
            stands=F("state"),
            changes=F("changes_at"),
            tested_at=Subquery(_OF_PERSON.annotate(at=Max("sent_at")).values("at")),
            reached_at=Subquery(_OF_PERSON.annotate(at=Max("answered_at")).values("at")),
        )
    ),
    pk=-987_654_322,
)


def find_pulse(user: User, pk: int, now: dt.datetime) -> str | None:
    """The tag of the page as this person sees it now; None where there is no such handoff. One query.

    While it is written the facts beside its items are looked up, so that the tag changes once a minute too.
    """
    row = _PULSE.first(pk=pk) if pk < 2**63 else None
    if row is None:
        return None
    minute = now.replace(second=0, microsecond=0) if row["stands"] in EDITABLE else ""
    is_late = row["stands"] in OPEN and now >= row["changes"]
    reach = (row["tested_at"], row["reached_at"]) if row["stands"] == State.SUBMITTED else ()
    rights = sorted(one for one in user.get_all_permissions() if one.startswith(("handoffs.", "runbooks.view_conf")))
    reader = (user.pk, user.time_zone, sorted(user.get_team_ids()), user.is_superuser, rights, timezone.localdate(now))
    return make_tag(pk, row["counted"], row["stands"], minute, is_late, *reach, *reader)
