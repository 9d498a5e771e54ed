"""The brief of whoever takes over: what changed for them since they were last on call here. Looked up, never signed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, replace

from accounts.models import User
from handoffs.models import Handoff, State
from handoffs.sections import Entry, Filled, assemble, make_scope
from handoffs.sections.since import find_since_last_shift
from handoffs.services.secrecy import count_secret, leave_out_secret, may_see_secret
from oncall.models import Rotation
from oncall.outbox.showing import show_target
from oncall.schedule import RotationSchedule, Shift, load_schedules
from oncall.services.reach import CONFIRMED_FOR, load_reach
from runbooks.reading.notes import draw_note

MOST_ENTRIES = 6  # of each section; the handoff has them all
MOST_HANDOFFS = 5
NO_NEWS = ("levels", "pages")  # sections about how things stand, not about what changed
INSTANT = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class BriefEntry:
    """An entry with its moments, aware, in UTC."""

    entry: Entry
    times: tuple[tuple[str, dt.datetime], ...]


@dataclass(frozen=True, slots=True)
class BriefSection:
    """A section in which something stands, as far as the reader may see it."""

    filled: Filled
    entries: tuple[BriefEntry, ...]
    more: int
    hidden: int


@dataclass(frozen=True, slots=True)
class BriefAddress:
    """An address pages go to, and whether a test was answered there within thirty days."""

    name: str
    target: str
    answered_at: dt.datetime | None
    is_fresh: bool


@dataclass(frozen=True, slots=True)
class Brief:
    """One page for one person. `since` is the end of their last shift here; without `was_here`, when the handoff begins."""

    handoff: Handoff
    person: User
    is_mine: bool
    since: dt.datetime
    was_here: bool
    urgent: str  # safe HTML
    sections: tuple[BriefSection, ...]
    quiet: tuple[str, ...]  # titles of the sections with nothing in them
    earlier: tuple[Handoff, ...]
    more_earlier: int
    colleagues: tuple[Shift, ...]
    relief: tuple[Shift, ...]
    addresses: tuple[BriefAddress, ...]
    problems: tuple[str, ...]  # what stands in the way of reaching the person, for the person alone


def describe_brief(handoff: Handoff, user: User, now: dt.datetime) -> Brief:
    """The brief of the incoming person, as `user` may see it, for a handoff whose team, rotation and people are loaded.

    As many queries as the sections and two schedules ask, however much there is to report.
    """
    person = handoff.incoming
    last = find_since_last_shift(handoff.rotation, person, min(now, handoff.changes_at))
    since = last or handoff.since
    scope = replace(make_scope(handoff, now), since=since, loaded={})
    may_see = may_see_secret(handoff, user)
    sections = [_describe_section(section, may_see) for section in assemble(scope) if section.key not in NO_NEWS]
    earlier = _find_earlier(handoff, since)
    colleagues, relief = _find_people(handoff, now)
    is_mine = user.pk == person.pk
    addresses, problems = _describe_reach(handoff, now) if is_mine else ((), ())
    return Brief(
        handoff=handoff,
        person=person,
        is_mine=is_mine,
        since=since,
        was_here=last is not None,
        urgent=draw_note(handoff.urgent) if handoff.urgent.strip() else "",
        sections=tuple(section for section in sections if section.filled.entries),
        quiet=tuple(section.filled.title for section in sections if not section.filled.entries),
        earlier=tuple(earlier[:MOST_HANDOFFS]),
        more_earlier=max(0, len(earlier) - MOST_HANDOFFS),
        colleagues=colleagues,
        relief=relief,
        addresses=addresses,
        problems=problems,
    )


def find_my_brief(user: User) -> Handoff | None:
    """The handoff whose brief this person wants: the next that waits for them, else the latest they accepted."""
    own = Handoff.objects.for_list().filter(incoming=user)
    waiting = own.open().order_by("changes_at", "pk").first()
    return waiting or own.filter(state=State.ACCEPTED).first()


def _describe_section(section: Filled, may_see: bool) -> BriefSection:
    shown = section.entries if may_see else leave_out_secret([section])[0].entries
    more = max(0, len(shown) - MOST_ENTRIES)
    entries = tuple(_describe_entry(entry) for entry in shown[:MOST_ENTRIES])
    return BriefSection(section, entries, more, 0 if may_see else count_secret(section))


def _describe_entry(entry: Entry) -> BriefEntry:
    return BriefEntry(entry, tuple((word, dt.datetime.fromisoformat(at)) for word, at in entry.times))


def _find_earlier(handoff: Handoff, since: dt.datetime) -> list[Handoff]:
    """Handoffs of the rotation that were signed by both after the person's last shift, the newest first."""
    signed = Handoff.objects.for_list().filter(rotation=handoff.rotation_id, state=State.ACCEPTED)
    return list(signed.filter(changes_at__gt=since, changes_at__lt=handoff.changes_at)[:100])


def _find_people(handoff: Handoff, now: dt.datetime) -> tuple[tuple[Shift, ...], tuple[Shift, ...]]:
    """Who else is on call in the team during the shift, and who relieves the person at its end."""
    end = handoff.next_ends_at
    at = now if end and handoff.changes_at < now < end else handoff.changes_at
    rotations = Rotation.objects.in_use().filter(team=handoff.team_id).order_by("name")
    schedules = load_schedules(rotations, at, (end or at) + INSTANT)
    others = [shift for schedule in schedules for shift in schedule.on_call(at)]
    own = next((schedule for schedule in schedules if schedule.rotation.pk == handoff.rotation_id), None)
    colleagues = [shift for shift in others if shift.person.pk != handoff.incoming_id]
    return tuple(colleagues), tuple(_find_relief(own, end, handoff.incoming_id)) if own and end else ()


def _find_relief(schedule: RotationSchedule, end: dt.datetime, person: int) -> Iterable[Shift]:
    """Who answers first from then on; nobody where the person goes on."""
    coming = schedule.on_call(end, schedule.ranks[0]) if schedule.ranks else []
    return [] if person in {shift.person.pk for shift in coming} else coming


def _describe_reach(handoff: Handoff, now: dt.datetime) -> tuple[tuple[BriefAddress, ...], tuple[str, ...]]:
    """Where a page would go, and what stands in its way when the shift begins."""
    at = max(now, handoff.changes_at)
    reach = load_reach([handoff.incoming], at, at + INSTANT)[handoff.incoming_id]
    addresses = tuple(
        BriefAddress(
            str(address),
            show_target(address.transport, address.target),
            address.answered_at,
            address.answered_at is not None and now - address.answered_at <= CONFIRMED_FOR,
        )
        for address in reach.addresses
    )
    return addresses, tuple(reach.find_problems(at, now))
