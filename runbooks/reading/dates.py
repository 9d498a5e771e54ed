"""Dates and review intervals as people write them. Dates are calendar dates without a time zone."""

from __future__ import annotations

import re
from datetime import date, datetime

from runbooks.reading.wording import key

_ISO = re.compile(r"\b(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?!\d)")
_DAY_FIRST = re.compile(r"\b(\d{1,2})(?:st|nd|rd|th)?[ -]([A-Za-z]{3,9})\.?,?[ -](\d{4})\b")
_MONTH_FIRST = re.compile(r"\b([A-Za-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})\b")
_MONTH_NAMES = "january|february|march|april|may|june|july|august|september|october|november|december"
_MONTHS = {name: number for number, name in enumerate(_MONTH_NAMES.split("|"), start=1)}
_SHORT_MONTHS = {name[:3]: number for name, number in _MONTHS.items()} | {"sept": 9}

_SPAN = re.compile(r"\b(\d{1,4})\s{0,3}(days?|d|weeks?|w|months?|mo|m|years?|yrs?|y)\b")
_SPAN_WORDS = re.compile(r"\b(?:every|each)\s{1,3}(other\s{1,3})?(day|week|month|quarter|year)\b")
_DAYS = {"d": 1, "w": 7, "m": 30, "y": 365}
_NUMBERS = {"one": 1, "two": 2, "three": 3, "four": 4, "six": 6, "nine": 9, "twelve": 12}
_UNIT_DAYS = {"day": 1, "week": 7, "month": 30, "quarter": 90, "year": 365}
# Longer phrases stand first: "semi annually" also holds "annually".
_PHRASES = (
    ("twice a year", 182),
    ("twice yearly", 182),
    ("semi annual", 182),
    ("semiannual", 182),
    ("bi annual", 182),
    ("biannual", 182),
    ("half yearly", 182),
    ("six monthly", 182),
    ("bi weekly", 14),
    ("biweekly", 14),
    ("fortnight", 14),
    ("bi monthly", 60),
    ("bimonthly", 60),
    ("once a year", 365),
    ("once a quarter", 90),
    ("once a month", 30),
    ("once a week", 7),
    ("per year", 365),
    ("per quarter", 90),
    ("per month", 30),
    ("per week", 7),
    ("quarterly", 90),
    ("annual", 365),
    ("yearly", 365),
    ("monthly", 30),
    ("weekly", 7),
    ("daily", 1),
)
_LONGEST = 200  # characters looked at: what is longer is prose, not a date or an interval


def parse_date(text: str) -> date | None:
    """The first date in the text, or None.

    Understands ISO 8601 (`2026-03-15`, also with a time behind it), `2026/03/15`, `15 March 2026` and `March 15, 2026`
    with full or short English month names. All-number forms with the year last are ambiguous and give None.
    """
    text = text[:_LONGEST]
    if match := _ISO.search(text):
        return _make_date(int(match[1]), int(match[2]), int(match[3]))
    if match := _DAY_FIRST.search(text):
        return _make_date(int(match[3]), _month(match[2]), int(match[1]))
    if match := _MONTH_FIRST.search(text):
        return _make_date(int(match[3]), _month(match[1]), int(match[2]))
    return None


def as_text(value: object) -> str:
    """A front matter value as text; dates become ISO 8601, lists are joined by commas, mappings give ""."""
    if value is None or isinstance(value, dict):
        return ""
    if isinstance(value, (date, datetime)):
        return value.isoformat()
    if isinstance(value, (list, tuple)):
        return ", ".join(filter(None, (as_text(item) for item in value)))
    return str(value)


def review_days(text: str) -> int | None:
    """Days between two reviews for `Quarterly`, `every 6 months`, `90d`, `twice a year` and the like, else None.

    A month counts 30 days, a quarter 90, half a year 182, a year 365.
    """
    words = key(text[:_LONGEST])
    for name, number in _NUMBERS.items():
        words = re.sub(rf"\b{name} (?=(?:day|week|month|year))", f"{number} ", words)
    if match := _SPAN.search(words):
        return _span_days(int(match[1]), match[2]) or None
    for phrase, days in _PHRASES:
        if phrase in words:
            return days
    if match := _SPAN_WORDS.search(words):
        return _UNIT_DAYS[match[2]] * (2 if match[1] else 1)
    return None


def _span_days(count: int, unit: str) -> int:
    if unit[0] == "m" and count == 6:
        return 182
    if unit[0] == "m" and count % 12 == 0:
        return count // 12 * 365
    return count * _DAYS[unit[0]]


def _month(name: str) -> int:
    name = name.lower()
    return _MONTHS.get(name) or _SHORT_MONTHS.get(name, 0)


def _make_date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
