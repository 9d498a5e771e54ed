"""Fields that several forms of incidents have: severities with their meaning, services to tick."""

from __future__ import annotations

from typing import Any

from django import forms
from django.db.models import QuerySet

from incidents.models import Severity
from oncall.models import Service


class SeverityField(forms.ModelChoiceField):
    """Severities as big radio buttons, the worst first, each with what it means."""

    widget = forms.RadioSelect

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Severity.objects.none(), empty_label=None, **kwargs)
        self.error_messages["required"] = "Choose how bad it is."
        self.error_messages["invalid_choice"] = "This scale has no such severity."


class ServicesField(forms.ModelMultipleChoiceField):
    """Services to tick; the page can narrow the list while somebody types (`data-narrow`)."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("required", False)
        super().__init__(Service.objects.none(), **kwargs)
        self.error_messages["invalid_choice"] = "There is no such service."

    def offer(self, services: QuerySet[Service]) -> None:
        """Let these services be ticked, by name."""
        self.queryset = services.order_by("name", "pk")
