"""The runbook: its details and its text on one page, its versions below."""

from __future__ import annotations

from typing import Any, cast

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from accounts.admin_base import ShownRows, person_of
from runbooks import services
from runbooks.admin.actions import ACTIONS
from runbooks.admin.base import RunbooksAdmin
from runbooks.admin.columns import show_readiness, show_review, show_status, with_columns
from runbooks.admin.filters import ReviewFilter, StatusFilter
from runbooks.admin.forms import RunbookAddForm, RunbookChangeForm, newest_text
from runbooks.comparing import keep_line_endings
from runbooks.errors import EditConflict
from runbooks.models import FormerAddress, Runbook, RunbookVersion
from runbooks.services import EditBase
from runbooks.services.details import DETAILS

TEXT = ("Text", {"fields": ("markdown", "change_summary", "bump", "base")})
READ_TEXT = ("Text", {"fields": ("read_text",)})
WHAT = ("What it is", {"fields": ("title", "slug", "service", "kind", "owner", "team", "classification")})
REVIEWS = ("Reviews", {"fields": ("review_days", "last_reviewed_on", "next_review_on")})
ORIGIN = (
    "Where it came from",
    {"classes": ("collapse",), "fields": ("source_path", "retired_at", "created_at", "updated_at")},
)
NEW = ((None, {"fields": ("service", "title", "kind", "template")}), ("Text", {"fields": ("markdown",)}))


class VersionInline(ShownRows):
    """The versions, to look at; each leads to its page, where its next step is."""

    model = RunbookVersion
    fields = readonly_fields = ("link", "state", "ready", "change_summary", "author", "approved_by", "activated_at")
    view_on_site = False

    @admin.display(description="version")
    def link(self, version: RunbookVersion) -> str:
        return format_html('<a href="{}">{}</a>', version.get_absolute_url(), version.number)

    @admin.display(description="status")
    def state(self, version: RunbookVersion) -> str:
        return show_status(version.status)

    @admin.display(description="readiness")
    def ready(self, version: RunbookVersion) -> str:
        return show_readiness(version)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return RunbookVersion.objects.for_history().select_related("runbook__service", "author", "approved_by")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return person_of(request).has_perm("runbooks.view_runbook")  # as in the pages


