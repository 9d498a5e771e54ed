"""Updates in the admin: the texts they begin with, and what was sent, to look at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin_base import PortalAdmin, ReadOnlyRows, person_of
from incidents.errors import Refused
from incidents.forms.communication import UpdateTemplateForm
from incidents.models import Incident, IncidentUpdate, UpdateTemplate
from incidents.services import update_templates as services


def explain_refusal(refusal: Exception, field: str = NON_FIELD_ERRORS) -> list[tuple[str, str]] | None:
    """A refusal of a service with the field it belongs to; None for one of the database."""
    if isinstance(refusal, Refused):
        return [(field, str(refusal))]
    if isinstance(refusal, ValidationError):
        said = refusal.message_dict if hasattr(refusal, "error_dict") else {NON_FIELD_ERRORS: refusal.messages}
        return [(name, text) for name, texts in said.items() for text in texts]
    return None


@admin.register(UpdateTemplate)
class UpdateTemplateAdmin(PortalAdmin):
    """Through the services of the pages: credentials are looked for, names are unique."""

    form = UpdateTemplateForm
    list_display = ("name", "kind", "audience", "team", "is_offered", "updated_at")
    list_filter = ("kind", "audience", "is_offered")
    list_select_related = ("team",)
    search_fields = ("name", "subject", "markdown")
    search_help_text = "Name, subject or text"
    autocomplete_fields = ("team",)
    refusals = (*PortalAdmin.refusals, Refused, ValidationError)

    def explain(self, refusal: Exception) -> list[tuple[str, str]]:
        return explain_refusal(refusal, "markdown") or super().explain(refusal)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        values, user = form.get_values(), person_of(request)
        saved = (
            services.change_update_template(obj, user=user, **values)
            if change
            else services.add_update_template(user=user, **values)
        )
        obj.pk = saved.pk
        obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        services.delete_update_template(obj, user=person_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for template in queryset:
            services.delete_update_template(template, user=person_of(request))


@admin.register(IncidentUpdate)
class IncidentUpdateAdmin(ReadOnlyRows, PortalAdmin):
    """What was sent. It can't be changed: the next update puts it right."""

    list_display = ("subject", "incident", "kind", "audience", "status", "is_public", "sent_by", "sent_at")
    list_filter = ("kind", "audience", "is_public")
    list_select_related = ("incident", "sent_by")
    search_fields = ("subject", "markdown", "incident__title")
    search_help_text = "Subject, text or incident"
    date_hierarchy = "sent_at"
    fields = (
        "incident",
        "kind",
        "audience",
        "subject",
        "markdown",
        "status",
        "is_public",
        "sent_to",
        "sent_by",
        "sent_at",
    )
    actions: Sequence[Any] = ()
    view_on_site = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        known = Incident.objects.visible_to(person_of(request))
        return super().get_queryset(request).filter(incident__in=known)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
