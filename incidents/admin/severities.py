"""Severities in the admin; the same services as on the pages check each scale."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest

from accounts.admin_base import PortalAdmin, person_of
from incidents.errors import Refused
from incidents.models import Severity
from incidents.services.severities import delete_severity, save_severity


@admin.register(Severity)
class SeverityAdmin(PortalAdmin):
    """All scales: the shared one has no team. A used severity can't be deleted."""

    list_display = ("name", "scale", "rank", "aliases", "response_minutes", "update_minutes", "escalation")
    list_filter = ("team", "escalation", "wants_postmortem")
    list_select_related = ("team",)
    search_fields = ("name", "aliases", "description", "team__name")
    search_help_text = "Name, alias, meaning or team"
    ordering = ("team__name", "rank")
    autocomplete_fields = ("team",)
    actions: Sequence[Any] = ()
    refusals = (*PortalAdmin.refusals, Refused, ValidationError)
    view_on_site = False

    @admin.display(description="scale", ordering="team__name")
    def scale(self, severity: Severity) -> str:
        return str(severity.team) if severity.team else "Shared"

    def explain(self, refusal: Exception) -> list[tuple[str, str]]:
        if isinstance(refusal, Refused):
            return [(NON_FIELD_ERRORS, str(refusal))]
        if isinstance(refusal, ValidationError):
            said = refusal.message_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: refusal.messages}
            return [(field, text) for field, texts in said.items() for text in texts]
        return super().explain(refusal)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A severity stays on its scale: incidents of that team point to it."""
        return ("team",) if obj is not None else ()

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        save_severity(obj, user=person_of(request))

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        delete_severity(obj, user=person_of(request))
