"""The places of a runbook that can be started as a run. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from incidents.steps.plan import Place, Plan, Unit, kind_of, make_whole, read_plan, short_title, units_in

WHOLE = "-"  # the key of a text without headings
A_LIST = 7  # below every heading
MOST_STEPS = 400  # of one run; a longer list is no run but a book


@dataclass(frozen=True, slots=True)
class StepSource:
    """A place of a runbook that can be run. `key` finds it again in the same version."""

    key: str  # the anchor of the section; with `:<line>` for one list of a section that has several
    anchor: str
    title: str
    trail: tuple[str, ...]  # titles of the sections around it, outermost first
    count: int
    kind: str  # "section", "alert", "issue", "checklist" or "procedure"
    phases: tuple[str, ...]
    line: int
    level: int  # of its heading; A_LIST for a list


def find_sources(document: Mapping[str, Any]) -> list[StepSource]:
    """Every place of a runbook that can be run, in the order of the text. `document` is `Document.to_dict()`."""
    plan = read_plan(document)
    found: list[StepSource] = []
    for place in plan.places:
        units = units_in(plan, place)
        own = [unit for unit in units if unit.home == place.anchor]
        if units and not _is_told_below(plan, place, units):
            found.append(_describe_place(plan, place, units))
        if len(units) > 1:
            found.extend(_describe_unit(place, unit) for unit in own)
    if not plan.places and plan.units:
        found.append(_describe_place(plan, make_whole(document), plan.units))
    return found


def find_source(document: Mapping[str, Any], key: str) -> StepSource | None:
    """The source of that key. Of an anchor: that section, or where it is a step itself, the section with its steps."""
    sources = find_sources(document)
    exact = next((source for source in sources if source.key == key), None)
    if exact or not key:
        return exact
    plan = read_plan(document)
    for unit in plan.units:
        if any(entry.anchor == key != unit.home for entry in unit.entries):
            return next((source for source in sources if source.anchor == unit.home), None)
    place = next((place for place in plan.places if place.anchor == key and place.level > 1), None)
    inside = [s for s in sources if place and place.line <= s.line <= place.last and s.level < A_LIST]
    is_one = bool(inside) and sum(source.level <= inside[0].level for source in inside) == 1
    return inside[0] if is_one else None


def is_whole(document: Mapping[str, Any], lines: Collection[int]) -> bool:
    """Whether steps at those lines of the text are everything in it that can be run."""
    entries = {entry.line for unit in read_plan(document).units for entry in unit.entries}
    return bool(entries) and entries <= set(lines)


def _is_told_below(plan: Plan, place: Place, units: list[Unit]) -> bool:
    """Whether a section is no run itself: one below holds all of it, or it gathers alerts, or it is the title."""
    if any(unit.home == place.anchor for unit in units):
        return False
    below = [one for one in plan.places if place.line < one.line <= place.last]
    if any(kind_of(plan, one) != "section" and units_in(plan, one) for one in below):
        return True  # several alerts or issues one after the other are no run
    first, last = min(unit.at for unit in units), max(unit.at for unit in units)
    if any(one.line <= first and last <= one.last for one in below):
        return True
    is_about_one_alert = any(alert["source"] == "document" for alert in plan.document.get("alerts", ()))
    is_one_thing = plan.document.get("kind") in ("procedure", "incident") or is_about_one_alert
    return place.level == 1 and not is_one_thing


def _describe_place(plan: Plan, place: Place, units: list[Unit]) -> StepSource:
    kind = kind_of(plan, place)
    if len(units) == 1 and kind == "section":
        kind = units[0].kind
    return StepSource(
        key=place.anchor or WHOLE,
        anchor=place.anchor,
        title=place.title,
        trail=place.trail,
        count=_count(units),
        kind=kind,
        phases=tuple(dict.fromkeys(phase for unit in units for phase in _phases_of(unit, is_one=len(units) == 1))),
        line=place.line,
        level=place.level,
    )


def _phases_of(unit: Unit, *, is_one: bool) -> list[str]:
    own = "" if is_one else short_title(unit)
    return [phase for entry in unit.entries if (phase := entry.phase or own)]


def _describe_unit(place: Place, unit: Unit) -> StepSource:
    return StepSource(
        key=f"{place.anchor}:{unit.line}",
        anchor=place.anchor,
        title=short_title(unit),
        trail=(*place.trail, place.title) if place.title else place.trail,
        count=_count([unit]),
        kind=unit.kind,
        phases=tuple(dict.fromkeys(_phases_of(unit, is_one=True))),
        line=unit.line,
        level=A_LIST,
    )


def _count(units: Iterable[Unit]) -> int:
    return min(sum(len(unit.entries) for unit in units), MOST_STEPS)
