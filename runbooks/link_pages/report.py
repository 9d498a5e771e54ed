"""The report of links: by host or by runbook, filtered and paged, in a number of queries that does not grow with the rows."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import Left
from django.http import QueryDict

from accounts.csv_text import write_csv
from accounts.models import User
from runbooks.link_pages.words import STATES, State, find_trouble
from runbooks.models import ExternalLink, LinkUse, Runbook

PAGE_SIZE = 30
SHOWN = 5  # links of a runbook, on the list
LONGEST = 300  # characters of an address that a list shows
MOST_ROWS = 50_000  # of the CSV
CSV = (
    "runbook",
    "service",
    "line",
    "text",
    "address",
    "state",
    "status",
    "why",
    "dead since",
    "last checked",
    "leads to",
)
ASKED = ~Q(state=State.LEFT)


class LinkReport:
    """What the address asks for, as far as it is understood; only what the person may see counts."""

    def __init__(self, user: User, query: QueryDict) -> None:
        self.user = user
        self.by = "runbook" if query.get("by") == "runbook" else "host"
        self.query = " ".join(query.get("q", "").replace("\x00", "").split())[:200]
        asked = query.get("state", "dead")
        self.state = asked if asked in STATES or asked == "all" else "dead"
        self.number = query.get("page", "1")

    def context(self) -> dict[str, Any]:
        """What the template prints; eight queries at most."""
        return {
            "by": self.by,
            "query": self.query,
            "state": self.state,
            "states": self.filters,
            "total": sum(self.counts.values()),
            "page": self.page_of_runbooks if self.by == "runbook" else self.page_of_hosts,
            "trouble": find_trouble(),
        }

    def to_csv(self) -> str:
        """Every place that leads to what is filtered, a line each; RFC 4180, times as ISO 8601 in UTC."""
        uses = self._filter(self.uses).order_by("runbook__title", "runbook_id", "line", "pk")
        rows = uses.values_list(
            *("runbook__title", "runbook__service__name", "line", "text", "link__url", "link__state", "link__status"),
            *("link__said", "link__dead_since", "link__checked_at", "link__leads_to"),
        )
        return write_csv(CSV, self._write_rows(rows[:MOST_ROWS]))

    @cached_property
    def uses(self) -> QuerySet[LinkUse]:
        """The places this person may see that the words fit."""
        uses = LinkUse.objects.filter(runbook__in=Runbook.objects.visible_to(self.user).in_use())
        for word in self.query.split():
            uses = uses.filter(
                Q(link__url__icontains=word)
                | Q(text__icontains=word)
                | Q(runbook__title__icontains=word)
                | Q(runbook__service__name__icontains=word)
            )
        return uses

    @cached_property
    def hosts(self) -> list[dict[str, Any]]:
        """Every host that a place leads to, with how many addresses of each state; one query."""
        links = ExternalLink.objects.filter(pk__in=self.uses.order_by().values("link"))
        rows = (
            links.order_by()
            .values("host_id", "host__name", "state")
            .annotate(links=Count("pk"), at=Max("checked_at", filter=ASKED))
        )
        hosts: dict[int, dict[str, Any]] = {}
        for row in rows:
            new = {"pk": row["host_id"], "name": row["host__name"], "counts": Counter(), "checked_at": None}
            host = hosts.setdefault(row["host_id"], new)
            host["counts"][row["state"]] += row["links"]
            host["checked_at"] = max(filter(None, (host["checked_at"], row["at"])), default=None)
        return list(hosts.values())

    @cached_property
    def counts(self) -> Counter[str]:
        counts: Counter[str] = Counter()
        for host in self.hosts:
            counts.update(host["counts"])
        return counts

    @property
    def filters(self) -> list[dict[str, Any]]:
        return [
            {"value": value, "label": label, "tone": tone, "count": self.counts[value], "selected": value == self.state}
            for value, (label, tone) in STATES.items()
        ]

    @property
    def page_of_hosts(self) -> Page[dict[str, Any]]:
        """Those with the most dead links first."""
        found = [host for host in self.hosts if self.state == "all" or host["counts"][self.state]]
        found.sort(key=lambda host: (-host["counts"][State.DEAD], -host["counts"][State.UNSURE], host["name"]))
        page: Page[dict[str, Any]] = Paginator(found, PAGE_SIZE).get_page(self.number)
        page.object_list = [host | {"badges": list(_make_badges(host["counts"]))} for host in page.object_list]
        return page

    @property
    def page_of_runbooks(self) -> Page[dict[str, Any]]:
        """Those with the most links of the state first."""
        uses = self._filter(self.uses).order_by()
        columns = ("runbook_id", "runbook__title", "runbook__slug", "runbook__service__name", "runbook__service__slug")
        rows: QuerySet[Any] = uses.values(*columns).annotate(links=Count("link", distinct=True))
        page: Page[Any] = Paginator(rows.order_by("-links", "runbook__title", "runbook_id"), PAGE_SIZE).get_page(
            self.number
        )
        page.object_list = list(page.object_list)
        self._add_links(page.object_list)
        return page

    def _add_links(self, rows: list[dict[str, Any]]) -> None:
        """The first few links of each runbook on the page; one query."""
        by_runbook: dict[int, list[Any]] = {row["runbook_id"]: [] for row in rows}
        uses = self._filter(self.uses).filter(runbook__in=by_runbook).order_by("runbook", "line", "pk")
        columns = ("runbook_id", "line", "text", "link__said", "link__state", "link__host_id", "link__dead_since")
        for use in uses.values(*columns, address=Left("link__url", LONGEST)):
            by_runbook[use["runbook_id"]].append(use | {"badge": STATES[use["link__state"]]})
        for row in rows:
            found = by_runbook[row["runbook_id"]]
            row |= {"uses": found[:SHOWN], "more": max(0, len(found) - SHOWN)}

    def _filter(self, uses: QuerySet[LinkUse]) -> QuerySet[LinkUse]:
        return uses if self.state == "all" else uses.filter(link__state=self.state)

    def _write_rows(self, rows: Any) -> Iterator[list[Any]]:
        for *words, state, status, said, dead_since, checked_at, leads_to in rows:
            times = [at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None for at in (dead_since, checked_at)]
            yield [*words, STATES[state][0], status, said, *times, leads_to]


def _make_badges(counts: Counter[str]) -> Iterator[dict[str, Any]]:
    for value, (label, tone) in STATES.items():
        if counts[value]:
            yield {"label": label, "tone": tone, "count": counts[value]}
