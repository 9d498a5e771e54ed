"""Cutting the steps of a place out of the text, as a run keeps them. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from incidents.steps.plan import (
    LONGEST,
    Entry,
    Place,
    Plan,
    Unit,
    kind_of,
    make_whole,
    read_plan,
    short_title,
    units_in,
)
from incidents.steps.sources import MOST_STEPS, StepSource
from runbooks.reading.links import Resolve
from runbooks.reading.slices import Slices

_ANNOUNCED = re.compile(r"\s*\(required\)|^required\s*[:.–—-]\s*", re.IGNORECASE)
_LONGEST_BETWEEN = 60  # lines of text between two lists that are shown with a step
_OWN_ID = re.compile(r'\b(id|for|aria-labelledby)="')
_OWN_LINK = re.compile(r'href="#(?!fn)')
_NOTE_LINK = re.compile(r'href="#(fn[^"]*)"')


@dataclass(frozen=True, slots=True)
class FrozenCommand:
    """A command of a step, as the reader found it; stored as JSON in `RunStep.commands`."""

    title: str
    code: str
    language: str
    effect: str  # "read", "write" or "" (not known)
    is_inline: bool
    line: int
    placeholders: tuple[dict[str, str], ...]  # name and label of each
    lines: tuple[dict[str, str], ...]  # kind, text and prompt of each


@dataclass(frozen=True, slots=True)
class FrozenStep:
    """A step as it is stored in a run."""

    phase: str
    number: str
    title: str
    html: str  # what else the runbook says about it, safe
    commands: tuple[dict[str, Any], ...]
    expected: str
    line: int | None
    anchor: str
    is_required: bool


def freeze_steps(
    document: Mapping[str, Any], markdown: str, source: StepSource, *, page: str = "", resolve: Resolve | None = None
) -> list[FrozenStep]:
    """The steps of a source, at most MOST_STEPS. `page` is the address of the version, where its anchors lead."""
    plan = read_plan(document)
    place = next((one for one in plan.places if one.anchor == source.anchor), make_whole(document))
    units = units_in(plan, place) if plan.places else plan.units
    if ":" in source.key.removeprefix(source.anchor):
        units = [unit for unit in units if f"{place.anchor}:{unit.line}" == source.key]
    cutter = _Cutter(plan, Slices(markdown, resolve), page, markdown.splitlines())
    return [step for unit in units for step in cutter.cut(unit, has_phases=len(units) > 1)][:MOST_STEPS]


class _Cutter:
    """Cuts the steps of one text."""

    def __init__(self, plan: Plan, slices: Slices, page: str, lines: list[str]) -> None:
        self._plan = plan
        self._slices = slices
        self._page = page
        self._lines = lines

    def cut(self, unit: Unit, *, has_phases: bool) -> Iterator[FrozenStep]:
        """The steps of one list. What the section says before the list stands with its first step."""
        before = self._draw_before(unit)
        for index, entry in enumerate(unit.entries):
            following = unit.entries[index + 1] if index + 1 < len(unit.entries) else None
            phase = entry.phase or (short_title(unit) if has_phases else "")
            step = self._cut_entry(entry, self._find_last(entry, following), phase)
            is_last = index + 1 == len(unit.entries)
            after = self._draw_after(unit) if is_last else ""
            yield replace(step, html=before + step.html + after) if before or after else step
            before = ""

    def _draw_before(self, unit: Unit) -> str:
        """The text of the unit's own section since the list before it, without the line that only names the list."""
        home = self._home_of(unit)
        if home is None or unit.kind == "resolution":
            return ""
        earlier = [one for one in self._plan.units if one.home == unit.home and one.line < unit.line]
        first = max([home.line, *(self._end_of(one) for one in earlier)]) + 1
        return self._draw_between(first, self._before_name(unit.line - 1), unit.line)

    def _draw_after(self, unit: Unit) -> str:
        """Of an alert: what its section says below the last list, such as ways to resolve it."""
        home = self._home_of(unit)
        is_last = not any(one.home == unit.home and one.line > unit.line for one in self._plan.units)
        if home is None or not is_last or kind_of(self._plan, home) != "alert":
            return ""
        below = [place.line for place in self._plan.places if place.line > home.line]
        last = min([home.last, *(line - 1 for line in below)])
        return self._draw_between(self._end_of(unit) + 1, last, unit.line)

    def _draw_between(self, first: int, last: int, line: int) -> str:
        if last < first or last - first > _LONGEST_BETWEEN:
            return ""
        html = self._adapt(self._slices.draw(first, last), line * 1000)
        return f'<div class="step__context">{html}</div>' if html.replace("<hr>", "").strip() else ""

    def _home_of(self, unit: Unit) -> Place | None:
        return next((place for place in self._plan.places if place.anchor == unit.home), None)

    def _end_of(self, unit: Unit) -> int:
        return max(self._find_last(entry, None) for entry in unit.entries)

    def _before_name(self, last: int) -> int:
        """Without the line that only names the list below it, such as `Verification:`."""
        while last > 0 and not self._line(last).strip():
            last -= 1
        return last - 1 if self._line(last).rstrip().rstrip("*_").endswith(":") else last

    def _line(self, number: int) -> str:
        return self._lines[number - 1] if 0 < number <= len(self._lines) else ""

    def _cut_entry(self, entry: Entry, last: int, phase: str) -> FrozenStep:
        if entry.last < 0:  # a resolution, known by its words alone
            line = self._find_line(entry)
            return self._make(entry, "", phase, line, line)
        is_code = entry.last > 0 and self._slices.end_of_block(entry.line) > entry.line
        draw = self._slices.draw if is_code else self._slices.draw_rest
        return self._make(entry, self._adapt(draw(entry.line, last), entry.line), phase, entry.line, last)

    def _find_last(self, entry: Entry, following: Entry | None) -> int:
        """Last line of what belongs to the step: up to the next one, or to the end of the item and the code below it."""
        if entry.last:
            has_items = following is not None and following.is_item and not entry.is_item
            return self._before_name(entry.last) if has_items else entry.last
        end = self._slices.end_of_item(entry.line)
        if following is None:
            return self._end_with_code(end) if entry.number else end
        return following.line - 1 if entry.number else min(self._end_with_code(end), following.line - 1)

    def _end_with_code(self, end: int) -> int:
        """Including a code block that follows at once, after blank lines at most."""
        for line in range(end + 1, min(end + 3, len(self._lines)) + 1):
            block = self._slices.end_of_block(line)
            if block > line:
                return block
            if self._lines[line - 1].strip():
                break
        return end

    def _find_line(self, entry: Entry) -> int | None:
        """Where the words of a resolution stand, by their beginning; None when they can't be found."""
        place = next((one for one in self._plan.places if one.anchor == entry.anchor), None)
        if place is None:
            return None
        words = re.sub(r"[\s*_`]+", " ", entry.title)[:40].strip()
        for number in range(place.line, min(place.last, len(self._lines)) + 1):
            if words and words in re.sub(r"[\s*_`]+", " ", self._lines[number - 1]):
                return number
        return None

    def _make(self, entry: Entry, html: str, phase: str, line: int | None, last: int | None) -> FrozenStep:
        commands = tuple(asdict(command) for command in self._commands_between(line or 0, last or 0))
        return FrozenStep(
            phase=phase[:300],
            number=entry.number[:20],
            title=(entry.title or "Step")[:LONGEST],
            html=html,
            commands=commands,
            expected=entry.expected,
            line=line,
            anchor=entry.anchor,
            is_required=_ANNOUNCED.search(entry.title) is not None,
        )

    def _commands_between(self, first: int, last: int) -> Iterator[FrozenCommand]:
        labels = {p["name"]: p["label"] for p in self._plan.document.get("placeholders", ())}
        for command in self._plan.document.get("commands", ()):
            if first <= command["line"] <= last and not command["is_drawing"]:
                yield FrozenCommand(
                    title=command["title"],
                    code=command["code"],
                    language=command["language"],
                    effect=command["effect"],
                    is_inline=command["inline"],
                    line=command["line"],
                    placeholders=tuple({"name": n, "label": labels.get(n, n)} for n in command["placeholders"]),
                    lines=tuple(dict(line) for line in command["lines"]),
                )

    def _adapt(self, html: str, line: int) -> str:
        """Names of elements are made the step's own, and links to other sections lead to the version's page."""
        own = _OWN_ID.sub(rf'\1="s{line}-', html)
        own = _NOTE_LINK.sub(rf'href="#s{line}-\1"', own)
        return _OWN_LINK.sub(f'href="{self._page}#', own)
