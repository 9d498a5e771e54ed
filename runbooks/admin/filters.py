"""Filters of the list of runbooks."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from runbooks.models import RunbookVersion, Status
from runbooks.models.runbook import SOON_DAYS, RunbookQuerySet

ON_ITS_WAY = {Status.DRAFT: "has a draft", Status.REVIEW: "waits for review", Status.APPROVED: "waits for activation"}


class StatusFilter(admin.SimpleListFilter):
    title = "status"
    parameter_name = "status"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        waiting = [(str(status), words) for status, words in ON_ITS_WAY.items()]
        return [("active", "active"), *waiting, ("never", "never active yet"), ("retired", "retired")]

    def queryset(self, request: HttpRequest, queryset: Any) -> RunbookQuerySet:
        runbooks, wanted = cast(RunbookQuerySet, queryset), self.value()
        if wanted == "retired":
            return runbooks.filter(retired_at__isnull=False)
        if wanted == "active":
            return runbooks.in_use().filter(shown_version__status=Status.ACTIVE)
        if wanted == "never":
            return runbooks.exclude(shown_version__status=Status.ACTIVE)
        if wanted in ON_ITS_WAY:
            return runbooks.filter(pk__in=RunbookVersion.objects.filter(status=wanted).values("runbook"))
        return runbooks


class ReviewFilter(admin.SimpleListFilter):
    title = "review"
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return [
            ("overdue", "overdue"),
            ("soon", f"due within {SOON_DAYS} days"),
            ("later", "later"),
            ("none", "not planned"),
        ]

    def queryset(self, request: HttpRequest, queryset: Any) -> RunbookQuerySet:
        runbooks, today = cast(RunbookQuerySet, queryset), timezone.localdate()
        soon = today + dt.timedelta(days=SOON_DAYS)
        match self.value():
            case "overdue":
                return runbooks.in_use().filter(next_review_on__lt=today)
            case "soon":
                return runbooks.in_use().filter(next_review_on__range=(today, soon))
            case "later":
                return runbooks.in_use().filter(next_review_on__gt=soon)
            case "none":
                return runbooks.in_use().filter(next_review_on__isnull=True)
        return runbooks
