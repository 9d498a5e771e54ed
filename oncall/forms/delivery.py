"""Forms about addresses, quiet hours, and the list of what was sent."""

from __future__ import annotations

import datetime as dt
from typing import Any, ClassVar

from django import forms

from oncall.models import Address, Delivery, Kind


class AddressForm(forms.Form):
    """A new address. Whether anything can be sent there is for the service to say."""

    transport = forms.ChoiceField(label="Kind", choices=Address.Transport.choices)
    target = forms.CharField(
        label="Address",
        max_length=1000,
        help_text="A mail address, or the address that the service gave you.",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "none"}),
    )
    label = forms.CharField(
        label="Called", max_length=80, required=False, help_text="So that you know it again, e.g. “Phone”."
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="id_address_%s", **kwargs)


class QuietHoursForm(forms.Form):
    """From when until when, by the person's own clock; both empty for none."""

    starts_at = forms.TimeField(label="From", required=False, widget=forms.TimeInput({"type": "time"}, "%H:%M"))
    ends_at = forms.TimeField(
        label="Until",
        required=False,
        widget=forms.TimeInput({"type": "time"}, "%H:%M"),
        help_text="Earlier than the start: on the next morning.",
    )

    def __init__(self, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, auto_id="id_quiet_%s", **kwargs)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        given = [data.get("starts_at") is not None, data.get("ends_at") is not None]
        if not self.errors and any(given) and not all(given):
            raise forms.ValidationError("Give both times, or neither for no quiet hours.")
        return data

    @property
    def hours(self) -> tuple[dt.time, dt.time] | None:
        """The two times of a valid form; None when there are to be no quiet hours."""
        start, end = self.cleaned_data["starts_at"], self.cleaned_data["ends_at"]
        return None if start is None else (start, end)


class DeliveryFilter(forms.Form):
    """What the list of deliveries is narrowed down to; what nobody knows narrows nothing."""

    ANY: ClassVar = [("", "Any")]

    state = forms.ChoiceField(label="State", choices=[*ANY, *Delivery.Status.choices], required=False)
    kind = forms.ChoiceField(label="Kind", choices=[*ANY, *Kind.choices], required=False)
    who = forms.CharField(label="To", max_length=100, required=False)

    def values(self) -> dict[str, str]:
        """The fields that were understood and not left empty."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
