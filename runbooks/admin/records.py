"""What the portal writes by itself: questions without an answer, former addresses, images."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html

from accounts.admin_base import ReadOnlyRows, person_of
from runbooks.admin.base import RunbooksAdmin
from runbooks.models import FormerAddress, Image, Runbook, RunbookVersion, UnansweredQuestion


@admin.register(UnansweredQuestion)
class UnansweredQuestionAdmin(ReadOnlyRows, RunbooksAdmin):
    """What was asked for and not found. Delete what has been answered since."""

    list_display = ("words", "kind", "times", "first_asked_at", "last_asked_at")
    list_filter = ("kind",)
    search_fields = ("words",)
    date_hierarchy = "last_asked_at"


@admin.register(FormerAddress)
class FormerAddressAdmin(ReadOnlyRows, RunbooksAdmin):
    """Old addresses of runbooks, to look at: a trigger writes them when an address changes."""

    list_display = ("__str__", "runbook", "left_at")
    search_fields = ("slug", "service__name", "runbook__title")
    list_select_related = ("service", "runbook")
    date_hierarchy = "left_at"

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # old links lead on for ever

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(runbook__in=Runbook.objects.visible_to(person_of(request)))


@admin.register(Image)
class ImageAdmin(ReadOnlyRows, RunbooksAdmin):
    list_display = ("look", "__str__", "media_type", "width", "height", "uploaded_by", "created_at")
    list_display_links = ("__str__",)
    list_filter = ("media_type",)
    search_fields = ("sha256", "uploaded_by__display_name")
    list_select_related = ("uploaded_by",)
    list_per_page = 30
    date_hierarchy = "created_at"
    fields = readonly_fields = (
        "look",
        "sha256",
        "media_type",
        "width",
        "height",
        "uploaded_by",
        "created_at",
        "shown_in",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("content")

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # old versions show it, for ever

    @admin.display(description="image")
    def look(self, image: Image) -> str:
        return format_html(
            '<img class="thumbnail" src="{}" alt="" width="{}" height="{}" loading="lazy">',
            image.get_absolute_url(),
            image.width,
            image.height,
        )

    @admin.display(description="shown in")
    def shown_in(self, image: Image) -> int:
        return RunbookVersion.objects.filter(markdown__contains=image.sha256).count()
