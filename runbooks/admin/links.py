"""Links that lead out, in the admin: to look at, and to have asked again."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone

from accounts.admin_base import ReadOnlyRows, person_of
from runbooks.admin.base import RunbooksAdmin
from runbooks.models import ExternalLink, Runbook
from runbooks.services.links import ask_again


@admin.register(ExternalLink)
class ExternalLinkAdmin(ReadOnlyRows, RunbooksAdmin):
    """What texts lead to; the portal writes it by itself."""

    list_display = ("address", "state", "said", "checked_at", "dead_since", "runbooks")
    list_filter = ("state",)
    search_fields = ("url", "said")
    ordering = ("url",)
    date_hierarchy = "checked_at"
    actions = ("ask_again",)
    exclude = ("sha256",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        visible = Runbook.objects.visible_to(person_of(request)).in_use()
        used = Count("uses__runbook", filter=Q(uses__runbook__in=visible), distinct=True)
        links: QuerySet[Any] = super().get_queryset(request)
        counted: QuerySet[Any] = links.select_related("host").annotate(used=used)
        return counted

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # it goes by itself when no text leads there any more

    @admin.display(ordering="url")
    def address(self, link: ExternalLink) -> str:
        return link.url if len(link.url) <= 100 else f"{link.url[:99]}…"

    @admin.display(description="runbooks", ordering="used")
    def runbooks(self, link: Any) -> int:
        return int(link.used)

    @admin.action(description="Check again", permissions=["ask"])
    def ask_again(self, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        """As soon as the pace of each host allows."""
        chosen = ExternalLink.objects.filter(pk__in=queryset.values("pk"))
        many = ask_again(chosen, user=person_of(request), now=timezone.now())
        self.message_user(request, f"{many} address{'es are' if many != 1 else ' is'} asked again.", messages.SUCCESS)

    def has_ask_permission(self, request: HttpRequest) -> bool:
        return person_of(request).has_perm("runbooks.change_runbook")
