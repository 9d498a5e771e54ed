"""Severities: the shared scale that a new portal begins with, scales of teams, and finding one by any of its names."""

from __future__ import annotations

import re
from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from accounts.errors import require
from accounts.models import Team, User
from incidents.errors import Refused, WrongState
from incidents.models import Severity

# Levels, response times and aliases as operations handbooks commonly have them: SEV-1…4, P0…P3.
_SHIPPED = (
    Severity(
        rank=1,
        name="SEV-1",
        aliases="P0, critical",
        description="Nobody can use it, or data is being lost or disclosed.",
        examples="The site is down; customers' data leaked",
        response_minutes=15,
        update_minutes=30,
        escalation=Severity.Escalation.LADDER,
        wants_postmortem=True,
    ),
    Severity(
        rank=2,
        name="SEV-2",
        aliases="P1, major",
        description="An important part does not work, or works far too slowly, for many.",
        examples="Payments fail in one region; pages take half a minute",
        response_minutes=30,
        update_minutes=60,
        escalation=Severity.Escalation.LADDER,
        wants_postmortem=True,
    ),
    Severity(
        rank=3,
        name="SEV-3",
        aliases="P2, minor",
        description="Something is wrong that people can work around.",
        examples="One customer can't log in; a report is late",
        response_minutes=240,
        update_minutes=None,
        escalation=Severity.Escalation.FIRST,
    ),
    Severity(
        rank=4,
        name="SEV-4",
        aliases="P3, low",
        description="It can wait until the next business day.",
        examples="A wrong label; a wish",
        response_minutes=None,
        update_minutes=None,
        escalation=Severity.Escalation.NONE,
    ),
)


def ensure_severities() -> None:
    """Make the shared scale where there is none. Harmless when run twice; a scale that is there is left as it is."""
    if not Severity.objects.filter(team=None).exists():
        names = [field.attname for field in Severity._meta.concrete_fields if not field.primary_key]
        copies = (Severity(**{name: getattr(one, name) for name in names}) for one in _SHIPPED)
        Severity.objects.bulk_create(copies, ignore_conflicts=True)


def find_severity(team: Team | None, text: str) -> Severity | None:
    """The severity of the team's scale that goes by that name: `SEV-1`, `sev1`, `P0`, `critical`, or its rank.

    Where the team's own scale has no such name the shared one is asked, and what it says is carried over by rank.
    """
    wanted = fold_name(text)
    if not wanted:
        return None
    scale = list(Severity.objects.of_team(team))
    found = _find_named(scale, wanted)
    if found is not None or not scale or scale[0].team_id is None:
        return found
    shared = _find_named(Severity.objects.filter(team=None), wanted)
    return None if shared is None else match_rank(shared, scale)


def match_scale(severity: Severity, team: Team | None) -> Severity:
    """The same severity on the team's scale: by rank, and where it has no such rank, the nearest one."""
    return match_rank(severity, list(Severity.objects.of_team(team))) or severity


def match_rank(severity: Severity, scale: Iterable[Severity]) -> Severity | None:
    """The severity of that scale with the same rank, or the nearest; of two as near, the worse one."""
    return min(scale, key=lambda one: (abs(one.rank - severity.rank), one.rank), default=None)


@transaction.atomic
def copy_scale(team: Team, *, user: User) -> list[Severity]:
    """Give a team a scale of its own, that begins as the shared one. Raises NotAllowed and WrongState (it has one)."""
    require(user, "incidents.add_severity", "make a scale of severities")
    Team.objects.select_for_update(no_key=True).get(pk=team.pk)
    if Severity.objects.filter(team=team).exists():
        raise WrongState(f"{team} has a scale of its own already.")
    copies = [copy_severity(one, team) for one in Severity.objects.filter(team=None)]
    return Severity.objects.bulk_create(copies)


def copy_severity(severity: Severity, team: Team | None) -> Severity:
    """The same, for another scale, not saved."""
    names = [field.attname for field in Severity._meta.concrete_fields if not field.primary_key]
    return Severity(**({name: getattr(severity, name) for name in names} | {"team_id": team.pk if team else None}))


@transaction.atomic
def save_severity(severity: Severity, *, user: User) -> Severity:
    """Add a severity to a scale, or change one. Raises NotAllowed, Refused, and ValidationError by field."""
    require(user, f"incidents.{'change' if severity.pk else 'add'}_severity", "change severities")
    severity.aliases = ", ".join(alias.strip() for alias in severity.aliases.split(",") if alias.strip())
    severity.full_clean()
    _check_names(severity)
    try:
        with transaction.atomic():
            severity.save()
    except IntegrityError as error:
        raise ValidationError("Somebody changed this scale at the same moment. Please look again.") from error
    return severity


@transaction.atomic
def delete_severity(severity: Severity, *, user: User) -> None:
    """Take a severity off its scale. One that is used stays, as incidents and rules point to it."""
    require(user, "incidents.delete_severity", "delete severities")
    used = severity.incidents.count()
    if used:
        raise WrongState(f"{severity} stays: {used} incident{'s have' if used > 1 else ' has'} it.")
    if severity.team_id is None and Severity.objects.filter(team=None).count() == 1:
        raise Refused(f"{severity} stays: the shared scale needs at least one severity.")
    try:
        with transaction.atomic():
            severity.delete()
    except ProtectedError as error:
        raise WrongState(f"{severity} stays: a rule for alerts, or an incident, points to it.") from error


def _find_named(scale: Iterable[Severity], wanted: str) -> Severity | None:
    for severity in scale:
        if wanted in {fold_name(name) for name in severity.all_names} or wanted == str(severity.rank):
            return severity
    return None


def fold_name(text: str) -> str:
    """`SEV-1`, `sev 1` and `Sev1` are one word."""
    return re.sub(r"[\s_\-.:]+", "", text[:100]).casefold()


def _check_names(severity: Severity) -> None:
    """Refuse a name that means another severity of the same scale already."""
    others = Severity.objects.filter(team=severity.team).exclude(pk=severity.pk)
    taken = {fold_name(name): other for other in others for name in other.all_names}
    for name in severity.all_names:
        if fold_name(name) in taken:
            field = "name" if name == severity.name else "aliases"
            raise ValidationError({field: f"“{name}” means {taken[fold_name(name)]} already."})
