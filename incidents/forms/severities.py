"""Forms of the scale of severities."""

from __future__ import annotations

from typing import Any, ClassVar, cast

from django import forms
from django.db.models import QuerySet

from incidents.models import Severity
from runbooks.models import Runbook


class SeverityForm(forms.ModelForm):
    """One severity of a scale. The service checks it within its scale."""

    class Meta:
        model = Severity
        fields: ClassVar = [
            "rank",
            "name",
            "aliases",
            "description",
            "examples",
            "response_minutes",
            "update_minutes",
            "escalation",
            "wants_postmortem",
        ]

    def _post_clean(self) -> None:
        """Left to the service: Django would check the instance without its team."""
        if self.errors:
            return
        for name, value in self.cleaned_data.items():
            setattr(self.instance, name, value)


class AdoptForm(forms.Form):
    """Which runbook's table becomes the scale."""

    runbook = forms.ModelChoiceField(Runbook.objects.none(), label="Runbook with a table of severities")

    def __init__(self, *args: Any, runbooks: QuerySet[Runbook], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("forms.ModelChoiceField[Runbook]", self.fields["runbook"]).queryset = runbooks
