"""What is told before a shift: to its person that it comes, to the team what stands in the way."""

from __future__ import annotations

import datetime as dt

from oncall.models import Kind, Notification, Rotation, ShiftCheck
from oncall.outbox import notify, notify_team
from oncall.services.coming_shifts import ComingShift
from oncall.services.moments import say_both, say_moment, say_when
from oncall.services.reach import Reach

BULLET = "• "
REMIND_AFTER = dt.timedelta(days=3)


def tell_person(one: ComingShift, reach: Reach, now: dt.datetime) -> None:
    """Say once that the shift comes; not to somebody who only goes on after the last one."""
    if one.goes_on:
        return
    own, of_team = one.person.time_zone, one.rotation.team.time_zone
    lines = [
        f"{one.rotation.team}, {one.rotation}: {one.shift.layer}.",
        f"From {say_both(one.shift.starts_at, own, of_team)}.",
        f"Until {say_both(one.shift.ends_at, own, of_team)}.",
    ]
    text = "\n".join(lines)
    if problems := reach.find_problems(one.shift.starts_at, now):
        text += "\n\n" + "\n".join(problems)
        text += (
            "\n\nUnder “My addresses” you can add an address and confirm a test. If you can't take the shift, swap it."
        )
    notify(
        key=f"shift-comes:{one.name}:user:{one.person.pk}",
        kind=Kind.SHIFT,
        to=one.person,
        subject=f"Your shift starts {say_when(one.shift.starts_at, now, own)}",
        text=text,
        now=now,
        url=one.rotation.get_absolute_url(),
        action="Open the rotation",
    )


def tell_team(one: ComingShift, problems: list[str], *, check: ShiftCheck, now: dt.datetime) -> None:
    """Say once what was found, in one message, with what to do about it.

    Where hands change every day, what the team heard within three days is not repeated, unless something new comes with it.
    """
    if not set(problems) - _list_told(one.rotation, now):
        return
    team, zone = one.rotation.team, one.rotation.team.time_zone
    count = f"{len(problems)} thing{'' if len(problems) == 1 else 's'} to mend"
    found = "\n".join(f"{BULLET}{problem}" for problem in problems)
    notify_team(
        team,
        key=f"{_prefix(one.rotation)}{check.pk}",
        kind=Kind.TEAM,
        subject=f"{team}: {count} before the shift of {say_moment(one.shift.starts_at, zone)}",
        text=(
            f"The shift of {one.rotation} starts {say_when(one.shift.starts_at, now, zone)}. This was found:\n\n{found}\n\n"
            "What to do: people add and test their addresses under “My addresses”; somebody who is away swaps the shift, "
            "or you override it on the page of the rotation. Contacts and channels are confirmed in the directory."
        ),
        now=now,
        url=one.rotation.get_absolute_url(),
        action="Open the rotation",
    )


def _list_told(rotation: Rotation, now: dt.datetime) -> set[str]:
    """What the team was told of this rotation within three days."""
    told = Notification.objects.filter(key__startswith=_prefix(rotation), created_at__gt=now - REMIND_AFTER)
    lines = (line for text in told.values_list("text", flat=True) for line in text.splitlines())
    return {line.removeprefix(BULLET) for line in lines if line.startswith(BULLET)}


def _prefix(rotation: Rotation) -> str:
    return f"shift-check:{rotation.pk}:"
