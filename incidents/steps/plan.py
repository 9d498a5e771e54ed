"""What a document holds that can be gone through: its lists, each with the lines of its steps. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

LONGEST = 1000  # characters of a step's title
_ABOUT = re.compile(r"(alert|issue|known issue|problem)\s{0,3}#?\d{0,4}\s{0,3}[:–—]", re.IGNORECASE)
_CODE_FENCE_LINES = 1  # the one that closes it


@dataclass(frozen=True, slots=True)
class Entry:
    """One step before it is cut out. `last` is its last line where the structure tells it, else 0."""

    title: str
    line: int
    anchor: str
    number: str = ""
    expected: str = ""
    last: int = 0
    phase: str = ""
    is_item: bool = False  # a list item: nothing below the list belongs to it


@dataclass(frozen=True, slots=True)
class Unit:
    """One checklist or procedure, or what stands for one."""

    kind: str
    title: str
    home: str  # anchor of the section it stands in
    line: int
    entries: tuple[Entry, ...]
    at: int = 0  # its line, or that of the section it stands in where that comes first


@dataclass(frozen=True, slots=True)
class Place:
    """A section with the lines of everything below it."""

    anchor: str
    title: str
    level: int
    trail: tuple[str, ...]
    line: int
    last: int


@dataclass(slots=True)
class Plan:
    """What a document holds, read once."""

    document: Mapping[str, Any]
    places: list[Place] = field(default_factory=list)
    units: list[Unit] = field(default_factory=list)


def read_plan(document: Mapping[str, Any]) -> Plan:
    plan = Plan(document, list(_find_places(document.get("sections", ()))))
    claimed: set[int] = set()  # lines of checklist items that belong to a procedure
    for procedure in document.get("procedures", ()):
        unit = _read_procedure(plan, procedure, claimed)
        plan.units.append(unit)
    for checklist in document.get("checklists", ()):
        entries = tuple(_read_item(item, checklist["section"]) for item in checklist["items"])
        left = tuple(entry for entry in entries if entry.line not in claimed)
        if left:
            plan.units.append(Unit("checklist", checklist["name"], checklist["section"], left[0].line, left))
    plan.units.extend(_read_loose(plan))
    lines = {place.anchor: place.line for place in plan.places}
    plan.units = [replace(unit, at=min(lines.get(unit.home, unit.line), unit.line)) for unit in plan.units]
    plan.units.sort(key=lambda unit: (unit.at, unit.line))
    return plan


def _find_places(sections: Iterable[Mapping[str, Any]]) -> Iterator[Place]:
    rows = list(sections)
    for index, row in enumerate(rows):
        below = index + 1
        while below < len(rows) and rows[below]["level"] > row["level"]:
            below += 1
        last = max(one["end_line"] for one in rows[index:below])
        yield Place(row["anchor"], row["title"], row["level"], tuple(row["path"]), row["line"], last)


def _read_procedure(plan: Plan, procedure: Mapping[str, Any], claimed: set[int]) -> Unit:
    heads = {place.line: place for place in plan.places}
    steps = procedure["steps"]
    entries: list[Entry] = []
    for index, step in enumerate(steps):
        head = heads.get(step["line"])
        until = steps[index + 1]["line"] - 1 if index + 1 < len(steps) else head.last if head else 0
        entries.extend(_read_step(plan, step, head, until, claimed))
    return Unit("procedure", procedure["title"], procedure["section"], steps[0]["line"], tuple(entries))


def _read_step(plan: Plan, step: Mapping[str, Any], head: Place | None, until: int, claimed: set[int]) -> list[Entry]:
    """The step; where it is a heading with a checklist, the items too, or instead of it where it holds nothing else."""
    own = Entry(
        step["title"], step["line"], step["section"], str(step["number"]), step["expected"], until, is_item=head is None
    )
    items = list(_items_within(plan, step["line"], until)) if head else []
    if not items:
        return [own]
    claimed.update(item["line"] for item in items)
    anchor = step["section"]
    if not step["commands"]:
        phase = f"{step['number']}. {step['title']}"
        return [replace(_read_item(item, anchor), phase=phase) for item in items]
    lettered = [replace(_read_item(item, anchor), number=f"{own.number}.{n}") for n, item in enumerate(items, start=1)]
    return [replace(own, last=items[0]["line"] - 1), *lettered]


def _items_within(plan: Plan, first: int, last: int) -> Iterator[Mapping[str, Any]]:
    for checklist in plan.document.get("checklists", ()):
        yield from (item for item in checklist["items"] if first < item["line"] <= last)


def _read_item(item: Mapping[str, Any], anchor: str) -> Entry:
    return Entry(item["text"], item["line"], anchor, is_item=True)


def _read_loose(plan: Plan) -> Iterator[Unit]:
    """Of sections about alerts and issues: commands that stand in no list, and resolutions that are no steps yet."""
    taken = sorted((entry.line, max(entry.last, entry.line)) for unit in plan.units for entry in unit.entries)
    issues = {issue["section"]: issue for issue in plan.document.get("issues", ())}
    for place in plan.places:
        if kind_of(plan, place) == "section":
            continue
        loose = [c for c in _blocks_in(plan, place) if not any(a <= c["line"] <= b for a, b in taken)]
        yield from _group_commands(loose, place, [line for line, _ in taken])
        if place.anchor in issues:
            yield from _read_resolution(plan, place, issues[place.anchor], loose)


def _group_commands(loose: list[Mapping[str, Any]], place: Place, lines: list[int]) -> Iterator[Unit]:
    """Commands with no step between them are gone through together."""
    groups: dict[int, list[Entry]] = {}
    for command in loose:
        last = command["line"] + command["code"].count("\n") + _CODE_FENCE_LINES
        title = command["title"] or "Run the command"
        entry = Entry(title, command["line"], command["section"] or place.anchor, last=last)
        groups.setdefault(bisect_left(lines, command["line"]), []).append(entry)
    for entries in groups.values():
        yield Unit("command", "Commands", entries[0].anchor, entries[0].line, tuple(entries))


def _blocks_in(plan: Plan, place: Place) -> Iterator[Mapping[str, Any]]:
    for command in plan.document.get("commands", ()):
        is_step = not command["inline"] and not command["is_drawing"]
        if is_step and place.line < command["line"] <= place.last:
            yield command


def _read_resolution(
    plan: Plan, place: Place, issue: Mapping[str, Any], loose: list[Mapping[str, Any]]
) -> Iterator[Unit]:
    """Ways to resolve an issue that are written as bullets: one step each, at the end of its section."""
    known = {entry.title for unit in plan.units for entry in unit.entries}
    code = {command["code"].strip() for command in loose}
    texts = [
        text for text in issue["resolution"] if text not in known and text.strip() not in code and "\n" not in text
    ]
    entries = tuple(Entry(text[:LONGEST], place.last, place.anchor, last=-1) for text in texts)
    if entries:
        yield Unit("resolution", "Resolution", place.anchor, place.last, entries)


def units_in(plan: Plan, place: Place) -> list[Unit]:
    """Units that stand in the section or below it, and are not steps of a procedure that began before it."""
    first = bisect_left(plan.units, place.line, key=lambda unit: unit.at)
    last = bisect_right(plan.units, place.last, key=lambda unit: unit.at)
    return sorted(plan.units[first:last], key=lambda unit: unit.line)


def kind_of(plan: Plan, place: Place) -> str:
    match = _ABOUT.match(place.title.strip())
    if any(a["section"] == place.anchor and a["source"] == "heading" for a in plan.document.get("alerts", ())):
        return "alert"
    if match:
        return "alert" if match[1].lower() == "alert" else "issue"
    return "issue" if any(i["section"] == place.anchor for i in plan.document.get("issues", ())) else "section"


def short_title(unit: Unit) -> str:
    """The unit's name without that of its section: `Issue: Slow: Diagnosis` is Diagnosis."""
    return unit.title.rpartition(": ")[2] if unit.kind == "procedure" else unit.title


def make_whole(document: Mapping[str, Any]) -> Place:
    return Place("", str(document.get("title") or "Steps"), 1, (), 1, 10**9)
