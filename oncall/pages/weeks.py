"""A calendar of weeks: shifts and gaps laid out as rows of a table, by the clock on the wall of one zone.

Each week is a table of seven days; a shift is a cell that reaches over as many columns as it lasts on the wall's clock. What
begins before the week or ends after it is cut there and says so.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from oncall.pages.shifts import ShiftCard
from oncall.rota import Span, to_utc
from oncall.rota.clock import to_wall
from oncall.schedule import Gap, LayerSchedule, RotationSchedule

DAYS = 7
DAY = dt.timedelta(days=1)
DAY_MINUTES = 24 * 60
FULL_DAY = 24.0
UNITS = (60, 30, 15)  # minutes that a column may stand for: a table holds 1,000 columns at most


@dataclass(frozen=True, slots=True)
class Day:
    """A day of a week. `hours` is 23 or 25 where the clocks change (rarely anything else)."""

    date: dt.date
    is_today: bool
    hours: float

    @property
    def is_weekend(self) -> bool:
        return self.date.weekday() >= 5

    @property
    def change(self) -> str:
        """What the clocks do on that day, "" on a usual one."""
        if self.hours == FULL_DAY:
            return ""
        return f"Clocks go {'forward' if self.hours < FULL_DAY else 'back'}: {self.hours:g} h"


@dataclass(frozen=True, slots=True)
class Cell:
    """Part of a row: `columns` wide; a shift, a gap, or neither."""

    columns: int
    shift: ShiftCard | None = None
    gap: Gap | None = None
    begins_before: bool = False
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A layer's week. A row without a layer shows when nobody of several layers of one rank is on call."""

    name: str
    rank: int
    cells: list[Cell]
    layer_id: int | None = None
    is_before: bool = False  # how it would be without a change that is only looked at


@dataclass(frozen=True, slots=True)
class Listed:
    """A line of the list by day: what starts on that day, or goes on from the days before."""

    shift: ShiftCard | None = None
    gap: Gap | None = None
    goes_on: bool = False


@dataclass(frozen=True, slots=True)
class Week:
    """Seven days from a Monday, with a row for each layer. `columns` make up a day."""

    days: list[Day]
    span: Span
    columns: int
    rows: list[Row]
    lists: list[tuple[Day, list[Listed]]] = field(default_factory=list)
    now_at: float | None = None  # how far into the week it is now, in percent

    @property
    def number(self) -> int:
        """The number of the week as ISO 8601 counts it."""
        return self.days[0].date.isocalendar().week

    @property
    def width(self) -> int:
        """Columns of the whole week."""
        return self.columns * DAYS

    @property
    def changes(self) -> list[Day]:
        """The days on which the clocks change."""
        return [day for day in self.days if day.change]

    @property
    def today_at(self) -> float | None:
        """Where today starts, in percent of the week; None when it is not in this week."""
        return next((number * 100 / DAYS for number, day in enumerate(self.days) if day.is_today), None)

    @property
    def is_empty(self) -> bool:
        return not self.rows


def first_day_of(moment: dt.datetime, zone: ZoneInfo) -> dt.date:
    """The Monday of the week in which that moment falls in the zone."""
    day = to_wall(moment, zone).date()
    return day - DAY * day.weekday()


def week_span(monday: dt.date, weeks: int, zone: ZoneInfo) -> Span:
    """From that Monday's midnight in the zone until that many weeks later, in UTC."""
    start = dt.datetime.combine(monday, dt.time())
    return Span(to_utc(start, zone), to_utc(start + DAY * DAYS * weeks, zone))


def build_weeks(
    schedule: RotationSchedule,
    cards: dict[tuple[int, dt.datetime], ShiftCard],
    monday: dt.date,
    weeks: int,
    zone: ZoneInfo,
    now: dt.datetime,
    unit: int | None = None,
) -> list[Week]:
    """The weeks from that Monday on. `cards` holds every shift of that time by layer and start (`shifts.build_cards`).

    `unit` is the number of minutes that a column stands for, chosen by what is shown when none is given.
    """
    span = week_span(monday, weeks, zone)
    gaps = schedule.gaps(span.start, span.end)
    unit = unit or find_unit([card.shift.span for card in cards.values()] + [gap.span for gap in gaps], zone)
    return [
        _build_week(schedule, cards, gaps, monday + DAY * DAYS * number, zone, now, unit) for number in range(weeks)
    ]


def find_unit(spans: Iterable[Span], zone: ZoneInfo) -> int:
    """The longest unit, in minutes, in which all of that begins and ends in the zone; the shortest where none fits."""
    minutes = {to_wall(moment, zone).minute for span in spans for moment in span}
    return next((unit for unit in UNITS if all(minute % unit == 0 for minute in minutes)), UNITS[-1])


