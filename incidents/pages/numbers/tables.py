"""A table of the numbers page, printed and downloaded from the same rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from incidents.pages.csv_text import write_csv
from incidents.pages.lengths import say_length
from incidents.pages.numbers.charts import Chart

Cell = str | int | float | dt.timedelta | dt.date | None


@dataclass(frozen=True)
class Table:
    """`about` says what is counted. Columns after the first are numbers where `numeric` says so."""

    key: str
    title: str
    about: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    chart: Chart | None = None
    nothing: str = "Nothing in that time."

    def shown(self) -> list[list[str]]:
        """The rows in words."""
        return [[_say(cell) for cell in row] for row in self.rows]

    def to_csv(self) -> str:
        """RFC 4180; lengths of time as minutes, days as ISO 8601."""
        lengths = {i for row in self.rows for i, cell in enumerate(row) if isinstance(cell, dt.timedelta)}
        header = [f"{name} (minutes)" if i in lengths else name for i, name in enumerate(self.columns)]
        return write_csv(header, ([_plain(cell) for cell in row] for row in self.rows))


def _say(cell: Cell) -> str:
    if cell is None:
        return "–"
    if isinstance(cell, dt.timedelta):
        return say_length(cell)
    if isinstance(cell, dt.date):
        return f"{cell.day} {cell:%b %Y}"
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def _plain(cell: Cell) -> object:
    return round(cell.total_seconds() / 60, 1) if isinstance(cell, dt.timedelta) else cell
