"""Who may be given what a review leaves to do, or a runbook that has no owner."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.models import User
from runbooks.models import Runbook


def find_takers(runbook: Runbook, user: User) -> QuerySet[User]:
    """Who can take it on: those near it; everybody who may write where none of them does."""
    near = _find_near(runbook, user)
    return near if near.exists() else _find_writers()


def _find_near(runbook: Runbook, user: User) -> QuerySet[User]:
    """The owner, the people of the runbook's and the service's team, and whoever asks; only who is here and may write."""
    teams = [pk for pk in (runbook.team_id, runbook.service.team_id) if pk]
    near = Q(pk=user.pk) | Q(pk=runbook.owner_id) | Q(memberships__team__in=teams)
    return find_anybody().filter(_may_write(), near)


def _find_writers() -> QuerySet[User]:
    """Everybody who is here and may write runbooks."""
    return find_anybody().filter(_may_write())


def find_anybody() -> QuerySet[User]:
    """Everybody who is here."""
    return User.objects.filter(is_active=True).order_by("display_name", "email").distinct()


def _may_write() -> Exists:
    groups = Group.objects.filter(user=OuterRef("pk"), permissions__codename="change_runbook").order_by()
    return Exists(groups.filter(permissions__content_type__app_label="runbooks"))
