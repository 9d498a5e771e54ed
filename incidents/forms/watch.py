"""Forms of watch items: lit or changed, prolonged, closed."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms
from django.utils import timezone

from accounts.models import Team, User
from incidents.errors import BadTime
from incidents.models import WatchItem
from incidents.services.watch import LONGEST_NAME, LONGEST_TEXT, LONGEST_URL, WatchPlan
from incidents.services.watch_ends import LABELS, End, find_end
from oncall.forms.moments import MomentField, PersonField
from oncall.models import Service


class EndForm(forms.Form):
    """Until when: one of the quick choices, or a moment on the reader's clock, which counts where it is given."""

    end = forms.ChoiceField(
        label="Until",
        choices=[(end.value, label) for end, label in LABELS.items()],
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": "Choose one of these, or give a time below."},
    )
    until = MomentField(label="Or until", required=False)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        self.fields["until"].help_text = f"Where this is filled in, it counts. Your clock, {_zone()}."

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "end" in data and "until" in data and not data["end"] and not data["until"]:
            self.add_error("end", "Choose until when.")
        return data

    def read_end(self, team: Team, now: dt.datetime) -> dt.datetime | None:
        """The chosen moment; None, with the reason put on the form, where there is no such moment."""
        until: dt.datetime | None = self.cleaned_data["until"]
        if until is not None:
            return until
        try:
            return find_end(End(self.cleaned_data["end"]), team, self.user.time_zone, now)
        except BadTime as refusal:
            self.add_error("end", str(refusal))
            return None


class WatchForm(EndForm):
    """A watch item that is lit."""

    kind = forms.ChoiceField(choices=WatchItem.Kind.choices)
    text = forms.CharField(
        label="What to look at",
        max_length=LONGEST_TEXT,
        help_text="And the value at which to act.",
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    alert_name = forms.CharField(
        label="Alert",
        max_length=LONGEST_NAME,
        required=False,
        help_text="Its name, as it comes in.",
        widget=forms.TextInput({"list": "known-alerts", "autocomplete": "off"}),
    )
    service = forms.ModelChoiceField(
        Service.objects.none(), required=False, to_field_name="slug", empty_label="Of no single service"
    )
    team = forms.ModelChoiceField(Team.objects.all(), to_field_name="slug", help_text="Whose handoffs carry it.")
    owner = PersonField(required=False, help_text="Hears of its end. Left empty: you.")
    url = forms.URLField(label="Link", max_length=LONGEST_URL, required=False, assume_scheme="https")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Service]", self.fields["service"])
        field.queryset = Service.objects.visible_to(self.user).order_by("name")
        field.error_messages["invalid_choice"] = "There is no such service."
        self.fields["team"].error_messages["invalid_choice"] = "There is no such team."
        near = User.objects.filter(memberships__team__in=self.user.get_team_ids(), is_active=True).distinct()
        cast(PersonField, self.fields["owner"]).offer(near, "Your teams")

    def read(self, now: dt.datetime) -> WatchPlan | None:
        """What a valid form says; None, with the reason put on the form, where its end can't be."""
        data = self.cleaned_data
        end = self.read_end(data["team"], now)
        return None if end is None else make_plan(data, end)


class ChangeWatchForm(WatchForm):
    """An item said otherwise; it has an end already, so there are no quick choices."""

    def __init__(self, *args: Any, item: WatchItem, **kwargs: Any) -> None:
        super().__init__(*args, initial=begin_with(item), **kwargs)
        self.item = item
        del self.fields["end"]
        self.fields["until"].label, self.fields["until"].required = "Until", True
        self.fields["until"].help_text = f"Your clock, {_zone()}."
        self.fields["owner"].help_text = f"Hears of its end. Left empty: {item.created_by}."

    def read_end(self, team: Team, now: dt.datetime) -> dt.datetime | None:
        until: dt.datetime = self.cleaned_data["until"]
        is_same = until == self.item.expires_at.replace(second=0, microsecond=0)
        return self.item.expires_at if is_same else until


class CloseForm(forms.Form):
    """Why it is put out, where somebody wants to say."""

    reason = forms.CharField(max_length=LONGEST_TEXT, required=False, widget=forms.TextInput({"autocomplete": "off"}))


def make_plan(data: dict[str, Any], end: dt.datetime) -> WatchPlan:
    """What cleaned fields say."""
    return WatchPlan(
        text=data["text"],
        team=data["team"],
        expires_at=end,
        kind=data["kind"],
        service=data["service"],
        alert_name=data["alert_name"],
        owner=data["owner"],
        url=data["url"],
    )


def begin_with(item: WatchItem) -> dict[str, Any]:
    """An item as the form shows it."""
    return {
        "kind": item.kind,
        "text": item.text,
        "alert_name": item.alert_name,
        "service": item.service.slug if item.service else "",
        "team": item.team.slug,
        "owner": item.owner_id,
        "url": item.url,
        "until": item.expires_at,
    }


def _zone() -> str:
    return timezone.get_current_timezone_name()
