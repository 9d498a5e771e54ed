"""The form that opens an incident: a title and how bad it is are enough. And the filters of the list."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.db.models import QuerySet

from accounts.models import Team, User
from incidents.forms.fields import ServicesField, SeverityField
from incidents.models import Severity, Status
from oncall.forms.moments import MomentField
from oncall.models import Service


class OpenForm(forms.Form):
    """What is wrong, and how bad it is; the rest can wait."""

    title = forms.CharField(
        label="What is wrong?",
        max_length=200,
        widget=forms.TextInput({"autofocus": True, "autocomplete": "off", "placeholder": "Card payments fail"}),
        error_messages={"required": "Say in a few words what is wrong."},
    )
    severity = SeverityField()
    services = ServicesField()
    summary = forms.CharField(
        label="What is known", widget=forms.Textarea({"rows": 3}), required=False, max_length=10_000
    )
    started_at = MomentField(label="Since", required=False, help_text="Left empty: now.")

    def __init__(self, *args: Any, user: User, scale: QuerySet[Severity], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(SeverityField, self.fields["severity"]).queryset = scale
        cast(ServicesField, self.fields["services"]).offer(Service.objects.visible_to(user))


class IncidentFilter(forms.Form):
    """Which incidents are listed; whatever can't be read filters nothing."""

    q = forms.CharField(
        label="Words or number", max_length=200, required=False, widget=forms.TextInput({"type": "search"})
    )
    rank = forms.TypedChoiceField(label="Severity", coerce=int, empty_value=None, required=False)
    status = forms.ChoiceField(choices=[("", "Any"), *Status.choices], required=False)
    service = forms.ModelChoiceField(Service.objects.none(), to_field_name="slug", empty_label="Any", required=False)
    team = forms.ModelChoiceField(Team.objects.all(), to_field_name="slug", empty_label="Any", required=False)
    since = forms.DateField(label="Began from", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), required=False)
    until = forms.DateField(label="Until", widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"), required=False)

    def __init__(self, *args: Any, user: User, ranks: list[tuple[int, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.ChoiceField, self.fields["rank"]).choices = [("", "Any"), *ranks]
        services = cast("forms.ModelChoiceField[Service]", self.fields["service"])
        services.queryset = Service.objects.visible_to(user).order_by("name")
