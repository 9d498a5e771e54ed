"""Response times as people write them, in minutes: “15 minutes”, “< 1 hour”, “1h30”, “at once”."""

from __future__ import annotations

import re

LONGEST = 10_080  # a week; whoever answers later than that is nobody's next level
_LONGEST_TEXT = 500

_UNITS = {
    "s": 1 / 60,
    "sec": 1 / 60,
    "second": 1 / 60,
    "m": 1,
    "min": 1,
    "minute": 1,
    "h": 60,
    "hr": 60,
    "hour": 60,
    "d": 1440,
    "day": 1440,
    "w": 10_080,
    "week": 10_080,
}
_NUMBERS = {
    "a": 1.0,
    "an": 1.0,
    "one": 1.0,
    "two": 2.0,
    "three": 3.0,
    "four": 4.0,
    "five": 5.0,
    "six": 6.0,
    "eight": 8.0,
    "ten": 10.0,
    "fifteen": 15.0,
    "twenty": 20.0,
    "thirty": 30.0,
    "forty five": 45.0,
    "sixty": 60.0,
    "half an": 0.5,
    "half a": 0.5,
    "a quarter of an": 0.25,
}
_NUMBER = r"\d{1,5}(?:[.,]\d{1,2})?"
_UNIT = r"(?:s|sec|seconds?|secs|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)"
# “10”, “10-15”, “10 to 15”, each with its unit behind it
_QUANTITY = re.compile(
    rf"(?<![\w.])({_NUMBER})(?:\s{{0,2}}(?:-|–|—|to)\s{{0,2}}({_NUMBER}))?\s{{0,2}}-?({_UNIT})(?![a-z])", re.IGNORECASE
)
# “1h30”, “1 hour 30 min”, “1 hour and 5 minutes”
_REST_OF_HOUR = re.compile(
    r"(?:(\d{2})|\s{0,2}(?:and\s)?(\d{1,2})\s{0,2}(?:m|mins?|minutes?))(?![\w.:])", re.IGNORECASE
)
_IN_WORDS = re.compile(rf"\b({'|'.join(sorted(_NUMBERS, key=len, reverse=True))})\s({_UNIT})(?![a-z])", re.IGNORECASE)
_AT_ONCE = re.compile(
    r"\b(?:at once|immediate(?:ly)?|instant(?:ly)?|straight away|right away|a\.?s\.?a\.?p|now)\b", re.IGNORECASE
)


def parse_minutes(text: str) -> int | None:
    """The first time that the text gives, in whole minutes; None when it gives none, or more than a week.

    A range means its longer end, seconds round up, and “at once” is the shortest there is: one minute.
    """
    text = " ".join(text[:_LONGEST_TEXT].split())
    minutes = _read_quantity(text)
    if minutes is None:
        return 1 if _AT_ONCE.search(text) else None
    whole = max(1, -int(-minutes // 1))
    return whole if whole <= LONGEST else None


def _read_quantity(text: str) -> float | None:
    match = _QUANTITY.search(text)
    words = _IN_WORDS.search(text)
    if words and (match is None or words.start() < match.start()):
        return _NUMBERS[words[1].lower()] * _minutes_of(words[2])
    if match is None:
        return None
    unit = _minutes_of(match[3])
    minutes = _number(match[2] or match[1]) * unit
    rest = _REST_OF_HOUR.match(text, match.end()) if unit == 60 else None
    return minutes + (int(rest[1] or rest[2]) if rest else 0)


def _number(text: str) -> float:
    return float(text.replace(",", "."))


def _minutes_of(unit: str) -> float:
    unit = unit.lower()
    return _UNITS.get(unit) or _UNITS[unit.rstrip("s")]
