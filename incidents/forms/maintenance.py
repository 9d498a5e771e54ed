"""Forms of maintenance: a window being planned, and why one is called off."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.utils import timezone

from accounts.models import Team, User
from incidents.forms.fields import ServicesField
from incidents.models import MaintenanceWindow
from incidents.services.maintenance import LONGEST_REASON, WindowPlan
from incidents.steps import find_sources
from oncall.forms.moments import MomentField, floor_to_now
from oncall.models import Channel, Service
from runbooks.models import Runbook


class MaintenanceForm(forms.Form):
    """What is planned. Sections can be chosen once the runbook is."""

    title = forms.CharField(max_length=200, widget=forms.TextInput({"autocomplete": "off"}))
    services = ServicesField(required=True, error_messages={"required": "Choose at least one service."})
    start = MomentField(label="From")
    end = MomentField(label="Until")
    impact = forms.CharField(
        label="What others will notice", max_length=5000, widget=forms.Textarea({"rows": 3}), strip=True
    )
    description = forms.CharField(
        label="What is done, and how it is taken back",
        max_length=20_000,
        required=False,
        widget=forms.Textarea({"rows": 4}),
    )
    team = forms.ModelChoiceField(
        Team.objects.all(), required=False, empty_label="That of the first service", help_text="Who does it."
    )
    runbook = forms.ModelChoiceField(
        Runbook.objects.none(), required=False, empty_label="None", help_text="Its steps can be gone through as a run."
    )
    anchor = forms.ChoiceField(label="Steps of", required=False)
    channels = forms.ModelMultipleChoiceField(
        Channel.objects.none(), label="Announce in", required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, user: User, channels: list[Channel], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(ServicesField, self.fields["services"]).offer(Service.objects.visible_to(user))
        runbooks = Runbook.objects.visible_to(user).in_use().shown().select_related("service").order_by("title", "pk")
        field = cast("forms.ModelChoiceField[Runbook]", self.fields["runbook"])
        field.queryset = runbooks.defer("shown_version__document")
        _label(field, lambda one: f"{one.title} ({one.service})")
        offered = cast(Any, self.fields["channels"])
        offered.queryset = Channel.objects.filter(pk__in=[one.pk for one in channels])
        offered.widget.choices = [(one.pk, f"{one.channel} ({one.purpose})") for one in channels]
        self.sections = self._offer_sections(runbooks)
        cast(forms.ChoiceField, self.fields["anchor"]).choices = [("", "Choose when it is started"), *self.sections]
        self.fields["end"].help_text = f"Your clock, {timezone.get_current_timezone_name()}."

    def _offer_sections(self, runbooks: Any) -> list[tuple[str, str]]:
        """Places with steps of the runbook that is chosen, as far as one is."""
        key = str(self["runbook"].value() or "")
        if not (key.isascii() and key.isdigit() and len(key) < 19):
            return []
        runbook = runbooks.filter(pk=int(key)).select_related("shown_version").first()
        if runbook is None or runbook.shown_version is None:
            return []
        return [(one.key, f"{one.title} ({one.count} steps)") for one in find_sources(runbook.shown_version.document)]

    def read(self, now: dt.datetime) -> WindowPlan:
        """What a valid form plans."""
        return read_plan(self.cleaned_data, now)


def read_plan(data: Mapping[str, Any], now: dt.datetime) -> WindowPlan:
    """What the cleaned fields of a form plan; the admin's has the same ones."""
    return WindowPlan(
        title=data["title"],
        services=tuple(sorted(data["services"], key=lambda service: (service.tier, service.name))),
        start=floor_to_now(data["start"], now),
        end=data["end"],
        impact=data["impact"],
        description=data["description"],
        team=data["team"],
        runbook=data["runbook"],
        anchor=data["anchor"],
        channels=tuple(data["channels"]),
    )


class CancelForm(forms.Form):
    """Why it is called off."""

    reason = forms.CharField(
        label="Why is it called off?", max_length=LONGEST_REASON, help_text="Everybody who was told of it reads this."
    )


def begin_with(window: MaintenanceWindow) -> dict[str, Any]:
    """A window as the form shows it."""
    return {
        "title": window.title,
        "services": list(window.services.values_list("pk", flat=True)),
        "start": window.during.lower,
        "end": window.during.upper,
        "impact": window.impact,
        "description": window.description,
        "team": window.team_id,
        "runbook": window.runbook_id,
        "anchor": window.anchor,
        "channels": list(window.channels.values_list("pk", flat=True)),
    }


def _label(field: forms.ModelChoiceField[Any], say: Any) -> None:
    vars(field)["label_from_instance"] = say
