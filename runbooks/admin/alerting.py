"""Files of alerting rules in the admin: to look at, and to take out."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from accounts.admin_base import ReadOnlyRows, person_of
from runbooks.admin.base import RunbooksAdmin
from runbooks.models import AlertingRule, RuleFile
from runbooks.services.alerting import delete_rule_file


@admin.register(RuleFile)
class RuleFileAdmin(ReadOnlyRows, RunbooksAdmin):
    """A file is added on the page of alerts, where what is wrong with it is said with its line."""

    list_display = ("name", "alerts", "added_by", "added_at")
    search_fields = ("name",)
    list_select_related = ("added_by",)
    date_hierarchy = "added_at"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        files: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = files.annotate(counted=Count("rules"))
        return counted

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """The rules go with their file, although nobody may take out one of them alone."""
        shown, counts, _, protected = super().get_deleted_objects(objs, request)
        return shown, counts, set(), protected

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        delete_rule_file(obj, user=person_of(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        for file in queryset:
            delete_rule_file(file, user=person_of(request))

    @admin.display(description="alerts", ordering="counted")
    def alerts(self, file: Any) -> int:
        return int(file.counted)


@admin.register(AlertingRule)
class AlertingRuleAdmin(ReadOnlyRows, RunbooksAdmin):
    """What the files say; it changes with them."""

    list_display = ("name", "severity", "file", "group", "line")
    search_fields = ("name", "file__name", "group")
    list_filter = ("severity",)
    list_select_related = ("file",)
    exclude = ("key",)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # it goes with its file
