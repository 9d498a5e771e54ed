"""The form of a rotation's handoff policy."""

from __future__ import annotations

from django import forms

from handoffs.models import Policy


class PolicyForm(forms.ModelForm):
    """When handoffs open by themselves, and when nobody's yes is late."""

    class Meta:
        model = Policy
        fields = ("is_automatic", "open_before", "late_after")
