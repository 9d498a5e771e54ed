"""Geometry of the charts: numbers in, rectangles out. Pure; the template writes them as SVG, colours are classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil

LINE = 28  # height of a horizontal bar's line
LABELS = 170  # width that is left for labels
BARS = 400
AFTER = 50  # width for the number behind a bar
COLUMN_HEIGHT = 140
COLUMN_TOP = 18
COLUMN_FOOT = 22
COLUMNS_WIDTH = 720
LONGEST_LABEL = 24  # letters
SCALE = 54  # width for the numbers of the levels


@dataclass(frozen=True, slots=True)
class Mark:
    """One bar or column with its label and its number, and where all of that stands."""

    label: str
    value: int
    x: float
    y: float
    width: float
    height: float
    label_x: float
    label_y: float
    value_x: float
    value_y: float
    tone: int = 0  # 1 to 4: drawn as that severity; 0: plain
    shade: str = ""  # a tone of the stylesheet, by name
    about: str = ""  # all of it in words, where the label is elsewhere


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing; `about` says in words what it shows, for those who can't see it."""

    key: str
    about: str
    width: float
    height: float
    marks: tuple[Mark, ...]
    is_columns: bool = False
    legend: tuple[Series, ...] = ()
    levels: tuple[Level, ...] = ()


@dataclass(frozen=True, slots=True)
class Level:
    """A line across the columns, and the number it stands for."""

    value: int
    y: float


@dataclass(frozen=True, slots=True)
class Series:
    """One of several numbers that are drawn side by side; `shade` is a tone of the stylesheet."""

    label: str
    shade: str


def draw_bars(key: str, about: str, rows: Sequence[tuple[str, int, int]]) -> Chart | None:
    """Horizontal bars out of (label, value, tone); None where there is nothing to draw."""
    most = max((value for _, value, _ in rows), default=0)
    if most <= 0:
        return None
    marks = tuple(
        Mark(
            label=shorten(label),
            value=value,
            x=LABELS,
            y=index * LINE + 5,
            width=round(max(2, BARS * value / most), 1) if value else 0,
            height=LINE - 10,
            label_x=LABELS - 10,
            label_y=index * LINE + LINE / 2,
            value_x=round(LABELS + BARS * value / most + 8, 1),
            value_y=index * LINE + LINE / 2,
            tone=tone,
        )
        for index, (label, value, tone) in enumerate(rows)
    )
    return Chart(key, about, LABELS + BARS + AFTER, LINE * len(rows), marks)


def draw_columns(key: str, about: str, rows: Sequence[tuple[str, int]]) -> Chart | None:
    """Columns side by side out of (label, value); where many stand close, only some are labelled."""
    most = max((value for _, value in rows), default=0)
    if most <= 0:
        return None
    step = COLUMNS_WIDTH / len(rows)
    every = ceil(len(rows) * 52 / COLUMNS_WIDTH)
    floor = COLUMN_TOP + COLUMN_HEIGHT
    marks = []
    for index, (label, value) in enumerate(rows):
        height = COLUMN_HEIGHT * value / most
        middle = (index + 0.5) * step
        marks.append(
            Mark(
                label=label if index % every == 0 else "",
                value=value,
                x=round(index * step + step * 0.12, 1),
                y=round(floor - height, 1),
                width=round(step * 0.76, 1),
                height=round(height, 1),
                label_x=round(middle, 1),
                label_y=floor + 15,
                value_x=round(middle, 1),
                value_y=round(floor - height - 5, 1),
            )
        )
    return Chart(key, about, COLUMNS_WIDTH, floor + COLUMN_FOOT, tuple(marks), is_columns=True)


def draw_groups(
    key: str, about: str, series: Sequence[Series], rows: Sequence[tuple[str, Sequence[int]]]
) -> Chart | None:
    """Columns of several series, side by side for each label; the numbers stand in the table."""
    most = max((value for _, values in rows for value in values), default=0)
    if most <= 0:
        return None
    step = (COLUMNS_WIDTH - SCALE) / len(rows)
    every = ceil(len(rows) * 52 / (COLUMNS_WIDTH - SCALE))
    width = step * 0.8 / len(series)
    marks = [
        Mark(
            label=label if place == 0 and index % every == 0 else "",
            value=0,  # they would stand too close: the levels and the table say it
            x=round(SCALE + index * step + step * 0.1 + place * width, 1),
            y=round(COLUMN_TOP + COLUMN_HEIGHT * (1 - value / most), 1),
            width=round(width * 0.92, 1),
            height=round(COLUMN_HEIGHT * value / most, 1),
            label_x=round(SCALE + (index + 0.5) * step, 1),
            label_y=COLUMN_TOP + COLUMN_HEIGHT + 15,
            value_x=0,
            value_y=0,
            shade=one.shade,
            about=f"{label}, {one.label}: {value}",
        )
        for index, (label, values) in enumerate(rows)
        for place, (one, value) in enumerate(zip(series, values, strict=True))
    ]
    levels = tuple(
        Level(value, round(COLUMN_TOP + COLUMN_HEIGHT * (1 - value / most), 1))
        for value in sorted({0, most // 2, most})
    )
    height = COLUMN_TOP + COLUMN_HEIGHT + COLUMN_FOOT
    return Chart(key, about, COLUMNS_WIDTH, height, tuple(marks), True, tuple(series), levels)


def draw_stacks(
    key: str, about: str, series: Sequence[Series], rows: Sequence[tuple[str, Sequence[int]]]
) -> Chart | None:
    """Horizontal bars, each cut into its series; the number behind a bar is the sum."""
    most = max((sum(values) for _, values in rows), default=0)
    if most <= 0:
        return None
    marks = []
    for index, (label, values) in enumerate(rows):
        x, last = float(LABELS), len(series) - 1
        for place, (one, value) in enumerate(zip(series, values, strict=True)):
            width = BARS * value / most
            marks.append(
                Mark(
                    label=shorten(label) if place == 0 else "",
                    value=sum(values) if place == last else 0,
                    x=round(x, 1),
                    y=index * LINE + 5,
                    width=round(width, 1),
                    height=LINE - 10,
                    label_x=LABELS - 10,
                    label_y=index * LINE + LINE / 2,
                    value_x=round(x + width + 8, 1),
                    value_y=index * LINE + LINE / 2,
                    shade=one.shade,
                    about=f"{label}, {one.label}: {value}",
                )
            )
            x += width
    return Chart(key, about, LABELS + BARS + AFTER, LINE * len(rows), tuple(marks), legend=tuple(series))


def shorten(label: str) -> str:
    """What fits before a bar; the table below has all of it."""
    return label if len(label) <= LONGEST_LABEL else label[: LONGEST_LABEL - 1] + "…"
