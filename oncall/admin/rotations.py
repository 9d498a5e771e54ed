"""Rotations in the admin: to look at, with the few fields that may be changed; and what differs from their plans.

Layers, overrides and swaps are made on their pages, where a preview and the colleague's yes belong to it.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.admin_base import PortalAdmin, ReadOnlyRows, ShownRows, person_of
from accounts.errors import Refused
from oncall.models import Absence, Layer, Override, Plan, PlannedGap, Rotation, Swap
from oncall.services import rotations


def say_span(during: Any) -> str:
    """`23 Nov 2026, 09:00 to 30 Nov 2026, 09:00` in the reader's zone."""
    start, end = (timezone.localtime(moment) for moment in (during.lower, during.upper))
    return f"{date_format(start, 'j M Y, H:i')} to {date_format(end, 'j M Y, H:i T')}"


class EndedFilter(admin.SimpleListFilter):
    """In use unless something else is asked for: what has ended is only kept for the record."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("ended", "Ended"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        return [{**first, "display": "In use"}, *rest]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(ended_at__isnull=self.value() != "ended")


class NoDeletion:
    """For what the record needs; it is ended or taken back on its page."""

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class ShownOnly(NoDeletion, ReadOnlyRows, PortalAdmin):
    """A list and pages to look at."""

    actions = ()


class LayerInline(ShownRows):
    model = Layer
    fields = readonly_fields = ("name", "rank", "plan", "ended_at", "page")
    ordering = ("rank", "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        plans = ("plans__members__person", "plans__windows")
        return super().get_queryset(request).select_related("rotation__team").prefetch_related(*plans)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person_of(request).has_perm("oncall.view_rotation")

    @admin.display(description="plan in force")
    def plan(self, layer: Layer) -> str:
        """The plan of this moment, or the first one where none has begun yet."""
        now, plans = timezone.now(), list(layer.plans.all())
        begun = [plan for plan in plans if plan.effective_from <= now]
        return say_plan(begun[-1] if begun else plans[0]) if plans else "none"

    @admin.display(description="")
    def page(self, layer: Layer) -> SafeString | str:
        if layer.ended_at is not None:
            return ""
        rotation = layer.rotation
        url = reverse("oncall:layer", args=[rotation.team.slug, rotation.slug, layer.pk])
        return format_html('<a href="{}">Change the plan</a>', url)


def say_plan(plan: Plan) -> str:
    """`1 weeks each, hand-over at 09:00 (Europe/London): Ada, Ben`, with its hours where it has any."""
    people = ", ".join(str(member.person) for member in plan.members.all())
    unit = plan.turn_unit.removesuffix("s") if plan.turn_length == 1 else plan.turn_unit
    hours = "; ".join(str(window) for window in plan.windows.all())
    turn = f"{plan.turn_length} {unit} each, hand-over at {plan.handover_at:%H:%M} ({plan.time_zone})"
    return f"{turn}: {people}" + (f"; hours {hours}" if hours else "")


@admin.register(Rotation)
class RotationAdmin(NoDeletion, PortalAdmin):
    refusals = (*PortalAdmin.refusals, Refused, ValidationError)
    list_display = ("name", "team", "expects", "layers_count", "check_hours", "ended_at")
    list_filter = (EndedFilter, "expects", ("team", admin.RelatedOnlyFieldListFilter))
    search_fields = ("name", "slug", "team__name")
    list_select_related = ("team",)
    fields = ("name", "team", "slug", "expects", "check_hours", "created_at", "ended_at")
    readonly_fields = ("team", "slug", "created_at", "ended_at")
    inlines = (LayerInline,)
    actions = ()

    def get_queryset(self, request: HttpRequest) -> Any:
        in_use = Count("layers", filter=Q(layers__ended_at__isnull=True))
        return super().get_queryset(request).annotate(layers_total=in_use)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False  # on the team's page, with a preview

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.ended_at is None)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        rotations.change_rotation(
            Rotation.objects.get(pk=obj.pk),
            name=obj.name,
            expects=obj.expects,
            check_hours=obj.check_hours,
            user=person_of(request),
            now=timezone.now(),
        )

    def explain(self, refusal: Exception) -> list[tuple[str, str]]:
        if isinstance(refusal, ValidationError):
            return [(NON_FIELD_ERRORS, text) for text in refusal.messages]
        return [(NON_FIELD_ERRORS, str(refusal))] if isinstance(refusal, Refused) else super().explain(refusal)

    @admin.display(description="layers", ordering="layers_total")
    def layers_count(self, rotation: Any) -> int:
        return int(rotation.layers_total)


class TakenBackFilter(EndedFilter):
    """In force unless something else is asked for."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [("ended", "Taken back"), ("all", "All")]

    def choices(self, changelist: Any) -> Any:
        first, *rest = super().choices(changelist)
        return [{**first, "display": "In force"}, *rest]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "all":
            return queryset
        return queryset.filter(cancelled_at__isnull=self.value() != "ended")


