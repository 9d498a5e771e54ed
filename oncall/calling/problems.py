"""What is wrong with whom a path calls at one moment. Pure: the levels in, plain sentences out."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterable, Iterator, Sequence

from oncall.calling.answer import CalledLevel, Callee, Problem

CONFIRMED_WITHIN = dt.timedelta(days=30)


def find_problems(levels: Sequence[CalledLevel], now: dt.datetime, zone: str = "UTC") -> tuple[Problem, ...]:
    """What is wrong, the worst first, then in order of the levels.

    `now` is when the question is asked: a confirmation counts for thirty days before it. Moments are said in `zone`.
    """
    if not levels:
        return (Problem("no-levels", "The path has no levels, so it calls nobody.", tone="danger"),)
    found = [*_nobody(levels), *_holes(levels), *_people(levels, now, zone), *_unrelieved(levels), *_twice(levels)]
    order = {"danger": 0, "warn": 1, "info": 2}
    return tuple(sorted(found, key=lambda problem: order[problem.tone]))


def _nobody(levels: Sequence[CalledLevel]) -> Iterator[Problem]:
    for number, level in enumerate(levels, start=1):
        if level.reaches_somebody:
            continue
        if number == len(levels):
            text = f"{level.label} is the last level and reaches nobody: after it the alert stays unanswered."
            yield Problem("last-level", text, level.label, "danger")
        else:
            after = "1 minute passes" if level.response_minutes == 1 else f"{level.response_minutes} minutes pass"
            text = f"{level.label} reaches nobody, so {after} before {levels[number].label} is called."
            yield Problem("nobody", text, level.label, "danger")


def _holes(levels: Iterable[CalledLevel]) -> Iterator[Problem]:
    for level in levels:
        for hole in level.holes:
            if hole.reason:
                text = f"Nobody is on call in {hole.layer}, and that is meant: {hole.reason}"
                yield Problem("planned-hole", text, level.label, "info")
            else:
                text = f"Nobody is on call in {hole.layer}."
                answers = any(call.callee.is_somebody and not call.callee.has_left for call in level.calls)
                yield Problem("hole", text, level.label, "warn" if answers else "danger")


def _people(levels: Iterable[CalledLevel], now: dt.datetime, zone: str) -> Iterator[Problem]:
    seen: set[str] = set()
    for level in levels:
        for call in level.calls:
            if call.callee.key not in seen:
                seen.add(call.callee.key)
                yield from _problems_of(call.callee, level, now, zone)


def _problems_of(callee: Callee, level: CalledLevel, now: dt.datetime, zone: str) -> Iterator[Problem]:
    name, label = callee.name, level.label
    if callee.has_left:
        yield Problem("left", f"{name} has left. Name somebody else.", label, "danger")
        return
    if callee.away_until is not None:
        until = callee.away_until.astimezone(zoneinfo.ZoneInfo(zone))
        text = f"{name} is away until {until.day} {until:%b %Y, %H:%M %Z}."
        yield Problem("away", text, label)
    if not callee.is_reachable:
        only_carries_news = not callee.is_somebody and any(call.callee.is_somebody for call in level.calls)
        yield Problem("unreachable", _say_unreachable(callee), label, "info" if only_carries_news else "warn")
    elif callee.is_somebody and not _is_fresh(callee.confirmed_at, now):
        yield Problem("unconfirmed", _say_unconfirmed(callee, now), label, "info")


def _say_unreachable(callee: Callee) -> str:
    if not callee.is_somebody:
        return f"The portal can't write to {callee.name}: it has no address for it."
    if callee.kind == "person" and callee.ways:
        return (
            f"{callee.name} has neither a telephone number nor an address in use: only the mail address of the account."
        )
    return f"There is no way to reach {callee.name}: no telephone number, no address."


def _say_unconfirmed(callee: Callee, now: dt.datetime) -> str:
    if callee.confirmed_at is None:
        return f"Nobody has made sure yet that {callee.name} can be reached."
    days = (now - callee.confirmed_at).days
    return f"That {callee.name} can be reached was last confirmed {days} days ago."


def _is_fresh(confirmed_at: dt.datetime | None, now: dt.datetime) -> bool:
    return confirmed_at is not None and now - confirmed_at <= CONFIRMED_WITHIN


def _unrelieved(levels: Iterable[CalledLevel]) -> Iterator[Problem]:
    for level in levels:
        for call in level.calls:
            if call.remark:
                text = f"{call.callee.name} has not been relieved, so they are called too: {call.callee.name} {call.remark}."
                yield Problem("unrelieved", text, level.label, "info")


def _twice(levels: Iterable[CalledLevel]) -> Iterator[Problem]:
    first: dict[str, str] = {}
    for level in levels:
        planned = [call.callee for call in level.calls if call.callee.is_somebody and not call.remark]
        for callee in {callee.key: callee for callee in planned}.values():
            if callee.key not in first:
                first[callee.key] = level.label
                continue
            text = f"{callee.name} is called by {first[callee.key]} and again by {level.label}."
            yield Problem("twice", text, level.label)
