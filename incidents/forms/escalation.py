"""Forms of an escalation: holding it, and calling a path by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django import forms

from oncall.forms.moments import MomentField
from oncall.models import EscalationPath

LENGTHS = [
    ("15", "15 minutes"),
    ("30", "30 minutes"),
    ("60", "an hour"),
    ("120", "2 hours"),
    ("480", "8 hours"),
    ("1440", "a day"),
]


class HoldForm(forms.Form):
    """For how long no further level is called, and why."""

    minutes = forms.ChoiceField(label="For", choices=LENGTHS, initial="15")
    until = MomentField(
        label="Or until", required=False, help_text="On your clock, at most a day ahead. It comes before the length."
    )
    reason = forms.CharField(
        label="Why the next level can wait",
        max_length=300,
        error_messages={"required": "Say in a few words why the next level can wait."},
    )

    def find_end(self, now: dt.datetime) -> dt.datetime:
        """Until when a valid form holds it."""
        until: dt.datetime | None = self.cleaned_data["until"]
        return until or now + dt.timedelta(minutes=int(self.cleaned_data["minutes"]))


class EscalateForm(forms.Form):
    """Which path is called."""

    path = forms.ModelChoiceField(
        EscalationPath.objects.none(),
        label="Escalation path",
        empty_label="Choose a path",
        error_messages={
            "required": "Choose the escalation path that is to be called.",
            "invalid_choice": "There is no such path any more. Choose another one.",
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[EscalationPath]", self.fields["path"])
        field.queryset = EscalationPath.objects.order_by("name", "pk")
