"""Runs in the admin: to look at. They are started and gone through on their own page."""

from __future__ import annotations

from django.contrib import admin

from accounts.admin_base import PortalAdmin, ReadOnlyRows, ShownRows
from incidents.models import Run, RunStep, StepEvent


class StepRows(ShownRows):
    model = RunStep
    fields = readonly_fields = (
        "position",
        "phase",
        "number",
        "title",
        "state",
        "settled_by",
        "settled_at",
        "skip_reason",
    )


@admin.register(Run)
class RunAdmin(ReadOnlyRows, PortalAdmin):
    list_display = ("title", "purpose", "outcome", "incident", "started_by", "started_at")
    list_filter = ("outcome", "purpose")
    list_select_related = ("incident", "started_by")
    search_fields = ("title", "runbook__title")
    search_help_text = "Title or runbook"
    date_hierarchy = "started_at"
    inlines = [StepRows]


@admin.register(StepEvent)
class StepEventAdmin(ReadOnlyRows, PortalAdmin):
    list_display = ("step", "kind", "person", "at")
    list_filter = ("kind",)
    list_select_related = ("step", "person")
    search_fields = ("step__title", "text")
    search_help_text = "Step or words"
    date_hierarchy = "at"
