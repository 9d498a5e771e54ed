"""Before a shift starts: can its person be reached, and each level of the paths behind it? What is missing, the team is told.

Twelve hours before the check, whoever has not confirmed a test for thirty days gets one, so that the check itself finds
it answered. A `ShiftCheck` is written once for each shift; only whoever wrote it tells, so two workers tell once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from itertools import groupby

from django.db import transaction

from oncall.models import EscalationPath, Kind, ReachTest, ShiftCheck
from oncall.outbox.choosing import find_addresses_of_person
from oncall.services.check_messages import tell_person, tell_team
from oncall.services.coming_shifts import ComingShift, load_coming_shifts
from oncall.services.level_findings import find_level_problems, find_paths
from oncall.services.proofs import ANSWER_WITHIN, write_test
from oncall.services.reach import Reach, load_reach

MOST_MOMENTS = 50  # looked at in one run; the rest with the next, ten minutes later
Reaches = dict[int, Reach]
Paths = dict[int, list[EscalationPath]]  # by rotation


def check_shifts(now: dt.datetime) -> int:
    """Ask for proof, check what is due, tell people and teams. How many shifts were checked. May run twice, or two at once.

    The number of queries does not grow with the rotations; it does with the moments at which new shifts start.
    """
    coming = load_coming_shifts(now)
    if not coming:
        return 0
    until = max(one.shift.starts_at for one in coming) + dt.timedelta(minutes=1)
    reach = load_reach({one.person for one in coming}, now, until)
    _ask_for_proof(coming, reach, now)
    due = _leave_out_checked([one for one in coming if one.is_due(now)], now)
    if not due:
        return 0
    paths = find_paths({one.rotation for one in due})
    moments = [list(shifts) for _, shifts in groupby(due, key=lambda one: one.shift.starts_at)]
    return sum(_check_moment(shifts, paths, reach, now) for shifts in moments[:MOST_MOMENTS])


def _ask_for_proof(coming: Iterable[ComingShift], reach: Reaches, now: dt.datetime) -> None:
    """Send a test to whoever has not confirmed one for long, unless a link that the portal sent is still good."""
    sent = ReachTest.objects.filter(person__in=list(reach), asked_by=None, sent_at__gt=now - ANSWER_WITHIN)
    asked = set(sent.values_list("person", flat=True))
    for one in coming:
        if one.person.pk not in asked and one.person.is_active and not reach[one.person.pk].is_confirmed(now):
            asked.add(one.person.pk)
            _send_tests(one, now)


@transaction.atomic
def _send_tests(one: ComingShift, now: dt.datetime) -> None:
    for address in find_addresses_of_person(one.person, Kind.PAGE):
        write_test(address, key=f"shift-test:{one.name}:address:{address.pk}", asked_by=None, now=now)


def _leave_out_checked(due: list[ComingShift], now: dt.datetime) -> list[ComingShift]:
    checks = ShiftCheck.objects.filter(shift_starts_at__gt=now)
    known = set(checks.values_list("layer_id", "person_id", "shift_starts_at"))
    return [one for one in due if one.key not in known]


def _check_moment(shifts: list[ComingShift], paths: Paths, reach: Reaches, now: dt.datetime) -> int:
    """All shifts that start at one moment, rotation by rotation."""
    at = shifts[0].shift.starts_at
    called = {path.pk: path for one in shifts for path in paths.get(one.rotation.pk, [])}
    known = {one.person.pk for one in shifts}
    of_levels = find_level_problems(called.values(), at, now, shifts[0].person, known) if called else {}
    checked = 0
    for rotation, group in groupby(shifts, key=lambda one: one.rotation):
        found = [text for path in paths.get(rotation.pk, []) for text in of_levels[path.pk]]
        checked += _record(list(group), found, reach, now)
    return checked


@transaction.atomic
def _record(shifts: list[ComingShift], of_levels: list[str], reach: Reaches, now: dt.datetime) -> int:
    """Write the checks of one rotation's shifts that start together, and tell of those that nobody wrote before.

    What the levels lack stands in the check of the first shift, the one that answers first.
    """
    new: list[tuple[ComingShift, ShiftCheck]] = []
    for one in shifts:
        problems = reach[one.person.pk].find_problems(one.shift.starts_at, now)
        layer, person, starts_at = one.key
        check, is_new = ShiftCheck.objects.get_or_create(
            layer_id=layer,
            person_id=person,
            shift_starts_at=starts_at,
            defaults={"checked_at": now, "problems": problems + ([] if new else of_levels)},
        )
        if is_new:
            new.append((one, check))
            tell_person(one, reach[one.person.pk], now)
    problems = list(dict.fromkeys(text for _, check in new for text in check.problems))
    if problems:
        tell_team(new[0][0], problems, check=new[0][1], now=now)
    return len(new)
