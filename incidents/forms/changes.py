"""The form of a system change."""

from __future__ import annotations

from typing import Any, cast

from django import forms

from accounts.models import User
from incidents.models import SystemChange
from incidents.services.changes import NewChange
from oncall.forms.moments import MomentField
from oncall.models import Service


class ChangeForm(forms.Form):
    """One line that says what was changed."""

    what = forms.CharField(
        label="What was changed", max_length=300, widget=forms.TextInput({"autofocus": True, "autocomplete": "off"})
    )
    kind = forms.ChoiceField(choices=SystemChange.Kind.choices, initial=SystemChange.Kind.DEPLOYMENT)
    service = forms.ModelChoiceField(
        Service.objects.none(), required=False, to_field_name="slug", empty_label="Of no single service"
    )
    at = MomentField(label="When", required=False, help_text="Left empty: now.")
    by = forms.CharField(label="By", max_length=120, required=False, help_text="Left empty: you.")
    ticket = forms.CharField(max_length=120, required=False)
    url = forms.URLField(label="Link", max_length=500, required=False, assume_scheme="https")

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("forms.ModelChoiceField[Service]", self.fields["service"])
        field.queryset = Service.objects.visible_to(user).order_by("name")

    def read(self) -> NewChange:
        """What a valid form says."""
        return NewChange(**self.cleaned_data)
