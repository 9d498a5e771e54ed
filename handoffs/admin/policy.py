"""How the handoffs of rotations go, in the admin; saved by the same service as on the page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin_base import PortalAdmin, person_of
from handoffs.errors import Refused
from handoffs.models import Policy
from handoffs.services.policies import change_policy


@admin.register(Policy)
class PolicyAdmin(PortalAdmin):
    list_display = ("rotation", "team", "is_automatic", "open_before", "late_after")
    list_filter = ("is_automatic",)
    search_fields = ("rotation__name", "rotation__team__name")
    autocomplete_fields = ("rotation",)
    fields = ("rotation", "is_automatic", "open_before", "late_after")
    refusals = (*PortalAdmin.refusals, Refused)

    @admin.display(ordering="rotation__team__name")
    def team(self, policy: Policy) -> str:
        return str(policy.rotation.team)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Policy]:
        return super().get_queryset(request).select_related("rotation__team")

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """The rotation is chosen once."""
        return ("rotation",) if obj else ()

    def save_model(self, request: HttpRequest, obj: Policy, form: Any, change: bool) -> None:
        saved = change_policy(
            obj.rotation,
            is_automatic=obj.is_automatic,
            open_before=obj.open_before,
            late_after=obj.late_after,
            user=person_of(request),
        )
        obj.pk = saved.pk
        obj._state.adding = False

    def explain(self, refusal: Exception) -> list[tuple[str, str]]:
        if isinstance(refusal, Refused):
            return [(NON_FIELD_ERRORS, str(refusal))]
        return super().explain(refusal)