class OfRotation:
    """For what belongs to a layer or a rotation: a link to its page."""

    @admin.display(description="rotation")
    def rotation_page(self, row: Any) -> SafeString:
        rotation = row.rotation if hasattr(row, "rotation") else row.layer.rotation
        return format_html('<a href="{}">{}, {}</a>', rotation.get_absolute_url(), rotation.team, rotation)

    @admin.display(description="time", ordering="during")
    def time(self, row: Any) -> str:
        return say_span(row.during)


@admin.register(Override)
class OverrideAdmin(OfRotation, ShownOnly):
    list_display = ("person", "rotation_page", "layer", "time", "reason", "cancelled_at")
    list_filter = (TakenBackFilter, ("layer__rotation__team", admin.RelatedOnlyFieldListFilter))
    search_fields = ("person__display_name", "person__email", "reason", "layer__rotation__name")
    list_select_related = ("person", "layer__rotation__team")
    fields = ("person", "rotation_page", "layer", "time", "reason", "swap", "created_by", "created_at")
    readonly_fields = ("rotation_page", "time")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, "cancelled_by", "cancelled_at")


@admin.register(Swap)
class SwapAdmin(OfRotation, ShownOnly):
    list_display = ("asker", "colleague", "rotation_page", "layer", "time", "status", "asked_at")
    list_filter = ("status", ("layer__rotation__team", admin.RelatedOnlyFieldListFilter))
    search_fields = ("asker__display_name", "colleague__display_name", "message", "layer__rotation__name")
    list_select_related = ("asker", "colleague", "layer__rotation__team")
    date_hierarchy = "asked_at"
    fields = (
        "asker",
        "colleague",
        "rotation_page",
        "layer",
        "time",
        "return_layer",
        "return_time",
        "message",
        "status",
    )
    readonly_fields = ("rotation_page", "time", "return_time")

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return (*self.fields, "asked_at", "answered_at")

    @admin.display(description="time in return")
    def return_time(self, swap: Swap) -> str:
        return say_span(swap.return_during) if swap.return_during else "none"


@admin.register(Absence)
class AbsenceAdmin(OfRotation, ShownOnly):
    list_display = ("person", "time", "reason", "created_at")
    search_fields = ("person__display_name", "person__email", "reason")
    list_select_related = ("person",)
    date_hierarchy = "created_at"
    fields = ("person", "time", "reason", "created_at")
    readonly_fields = ("time",)


@admin.register(PlannedGap)
class PlannedGapAdmin(OfRotation, ShownOnly):
    list_display = ("rotation_page", "rank", "time", "reason", "marked_by", "marked_at")
    list_filter = (("rotation__team", admin.RelatedOnlyFieldListFilter),)
    search_fields = ("reason", "rotation__name", "rotation__team__name")
    list_select_related = ("rotation__team", "marked_by")
    date_hierarchy = "marked_at"
    fields = ("rotation_page", "rank", "time", "reason", "marked_by", "marked_at")
    readonly_fields = ("rotation_page", "time")
