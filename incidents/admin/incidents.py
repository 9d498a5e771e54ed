"""Incidents in the admin: searched and looked at; their facts can be changed, by the same service as on the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin_base import PortalAdmin, ShownRows, person_of
from incidents.errors import Refused
from incidents.models import Incident, IncidentLink, RoleHolder, StatusChange, TimelineEntry
from incidents.pages.incident_list import read_number
from incidents.services.facts import TEXTS, change_facts


class StatusRows(ShownRows):
    model = StatusChange
    fields = readonly_fields = ("status", "at", "by")
    verbose_name_plural = "changes of status"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("by", "incident")


class RoleRows(ShownRows):
    model = RoleHolder
    fields = readonly_fields = ("role", "person", "taken_at", "ended_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("person")


class LinkRows(ShownRows):
    model = IncidentLink
    fields = readonly_fields = ("label", "url", "added_by", "added_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("added_by")


class EntryRows(ShownRows):
    """The timeline; a long one is read on the incident's own page."""

    model = TimelineEntry
    fk_name = "incident"
    fields = readonly_fields = ("happened_at", "kind", "person", "words")
    verbose_name_plural = "timeline (the newest 100)"

    @admin.display(description="what happened")
    def words(self, entry: TimelineEntry) -> str:
        return str(entry)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).select_related("person")
        incident = request.resolver_match.kwargs.get("object_id") if request.resolver_match else None
        newest = TimelineEntry.objects.filter(incident=incident) if str(incident).isdecimal() else rows.none()
        return rows.filter(pk__in=newest.order_by("-pk").values("pk")[:100])


@admin.register(Incident)
class IncidentAdmin(PortalAdmin):
    """Every incident. Status, severity, roles and times are changed on its page, where the others see it."""

    list_display = ("reference", "title", "severity", "status", "team", "started_at", "resolved_at")
    list_display_links = ("reference", "title")
    list_filter = ("status", "severity__rank", "team", "source")
    list_select_related = ("severity", "team")
    search_fields = ("title", "summary", "resolution", "services__name")
    search_help_text = "Number, title, what was wrong, how it was resolved, or service"
    date_hierarchy = "started_at"
    inlines = (StatusRows, RoleRows, LinkRows, EntryRows)
    actions: Sequence[Any] = ()
    refusals = (*PortalAdmin.refusals, Refused)
    shown = (
        "reference",
        "severity",
        "status",
        "team",
        "touched",
        "source",
        "opened_by",
        "started_at",
        "opened_at",
        "acknowledged_at",
        "mitigated_at",
        "resolved_at",
        "closed_at",
        "next_update_at",
    )
    fields = (*TEXTS, *shown)
    readonly_fields = shown

    @admin.display(description="number", ordering="pk")
    def reference(self, incident: Incident) -> str:
        return incident.reference

    @admin.display(description="services")
    def touched(self, incident: Incident) -> str:
        return ", ".join(service.name for service in incident.services.all()) or "–"

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[Any, bool]:
        number = read_number(search_term)
        if number is not None:
            return queryset.filter(pk=number), False
        return super().get_search_results(request, queryset, search_term)

    def explain(self, refusal: Exception) -> list[tuple[str, str]]:
        return [(NON_FIELD_ERRORS, str(refusal))] if isinstance(refusal, Refused) else super().explain(refusal)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Only what was changed, through the service: it tells the timeline, and refuses what another one wrote meanwhile."""
        was = {name: form.initial.get(name, "") for name in form.changed_data}
        texts = {name: form.cleaned_data[name] for name in form.changed_data}
        change_facts(obj, user=person_of(request), now=timezone.now(), was=was, **texts)
