"""Which runbooks wait for a review, and how pressing each is: the same for the queue and for the front page."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db.models import (
    BooleanField,
    Case,
    DateField,
    DurationField,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    When,
)
from django.db.models.functions import Coalesce

from accounts.models import Membership, User
from runbooks.models import Evidence, NotMine, ReviewTask, Runbook, Snooze
from runbooks.models.runbook import SOON_DAYS

# What somebody stumbled over comes before what a machine noticed.
GRAVE = (Evidence.Kind.FLAG, Evidence.Kind.INCIDENT)


def annotate_waiting(runbooks: QuerySet[Runbook], today: dt.date) -> QuerySet[Any]:
    """Runbooks with `asked_team`, `has_evidence`, `has_grave`, `is_snoozed`, `has_task` and `is_untold`.

    What happened before a snooze is quiet with it; what happens meanwhile is not.
    """
    sleeping = Snooze.objects.filter(ended_at__isnull=True, until__gt=today).order_by()
    heard = sleeping.filter(runbook=OuterRef("runbook"), snoozed_at__gte=OuterRef("noticed_at"))
    evidence = Evidence.objects.open().filter(~Exists(heard)).order_by()
    return runbooks.annotate(
        asked_team=Coalesce("team_id", "service__team_id"),
        has_evidence=_among(evidence),
        has_grave=_among(evidence.filter(kind__in=GRAVE)),
        is_snoozed=_among(sleeping),
        has_task=_among(ReviewTask.objects.open().order_by()),
    )


def _among(rows: QuerySet[Any]) -> ExpressionWrapper[Any]:
    """Whether a runbook has one of those rows: looked up in a set that is made once, however many runbooks are asked for."""
    return ExpressionWrapper(Q(pk__in=rows.values("runbook")), output_field=BooleanField())


def find_untold() -> Q:
    """Runbooks of which nobody is told: no active owner, and no active person in the team that is asked."""
    peopled = Membership.objects.filter(user__is_active=True).order_by().values("team_id")
    ownerless = Q(owner__isnull=True) | Q(owner__is_active=False)
    return ownerless & (Q(asked_team__isnull=True) | ~Q(asked_team__in=peopled))


def find_mine(user: User) -> Q:
    """Runbooks that this person owns, and those of their teams unless they said that it is none of theirs."""
    disowned = NotMine.objects.filter(person=user).order_by().values("runbook")
    return Q(owner=user) | (Q(asked_team__in=user.get_team_ids()) & ~Q(pk__in=disowned))


def find_states(today: dt.date) -> dict[str, Q]:
    """The states of the queue by name; `waiting` is what the page opens with."""
    awake = Q(is_snoozed=False)
    soon = today + dt.timedelta(days=SOON_DAYS)
    return {
        "waiting": Q(has_evidence=True) | (awake & Q(next_review_on__lte=soon)),
        "evidence": Q(has_evidence=True),
        "overdue": awake & Q(next_review_on__lt=today),
        "soon": awake & Q(next_review_on__range=(today, soon)),
        "work": Q(has_task=True),
        "snoozed": Q(is_snoozed=True),
        "untold": find_untold(),
    }


def order_by_urgency(rows: QuerySet[Any], today: dt.date) -> QuerySet[Any]:
    """Said to be wrong or used in an incident first, then other evidence, then overdue by days times use, then due soon."""
    recently, lately = (today - dt.timedelta(days=days) for days in (30, 90))
    use = Case(
        When(last_used_at__date__gte=recently, then=Value(3)),
        When(last_used_at__date__gte=lately, then=Value(2)),
        default=Value(1),
        output_field=IntegerField(),
    )
    late = ExpressionWrapper(Value(today, DateField()) - F("next_review_on"), output_field=DurationField())
    rank = Case(
        When(has_grave=True, then=Value(0)),
        When(has_evidence=True, then=Value(1)),
        When(next_review_on__lt=today, then=Value(2)),
        When(next_review_on__isnull=False, then=Value(3)),
        default=Value(4),
        output_field=IntegerField(),
    )
    weight = Case(
        When(next_review_on__lt=today, then=ExpressionWrapper(late * use, output_field=DurationField())),
        default=late,
        output_field=DurationField(),
    )
    return rows.order_by(rank, weight.desc(nulls_last=True), "title", "pk")


def until_when(today: dt.date) -> Subquery:
    """The day until which a runbook is snoozed. For the rows of one page."""
    return Subquery(
        Snooze.objects.filter(runbook=OuterRef("pk"), ended_at__isnull=True, until__gt=today).values("until")[:1]
    )
