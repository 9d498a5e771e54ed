"""A table of the numbers page: one whose cells may be lengths of time."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from accounts import tables
from accounts.csv_text import write_csv
from incidents.pages.lengths import say_length


@dataclass(frozen=True)
class Table(tables.Table):
    def to_csv(self) -> str:
        """RFC 4180; lengths of time as minutes, days as ISO 8601."""
        lengths = {i for row in self.rows for i, cell in enumerate(row) if isinstance(cell, dt.timedelta)}
        header = [f"{name} (minutes)" if i in lengths else name for i, name in enumerate(self.columns)]
        return write_csv(header, ([_plain(cell) for cell in row] for row in self.rows))

    def say(self, cell: Any) -> str:
        return say_length(cell) if isinstance(cell, dt.timedelta) else super().say(cell)


def _plain(cell: Any) -> Any:
    return round(cell.total_seconds() / 60, 1) if isinstance(cell, dt.timedelta) else cell
