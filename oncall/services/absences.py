"""Absences: when somebody is away. They change no shift; where they meet one, the person and the team are told."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet

from accounts.errors import require
from accounts.models import User
from oncall.errors import Overlaps, Refused, WrongState
from oncall.models import Absence, Kind, Rotation
from oncall.outbox import notify_team
from oncall.rota import Span
from oncall.schedule import load_schedules
from oncall.schedule.clashes import Clash, find_clashes
from oncall.services.covering import to_range
from oncall.services.spans import say_span

LONGEST = dt.timedelta(days=366)
LISTED = 10  # shifts that a message to the team names one by one


@transaction.atomic
def add_absence(
    person: User, start: dt.datetime, end: dt.datetime, *, user: User, now: dt.datetime, reason: str = ""
) -> Absence:
    """Note when somebody is away. Teams whose shifts it meets are told once.

    One's own needs no role; others' are for editors. Raises NotAllowed, Overlaps (known already), or Refused.
    """
    _check_allowed(person, user)
    if end <= start:
        raise Refused("The end must come after the start.")
    if end <= now:
        raise Refused("That is over already. Absences are for what lies ahead.")
    if end - start > LONGEST:
        raise Refused("That is longer than a year. Note a shorter time, or take the person out of their rotations.")
    absence = _insert(Absence(person=person, during=to_range((start, end)), reason=reason, created_at=now), user)
    clashes = find_clashes_of(person, max(start, now), end)
    for rotation, found in groupby(sorted(clashes, key=lambda c: c.rotation.pk), key=lambda clash: clash.rotation):
        _tell_team(absence, rotation, sorted(found, key=lambda clash: clash.span), now)
    return absence


@transaction.atomic
def remove_absence(absence: Absence, *, user: User, now: dt.datetime) -> None:
    """Take an absence back; of one that has begun, what was stays. Raises NotAllowed, and WrongState when it is over."""
    _check_allowed(absence.person, user)
    held = Absence.objects.select_for_update(of=("self",)).filter(pk=absence.pk).first()
    if held is None:
        raise WrongState("That absence was taken back before.")
    if held.during.upper <= now:
        raise WrongState("That absence is over. It stays as it was.")
    if held.during.lower >= now:
        held.delete()
        return
    held.during = to_range((held.during.lower, now))
    held.save(update_fields=["during"])


def find_clashes_of(person: User, start: dt.datetime, end: dt.datetime) -> list[Clash]:
    """The person's shifts in all rotations that fall into an absence of theirs, in that time."""
    schedules = load_schedules(rotations_with(person), start, end)
    return [clash for clash in find_clashes(schedules, start, end) if clash.shift.person.pk == person.pk]


def rotations_with(person: User) -> QuerySet[Rotation]:
    """Rotations in use in whose plans or overrides the person stands, today or ever."""
    named = Q(layers__plans__members__person=person) | Q(layers__overrides__person=person)
    return Rotation.objects.in_use().filter(pk__in=Rotation.objects.filter(named).values("pk")).order_by("team__name")


def _check_allowed(person: User, user: User) -> None:
    if person.pk != user.pk:
        require(user, "oncall.change_rotation", "note absences of others")


def _insert(absence: Absence, user: User) -> Absence:
    known = Absence.objects.filter(person=absence.person, during__overlap=absence.during).first()
    if known is not None:
        when = say_span(Span(known.during.lower, known.during.upper), user.time_zone)
        raise Overlaps(f"An absence in that time is known already: {when}. Take that back first.")
    try:
        with transaction.atomic():
            absence.save(force_insert=True)
    except IntegrityError as error:
        if "absence_once" not in str(error):
            raise
        raise Overlaps("An absence in that time is known already.") from error
    return absence


def _tell_team(absence: Absence, rotation: Rotation, clashes: list[Clash], now: dt.datetime) -> None:
    zone = rotation.team.time_zone
    lines = [f"{clash.shift.layer}: {say_span(clash.span, zone)}" for clash in clashes[:LISTED]]
    if len(clashes) > LISTED:
        lines.append(f"And {len(clashes) - LISTED} more.")
    notify_team(
        rotation.team,
        key=f"absence:{absence.pk}:{rotation.pk}:{clashes[0].shift.starts_at:%Y%m%dT%H%M}",
        kind=Kind.TEAM,
        subject=f"{absence.person} is away during a shift in {rotation}",
        text="\n\n".join([f"{absence.person} is away and on call in {rotation.team} · {rotation}:", *lines]),
        now=now,
        url=rotation.get_absolute_url(),
        action="See the rotation",
    )
