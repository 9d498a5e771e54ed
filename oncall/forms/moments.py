"""Moments and people in forms: by the reader's own clock, and among those who are still here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, cast

from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from accounts.models import User
from oncall.rota import to_utc
from oncall.rota.clock import to_wall


def parse_moment(text: str) -> dt.datetime | None:
    """An aware moment out of an address, in ISO 8601; None for anything else."""
    try:
        moment = parse_datetime(text.replace(" ", "+"))  # a plus that nobody encoded arrives as a blank
    except ValueError:
        return None
    return moment.astimezone(dt.UTC) if moment is not None and moment.tzinfo is not None else None


class MomentField(forms.DateTimeField):
    """A time on the reader's clock, to the minute; gives the instant in UTC.

    A time that the clock shows twice means the first; one that it skips is refused.
    """

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateTimeInput({"type": "datetime-local"}, "%Y-%m-%dT%H:%M"))
        kwargs.setdefault("error_messages", {"invalid": "Give a day and a time, as 2026-11-23T09:00."})
        super().__init__(**kwargs)

    def to_python(self, value: Any) -> dt.datetime | None:
        if value in self.empty_values or isinstance(value, dt.datetime):
            return cast("dt.datetime | None", value or None)
        wall = self._parse(str(value).strip())
        zone = timezone.get_current_timezone()
        try:
            instant = to_utc(wall, zone)
            shown = to_wall(instant, zone)
        except OverflowError as error:
            raise self._invalid() from error
        if shown != wall:
            raise forms.ValidationError(f"The clocks skip {wall:%H:%M} on that day in {zone.key}. Choose another time.")
        return instant

    def _parse(self, text: str) -> dt.datetime:
        try:
            wall = dt.datetime.fromisoformat(text)
        except ValueError as error:
            raise self._invalid() from error
        if wall.tzinfo is not None or not 2000 <= wall.year <= 2200:
            raise self._invalid()
        return wall

    def _invalid(self) -> forms.ValidationError:
        return forms.ValidationError(self.error_messages["invalid"], code="invalid")


class PersonField(forms.ModelChoiceField):
    """Somebody who is active. Those who are near the matter come first in the list."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(User.objects.none(), empty_label="Choose…", **kwargs)
        self.error_messages["invalid_choice"] = "There is nobody like that who is active. Choose somebody else."

    def offer(self, near: Iterable[User], near_label: str, but: User | None = None) -> None:
        """Let everybody who is active be chosen, `but` left out of the list (the service says why not)."""
        people = User.objects.filter(is_active=True)
        self.queryset = people
        hidden = but.pk if but else None
        first = {person.pk: person for person in near if person.is_active and person.pk != hidden}
        rest = [person for person in people if person.pk not in first and person.pk != hidden]
        groups = [(near_label, sorted(first.values(), key=str)), ("Everybody else", rest)]
        choices: list[Any] = [("", "Choose…")]
        choices += [(label, [(person.pk, str(person)) for person in group]) for label, group in groups if group]
        cast("forms.Select", self.widget).choices = choices


def floor_to_now(moment: dt.datetime, now: dt.datetime) -> dt.datetime:
    """`now` where a form's minute is the one that is running: a form knows no seconds."""
    return now if moment == now.replace(second=0, microsecond=0) else moment
