"""Routine tasks in the admin: to look at. They come out of texts, and are ticked on their page."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.admin_base import ReadOnlyRows, ShownRows
from runbooks.admin.base import RunbooksAdmin
from runbooks.models import RoutineTask, RoutineTick


class TickInline(ShownRows):
    """The newest first."""

    model = RoutineTick
    fields = ("period", "state", "note", "ticked_by", "ticked_at")
    ordering = ("-period",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("ticked_by")


@admin.register(RoutineTask)
class RoutineTaskAdmin(ReadOnlyRows, RunbooksAdmin):
    """What active runbooks ask for again and again, with all that was said of it."""

    list_display = ("text", "runbook", "cadence", "started_on", "ended_on")
    list_filter = ("cadence", ("ended_on", admin.EmptyFieldListFilter))
    search_fields = ("text", "checklist", "runbook__title")
    search_help_text = "Words of the task, of its checklist or of its runbook"
    list_select_related = ("runbook",)
    fields = ("runbook", "cadence", "checklist", "anchor", "text", "started_on", "ended_on")
    inlines = (TickInline,)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("runbook__service")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
