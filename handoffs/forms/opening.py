"""The form that opens a handoff by hand, and the filter of the list."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from accounts.models import Team, User
from handoffs.models import State
from handoffs.services.by_hand import When
from oncall.forms.moments import PersonField


class OpenForm(forms.Form):
    """For which change of shift; and, where the schedule does not say it right, who takes over."""

    when = forms.ChoiceField(label="For", choices=When.choices, initial=When.NEXT, widget=forms.RadioSelect)
    incoming = PersonField(label="Who takes over", required=False)
    backup = PersonField(label="Who stands by", required=False)

    def __init__(self, *args: Any, near: Iterable[User], labels: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        near = list(near)
        for name in ("incoming", "backup"):
            cast(PersonField, self.fields[name]).offer(near, "In this rotation or team")
            cast(Any, self.fields[name].widget).choices[0] = ("", "As the schedule says")
        when = cast(forms.ChoiceField, self.fields["when"])
        offered = [(value, labels.get(value, label)) for value, label in When.choices]
        when.choices = [(value, label) for value, label in offered if value != When.LAST or value in labels]


class HandoffFilter(forms.Form):
    """Which handoffs are listed; whatever can't be read filters nothing."""

    q = forms.CharField(
        label="Words or people", max_length=200, required=False, widget=forms.TextInput({"type": "search"})
    )
    team = forms.ModelChoiceField(Team.objects.all(), to_field_name="slug", empty_label="Any", required=False)
    state = forms.ChoiceField(choices=[("", "Any"), ("open", "Not accepted yet"), *State.choices], required=False)
