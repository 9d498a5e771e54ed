"""What alerts do, by rules; and what monitoring sent, as it came, to look at where something could not be taken apart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin_base import PortalAdmin, ReadOnlyRows, person_of
from incidents.models import AlertPayload, AlertRule
from incidents.services import intake
from oncall.models import Service

MOST_SHOWN = 20_000  # bytes of a payload
HOW = (
    "The rules are asked in their order, and the first that fits an alert decides. A rule fits when everything that it "
    "names is so; what is left empty counts for any alert. An alert that no rule fits is recorded, and nothing else. "
    "During a maintenance window of its service an alert is marked and may join an open incident, but opens none."
)


class RuleForm(forms.ModelForm):
    class Meta:
        model = AlertRule
        fields = (
            "position",
            "name",
            "is_active",
            "severities",
            "labels",
            "services",
            "team",
            "action",
            "severity",
            "resolves",
        )
        widgets = {"labels": forms.Textarea(attrs={"rows": 4, "class": "vLargeTextField mono"})}


@admin.register(AlertRule)
class AlertRuleAdmin(PortalAdmin):
    form = RuleForm
    list_display = (
        "position",
        "name",
        "is_active",
        "severities",
        "for_services",
        "team",
        "action",
        "severity",
        "resolves",
    )
    list_display_links = ("name",)
    list_filter = ("is_active", "action", "team")
    search_fields = ("name", "severities", "labels")
    list_select_related = ("team", "severity")
    autocomplete_fields = ("services", "team")
    fieldsets = (
        (None, {"fields": (("position", "is_active"), "name"), "description": HOW}),
        ("Which alerts", {"fields": ("severities", "labels", "services", "team")}),
        ("What they do", {"fields": ("action", "severity", "resolves")}),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rules: QuerySet[Any] = super().get_queryset(request).annotate(service_count=Count("services"))
        return rules

    @admin.display(description="services")
    def for_services(self, rule: Any) -> str:
        return str(rule.service_count or "any")

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Services that whoever saves may not know of stay: the form could not show them."""
        rule = form.instance
        visible = Service.objects.visible_to(person_of(request))
        hidden = list(rule.services.exclude(pk__in=visible)) if change else []
        super().save_related(request, form, formsets, change)
        rule.services.add(*hidden)


@admin.register(AlertPayload)
class AlertPayloadAdmin(ReadOnlyRows, PortalAdmin):
    """Requests of monitoring, byte for byte, for as long as they are kept."""

    list_display = ("pk", "received_at", "token", "state", "attempts", "error")
    list_filter = (("processed_at", admin.EmptyFieldListFilter), "attempts", "token")
    search_fields = ("error",)
    search_help_text = "Words of an error"
    list_select_related = ("token",)
    actions: Sequence[Any] = ("try_again",)
    fields = readonly_fields = ("received_at", "token", "processed_at", "attempts", "error", "as_it_came")
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)
        is_list = request.resolver_match is not None and (request.resolver_match.url_name or "").endswith("changelist")
        return rows.defer("body") if is_list else rows

    @admin.display(description="state")
    def state(self, payload: AlertPayload) -> str:
        if payload.processed_at is None:
            return "Waits" if not payload.attempts else "Will be tried again"
        return "Given up" if payload.error else "Done"

    @admin.display(description="as it came")
    def as_it_came(self, payload: AlertPayload) -> str:
        body = bytes(payload.body)
        more = f"\n… and {len(body) - MOST_SHOWN:,} bytes more" if len(body) > MOST_SHOWN else ""
        return body[:MOST_SHOWN].decode("utf-8", "replace").replace("\0", "\ufffd") + more

    @admin.action(permissions=["view"], description="Take the selected payloads apart again")
    def try_again(self, request: HttpRequest, queryset: QuerySet[AlertPayload]) -> None:
        """Harmless for what is done: the same alert is the same alert."""
        number = intake.try_again(queryset, user=person_of(request), now=timezone.now())
        self.message_user(
            request, f"{number} payload{'s' * (number != 1)} will be taken apart again.", messages.SUCCESS
        )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
