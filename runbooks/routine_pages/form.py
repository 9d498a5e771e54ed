"""The form that ticks a task."""

from __future__ import annotations

from django import forms

from runbooks.models import RoutineTick


class TickForm(forms.Form):
    """`period` is the first day of the period that was on the person's screen."""

    state = forms.ChoiceField(
        choices=RoutineTick.State.choices,
        required=False,
        error_messages={"invalid_choice": "A task is either done or left out."},
    )
    note = forms.CharField(max_length=300, required=False)
    period = forms.DateField(required=False, error_messages={"invalid": "That is no day."})

    def clean_state(self) -> str:
        return self.cleaned_data["state"] or RoutineTick.State.DONE

    def say_errors(self) -> str:
        """All that is wrong, in one line."""
        return " ".join(str(text) for texts in self.errors.values() for text in texts)
