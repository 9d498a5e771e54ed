"""Lists of runbooks: filtered, sorted, counted and paged, in a number of queries that does not grow with the rows."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import Page, Paginator
from django.db.models import Case, CharField, Count, F, Func, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.query import QuerySet
from django.http import QueryDict
from django.urls import reverse

from accounts.models import Team, User
from oncall.models import Service
from runbooks.facets import count_facets
from runbooks.lazy import lazily, release
from runbooks.models import Flag, Kind, Runbook, Status
from runbooks.models.runbook import RunbookQuerySet
from runbooks.reading.readiness import GAPS, READY
from runbooks.upkeep.freshness import LEVELS as FRESHNESS
from runbooks.upkeep.freshness import freshness_tone, freshness_word

PAGE_SIZE = 50
STATUSES = [*((s.value, s.label) for s in Status if s != Status.SUPERSEDED), ("retired", "Retired")]
SORTS: dict[str, tuple[str, tuple[Any, ...]]] = {
    "title": ("Title", ("title", "pk")),
    "service": ("Service", ("service__name", "title", "pk")),
    "updated": ("Last changed", (F("updated_at").desc(), "pk")),
    "review": ("Next review", (F("next_review_on").asc(nulls_last=True), "title", "pk")),
    "readiness": ("Least ready first", ("shown_version__readiness", "title", "pk")),
    "freshness": ("Freshness: stalest first", ("freshness", "title", "pk")),
}
# Readiness in three words, best first: the fewest points of each, its label, and the tone it is shown in.
LEVELS = {
    "ready": (READY, "Ready", "good"),
    "gaps": (GAPS, "Some gaps", "warn"),
    "not-ready": (0, "Not ready", "danger"),
}


class RunbookList:
    """The list page: what the address asks for, as far as it is understood."""

    def __init__(self, user: User, query: QueryDict, today: dt.date) -> None:
        self.user = user
        self.today = today
        self.address = query.urlencode()
        self.query = " ".join(query.get("q", "").replace("\x00", "").split())[:200]
        self.order = query.get("sort", "") if query.get("sort") in SORTS else "title"
        self.page_number = query.get("page", "1")
        self.selected = {f.name: query.get(f.name, "") for f in FACETS}

    def context(self) -> dict[str, Any]:
        """What the template prints. `list_key` changes with the address, with what may be seen, and with any runbook."""
        later = lazily(self, "page", "total", "filters", "chips", "is_filtered", "sort")
        return later | {"query": self.query, "list_key": self.key()}

    def key(self) -> str:
        """Stands for everything that decides how the list looks; one query."""
        sees_all = self.user.has_perm("runbooks.view_confidential_runbook")
        access = "all" if sees_all else [self.user.pk, *sorted(self.user.get_team_ids())]
        newest = [model.objects.order_by("-updated_at").values_list("updated_at")[:1] for model in (Runbook, Service)]
        aged = Runbook.objects.order_by(F("freshness_at").desc(nulls_last=True)).values_list("freshness_at")[:1]
        stamps = list(newest[0].union(newest[1], aged, all=True))
        parts = (release(), access, self.today, stamps, self.address)
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    @cached_property
    def visible(self) -> QuerySet[Any]:
        """What the person may see and the words match; retired ones only when they are asked for."""
        visible = Runbook.objects.visible_to(self.user).shown()
        if self.selected["status"] != "retired":
            visible = visible.in_use()
        return self._matching_words(visible).annotate(state=STATE, band=BAND, age=AGE)

    @property
    def total(self) -> int:
        return int(self.counts["total"])

    @property
    def is_filtered(self) -> bool:
        return any(f["selected"] for f in self.filters)

    @property
    def sort(self) -> list[dict[str, Any]]:
        return [{"value": v, "label": label, "selected": v == self.order} for v, (label, _) in SORTS.items()]

    def _matching_words(self, runbooks: RunbookQuerySet) -> RunbookQuerySet:
        for word in self.query.split():
            runbooks = runbooks.filter(
                Q(title__icontains=word)
                | Q(service__name__icontains=word)
                | Q(team__name__icontains=word)
                | Q(owner__display_name__icontains=word)
                | Q(shown_version__summary__icontains=word)
            )
        return runbooks

    def _filtered(self, leaving_out: str = "") -> QuerySet[Any]:
        """The visible runbooks under the selected filters; values that nobody knows filter nothing."""
        runbooks = self.visible
        for facet in FACETS:
            value = self.selected[facet.name]
            if facet.name != leaving_out and facet.accepts(value):
                runbooks = runbooks.filter(**{facet.field: value})
        return runbooks

    @cached_property
    def counts(self) -> dict[str, Any]:
        return self._count()

    def _count(self, leaving_out: str = "") -> dict[str, Any]:
        """How many runbooks each value of each facet would leave, under the other filters."""
        counts = count_facets(self._filtered(leaving_out), {f.name: f.field for f in FACETS})
        return counts | {"labels": _labels_of(counts)}

    @cached_property
    def filters(self) -> list[dict[str, Any]]:
        """Every facet with its options."""
        filters = []
        for facet in FACETS:
            selected = self.selected[facet.name] if facet.accepts(self.selected[facet.name]) else ""
            counts = self._count(facet.name) if selected else self.counts
            labels = counts["labels"].get(facet.name) or facet.labels
            options = [
                {
                    "value": value,
                    "label": label,
                    "count": counts[facet.name].get(value, 0),
                    "selected": value == selected,
                }
                for value, label in labels.items()
                if counts[facet.name].get(value) or value == selected
            ]
            filters.append({"name": facet.name, "label": facet.label, "options": options, "selected": selected})
        return filters

    @cached_property
    def page(self) -> Page[dict[str, Any]]:
        """One page of rows."""
        paginator = Paginator(
            self._filtered().order_by(*SORTS[self.order][1]).values(*ROW, open_flags=OPEN_FLAGS), PAGE_SIZE
        )
        paginator.count = self.total
        page = paginator.get_page(self.page_number)
        page.object_list = [_row(values, self.today) for values in page.object_list]
        return page

    @property
    def chips(self) -> list[dict[str, str]]:
        """The selected filters, each with the address that takes it away."""
        chosen = {f["name"]: f["selected"] for f in self.filters if f["selected"]}
        kept = {"q": self.query, "sort": self.order if self.order != "title" else ""}
        chips = []
        for f in self.filters:
            if f["selected"]:
                rest = {k: v for k, v in (kept | chosen).items() if v and k != f["name"]}
                label = next(o["label"] for o in f["options"] if o["selected"])
                chips.append(
                    {"label": f"{f['label']}: {label}", "url": f"{reverse('runbooks:list')}?{urlencode(rest)}"}
                )
        return chips


@dataclass(frozen=True)
class Facet:
    """One way to filter: `field` is compared with the value in the address."""

    name: str
    label: str
    field: str
    labels: Mapping[str, str]
    is_number: bool = False

    def accepts(self, value: str) -> bool:
        """Whether the value means anything here."""
        if self.is_number:
            return value.isascii() and value.isdigit() and len(value) < 10
        return bool(value) and "\x00" not in value and (not self.labels or value in self.labels)


STATE = Case(
    When(retired_at__isnull=False, then=Value("retired")),
    default=F("shown_version__status"),
    output_field=CharField(),
)
BAND = Case(
    *(When(shown_version__readiness__gte=least, then=Value(name)) for name, (least, _, _) in LEVELS.items()),
    output_field=CharField(),
)
AGE = Case(
    *(When(freshness__gte=least, then=Value(name)) for name, (least, _, _) in FRESHNESS.items()),
    output_field=CharField(),
)
# How many flags of readers wait for an answer. Asked for the rows of one page only.
OPEN_FLAGS = Subquery(
    Flag.objects.open()
    .filter(runbook=OuterRef("pk"))
    .order_by()
    .annotate(count=Func(Value(1), function="SUM", output_field=IntegerField()))
    .values("count"),
    output_field=IntegerField(),
)
FACETS = (
    Facet("service", "Service", "service__slug", {}),
    Facet("team", "Team", "team__slug", {}),
    Facet("kind", "Kind", "kind", dict(Kind.choices)),
    Facet("status", "Status", "state", dict(STATUSES)),
    Facet("owner", "Owner", "owner_id", {}, is_number=True),
    Facet("readiness", "Readiness", "band", {name: label for name, (_, label, _) in LEVELS.items()}),
    Facet("freshness", "Freshness", "age", {name: label for name, (_, label, _) in FRESHNESS.items()}),
)
ROW = (
    "title",
    "slug",
    "kind",
    "state",
    "next_review_on",
    "freshness",
    "retired_at",
    "service__name",
    "service__slug",
    "team__name",
    "owner__display_name",
    "shown_version__major",
    "shown_version__minor",
    "shown_version__summary",
    "shown_version__readiness",
)


def readiness_tone(points: int) -> str:
    """The tone in which a readiness score is shown: good, warn or danger."""
    return next(tone for least, _, tone in LEVELS.values() if points >= least)


def readiness_word(points: int) -> str:
    """The same in words, for tone alone tells nobody anything: `Ready`, `Some gaps` or `Not ready`."""
    return next(label for least, label, _ in LEVELS.values() if points >= least)


def say_due(day: dt.date | None, today: dt.date) -> str:
    """When the next review is, in a few words."""
    if day is None:
        return ""
    days = (day - today).days
    if days < 0:
        return f"{-days} day{'s' if days < -1 else ''} overdue"
    if days == 0:
        return "Due today"
    if days == 1:
        return "Due tomorrow"
    return f"Due in {days} days" if days <= 60 else f"Due {day.day} {day:%b %Y}"


def count_runbooks(user: User) -> dict[str, int]:
    """How many runbooks in use this person may read, and how many of them are ready, or without a date for their review."""
    visible = Runbook.objects.visible_to(user).shown().in_use()
    return visible.aggregate(
        runbooks=Count("pk"),
        services=Count("service", distinct=True),
        ready=Count("pk", filter=Q(shown_version__readiness__gte=READY)),
        without_review=Count("pk", filter=Q(next_review_on__isnull=True)),
    )


def for_service_page(service: Service, user: User, today: dt.date) -> list[dict[str, Any]]:
    """The runbooks of one service, those in use first, as rows of the list."""
    runbooks = Runbook.objects.visible_to(user).shown().filter(service=service).annotate(state=STATE)
    rows = runbooks.order_by(F("retired_at").asc(nulls_first=True), "title").values(*ROW)
    return [_row(values, today) for values in rows]


def _row(values: dict[str, Any], today: dt.date) -> dict[str, Any]:
    """One line of the list."""
    readiness = values["shown_version__readiness"]
    in_use = values["retired_at"] is None
    due = Runbook(next_review_on=values["next_review_on"]).due(today) if in_use else ""
    return {
        "url": f"/runbooks/{values['service__slug']}/{values['slug']}/",
        "title": values["title"],
        "status": values["state"],
        "status_label": dict(STATUSES).get(values["state"], values["state"]),
        "summary": values["shown_version__summary"],
        "service": values["service__name"],
        "kind": Kind(values["kind"]).label,
        "team": values["team__name"],
        "owner": values["owner__display_name"],
        "number": f"{values['shown_version__major']}.{values['shown_version__minor']}",
        "due": due,
        "due_text": say_due(values["next_review_on"], today) if due else "",
        "readiness": readiness,
        "readiness_tone": readiness_tone(readiness),
        "readiness_word": readiness_word(readiness),
        "freshness": values["freshness"],
        "freshness_word": freshness_word(values["freshness"]) if in_use else "",
        "freshness_tone": freshness_tone(values["freshness"]),
        "flags": values.get("open_flags") or 0,
    }


def _labels_of(counts: dict[str, Any]) -> dict[str, dict[str, str]]:
    """Names for the values that are ids or slugs, in the order in which people look for them."""
    services = Service.objects.filter(slug__in=counts["service"]).values_list("slug", "name")
    teams = Team.objects.filter(slug__in=counts["team"]).values_list("slug", "name")
    owners = User.objects.filter(pk__in=counts["owner"]).order_by("display_name").values_list("pk", "display_name")
    return {"service": dict(services), "team": dict(teams), "owner": {str(pk): name for pk, name in owners}}
