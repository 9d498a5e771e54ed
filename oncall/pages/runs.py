"""Runs of shifts: the days or nights that one person does in a row, which people think of as one turn."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from accounts.models import User
from oncall.models import Layer
from oncall.rota import Span
from oncall.schedule import Shift

PAUSE = dt.timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Run:
    """One or more shifts of a person in a layer, less than a day apart, with nobody else in between."""

    shifts: tuple[Shift, ...]

    @property
    def layer(self) -> Layer:
        return self.shifts[0].layer

    @property
    def person(self) -> User:
        return self.shifts[0].person

    @property
    def span(self) -> Span:
        return Span(self.shifts[0].starts_at, self.shifts[-1].ends_at)

    @property
    def is_single(self) -> bool:
        return len(self.shifts) == 1

    @property
    def query(self) -> str:
        """Layer, and start and end in UTC: fills the forms that change it."""
        return write_query(self.layer, self.span)


def find_runs(shifts: Sequence[Shift]) -> list[Run]:
    """The runs of one layer's shifts, which must be in order and all there."""
    runs: list[list[Shift]] = []
    for shift in shifts:
        last = runs[-1][-1] if runs else None
        if last is not None and last.person.pk == shift.person.pk and shift.starts_at - last.ends_at < PAUSE:
            runs[-1].append(shift)
        else:
            runs.append([shift])
    return [Run(tuple(run)) for run in runs]


def write_query(layer: Layer, span: Span) -> str:
    """A time of a layer as the pages of covers read it out of their address."""
    start, end = (moment.isoformat() for moment in span)
    return urlencode({"layer": layer.pk, "start": start, "end": end})
