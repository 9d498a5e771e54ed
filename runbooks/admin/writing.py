"""Templates, and lines that were allowed although they look like a credential."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin_base import person_of
from runbooks import services
from runbooks.admin.base import RunbooksAdmin
from runbooks.admin.forms import AllowLineForm, TemplateForm
from runbooks.models import AllowedLine, Runbook, RunbookTemplate
from runbooks.secrets import find_secrets
from runbooks.services.secrets import fingerprint


@admin.register(RunbookTemplate)
class RunbookTemplateAdmin(RunbooksAdmin):
    """Templates, through the services of their pages: those that come with the portal are hidden, not deleted."""

    form = TemplateForm
    list_display = ("name", "kind", "is_offered", "description", "updated_by", "updated_at")
    list_filter = ("kind", "is_offered")
    search_fields = ("name", "slug", "description")
    list_select_related = ("updated_by",)
    fieldsets = (
        (None, {"fields": ("name", "kind", "description", "is_offered")}),
        ("Text", {"fields": ("markdown",)}),
    )

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        values = {name: form.cleaned_data[name] for name in TemplateForm.Meta.fields}
        user = person_of(request)
        saved = (
            services.change_template(obj, user=user, **values) if change else services.add_template(user=user, **values)
        )
        obj.pk = saved.pk
        obj.refresh_from_db()

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        services.delete_template(obj, user=person_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for template in queryset:
            services.delete_template(template, user=person_of(request))


@admin.register(AllowedLine)
class AllowedLineAdmin(RunbooksAdmin):
    """Lines that were allowed, by whom and why; a new one comes in through its text, of which only the print is kept."""

    form = AllowLineForm
    list_display = ("kind", "reason", "where", "allowed_by", "allowed_at")
    list_filter = ("kind",)
    search_fields = ("reason", "kind", "runbook__title")
    list_select_related = ("runbook", "allowed_by")
    autocomplete_fields = ("runbook",)
    date_hierarchy = "allowed_at"
    readonly_fields = ("kind", "allowed_by", "allowed_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        known = Runbook.objects.visible_to(person_of(request))
        return super().get_queryset(request).filter(Q(runbook__isnull=True) | Q(runbook__in=known))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        new = ("line", "runbook", "reason")
        return [(None, {"fields": ("kind", "reason", "runbook", "allowed_by", "allowed_at") if obj else new})]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # a trigger keeps it as it was said

    @admin.display(description="allowed in", ordering="runbook__title")
    def where(self, line: AllowedLine) -> str:
        return str(line.runbook) if line.runbook else "every runbook"

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        line, runbook, user, now = form.cleaned_data["line"], obj.runbook, person_of(request), timezone.now()
        rows = [
            services.allow_line(runbook, fingerprint(line, secret), secret.kind, reason=obj.reason, user=user, now=now)
            for secret in find_secrets(line)
        ]
        obj.pk = rows[0].pk
        obj.refresh_from_db()
