"""The hours of a layer: a preset, or stretches of the week of one's own."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField

from oncall.rota import Window
from oncall.services.plans import BUSINESS_HOURS, MOST_WINDOWS, NIGHTS, WEEKENDS

ALWAYS, OWN = "always", "own"
PRESETS: dict[str, tuple[Window, ...]] = {
    ALWAYS: (),
    "business": BUSINESS_HOURS,
    "nights": NIGHTS,
    "weekends": WEEKENDS,
}
CHOICES = [
    (ALWAYS, "Always"),
    ("business", "Business hours: Mon to Fri, 09:00–17:00"),
    ("nights", "Nights: every day, 18:00–08:00"),
    ("weekends", "Weekends: Sat 00:00 to Mon 00:00"),
    (OWN, "Own hours…"),
]
DAYS = [(str(n), name) for n, name in enumerate(("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))]
LEAST_ROWS = 2


@dataclass(frozen=True, slots=True)
class HoursRow:
    """The three fields of one stretch of own hours."""

    number: int
    days: BoundField
    times: tuple[BoundField, BoundField]  # from and to


def make_hours_fields(count: int) -> dict[str, forms.Field]:
    """Fields for that many stretches: weekdays they begin on, from, to."""
    fields: dict[str, forms.Field] = {}
    for number in range(count):
        fields[f"w{number}-days"] = forms.MultipleChoiceField(
            label="Days", choices=DAYS, required=False, widget=forms.CheckboxSelectMultiple
        )
        for side, label in (("from", "From"), ("to", "To")):
            fields[f"w{number}-{side}"] = forms.TimeField(
                label=label, required=False, widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"})
            )
    return fields


def count_rows(data: Mapping[str, Any]) -> int:
    """How many stretches were sent, within bounds."""
    numbers = [int(match[1]) + 1 for key in data if (match := re.fullmatch(r"w(\d{1,2})-(?:days|from|to)", key))]
    return min(max([LEAST_ROWS, *numbers]), MOST_WINDOWS)


def hours_rows(form: forms.Form) -> Iterator[HoursRow]:
    """The stretches of a form for its page."""
    number = 0
    while f"w{number}-days" in form.fields:
        yield HoursRow(number, form[f"w{number}-days"], (form[f"w{number}-from"], form[f"w{number}-to"]))
        number += 1


def clean_windows(form: forms.Form) -> tuple[Window, ...]:
    """The windows that were chosen; what is wrong with them is said at the form's fields."""
    preset = form.cleaned_data.get("hours") or ALWAYS
    if preset != OWN:
        return PRESETS[preset]
    windows = [found for row in hours_rows(form) if (found := _clean_row(form, row.number)) is not None]
    if not windows and not form.errors:
        form.add_error("hours", "Give at least one stretch of hours: days, from and to.")
    return tuple(windows)


def write_windows(windows: tuple[Window, ...]) -> dict[str, list[str]]:
    """Windows as a browser would send them: as a preset where one says the same."""
    preset = next((name for name, same in PRESETS.items() if same == windows), OWN)
    data = {"hours": [preset]}
    for number, window in enumerate(windows if preset == OWN else ()):
        data[f"w{number}-days"] = [str(day) for day in sorted(window.weekdays)]
        data[f"w{number}-from"] = [f"{window.starts:%H:%M}"]
        data[f"w{number}-to"] = [f"{window.ends:%H:%M}"]
    return data


def _clean_row(form: forms.Form, number: int) -> Window | None:
    days: list[str] = form.cleaned_data.get(f"w{number}-days") or []
    starts: dt.time | None = form.cleaned_data.get(f"w{number}-from")
    ends: dt.time | None = form.cleaned_data.get(f"w{number}-to")
    if not days and starts is None and ends is None:
        return None
    if any(f"w{number}-{part}" in form.errors for part in ("days", "from", "to")):
        return None
    if not days:
        form.add_error(f"w{number}-days", "Choose the days on which these hours begin.")
        return None
    if starts is None or ends is None:
        form.add_error(f"w{number}-{'from' if starts is None else 'to'}", "Give both times.")
        return None
    return Window(frozenset(int(day) for day in days), starts, ends)
