"""The page of one host: its addresses, what came of asking them, and the places in runbooks that lead there."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Case, IntegerField, JSONField, Value, When
from django.db.models.expressions import Func
from django.db.models.functions import Left
from django.urls import reverse

from accounts.models import User
from runbooks.link_pages.findings import find_section
from runbooks.link_pages.words import STATES, find_trouble
from runbooks.models import ExternalLink, LinkHost, LinkUse, Runbook, RunbookVersion

PAGE_SIZE = 30
USES = 8  # of one address; the rest is counted
LONGEST = 300
URGENCY = Case(*(When(state=state, then=Value(rank)) for rank, state in enumerate(STATES)), output_field=IntegerField())


class HostPage:
    """What of a host a person may see: the addresses that stand in runbooks they may know of."""

    def __init__(self, user: User, host: LinkHost, number: str, now: dt.datetime) -> None:
        self.user = user
        self.host = host
        self.number = number
        self.now = now
        self.links = ExternalLink.objects.visible_to(user).in_use().filter(host=host)

    @classmethod
    def find(cls, user: User, pk: int, number: str, now: dt.datetime) -> HostPage | None:
        """None when no runbook that this person may know of leads there."""
        host = LinkHost.objects.filter(pk=pk).first()
        page = cls(user, host, number, now) if host else None
        return page if page is not None and page.links.exists() else None

    def context(self) -> dict[str, Any]:
        """What the template prints; six queries at most, and two for what is wrong with the portal itself."""
        page = self._make_page()
        return {
            "host": self.host,
            "page": page,
            "is_resting": self.host.next_at > self.now + dt.timedelta(minutes=1),
            "can_check": settings.LINK_CHECKS and self.user.has_perm("runbooks.change_runbook"),
            "trouble": find_trouble(),
        }

    def _make_page(self) -> Page[dict[str, Any]]:
        links = self.links.defer("url", "leads_to").annotate(
            address=Left("url", LONGEST), target=Left("leads_to", LONGEST), urgency=URGENCY
        )
        page: Page[Any] = Paginator(links.order_by("urgency", "address", "pk"), PAGE_SIZE).get_page(self.number)
        rows = list(page.object_list)
        uses = self._find_uses([link.pk for link in rows])
        page.object_list = [
            {
                "link": link,
                "badge": STATES[link.state],
                "uses": uses[link.pk][:USES],
                "more": max(0, len(uses[link.pk]) - USES),
            }
            for link in rows
        ]
        return page

    def _find_uses(self, links: list[int]) -> dict[int, list[dict[str, Any]]]:
        runbooks = Runbook.objects.visible_to(self.user).in_use()
        uses = LinkUse.objects.filter(link__in=links, runbook__in=runbooks).select_related("runbook__service")
        ordered = list(uses.order_by("runbook__title", "line", "pk"))
        sections = _find_sections({use.runbook_id for use in ordered})
        found: dict[int, list[dict[str, Any]]] = defaultdict(list)
        for use in ordered:
            found[use.link_id].append(self._describe(use, find_section(sections.get(use.runbook_id, ()), use.line)))
        return found

    def _describe(self, use: LinkUse, anchor: str) -> dict[str, Any]:
        home, at = use.runbook.get_absolute_url(), quote(anchor)
        edit = reverse("runbooks:edit", args=[use.runbook.service.slug, use.runbook.slug])
        return {
            "use": use,
            "read_url": f"{home}#{at}" if at else home,
            "edit_url": f"{edit}?section={at}" if at else edit,
        }


def _find_sections(runbooks: set[int]) -> dict[int, list[dict[str, Any]]]:
    """Line and anchor of every section of their active texts, without the words in them."""
    versions = RunbookVersion.objects.active().filter(runbook__in=runbooks).order_by()
    rows = versions.values_list("runbook_id", _take("line"), _take("anchor"))
    return {
        pk: [{"line": line, "anchor": anchor} for line, anchor in zip(lines, anchors, strict=True)]
        for pk, lines, anchors in rows
    }


def _take(name: str) -> Func:
    path = Value(f"$.sections[*].{name}")
    return Func(
        "document",
        path,
        function="jsonb_path_query_array",
        template="%(function)s(%(expressions)s::jsonpath)",
        output_field=JSONField(),
    )
