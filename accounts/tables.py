"""A table of numbers, printed and downloaded from the same rows, with a chart of it where one says more."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from accounts.charts import Chart
from accounts.csv_text import write_csv


@dataclass(frozen=True)
class Table:
    """`about` says what is counted. Cells are words, numbers, days, or None where there is nothing to say."""

    key: str
    title: str
    about: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Any, ...]]
    chart: Chart | None = None
    nothing: str = "Nothing in that time."

    def shown(self) -> list[list[str]]:
        """The rows in words."""
        return [[self.say(cell) for cell in row] for row in self.rows]

    def to_csv(self) -> str:
        """RFC 4180; days as ISO 8601."""
        return write_csv(self.columns, self.rows)

    def say(self, cell: Any) -> str:
        """One cell in words."""
        if cell is None:
            return "–"
        if isinstance(cell, dt.date):
            return f"{cell.day} {cell:%b %Y}"
        return f"{cell:g}" if isinstance(cell, float) else str(cell)
