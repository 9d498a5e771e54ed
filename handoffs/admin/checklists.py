"""Checklists of teams in the admin: the list as a whole, saved by the same service as on the page."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS
from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin_base import PortalAdmin, PortalInline, RowsFormSet, person_of
from handoffs.errors import Refused
from handoffs.models import Checklist, ChecklistItem
from handoffs.services.checklists import Item, reset_items, save_items

CHANGE = "handoffs.change_checklist"


class ItemRows(RowsFormSet):
    """All items; two rows may ask for the same place, the service counts them anew."""

    @property
    def items(self) -> list[Item]:
        """The items as the service takes them, in order of their positions."""
        rows = [form.cleaned_data for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE")]
        rows = sorted((row for row in rows if row.get("text")), key=lambda row: row["position"])
        return [Item(row["text"], row["facts"], row["is_required"]) for row in rows]

    def validate_unique(self) -> None:
        """Left out: positions only say the order."""


class ItemForm(forms.ModelForm):
    class Meta:
        model = ChecklistItem
        fields = ("position", "text", "facts", "is_required")
        widgets = {"text": forms.TextInput(attrs={"size": 50})}


class ItemInline(PortalInline):
    model = ChecklistItem
    form = ItemForm
    formset = ItemRows
    fields = ("position", "text", "facts", "is_required")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person_of(request).has_perm("handoffs.view_checklist") or self.has_change_permission(request, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person_of(request).has_perm(CHANGE)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person_of(request).has_perm(CHANGE)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person_of(request).has_perm(CHANGE)


@admin.register(Checklist)
class ChecklistAdmin(PortalAdmin):
    """A team's own list. Deleting it gives the team the default one again. Where it came from stands on its page, for those
    who may know of that runbook."""

    refusals = (*PortalAdmin.refusals, Refused)
    list_display = ("team", "items_count", "changed_by", "changed_at")
    list_select_related = ("team", "changed_by")
    search_fields = ("team__name", "items__text")
    search_help_text = "Team, or words of an item"
    autocomplete_fields = ("team",)
    readonly_fields = ("changed_by", "changed_at")
    fields = ("team", "changed_by", "changed_at")
    inlines = (ItemInline,)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).annotate(items_total=Count("items"))

    @admin.display(description="items", ordering="items_total")
    def items_count(self, checklist: Any) -> int:
        return int(checklist.items_total)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        """A list stays its team's."""
        return (*self.readonly_fields, "team") if obj is not None else self.readonly_fields

    def has_add_permission(self, request: HttpRequest) -> bool:
        return person_of(request).has_perm(CHANGE)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person_of(request).has_perm(CHANGE)

    def explain(self, refusal: Exception) -> list[tuple[str, str]]:
        return [(NON_FIELD_ERRORS, str(refusal))] if isinstance(refusal, Refused) else super().explain(refusal)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """Left to `save_formset`: a list is nothing without its items. Its own row only has to be there."""
        if not change:
            obj.changed_by, obj.changed_at = person_of(request), timezone.now()
            obj.save()

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        rows = cast(ItemRows, formset)
        save_items(form.instance.team, rows.items, user=person_of(request), now=timezone.now())
        touched = [row for row in rows.forms if row.has_changed() and row.cleaned_data]
        rows.deleted_objects = [row.instance for row in touched if row.cleaned_data.get("DELETE")]
        rows.new_objects = [row.instance for row in touched if not row.instance.pk]
        rows.changed_objects = [(row.instance, row.changed_data) for row in touched if row.instance.pk]

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        reset_items(obj.team, user=person_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: Any) -> None:
        for checklist in queryset:
            self.delete_model(request, checklist)
