"""Flags in the admin: to look at, and to answer through the same service as on their page."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin_base import person_of
from runbooks.admin.base import RunbooksAdmin
from runbooks.models import Flag
from runbooks.services.flags import answer_flag

ANSWER = ("answer", "answered_in", "answer_note")


@admin.register(Flag)
class FlagAdmin(RunbooksAdmin):
    """What readers say is wrong. What was said can't be changed; an answer is given once."""

    list_display = ("text", "runbook", "answer", "raised_by", "raised_at")
    list_filter = ("answer",)
    search_fields = ("text", "step", "runbook__title", "raised_by__display_name")
    list_select_related = ("runbook", "raised_by")
    date_hierarchy = "raised_at"
    fields: ClassVar[tuple[str, ...]] = (
        "runbook",
        "version_number",
        "step",
        "text",
        "suggestion",
        "raised_by",
        "raised_at",
        *ANSWER,
        "answered_by",
        "answered_at",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("runbook__service", "answered_in")

    def get_readonly_fields(self, request: HttpRequest, obj: Flag | None = None) -> tuple[str, ...]:
        is_open = obj is not None and obj.is_open
        return tuple(name for name in self.fields if not (is_open and name in ANSWER))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # a flag comes from the page or the run where somebody stumbled

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "answered_in":
            match = request.resolver_match
            kwargs["queryset"] = db_field.related_model.objects.filter(
                runbook__flags=match.kwargs.get("object_id") if match else None
            ).light()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        data = form.cleaned_data
        saved = answer_flag(
            Flag.objects.get(pk=obj.pk),
            data.get("answer", ""),
            data.get("answer_note", ""),
            version=data.get("answered_in"),
            user=person_of(request),
            now=timezone.now(),
        )
        obj.refresh_from_db()
        obj.runbook = saved.runbook
