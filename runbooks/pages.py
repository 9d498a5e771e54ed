"""What the reading page says about a runbook beside its text."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast
from urllib.parse import urlencode

from django.conf import settings
from django.db.models import F, OuterRef, Subquery
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from accounts.models import User
from accounts.prepared import PreparedQuery
from oncall.models import OncallChange, ServiceLink
from oncall.pages.kept import KeptOncall, get_oncall
from oncall.pages.service_oncall import ServiceOncall
from runbooks.flag_pages import mark_sections, name_places
from runbooks.labels import fill_inputs, fill_text, find_names, match_labels
from runbooks.ladder_links import link_ladders
from runbooks.lazy import lazily, release
from runbooks.lists import readiness_tone, say_due
from runbooks.models import Flag, Kind, Review, Runbook, RunbookVersion, Status
from runbooks.models.runbook import RunbookQuerySet
from runbooks.services.freshness import read_facts, with_facts
from runbooks.upkeep.freshness import Freshness, explain

CHANGES = 5
LIST_LEVEL = 7  # of a place that is one list in a section; headings have 1 to 6
RUN_NAMES = {"runbook", "section", "incident", "version", "purpose"}  # in the address where a run is started
LONGEST_LABELS = 4000


def _at(service: str, slug: str) -> RunbookQuerySet:
    return Runbook.objects.filter(service__slug=service, slug=slug, shown_version__isnull=False).order_by()


# What is asked on every look at a page: whether it is there for this person, and when anything on it changed last.
COLUMNS = {
    "runbook_id": F("pk"),
    "changed_at": F("updated_at"),
    "service_changed_at": F("service__updated_at"),
    "heading": F("title"),
    "service_name": F("service__name"),
    "version_id": F("shown_version_id"),
    "major": F("shown_version__major"),
    "minor": F("shown_version__minor"),
    "status": F("shown_version__status"),
    "aged_at": F("freshness_at"),
    "path_id": F("service__escalation_path_id"),
    "team_of_service": F("service__team_id"),
    "oncall_number": Subquery(OncallChange.objects.values("number")[:1]),
}
LAST_SAID = Review.objects.standing().filter(runbook=OuterRef("pk")).exclude(answer=Review.Answer.WORK)
LAST_REVIEW = {
    "reviewed_at": Subquery(LAST_SAID.order_by("-reviewed_at", "-pk").values("reviewed_at")[:1]),
    "reviewer": Subquery(LAST_SAID.order_by("-reviewed_at", "-pk").values("reviewed_by__display_name")[:1]),
}
UNCOUNTED = "oncall_number"  # of all services; the page is made again only where its own on-call says something else
PLACE = {"service": "\ue000service", "slug": "\ue000slug"}
OPEN_TO_ALL = PreparedQuery(lambda service, slug: _at(service, slug).values(**COLUMNS), **PLACE)
OPEN_TO_ONE = PreparedQuery(
    lambda service, slug, user_id: _at(service, slug).known_to(user_id).values(**COLUMNS), user_id=-987_654_321, **PLACE
)


@dataclass
class ReadingPage:
    """The context of a reading page, looked up only where the template asks for it: most times the cache answers first."""

    spot: dict[str, Any]
    now: dt.datetime
    today: dt.date
    reader: User
    can_edit: bool
    can_run: bool

    @classmethod
    def find(cls, user: User, service: str, slug: str, now: dt.datetime) -> ReadingPage | None:
        """The page at that address at that instant, None when there is none that this person may know of; one query."""
        if user.has_perm("runbooks.view_confidential_runbook"):
            spot = OPEN_TO_ALL.first(service=service, slug=slug)
        else:
            spot = OPEN_TO_ONE.first(service=service, slug=slug, user_id=user.pk)
        if spot is None:
            return None
        may = [user.has_perm(name) for name in ("runbooks.change_runbook", "incidents.add_run")]
        return cls(spot, now, timezone.localdate(now), user, *may)

    def context(self) -> dict[str, Any]:
        """What the template prints. `page_key` changes with anything on the page, the reader's clock, and a release.

        Who is on call, and with which numbers the reader may reach them, is part of it.
        """
        spot = (value for name, value in self.spot.items() if name != UNCOUNTED)
        changing = (*spot, self.today, self.reader.time_zone, self.can_edit, self.can_run, self.kept_oncall.key)
        number = f"{self.spot['major']}.{self.spot['minor']}"
        key = ":".join(map(str, (release(), *changing)))
        return self.lazily() | {"spot": self.spot | {"number": number}, "page_key": key}

    def context_filled(self, labels: Iterable[tuple[str, str]]) -> dict[str, Any]:
        """What the template prints when the address carries labels of an alert: never from the cache, nor into it."""
        version, labels = self.version, list(labels)
        filling = match_labels(labels, find_names(version.html, version.values_html))
        version.html = fill_text(version.html, filling.values)
        version.values_html = fill_inputs(version.values_html, filling.values)
        return self.lazily() | {"filling": filling, "run_labels": hand_on(labels)}

    def lazily(self) -> dict[str, Any]:
        """What the template prints."""
        names = ("runbook", "version", "service", "facts", "links", "open_version", "changes", "findings", "readiness")
        beside = ("readiness_tone", "findings_count", "oncall", "flags", "steps", "routine", "freshness", "review")
        later = lazily(self, *names, *beside)
        return later | {"can_edit": self.can_edit, "can_run": self.can_run}

    @cached_property
    def kept_oncall(self) -> KeptOncall:
        """Who is on call for the service; a query only when that is not known in this process."""
        spot = self.spot
        return get_oncall(spot["path_id"], spot["team_of_service"], spot["oncall_number"], self.reader, self.now)

    @property
    def oncall(self) -> ServiceOncall | None:
        return self.kept_oncall.oncall

    @cached_property
    def runbook(self) -> Runbook:
        runbooks = Runbook.objects.select_related("service__team", "team", "owner", "shown_version__author")
        light = with_facts(runbooks).annotate(**LAST_REVIEW)
        found: Runbook = light.defer("shown_version__markdown", "shown_version__document").get(
            pk=self.spot["runbook_id"]
        )
        if found.shown_version is not None:
            url = f"{found.get_absolute_url()}escalation/"
            html = link_ladders(found.shown_version.html, url)
            found.shown_version.html = mark_sections(html, self.open_flags)
        return found

    @cached_property
    def open_flags(self) -> list[Flag]:
        return list(Flag.objects.filter(runbook=self.spot["runbook_id"]).open().for_list())

    @cached_property
    def document(self) -> dict[str, Any]:
        """What the reader found in the text: large, and asked for only when the page is made."""
        found: dict[str, Any] = RunbookVersion.objects.values_list("document", flat=True).get(
            pk=self.spot["version_id"]
        )
        return found

    @property
    def steps(self) -> list[Any]:
        """Sections that can be gone through step by step: `incidents.steps.StepSource`; none of a retired runbook.

        A runbook knows nothing of runs: the setting STEP_SOURCES names the function that finds them.
        """
        if self.runbook.is_retired:
            return []
        find = cast(Callable[[dict[str, Any]], list[Any]], import_string(settings.STEP_SOURCES))
        return [source for source in find(self.document) if source.level < LIST_LEVEL]

    @property
    def routine(self) -> str:
        """Where the tasks are that its daily, weekly … checklists became; "" where there are none."""
        runbook = self.runbook
        if runbook.is_retired or runbook.kind == Kind.TEMPLATE or self.version.status != Status.ACTIVE:
            return ""
        if not any(checklist["cadence"] for checklist in self.document.get("checklists", ())):
            return ""
        return f"{reverse('routine:tasks')}?{urlencode({'runbook': f'{runbook.service.slug}/{runbook.slug}'})}"

    @property
    def flags(self) -> list[dict[str, Any]]:
        """What readers say is wrong, each with where."""
        return name_places(self.open_flags, self.document) if self.open_flags else []

    @property
    def freshness(self) -> Freshness | None:
        """How fresh the text is, and why; nothing of a retired runbook or of a text that nobody made active."""
        runbook = self.runbook
        if runbook.is_retired or self.version.status != Status.ACTIVE:
            return None
        return explain(read_facts(runbook), self.now.astimezone(dt.UTC).date())

    @property
    def review(self) -> dict[str, Any]:
        """Who reviewed it last, and since when it is overdue; asked for when the page is made, at midnight too."""
        runbook: Any = self.runbook
        last, day = None, runbook.last_reviewed_on
        if runbook.reviewed_at and (day is None or abs(runbook.reviewed_at.date() - day) <= dt.timedelta(days=1)):
            last = {"reviewed_by": runbook.reviewer}  # else the text itself names another day
        overdue = runbook.next_review_on if runbook.due(self.today) == "overdue" else None
        return {"last": last, "overdue": overdue}

    @property
    def version(self) -> RunbookVersion:
        assert self.runbook.shown_version is not None  # the view answered 404 before
        return self.runbook.shown_version

    @property
    def service(self) -> Any:
        return self.runbook.service

    @property
    def facts(self) -> list[dict[str, str]]:
        return collect_facts(self.runbook, self.version, self.today)

    @property
    def links(self) -> list[ServiceLink]:
        return list(self.service.links.all())

    @property
    def findings(self) -> list[dict[str, Any]]:
        return list(self.version.findings)

    @property
    def findings_count(self) -> int:
        return len(self.version.findings)

    @property
    def readiness(self) -> int:
        return self.version.readiness

    @property
    def readiness_tone(self) -> str:
        return readiness_tone(self.version.readiness)

    @property
    def open_version(self) -> RunbookVersion | None:
        open_version = self.runbook.versions.open().light().exclude(pk=self.version.pk).first()
        if open_version is not None:
            open_version.runbook = self.runbook
        return open_version

    @property
    def changes(self) -> list[RunbookVersion]:
        changes = list(self.runbook.versions.filter(activated_at__isnull=False).for_history()[:CHANGES])
        for version in changes:
            version.runbook = self.runbook
        return changes


def collect_facts(runbook: Runbook, version: RunbookVersion, today: dt.date) -> list[dict[str, str]]:
    """The strip under the title: at most six label and value pairs, some with a small line below."""
    service = runbook.service
    team = runbook.team or service.team
    owner = {"label": "Owner", "value": str(runbook.owner or team or "Nobody yet")}
    if runbook.owner and team:
        owner["small"] = team.name
    when = timezone.localtime(version.activated_at or version.status_changed_at)
    facts = [
        {
            "label": "Service",
            "value": service.name,
            "url": service.get_absolute_url(),
            "small": service.get_tier_display(),
        },
        owner,
        {
            "label": f"Version {version.number}",
            "value": _say_day(when.date()),
            "small": str(version.author or "Imported"),
        },
        _review_fact(runbook, today),
    ]
    if service.slo:
        facts.insert(2, {"label": "SLO", "value": service.slo})
    return facts


def _review_fact(runbook: Runbook, today: dt.date) -> dict[str, str]:
    if runbook.next_review_on is None:
        return {"label": "Next review", "value": "Not planned"}
    return {
        "label": "Next review",
        "value": _say_day(runbook.next_review_on),
        "due": runbook.due(today),
        "small": say_due(runbook.next_review_on, today),
    }


def hand_on(labels: Iterable[tuple[str, str]]) -> str:
    """The labels of an alert for the address of a run, without names that mean something there."""
    pairs = [(name, value) for name, value in labels if name not in RUN_NAMES]
    words = urlencode(pairs)
    return words if len(words) <= LONGEST_LABELS else ""


def describe_readiness(version: RunbookVersion) -> dict[str, Any]:
    """The score, its tone, and the findings behind it."""
    return {
        "readiness": version.readiness,
        "readiness_tone": readiness_tone(version.readiness),
        "findings": version.findings,
        "findings_count": len(version.findings),
    }


def _say_day(day: dt.date) -> str:
    return f"{day.day} {day:%b %Y}"
