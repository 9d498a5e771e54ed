"""Reviews in the admin: what was answered, what is to be done, what asks; to look at, except a team's policy and a task."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin_base import ReadOnlyRows, person_of
from runbooks.admin.base import RunbooksAdmin
from runbooks.models import Evidence, Gate, NotMine, Review, ReviewPolicy, ReviewTask, Runbook, Snooze
from runbooks.services.policies import change_policy
from runbooks.services.review_tasks import finish_task

GATES_HELP = "Without these no version becomes active."


class OfRunbooks(ReadOnlyRows, RunbooksAdmin):
    """Rows of runbooks that the person may know of, only to look at. `also` is what else the columns name."""

    also: tuple[str, ...] = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request).filter(runbook__in=Runbook.objects.visible_to(person_of(request)))
        return rows.select_related("runbook__service", *self.also)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(Review)
class ReviewAdmin(OfRunbooks):
    """Answers stay; one that was given by mistake is taken back on its page."""

    list_display = ("runbook", "version_number", "answer", "way", "reviewed_by", "reviewed_at", "taken_back_at")
    list_filter = ("answer", "way", ("taken_back_at", admin.EmptyFieldListFilter))
    search_fields = ("runbook__title", "note", "reviewed_by__display_name")
    also = ("reviewed_by",)
    date_hierarchy = "reviewed_at"
    fields: ClassVar = (
        *("runbook", "version_number", "answer", "way", "note", "run_url", "reviewed_by", "reviewed_at"),
        *("due_before", "last_before", "due_after", "taken_back_at", "taken_back_by"),
    )


@admin.register(ReviewTask)
class ReviewTaskAdmin(RunbooksAdmin):
    """What reviews asked for. It is said here that one is done; everything else was said when it was given."""

    list_display = ("text", "runbook", "owner", "due_on", "done_at", "done_by")
    list_filter = (("done_at", admin.EmptyFieldListFilter),)
    search_fields = ("text", "runbook__title", "owner__display_name")
    date_hierarchy = "due_on"
    fields = readonly_fields = ("runbook", "text", "owner", "due_on", "created_at", "done_at", "done_by")
    actions = ("finish",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("runbook__service", "owner", "done_by")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.action(permissions=["change"], description="Done")
    def finish(self, request: HttpRequest, queryset: QuerySet[ReviewTask]) -> None:
        waiting = list(queryset.filter(done_at__isnull=True))
        for task in waiting:
            finish_task(task, user=person_of(request), now=timezone.now())
            self.log_change(request, task, "Done.")
        self.message_user(request, f"{len(waiting)} {'task is' if len(waiting) == 1 else 'tasks are'} done.")


@admin.register(ReviewPolicy)
class ReviewPolicyAdmin(RunbooksAdmin):
    """How often a team reads its runbooks again, and what must hold before a version becomes active."""

    list_display = ("team", "review_days", "asks_for", "updated_by", "updated_at")
    search_fields = ("team__name",)
    list_select_related = ("team", "updated_by")
    autocomplete_fields = ("team",)
    fields = ("team", "review_days", "gates", "updated_by", "updated_at")
    readonly_fields = ("updated_by", "updated_at")

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "gates":
            boxes = forms.CheckboxSelectMultiple
            return forms.MultipleChoiceField(choices=Gate.choices, widget=boxes, required=False, help_text=GATES_HELP)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.display(description="gates")
    def asks_for(self, policy: ReviewPolicy) -> str:
        return ", ".join(str(Gate(gate).label) for gate in policy.gates) or "none"

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> tuple[str, ...]:
        return self.readonly_fields if obj is None else ("team", *self.readonly_fields)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if not change and ReviewPolicy.objects.filter(team=obj.team).exists():
            raise ValidationError({"team": "This team has rules already. Change those."})
        saved = change_policy(obj.team, review_days=obj.review_days, gates=obj.gates, user=person_of(request))
        obj.pk = saved.pk
        obj.refresh_from_db()


@admin.register(Evidence)
class EvidenceAdmin(OfRunbooks):
    """What tells whether a runbook still holds."""

    list_display = ("text", "runbook", "kind", "asks", "noticed_at", "settled_at")
    list_filter = ("kind", "asks", ("settled_at", admin.EmptyFieldListFilter))
    search_fields = ("text", "runbook__title", "key")
    also = ("answered_by__runbook",)
    date_hierarchy = "noticed_at"
    fields: ClassVar = (
        *("runbook", "kind", "text", "url", "asks", "succeeded", "noticed_at", "settled_at", "answered_by", "key"),
    )


@admin.register(Snooze)
class SnoozeAdmin(OfRunbooks):
    list_display = ("runbook", "until", "reason", "snoozed_by", "snoozed_at", "ended_at")
    search_fields = ("runbook__title", "reason", "snoozed_by__display_name")
    also = ("snoozed_by",)
    date_hierarchy = "snoozed_at"


@admin.register(NotMine)
class NotMineAdmin(OfRunbooks):
    list_display = ("runbook", "person", "was_owner", "note", "said_at")
    list_filter = ("was_owner",)
    search_fields = ("runbook__title", "person__display_name", "note")
    also = ("person",)
    date_hierarchy = "said_at"
