"""The list of runs: those going on first, then what was run before; filtered by what stands in the address."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.db.models import F, Q
from django.http import QueryDict

from accounts.models import User
from incidents.models import Run
from incidents.models.run import RunQuerySet
from incidents.pages.runs import describe_lines
from oncall.models import Service
from runbooks.models import Runbook

PAGE_SIZE = 30
MOST_CHOICES = 200


class RunList:
    """The list page. What it does not know in the address it ignores; a fixed number of queries."""

    def __init__(self, user: User, query: QueryDict) -> None:
        self.user = user
        self.number = query.get("page", "1")
        self.runbook = _read_number(query.get("runbook", ""))
        self.person = _read_number(query.get("person", ""))
        self.service = query.get("service", "").replace("\0", "")[:100]
        self.purpose = _read_choice(query.get("purpose", ""), Run.Purpose.values)
        self.outcome = _read_choice(query.get("outcome", ""), Run.Outcome.values)

    def context(self) -> dict[str, Any]:
        """What the template prints."""
        found = self._find()
        page = Paginator(found.order_by("pk"), PAGE_SIZE).get_page(self.number)
        start = max(page.start_index() - 1, 0)
        ordered = found.order_by(F("finished_at").desc(nulls_first=True), "-started_at", "-pk")
        page.object_list = describe_lines(ordered, start=start, most=PAGE_SIZE)  # type: ignore[assignment]  # lines of runs
        return {
            "page": page,
            "going": [line for line in page.object_list if line.is_going],
            "past": [line for line in page.object_list if not line.is_going],
            "filters": self._describe_filters(),
            "is_filtered": any((self.runbook, self.person, self.service, self.purpose, self.outcome)),
        }

    def _find(self) -> RunQuerySet:
        runs = Run.objects.visible_to(self.user)
        if self.runbook:
            runs = runs.filter(runbook=self.runbook)
        if self.service:
            runs = runs.filter(runbook__service__slug=self.service)
        if self.purpose:
            runs = runs.filter(purpose=self.purpose)
        if self.outcome:
            runs = runs.filter(outcome=self.outcome)
        if self.person:
            worked = Q(pk__in=Run.objects.filter(steps__events__person=self.person).values("pk"))
            runs = runs.filter(worked | Q(started_by=self.person))
        return runs

    def _describe_filters(self) -> list[dict[str, Any]]:
        """Every filter with its choices: only what was run, and only what this person may know of."""
        runs = Run.objects.visible_to(self.user).order_by()
        runbooks = Runbook.objects.filter(pk__in=runs.values("runbook")).order_by("title").values_list("pk", "title")
        services = Service.objects.filter(runbooks__runs__in=runs).order_by("name").distinct()
        people = User.objects.filter(started_runs__in=runs).order_by("display_name").distinct()
        return [
            _make_filter("runbook", "Runbook", runbooks[:MOST_CHOICES], self.runbook),
            _make_filter("service", "Service", services.values_list("slug", "name")[:MOST_CHOICES], self.service),
            _make_filter("purpose", "For", Run.Purpose.choices, self.purpose),
            _make_filter("outcome", "Outcome", Run.Outcome.choices, self.outcome),
            _make_filter("person", "Person", people.values_list("pk", "display_name")[:MOST_CHOICES], self.person),
        ]


def _make_filter(name: str, label: str, choices: Any, selected: Any) -> dict[str, Any]:
    options = [{"value": value, "label": text, "selected": value == selected} for value, text in choices]
    return {"name": name, "label": label, "options": options}


def _read_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


def _read_choice(text: str, known: list[str]) -> str:
    return text if text in known else ""
