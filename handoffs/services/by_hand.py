"""Opening a handoff by hand: for the next change of shift, for one that has just been, or for this moment."""

from __future__ import annotations

import dataclasses
import datetime as dt

from django.db import IntegrityError, models, transaction
from django.urls import reverse

from accounts.errors import require
from accounts.models import User
from handoffs.errors import AlreadyOpen, Gap, NotAllowed, Refused
from handoffs.models import EventKind, Handoff, State
from handoffs.services.events import record
from handoffs.services.opening import ShiftChange, open_handoff
from handoffs.services.turnover import AFTER, BEFORE, describe_from, find_gap, find_turnovers
from oncall.models import Rotation
from oncall.rota import Span
from oncall.schedule import RotationSchedule, load_schedule
from oncall.services.spans import say_span_for

LOOKED_AROUND = tuple(dt.timedelta(days=days) for days in (3, 14, 100))  # most changes are near
JUST_BEEN = dt.timedelta(hours=24)


class When(models.TextChoices):
    """Which change of shift a handoff by hand is for."""

    NEXT = "next", "The next change of shift"
    LAST = "last", "The change of shift that has just been"
    NOW = "now", "Right now, between two changes"


@transaction.atomic
def open_by_hand(
    rotation: Rotation,
    *,
    user: User,
    now: dt.datetime,
    when: str = When.NEXT,
    incoming: User | None = None,
    backup: User | None = None,
) -> Handoff:
    """Open a handoff; who hands over and who takes over follow from the schedule where nobody else is chosen.

    It changes no schedule. Raises NotAllowed, Gap with the page of gaps, AlreadyOpen with the one there is, or Refused.
    """
    require_opening(rotation, user)
    rotation = Rotation.objects.select_for_update(of=("self",), no_key=True).select_related("team").get(pk=rotation.pk)
    if rotation.ended_at is not None:
        raise Refused(f"{rotation} has ended, so nobody hands over in it any more.")
    schedule = load_around(rotation, now)
    change = propose(schedule, when, user=user, now=now, incoming=incoming)
    change = _choose(change, incoming, backup)
    _refuse_second(rotation, change)
    is_chosen = when == When.NOW or incoming is not None or backup is not None
    try:
        with transaction.atomic():
            handoff = open_handoff(rotation, change, user=user, now=now, follows_schedule=not is_chosen)
    except IntegrityError as error:
        if "handoff_once_per_change" not in str(error):
            raise
        raise Refused("There is a handoff for this change of shift already.") from error
    if handoff.continues:
        record(
            handoff, EventKind.PEOPLE, f"{handoff.outgoing} goes on: the same person continues", person=user, now=now
        )
    return handoff


def require_opening(rotation: Rotation, user: User) -> None:
    """Raises NotAllowed for whoever is neither of the team nor of the rotation, nor an administrator."""
    require(user, "handoffs.add_handoff", "open handoffs")
    if not may_open(rotation, user):
        raise NotAllowed(f"Only {rotation.team}, the people of {rotation} and administrators open its handoffs.")


def may_open(rotation: Rotation, user: User) -> bool:
    """Whether the person may open a handoff of that rotation."""
    if not user.has_perm("handoffs.add_handoff"):
        return False
    if rotation.team_id in user.get_team_ids() or user.has_perm("accounts.change_team"):
        return True
    in_plan = rotation.layers.filter(plans__members__person=user)
    return in_plan.exists() or rotation.layers.filter(overrides__person=user, overrides__cancelled_at=None).exists()


def load_around(rotation: Rotation, now: dt.datetime) -> RotationSchedule:
    """The rotation with all that `propose` asks of it."""
    far = LOOKED_AROUND[-1]
    return load_schedule(rotation, now - far - BEFORE, now + far + AFTER)


def propose(
    schedule: RotationSchedule, when: str, *, user: User, now: dt.datetime, incoming: User | None = None
) -> ShiftChange:
    """The change of shift that `when` means. Raises Gap or Refused with the reason; the user's zone tells its times."""
    if when == When.NOW:
        return _propose_now(schedule, user, now, incoming)
    change = find_last(schedule, now) if when == When.LAST else find_next(schedule, now)
    if change is None:
        raise _explain_none(schedule, when, user, now)
    gap = find_gap(schedule, change.ends_at)
    if gap is not None:
        span = Span(max(gap.span.start, change.ends_at), gap.span.end)
        raise _gap(schedule, f"After {change.outgoing}'s shift nobody is on call in {_name(schedule)}", span, user)
    return change


