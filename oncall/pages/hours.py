"""Hours on call of a rotation, by person and layer; the page and the file to download are made of the same rows."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from accounts.models import User
from oncall.models import Kind, Layer, Notification, Rotation
from oncall.rota import Span, clip, to_utc, zone_named
from oncall.rota.hours import Tally, tally
from oncall.schedule import Shift, load_schedule

HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)
ALL_LAYERS = "All layers"
COLUMNS = ("Person", "Time zone", "Layer", "From", "To", "Hours", "Night hours", "Weekend hours", "Shifts", "Pages")
RISKY = ("=", "+", "-", "@", "\t", "\r")  # a spreadsheet takes such a cell for a formula


@dataclass(frozen=True, slots=True)
class Line:
    """Hours of one person, in one layer or in all. An hour in two layers at once counts once in all."""

    name: str
    tally: Tally
    shifts: int

    @property
    def hours(self) -> float:
        return self.tally.total / HOUR

    @property
    def nights(self) -> float:
        return self.tally.nights / HOUR

    @property
    def weekends(self) -> float:
        return self.tally.weekends / HOUR


@dataclass(frozen=True, slots=True)
class PersonHours:
    """What one person did in that time. `pages` came from anywhere, not from this rotation alone."""

    person: User
    total: Line
    layers: list[Line]
    pages: int


def read_days(first: dt.date, last: dt.date, zone: str) -> Span:
    """From the first day's midnight to the end of the last day, by the clock of that zone; in UTC."""
    wall = zone_named(zone)
    return Span(
        to_utc(dt.datetime.combine(first, dt.time()), wall), to_utc(dt.datetime.combine(last + DAY, dt.time()), wall)
    )


def count_hours(rotation: Rotation, span: Span) -> list[PersonHours]:
    """Everybody who is on call in that time, most hours first. What has not been yet counts as it is planned."""
    shifts = load_schedule(rotation, *span).shifts(*span)
    by_person: dict[int, list[Shift]] = defaultdict(list)
    for shift in shifts:
        by_person[shift.person.pk].append(shift)
    pages = _count_pages(by_person, span)
    found = [_add_up(own, span, pages[pk]) for pk, own in by_person.items()]
    return sorted(found, key=lambda row: (-row.total.hours, str(row.person)))


def _add_up(shifts: list[Shift], span: Span, pages: int) -> PersonHours:
    person = shifts[0].person
    by_layer: dict[Layer, list[Shift]] = defaultdict(list)
    for shift in shifts:
        by_layer[shift.layer].append(shift)
    layers = sorted(by_layer, key=lambda layer: (layer.rank, layer.pk))
    lines = [_line(layer.name, by_layer[layer], person, span) for layer in layers]
    return PersonHours(person, _line(ALL_LAYERS, shifts, person, span), lines, pages)


def _line(name: str, shifts: list[Shift], person: User, span: Span) -> Line:
    parts = [part for shift in shifts if (part := clip(shift.span, *span))]
    return Line(name, tally(parts, person.time_zone), len(parts))


def _count_pages(people: Iterable[int], span: Span) -> Counter[int]:
    rows = Notification.objects.filter(
        kind=Kind.PAGE, person__in=list(people), created_at__gte=span.start, created_at__lt=span.end
    )
    return Counter(rows.order_by().values_list("person_id", flat=True))


def write_csv(rows: Iterable[PersonHours], first: dt.date, last: dt.date) -> str:
    """The rows as RFC 4180 has it: one for each person and layer, then one for all layers, with the pages."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for row in rows:
        for line, pages in [*((line, "") for line in row.layers), (row.total, str(row.pages))]:
            writer.writerow([_safe(cell) for cell in _cells(row.person, line, pages, first, last)])
    return out.getvalue()


def _cells(person: User, line: Line, pages: str, first: dt.date, last: dt.date) -> Iterator[str]:
    yield from (str(person), person.time_zone, line.name, first.isoformat(), last.isoformat())
    yield from (f"{number:.2f}" for number in (line.hours, line.nights, line.weekends))
    yield from (str(line.shifts), pages)


def _safe(cell: str) -> str:
    """A cell that a spreadsheet shows as it is."""
    return f"'{cell}" if cell.lstrip(" ").startswith(RISKY) else cell
