"""Many reviews that fall together, after an import or a clean-up, are spread over the period."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Count, F, Q

from accounts.errors import require
from accounts.models import Team, User
from runbooks.models import Evidence, ReviewPolicy, Runbook
from runbooks.services.replanning import find_runbooks_of
from runbooks.upkeep.spreading import Planned, find_crowd, spread

USES = (Evidence.Kind.RUN, Evidence.Kind.DRILL, Evidence.Kind.INCIDENT)
WRITE = """
    UPDATE runbooks_runbook AS r SET next_review_on = new.day, updated_at = now()
    FROM unnest(%s::bigint[], %s::date[]) AS new(id, day) WHERE r.id = new.id
"""


@transaction.atomic
def spread_reviews(runbook_ids: Collection[int], today: dt.date, *, user: User | None = None) -> int:
    """Spread what falls together among these runbooks over its period, from tomorrow; how many got another day.

    Only days that were counted are moved, never what a text or somebody has stated; each team's runbooks of one period
    are spread by themselves. A person needs the right to change how a team reviews; without one it is the portal. Raises
    NotAllowed.
    """
    if user is not None:
        require(user, "runbooks.change_reviewpolicy", "spread reviews")
    chosen = Runbook.objects.filter(pk__in=runbook_ids, next_review_stated=False, next_review_on__isnull=False)
    held = list(chosen.in_use().order_by("pk").select_for_update(no_key=True).values_list("pk", "next_review_on"))
    before = dict(held)
    moved: dict[int, dt.date] = {}
    first = today + dt.timedelta(days=1)
    for (_, period), planned in _group(before).items():
        moved |= spread(find_crowd(planned, first, period), first, period)
    changed = {key: day for key, day in moved.items() if before[key] != day}
    if changed:
        with connection.cursor() as cursor:
            cursor.execute(WRITE, [list(changed), list(changed.values())])
    return len(changed)


def spread_team_reviews(team: Team, today: dt.date, *, user: User) -> int:
    """The same for all runbooks of a team that the person may know of."""
    visible = Runbook.objects.visible_to(user).filter(pk__in=find_runbooks_of(team).values("pk"))
    return spread_reviews(list(visible.values_list("pk", flat=True)), today, user=user)


def _group(runbook_ids: Iterable[int]) -> dict[tuple[int | None, int], list[Planned]]:
    """By team and period in days."""
    policies = dict(ReviewPolicy.objects.filter(review_days__isnull=False).values_list("team", "review_days"))
    groups: dict[tuple[int | None, int], list[Planned]] = defaultdict(list)
    uses = Count("evidence", filter=Q(evidence__kind__in=USES))
    rows = Runbook.objects.filter(pk__in=list(runbook_ids)).annotate(uses=uses, service_team=F("service__team"))
    for pk, due, last, used_at, days, own, of_service, count in rows.order_by("pk").values_list(
        *("pk", "next_review_on", "last_reviewed_on", "last_used_at", "review_days", "team", "service_team", "uses")
    ):
        team = own or of_service
        period = days or policies.get(team) or settings.DEFAULT_REVIEW_DAYS
        groups[team, period].append(Planned(pk, due, last, count, used_at.date() if used_at else None))
    return groups
