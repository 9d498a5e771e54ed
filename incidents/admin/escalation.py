"""Escalations as they ran, to look at: ladders are frozen, and what was called stays called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from accounts.admin_base import PortalAdmin, ReadOnlyRows, ShownRows
from incidents.models import CalledLevel, Escalation


class CalledLevelInline(ShownRows):
    model = CalledLevel
    fields = readonly_fields = ("label", "due_at", "called_at", "whom", "by")

    @admin.display(description="called")
    def whom(self, level: CalledLevel) -> str:
        return ", ".join(level.called) or "nobody could be told"


@admin.register(Escalation)
class EscalationAdmin(ReadOnlyRows, PortalAdmin):
    """Made, answered and ended on the page of the incident."""

    list_display = ("incident", "path", "state", "started_at", "next_at", "ended_at", "ended_by")
    list_filter = ("state", "path")
    search_fields = ("incident__title", "path__name")
    search_help_text = "Incident or path"
    date_hierarchy = "started_at"
    list_select_related = ("incident", "path", "ended_by")
    actions: Sequence[Any] = ()
    inlines = (CalledLevelInline,)
    fields = readonly_fields = (
        "incident",
        "path",
        "frozen_ladder",
        "most_wait",
        "repeats",
        "state",
        "started_at",
        "next_at",
        "snooze_reason",
        "ended_at",
        "ended_by",
    )

    @admin.display(description="ladder")
    def frozen_ladder(self, escalation: Escalation) -> str:
        """A line for each level: its label, minutes and names."""
        lines = []
        for level in escalation.levels:
            names = ", ".join(call["callee"]["name"] for call in level["calls"]) or "nobody"
            lines.append(f"{level['label']}, {level['response_minutes']} min: {names}")
        return "\n".join(lines)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