def find_next(schedule: RotationSchedule, now: dt.datetime) -> ShiftChange | None:
    """The first change whose incoming turn has not begun."""
    for around in LOOKED_AROUND:
        changes = find_turnovers(schedule, now - around, now + around)
        ahead = [change for change in changes if change.changes_at > now]
        if ahead:
            return ahead[0]
    return None


def find_last(schedule: RotationSchedule, now: dt.datetime) -> ShiftChange | None:
    """The change whose incoming turn began within the last 24 hours."""
    changes = find_turnovers(schedule, now - LOOKED_AROUND[0], now)
    been = [change for change in changes if now - JUST_BEEN < change.changes_at <= now]
    return been[-1] if been else None


def _propose_now(schedule: RotationSchedule, user: User, now: dt.datetime, incoming: User | None) -> ShiftChange:
    here = schedule.on_call(now, schedule.ranks[0]) if schedule.ranks else []
    if not here:
        raise _explain_none(schedule, When.NOW, user, now)
    following = find_next(schedule, now)
    if incoming is None and following is None:
        raise _explain_none(schedule, When.NOW, user, now)
    change = describe_from(schedule, here[0], here[0], now)
    taking = incoming or (following.incoming if following else change.outgoing)
    ends_at = following.next_ends_at if following and taking == following.incoming else change.next_ends_at
    return dataclasses.replace(change, incoming=taking, next_ends_at=ends_at)


def _choose(change: ShiftChange, incoming: User | None, backup: User | None) -> ShiftChange:
    """The change with the people who were chosen by hand. Raises Refused where one person is chosen for both."""
    if backup is not None and backup == (incoming or change.incoming):
        raise Refused(f"{backup} takes over, so somebody else has to be the backup.")
    if incoming is not None:
        change = dataclasses.replace(change, incoming=incoming)
    standing_by = backup or (change.backup if change.backup != change.incoming else None)
    return dataclasses.replace(change, backup=standing_by)


def _refuse_second(rotation: Rotation, change: ShiftChange) -> None:
    """One for this change, or an open one for a later one, is enough. Raises AlreadyOpen."""
    rows = Handoff.objects.filter(rotation=rotation).select_related("outgoing", "incoming").order_by("changes_at")
    same = rows.filter(changes_at=change.changes_at).exclude(state=State.LAPSED)
    row = same.first() or rows.open().filter(changes_at__gte=change.ends_at).first()
    if row is not None:
        state = "was accepted" if row.state == State.ACCEPTED else "is open already"
        raise AlreadyOpen(
            f"The handoff from {row.outgoing} to {row.incoming} {state}.", row.get_absolute_url(), "Go to it"
        )


def _explain_none(schedule: RotationSchedule, when: str, user: User, now: dt.datetime) -> Refused:
    """Why there is no change of shift to hand over at."""
    name = _name(schedule)
    if when == When.LAST:
        return Refused(f"No shift of {name} changed in the last 24 hours.")
    here = schedule.on_call(now, schedule.ranks[0]) if schedule.ranks else []
    if here:
        words = f"{here[0].person} goes on in {name}: nobody else is to take over in the next 100 days."
        return Refused(f"{words} To hand over all the same, choose “{When.NOW.label}” and who takes over.")
    gap = find_gap(schedule, now)
    if gap is not None:
        return _gap(schedule, f"Nobody is on call in {name}, so nobody can hand over", gap.span, user)
    return Refused(f"Nobody is on call in {name} now, so nobody can hand over.")


def _gap(schedule: RotationSchedule, words: str, span: Span, user: User) -> Gap:
    rotation = schedule.rotation
    told = say_span_for(user, span, rotation.team.time_zone)
    hint = "Put somebody on call, or mark the gap as meant."
    url = reverse("oncall:gaps", args=[rotation.team.slug, rotation.slug])
    return Gap(f"{words}: {told}. {hint}", url, "See the gaps")


def _name(schedule: RotationSchedule) -> str:
    return f"{schedule.rotation.team} · {schedule.rotation}"
