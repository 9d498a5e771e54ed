"""The filter of the numbers page."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

from django import forms
from django.utils import timezone

from accounts.models import Team, User
from incidents.models import Severity
from incidents.pages.numbers.counting import Wanted
from oncall.models import Service
from oncall.rota import to_utc, zone_named

DAY = dt.timedelta(days=1)
LONGEST = dt.timedelta(days=366 * 5)
USUAL = dt.timedelta(days=89)


class SeverityChoice(forms.ModelChoiceField):
    """A severity, with its team where it is of a team's own scale."""

    def label_from_instance(self, obj: Severity) -> str:
        return f"{obj} ({obj.team})" if obj.team else str(obj)


class NumbersFilter(forms.Form):
    """Days (both included), team, service and severity; the last 90 days and everything where nothing is said."""

    first = forms.DateField(label="From", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    last = forms.DateField(label="Until", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    team = forms.ModelChoiceField(Team.objects.all(), required=False, empty_label="All", to_field_name="slug")
    service = forms.ModelChoiceField(Service.objects.none(), required=False, empty_label="All", to_field_name="slug")
    severity = SeverityChoice(Severity.objects.select_related("team"), required=False, empty_label="All")

    def __init__(self, query: Any, *, user: User, now: dt.datetime) -> None:
        today = now.astimezone(timezone.get_current_timezone()).date()
        usual = {"first": (today - USUAL).isoformat(), "last": today.isoformat()}
        super().__init__(usual | {name: text for name, text in query.items() if text}, auto_id="id_%s")
        service = self.fields["service"]
        if isinstance(service, forms.ModelChoiceField):
            service.queryset = Service.objects.visible_to(user).order_by("name")

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        first, last = data.get("first"), data.get("last")
        if first and last:
            if last < first:
                self.add_error("last", "The last day must not be before the first.")
            elif last - first > LONGEST or not 2000 <= first.year <= last.year <= 2200:
                self.add_error("last", "Choose at most five years.")
        return data

    def read(self) -> Wanted:
        """What is wanted, of a valid form. Days are those of the team's clock where a team is chosen, else of the reader's."""
        data = self.cleaned_data
        team: Team | None = data["team"]
        zone = zone_named(team.time_zone if team else timezone.get_current_timezone_name())
        return Wanted(
            start=_midnight(data["first"], zone),
            end=_midnight(data["last"] + DAY, zone),
            zone=zone,
            team=team,
            service=data["service"],
            severity=data["severity"],
        )


def _midnight(day: dt.date, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    return to_utc(dt.datetime.combine(day, dt.time()), zone)
