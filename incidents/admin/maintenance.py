"""Maintenance in the admin: planned and changed by the same services as on the pages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin_base import PortalAdmin, person_of
from incidents.admin.communication import explain_refusal
from incidents.errors import Refused
from incidents.forms.maintenance import read_plan
from incidents.models import MaintenanceWindow
from incidents.services.maintenance import WindowPlan, change_window, plan_window


class WindowRowForm(forms.ModelForm):
    """A window with its two ends as two fields."""

    start = forms.SplitDateTimeField(label="from", widget=AdminSplitDateTime)
    end = forms.SplitDateTimeField(label="until", widget=AdminSplitDateTime)

    class Meta:
        model = MaintenanceWindow
        fields = ("title", "services", "team", "impact", "description", "runbook", "anchor", "channels")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.update(start=self.instance.during.lower, end=self.instance.during.upper)

    def read(self, now: Any) -> WindowPlan:
        return read_plan(self.cleaned_data, now)


@admin.register(MaintenanceWindow)
class MaintenanceWindowAdmin(PortalAdmin):
    """Windows this person may know of. One that is over, or called off, stays as it was."""

    form = WindowRowForm
    list_display = ("title", "starts", "ends", "team", "announced_at", "cancelled_at", "created_by")
    list_filter = (("team", admin.RelatedOnlyFieldListFilter), ("cancelled_at", admin.EmptyFieldListFilter))
    list_select_related = ("team", "created_by")
    search_fields = ("title", "impact", "description", "services__name")
    search_help_text = "Title, words or service"
    autocomplete_fields = ("services", "team", "runbook", "channels")
    readonly_fields = ("created_by", "announced_at", "cancelled_at", "cancel_reason", "run")
    fields = (
        "title",
        "services",
        "start",
        "end",
        "impact",
        "description",
        "team",
        "runbook",
        "anchor",
        "channels",
        *readonly_fields,
    )
    ordering = ("-during",)
    actions: Sequence[Any] = ()
    refusals = (*PortalAdmin.refusals, Refused, ValidationError)

    @admin.display(description="from", ordering="during")
    def starts(self, window: MaintenanceWindow) -> Any:
        return window.during.lower

    @admin.display(description="until")
    def ends(self, window: MaintenanceWindow) -> Any:
        return window.during.upper

    def explain(self, refusal: Exception) -> list[tuple[str, str]]:
        return explain_refusal(refusal) or super().explain(refusal)

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Whoever may only look sees no fields that belong to the form alone."""
        may_write = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return self.fields if may_write else [name for name in self.fields if name not in ("start", "end")] + ["during"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        may_write = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        return self.readonly_fields if may_write else (*self.readonly_fields, "during")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_final = obj is not None and (obj.cancelled_at is not None or obj.during.upper <= timezone.now())
        return not is_final and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # it is called off on its page, with a reason

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        user, now = person_of(request), timezone.now()
        plan = form.read(now)
        saved = change_window(obj, plan, user=user, now=now) if change else plan_window(plan, user=user, now=now)
        obj.pk = saved.pk
        obj.refresh_from_db()

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The service has written services and channels already."""
