"""Handoffs in the admin, to search and to look at. Nothing is changed here: what is written and signed has its own page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin_base import PortalAdmin, ReadOnlyRows, ShownRows, person_of
from handoffs.models import Addendum, Handoff, HandoffEvent, Signature, Tick


class PartRows(ShownRows):
    """Parts of a handoff have no permission of their own: whoever may look at it may look at them."""

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person_of(request).has_perm("handoffs.view_handoff")


class TickRows(PartRows):
    model = Tick
    fields = readonly_fields = ("position", "text", "is_required", "done_by", "done_at", "note")
    verbose_name_plural = "checklist"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("done_by")


class SignatureRows(PartRows):
    model = Signature
    fields = readonly_fields = ("side", "name", "statement", "sha256", "at")


class AddendumRows(PartRows):
    model = Addendum
    fields = readonly_fields = ("by", "at", "markdown")
    verbose_name_plural = "addenda"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("by")


class EventRows(PartRows):
    model = HandoffEvent
    fields = readonly_fields = ("at", "kind", "person", "text")
    verbose_name_plural = "history"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("person")


@admin.register(Handoff)
class HandoffAdmin(ReadOnlyRows, PortalAdmin):
    """Every handoff. One that is not needed is called off on its page, with a reason."""

    list_display = ("rotation", "team", "outgoing", "incoming", "changes_at", "state", "round")
    list_filter = ("state", "team", "is_quiet")
    list_select_related = ("rotation", "team", "outgoing", "incoming")
    search_fields = ("rotation__name", "team__name", "outgoing__display_name", "incoming__display_name", "summary")
    search_help_text = "Rotation, team, person, or summary"
    date_hierarchy = "changes_at"
    inlines = (TickRows, SignatureRows, AddendumRows, EventRows)
    actions: Sequence[Any] = ()
    fields = (
        ("rotation", "team"),
        ("outgoing", "incoming", "backup"),
        ("shift_starts_at", "shift_ends_at"),
        ("changes_at", "next_ends_at"),
        ("state", "round", "is_quiet"),
        ("submitted_at", "accepted_at"),
        "proof",
        "lapse_reason",
        "summary",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("rotation", "team", "outgoing", "incoming", "backup")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