class FormerAddressInline(ShownRows):
    model = FormerAddress
    verbose_name_plural = "former addresses: links to them lead here"
    fields = readonly_fields = ("service", "slug", "left_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("service")

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_view_permission(request, obj) and (obj is None or obj.former_addresses.exists())


@admin.register(Runbook)
class RunbookAdmin(RunbooksAdmin):
    list_display = (
        "title",
        "service",
        "state",
        "on_its_way",
        "ready",
        "review",
        "team",
        "owner",
        "classification",
        "versions_count",
    )
    list_filter = (
        StatusFilter,
        ReviewFilter,
        "kind",
        "classification",
        ("team", admin.RelatedOnlyFieldListFilter),
        ("service", admin.RelatedOnlyFieldListFilter),
    )
    search_fields = ("title", "slug", "service__name", "service__slug")
    search_help_text = "Title, address or service"
    autocomplete_fields = ("service", "team", "owner")
    readonly_fields = ("read_text", "source_path", "retired_at", "created_at", "updated_at")
    date_hierarchy = "next_review_on"
    list_per_page = 50
    inlines = (VersionInline, FormerAddressInline)
    actions = ACTIONS
    change_form_template = "admin/runbooks/change_form.html"
    object_history_template = "admin/runbooks/object_history.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return with_columns(super().get_queryset(request))

    # Columns

    @admin.display(description="status", ordering="shown_version__status")
    def state(self, runbook: Runbook) -> str:
        return show_status(runbook.status)

    @admin.display(description="on its way", ordering="open_number")
    def on_its_way(self, runbook: Any) -> str:
        return (
            format_html("{} {}", runbook.open_number, show_status(runbook.open_status)) if runbook.open_number else ""
        )

    @admin.display(description="readiness", ordering="shown_version__readiness")
    def ready(self, runbook: Runbook) -> str:
        return show_readiness(runbook.shown_version)

    @admin.display(description="next review", ordering="next_review_on")
    def review(self, runbook: Runbook) -> str:
        return show_review(runbook, timezone.localdate())

    @admin.display(description="versions", ordering="versions_total")
    def versions_count(self, runbook: Any) -> int:
        return int(runbook.versions_total)

    @admin.display(description="text")
    def read_text(self, runbook: Runbook) -> str:
        return format_html('<a href="{}">Read it on its page</a>', runbook.get_absolute_url())

    # Who may

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # runbooks are retired; their history stays

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return person_of(request).has_perm("runbooks.approve_runbookversion")

    def has_spread_permission(self, request: HttpRequest) -> bool:
        return person_of(request).has_perm("runbooks.change_reviewpolicy")

    def has_activate_permission(self, request: HttpRequest) -> bool:
        return person_of(request).has_perm("runbooks.activate_runbookversion")

    def has_retire_permission(self, request: HttpRequest) -> bool:
        return person_of(request).has_perm("runbooks.retire_runbook")

    # The form

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return NEW
        return (TEXT if self.has_change_permission(request, obj) else READ_TEXT, WHAT, REVIEWS, ORIGIN)

    def get_inlines(self, request: HttpRequest, obj: Any) -> Any:
        return self.inlines if obj else ()

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        form = RunbookChangeForm if obj else RunbookAddForm
        return super().get_form(request, obj, change=change, **{"form": form} | kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        if change:
            form.said = self.save_change(request, obj, form)
            return
        version = services.start_runbook(**form.cleaned_data, author=person_of(request), now=timezone.now())
        obj.pk = version.runbook_id
        obj.refresh_from_db()
        form.said = f"Began with version {version.number}."

    def save_change(self, request: HttpRequest, runbook: Runbook, form: RunbookChangeForm) -> str:
        """Details and text through their services; what was done comes back as a sentence for the history."""
        user, now, data = person_of(request), timezone.now(), form.cleaned_data
        changed = [name for name in form.changed_data if name in DETAILS]
        said = []
        if changed:
            services.change_runbook(runbook, user=user, now=now, **{name: data[name] for name in changed})
            labels = ", ".join(str(form.fields[name].label).lower() for name in changed)
            said.append(f"Changed {labels}.")
        if has_new_words(runbook, form):
            version = services.save_edit(
                runbook,
                base=EditBase.parse(data["base"]),
                markdown=data["markdown"],
                change_summary=data["change_summary"],
                bump=data["bump"] or "minor",
                author=user,
                now=now,
            )
            said.append(f"Saved the text as version {version.number}, save {version.revision}.")
            self.message_user(request, f"Version {version.number} is saved as a draft.", messages.INFO)
        return " ".join(said) or "Changed nothing."

    def construct_change_message(self, request: HttpRequest, form: Any, formsets: Any, add: bool = False) -> Any:
        return form.said

    def heed(self, request: HttpRequest, refusal: Exception) -> None:
        """Words that came too late are kept, though the rest was undone."""
        if isinstance(refusal, EditConflict):
            base = EditBase.parse(request.POST.get("base", ""))
            services.keep_late_text(refusal, base=base, author=person_of(request), now=timezone.now())

    def render_change_form(self, request: HttpRequest, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        runbook = cast("Runbook | None", context.get("original"))
        if runbook is not None and isinstance(vars(request).get("refusal"), EditConflict):
            context["merge_at"] = reverse("runbooks:edit", args=[runbook.service.slug, runbook.slug])
        if runbook is not None:
            context["left_unsaved"] = services.find_working_copy(runbook, person_of(request))
        return super().render_change_form(request, context, *args, **kwargs)


def has_new_words(runbook: Runbook, form: RunbookChangeForm) -> bool:
    """Whether the text differs from what the edit started from, or a draft's summary was changed."""
    data = form.cleaned_data
    if form.fields["markdown"].disabled:
        return False
    started_from = services.text_of_base(runbook, EditBase.parse(data["base"]))
    if keep_line_endings(started_from, data["markdown"]) != started_from:
        return True
    newest = newest_text(runbook)
    return newest is not None and newest.is_open and "change_summary" in form.changed_data
