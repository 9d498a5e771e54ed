"""Post-mortems to look at, their action items and lessons to change; what people write is written on the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin_base import PortalAdmin, ReadOnlyRows, ShownRows, person_of
from incidents.errors import Refused
from incidents.models import ActionItem, Lesson, PostMortem
from incidents.pages.postmortems import FACTS, TITLES
from incidents.services.actions import change_action
from runbooks.models import Runbook


class ActionInline(ShownRows):
    model = ActionItem
    fields = readonly_fields = ("text", "owner", "due_on", "status", "ticket")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("owner")


class LessonInline(ShownRows):
    model = Lesson
    fields = readonly_fields = ("text", "runbook", "version_number")

    @admin.display(description="in version")
    def version_number(self, lesson: Lesson) -> str:
        return lesson.version.number if lesson.version else "–"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Lessons of runbooks that the reader may know of."""
        known = Runbook.objects.visible_to(person_of(request))
        return super().get_queryset(request).filter(runbook__in=known).select_related("runbook", "version")


@admin.register(PostMortem)
class PostMortemAdmin(ReadOnlyRows, PortalAdmin):
    """All post-mortems. They are written on their own pages, where two people at once are looked after."""

    list_display = ("incident", "status", "owner", "created_at", "published_at")
    list_filter = ("status", "incident__team")
    list_select_related = ("incident", "owner")
    search_fields = ("incident__title", "summary", "root_cause", "owner__display_name")
    search_help_text = "Title, summary, root cause or owner"
    date_hierarchy = "created_at"
    inlines = (ActionInline, LessonInline)
    actions: Sequence[Any] = ()
    fields = readonly_fields = (
        "incident",
        "status",
        "owner",
        "created_at",
        "published_by",
        "published_at",
        *TITLES,
        *FACTS,
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(ActionItem)
class ActionItemAdmin(PortalAdmin):
    """Action items; they are added on their post-mortem's page."""

    list_display = ("text", "incident", "owner", "due_on", "status", "ticket")
    list_filter = ("status", "postmortem__incident__team", "due_on")
    list_select_related = ("postmortem__incident", "owner")
    search_fields = ("text", "ticket", "owner__display_name", "postmortem__incident__title")
    search_help_text = "Words, ticket, owner or incident"
    autocomplete_fields = ("owner",)
    fields = ("incident", "text", "owner", "due_on", "status", "ticket", "note", "created_at", "closed_at")
    readonly_fields = ("incident", "created_at", "closed_at")
    actions: Sequence[Any] = ()
    refusals = (*PortalAdmin.refusals, Refused)
    view_on_site = False

    @admin.display(description="incident", ordering="postmortem__incident")
    def incident(self, item: ActionItem) -> str:
        return item.postmortem.incident.reference

    def explain(self, refusal: Exception) -> list[tuple[str, str]]:
        return [(NON_FIELD_ERRORS, str(refusal))] if isinstance(refusal, Refused) else super().explain(refusal)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Through the service, so that the timeline and the owner hear of it."""
        changed = {name: form.cleaned_data[name] for name in form.changed_data}
        saved = change_action(obj, user=person_of(request), now=timezone.now(), **changed)
        obj.closed_at = saved.closed_at
