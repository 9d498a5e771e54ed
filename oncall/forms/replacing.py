"""The form that puts somebody else into a person's places."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.models import User
from oncall.forms.moments import PersonField


class ReplaceForm(forms.Form):
    """Who takes over; people of the same teams first."""

    by = PersonField(label="Who takes over")

    def __init__(self, person: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["by"]
        assert isinstance(field, PersonField)
        field.offer(User.objects.filter(teams__in=person.get_team_ids()).distinct(), "In the same team", but=person)