def _build_week(
    schedule: RotationSchedule,
    cards: dict[tuple[int, dt.datetime], ShiftCard],
    gaps: list[Gap],
    monday: dt.date,
    zone: ZoneInfo,
    now: dt.datetime,
    unit: int,
) -> Week:
    span = week_span(monday, 1, zone)
    today = to_wall(now, zone).date()
    days = [_read_day(monday + DAY * number, zone, today) for number in range(DAYS)]
    touching = [gap for gap in gaps if _touches(gap.span, span)]
    ruler = _Ruler(dt.datetime.combine(monday, dt.time()), zone, unit)
    rows = list(_build_rows(schedule, cards, touching, span, ruler))
    now_at = ruler.percent(now) if span.start <= now < span.end else None
    shown = [card for card in cards.values() if _touches(card.shift.span, span)]
    return Week(days, span, DAY_MINUTES // unit, rows, list(_list_days(days, shown, touching, zone)), now_at)


def _build_rows(
    schedule: RotationSchedule,
    cards: dict[tuple[int, dt.datetime], ShiftCard],
    gaps: list[Gap],
    week: Span,
    ruler: _Ruler,
) -> Iterator[Row]:
    for rank in schedule.ranks:
        layers = [found for found in schedule.of_rank(rank) if _is_used(found, week)]
        missing = [gap for gap in gaps if gap.rank == rank]
        for layer in layers:
            shifts = [cards[layer.layer.pk, shift.starts_at] for shift in layer.shifts(*week)]
            own = missing if len(layers) == 1 else []
            yield Row(layer.layer.name, rank, _lay_out(shifts, own, week, ruler), layer.layer.pk)
        if missing and len(layers) != 1:
            yield Row("Nobody", rank, _lay_out([], missing, week, ruler))


def _is_used(layer: LayerSchedule, week: Span) -> bool:
    """Whether the layer has something to say in that week: it has begun, and has not ended."""
    plans = layer.plan.plans
    has_begun = bool(plans) and plans[0].effective_from < week.end
    return (has_begun and layer.plan.ended_at > week.start) or bool(layer.shifts(*week))


def _lay_out(shifts: list[ShiftCard], gaps: list[Gap], week: Span, ruler: _Ruler) -> list[Cell]:
    """Cells for a row that add up to the week, in order; what is shorter than a column still gets one."""
    parts: list[tuple[Span, ShiftCard | None, Gap | None]] = [(card.shift.span, card, None) for card in shifts]
    parts += [(gap.span, None, gap) for gap in gaps]
    cells: list[Cell] = []
    reached = 0
    for span, card, gap in sorted(parts, key=lambda part: part[0]):
        begins = max(reached, ruler.column(max(span.start, week.start)))
        ends = min(max(begins + 1, ruler.column(min(span.end, week.end))), ruler.columns)
        if begins >= ends:
            continue
        if begins > reached:
            cells.append(Cell(begins - reached))
        cells.append(Cell(ends - begins, card, gap, span.start < week.start, span.end > week.end))
        reached = ends
    if reached < ruler.columns:
        cells.append(Cell(ruler.columns - reached))
    return cells


def _list_days(
    days: list[Day], cards: list[ShiftCard], gaps: list[Gap], zone: ZoneInfo
) -> Iterator[tuple[Day, list[Listed]]]:
    """What starts on each day; the first day, and today, also hold what goes on from before."""
    lines: list[tuple[Span, int, Listed]] = []
    for card in cards:
        lines.append((card.shift.span, card.shift.layer.rank, Listed(shift=card)))
    for gap in gaps:
        lines.append((gap.span, gap.rank, Listed(gap=gap)))
    lines.sort(key=lambda line: (line[0], line[1]))
    for number, day in enumerate(days):
        found = []
        for span, _, line in lines:
            starts_on = to_wall(span.start, zone).date()
            if starts_on == day.date:
                found.append(line)
            elif (number == 0 or day.is_today) and starts_on < day.date <= _last_day(span, zone):
                found.append(Listed(line.shift, line.gap, goes_on=True))
        yield day, found


class _Ruler:
    """Places moments on a week's columns by the clock on the wall."""

    def __init__(self, monday: dt.datetime, zone: ZoneInfo, unit: int) -> None:
        self.monday, self.zone, self.unit = monday, zone, unit
        self.columns = DAYS * DAY_MINUTES // unit

    def column(self, moment: dt.datetime) -> int:
        """The column at whose left edge that moment is."""
        return round(self._minutes(moment) / self.unit)

    def percent(self, moment: dt.datetime) -> float:
        """How far into the week the moment is, from 0 to 100."""
        return round(self._minutes(moment) * 100 / (DAYS * DAY_MINUTES), 2)

    def _minutes(self, moment: dt.datetime) -> float:
        return (to_wall(moment, self.zone) - self.monday) / dt.timedelta(minutes=1)


def _last_day(span: Span, zone: ZoneInfo) -> dt.date:
    return to_wall(span.end - dt.timedelta(microseconds=1), zone).date()


def _read_day(date: dt.date, zone: ZoneInfo, today: dt.date) -> Day:
    midnight = dt.datetime.combine(date, dt.time())
    return Day(date, date == today, (to_utc(midnight + DAY, zone) - to_utc(midnight, zone)) / dt.timedelta(hours=1))


def _touches(span: Span, week: Span) -> bool:
    return span.start < week.end and span.end > week.start
