"""Watch items in the admin: lit and changed by the same services as on the pages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin_base import PortalAdmin, PortalInline, ReadOnlyRows, person_of
from incidents.admin.communication import explain_refusal
from incidents.errors import Refused
from incidents.forms.watch import make_plan
from incidents.models import WatchChange, WatchItem
from incidents.services.watch import change_item, light


class WatchRowForm(forms.ModelForm):
    """An item with its end."""

    class Meta:
        model = WatchItem
        fields = ("text", "kind", "team", "service", "alert_name", "owner", "url", "expires_at")
        field_classes: ClassVar = {"url": partial(forms.URLField, assume_scheme="https")}


class WatchChangeInline(ReadOnlyRows, PortalInline):
    """What became of it."""

    model = WatchChange
    fields = ("at", "person", "text", "expired_at", "expires_at")
    readonly_fields = fields
    verbose_name_plural = "history"

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).select_related("person")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person_of(request).has_perm("incidents.view_watchitem")


@admin.register(WatchItem)
class WatchItemAdmin(PortalAdmin):
    """Items this person may know of. One that is closed stays as it was; closing and prolonging stand on its page."""

    form = WatchRowForm
    list_display = ("text", "kind", "team", "service", "alert_name", "owner", "expires_at", "closed_at")
    list_filter = ("kind", ("team", admin.RelatedOnlyFieldListFilter), ("closed_at", admin.EmptyFieldListFilter))
    list_select_related = ("team", "service", "owner")
    search_fields = ("text", "alert_name", "service__name", "owner__display_name")
    search_help_text = "Words, alert, service or owner"
    autocomplete_fields = ("team", "service", "owner")
    readonly_fields = ("created_by", "created_at", "closed_at", "closed_by", "close_reason")
    fields = ("text", "kind", "alert_name", "service", "team", "owner", "url", "expires_at", *readonly_fields)
    ordering = ("-expires_at",)
    inlines = (WatchChangeInline,)
    actions: Sequence[Any] = ()
    refusals = (*PortalAdmin.refusals, Refused, ValidationError)

    def explain(self, refusal: Exception) -> list[tuple[str, str]]:
        return explain_refusal(refusal) or super().explain(refusal)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_final = obj is not None and obj.closed_at is not None
        return not is_final and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # it is closed on its page

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        user, now = person_of(request), timezone.now()
        plan = make_plan(form.cleaned_data, form.cleaned_data["expires_at"])
        saved = change_item(obj, plan, user=user, now=now) if change else light(plan, user=user, now=now)
        obj.pk = saved.pk
        obj.refresh_from_db()
