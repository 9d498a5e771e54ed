"""Forms of runs. Lengths and what may be put into a command are checked by the services."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from incidents.models import Incident, Run

ROWS = {"rows": 2}
PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class StepForm(forms.Form):
    """What is written while a step is done."""

    note = forms.CharField(required=False, strip=True, widget=forms.Textarea(attrs=ROWS))
    output = forms.CharField(
        label="Output",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text="What the command printed. It is kept as it is, and folded.",
    )


class SkipForm(forms.Form):
    reason = forms.CharField(label="Why is it skipped?", max_length=300, widget=forms.TextInput(attrs=PLAIN))


class AddStepForm(forms.Form):
    title = forms.CharField(label="What is to be done", max_length=1000, widget=forms.TextInput(attrs=PLAIN))
    after = forms.IntegerField(required=False, widget=forms.HiddenInput)


class StopForm(forms.Form):
    reason = forms.CharField(label="Why is it stopped?", max_length=300, widget=forms.TextInput(attrs=PLAIN))


class FlagStepForm(forms.Form):
    text = forms.CharField(label="What is wrong", max_length=1000, widget=forms.Textarea(attrs={"rows": 3}))
    suggestion = forms.CharField(
        label="What would be right",
        required=False,
        strip=False,
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text="In your words, or as it should stand in the runbook.",
    )


class StartForm(forms.Form):
    """What a run is for, in which incident, and the values that are known."""

    purpose = forms.ChoiceField(label="What is it for?", choices=Run.Purpose.choices)
    incident = forms.ModelChoiceField(
        Incident.objects.none(), required=False, empty_label="None", help_text="Only for a run in an incident."
    )

    def __init__(self, *args: Any, incidents: Any, names: Mapping[str, str], is_draft: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["incident"]
        field.queryset = incidents
        if is_draft:
            choice: Any = self.fields["purpose"]
            choice.choices = [(Run.Purpose.DRILL.value, Run.Purpose.DRILL.label)]
        for name, label in names.items():
            self.fields[f"value-{name}"] = forms.CharField(
                label=label, required=False, max_length=253, widget=forms.TextInput(attrs=PLAIN)
            )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("incident") and data.get("purpose") != Run.Purpose.INCIDENT:
            data["incident"] = None
        if data.get("purpose") == Run.Purpose.INCIDENT and not data.get("incident"):
            self.add_error("incident", "Choose the incident that the run belongs to.")
        return data

    @property
    def main_fields(self) -> list[forms.BoundField]:
        return [self["purpose"], self["incident"]]

    @property
    def value_fields(self) -> list[forms.BoundField]:
        return [field for field in self if field.name.startswith("value-")]

    def given_values(self) -> dict[str, str]:
        """Values by the names of their placeholders."""
        return {
            name.removeprefix("value-"): value
            for name, value in self.cleaned_data.items()
            if name.startswith("value-") and value
        }
