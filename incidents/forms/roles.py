"""Forms of roles: giving one, offering command, taking command over."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django import forms

from accounts.models import User
from incidents.models import Role
from oncall.forms.moments import PersonField

NEAR = "In the teams of its services"


class GiveForm(forms.Form):
    """A role for somebody; command is offered instead."""

    role = forms.ChoiceField(choices=[(one.value, one.label) for one in Role if one != Role.COMMANDER])
    person = PersonField(label="To")

    def __init__(self, *args: Any, near: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(PersonField, self.fields["person"]).offer(near, NEAR)


class OfferForm(forms.Form):
    """Command for somebody, who accepts it or not."""

    to = PersonField(label="To whom")
    note = forms.CharField(
        label="What they should know",
        max_length=300,
        required=False,
        help_text="Where it stands, and what comes next.",
    )

    def __init__(self, *args: Any, near: Iterable[User], user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(PersonField, self.fields["to"]).offer(near, NEAR, but=user)


class TakeOverForm(forms.Form):
    """Command from somebody who does not answer."""

    reason = forms.CharField(label="Why", max_length=300, help_text="They are told, and it is kept in the timeline.")
