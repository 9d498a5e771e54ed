"""The page of alerts: which have no runbook, which runbooks no alert points to, what was asked for, and the files of rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import quote, urlencode

from django.conf import settings
from django.core.paginator import Page, Paginator
from django.db.models import Count
from django.db.models.functions import Lower
from django.http import QueryDict
from django.urls import reverse

from accounts.csv_text import write_csv
from accounts.models import User
from oncall.models import Service
from runbooks.alert_links import AlertName
from runbooks.coverage.rules import Loose, find_answered, find_loose, find_unpointed
from runbooks.models import Kind, RuleFile, Runbook, SearchEntry, UnansweredQuestion
from runbooks.search.words import key_of

PAGE_SIZE = 50
MOST_ASKED = 1_000
LISTS = {
    "without": "Alerts without a runbook",
    "unpointed": "Runbooks no alert points to",
    "asked": "Asked for and not found",
    "files": "Files of rules",
}
ALERT_HEADER = ("Alert", "Severity", "Service", "Files", "Being written", "Leads elsewhere", "Condition")
UNPOINTED_HEADER = ("Runbook", "Service", "Tier", "Kind", "Address")
ASKED_HEADER = ("Asked for", "Times", "Last asked", "Answered by now")


@dataclass(frozen=True, slots=True)
class AlertLine:
    """An alert that nothing answers. `draft` is the address of what is being written about it, "" without."""

    name: str
    severities: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    condition: str = ""
    service: str = ""  # as the rule's labels name it
    service_slug: str = ""
    draft: str = ""
    elsewhere: str = ""  # a runbook_url that leads away


@dataclass(frozen=True, slots=True)
class AskedLine:
    """A name that somebody opened from an alert. `is_answered`: a runbook in force answers it by now."""

    question: UnansweredQuestion
    alert: AlertLine
    is_answered: bool

    @property
    def url(self) -> str:
        return f"/r/{quote(self.question.words, safe='')}"


@dataclass(frozen=True, slots=True)
class UnpointedLine:
    title: str
    url: str
    kind: str
    service: str
    tier: int


class AlertCoverage:
    """All of the page; each list is made when it is asked for."""

    def __init__(self, user: User, query: QueryDict) -> None:
        self.user = user
        self.show = query.get("show", "") if query.get("show") in self.lists else "without"
        self.query = " ".join(query.get("q", "").replace("\0", "").split())[:200]
        self.page_number = query.get("page", "1")

    @property
    def lists(self) -> dict[str, str]:
        """The lists this person may see, with their titles: what was asked is for those who may answer it."""
        may_see_asked = self.user.has_perm("runbooks.view_unansweredquestion")
        return {name: title for name, title in LISTS.items() if name != "asked" or may_see_asked}

    @property
    def title(self) -> str:
        return LISTS[self.show]

    @cached_property
    def has_rules(self) -> bool:
        return RuleFile.objects.exists()

    @cached_property
    def page(self) -> Page[Any]:
        """One page of the list that is shown."""
        page = Paginator(self._rows, PAGE_SIZE).get_page(self.page_number)
        page.object_list = self._describe(list(page.object_list))
        return page

    def to_csv(self) -> str:
        """The whole list that is shown; of files their names and numbers."""
        rows = self._describe(self._rows)
        if self.show == "without":
            return write_csv(ALERT_HEADER, (_alert_row(row) for row in rows))
        if self.show == "unpointed":
            return write_csv(UNPOINTED_HEADER, (_unpointed_row(row) for row in rows))
        if self.show == "asked":
            return write_csv(ASKED_HEADER, (_asked_row(row) for row in rows))
        return write_csv(("File", "Alerts", "Added"), ((r.name, r.count, r.added_at.isoformat()) for r in rows))

    @cached_property
    def _rows(self) -> list[Any]:
        """All rows of the list that fit the words, as they are counted and paged."""
        found: Iterable[Any]
        if self.show == "without":
            return [loose for loose in find_loose() if self._fits(loose.name, *loose.files, *loose.severities)]
        if self.show == "unpointed":
            found = find_unpointed(self.user)
            return [row for row in found if self._fits(row["title"], row["service__name"])]
        if self.show == "asked":
            found = UnansweredQuestion.objects.filter(kind=UnansweredQuestion.Kind.ALERT)[:MOST_ASKED]
            return [question for question in found if self._fits(question.words)]
        found = RuleFile.objects.select_related("added_by").annotate(count=Count("rules")).order_by("name")
        return [file for file in found if self._fits(file.name)]

    def _describe(self, rows: list[Any]) -> list[Any]:
        if self.show == "without":
            return _describe_loose(rows, self.user)
        if self.show == "unpointed":
            return [_make_unpointed(row) for row in rows]
        return _describe_asked(rows, self.user) if self.show == "asked" else rows

    def _fits(self, *texts: str) -> bool:
        whole = " ".join(texts).casefold()
        return all(word in whole for word in self.query.casefold().split())


def find_draft(name: str, user: User) -> Runbook | None:
    """What is being written about an alert already, as far as this person may know."""
    entries = _drafts_of([key_of(name)], user)
    return entries[0].runbook if entries else None


def find_service(labels: Iterable[dict[str, str]], user: User) -> Service | None:
    """The service that the rules' labels name; the first label of ALERT_SERVICE_LABELS counts most."""
    labels = list(labels)
    return _pick_service(labels, _load_services(labels, user))


def _describe_loose(rows: list[Loose], user: User) -> list[AlertLine]:
    services = _load_services([labels for row in rows for labels in row.labels], user)
    drafts = {entry.key: entry.runbook for entry in reversed(_drafts_of([row.key for row in rows], user))}
    lines = []
    for row in rows:
        service = _pick_service(row.labels, services)
        draft = drafts.get(row.key)
        lines.append(
            AlertLine(
                row.name,
                row.severities,
                row.files,
                row.conditions[0] if row.conditions else "",
                service.name if service else "",
                service.slug if service else "",
                draft.get_absolute_url() if draft else "",
                next((url for url in row.urls if url.startswith(("http://", "https://"))), ""),
            )
        )
    return lines


def _describe_asked(questions: list[UnansweredQuestion], user: User) -> list[AskedLine]:
    keys = {question.pk: key_of(AlertName.parse(question.words).last) for question in questions}
    answered = find_answered(keys.values())
    drafts = {entry.key: entry.runbook for entry in reversed(_drafts_of(keys.values(), user))}
    lines = []
    for question in questions:
        key = keys[question.pk]
        draft = drafts.get(key)
        alert = AlertLine(question.words, draft=draft.get_absolute_url() if draft else "")
        lines.append(AskedLine(question, alert, key in answered))
    return lines


def _drafts_of(keys: Iterable[str], user: User) -> list[SearchEntry]:
    entries = SearchEntry.objects.filter(kind=SearchEntry.Kind.ALERT, is_active=False, key__in=[k for k in keys if k])
    mine = entries.filter(runbook__in=Runbook.objects.visible_to(user).in_use())
    return list(
        mine.select_related("runbook__service").only("key", "runbook__slug", "runbook__service__slug").order_by("pk")
    )


def _load_services(labels: Iterable[dict[str, str]], user: User) -> dict[str, Service]:
    """The services that any of these labels may name, by slug and by name in small letters; one query."""
    said = {words for one in labels for words in _said(one)}
    named = Service.objects.visible_to(user).annotate(small=Lower("name"))
    found = named.filter(slug__in=said) | named.filter(small__in=said)
    services: list[Service] = list(found.only("name", "slug")) if said else []
    return {service.name.lower(): service for service in services} | {service.slug: service for service in services}


def _pick_service(labels: Iterable[dict[str, str]], services: dict[str, Service]) -> Service | None:
    return next((services[words] for one in labels for words in _said(one) if words in services), None)


def _said(labels: dict[str, str]) -> list[str]:
    """What the labels that may name a service say."""
    said = (str(labels.get(name, "")).strip().lower()[:120] for name in settings.ALERT_SERVICE_LABELS)
    return [words for words in said if words and "{{" not in words]


def _make_unpointed(row: dict[str, Any]) -> UnpointedLine:
    url = reverse("runbooks:detail", args=[row["service__slug"], row["slug"]])
    return UnpointedLine(row["title"], url, Kind(row["kind"]).label, row["service__name"], row["service__tier"])


def make_stub_address(alert: str, service: str) -> str:
    """The page that begins a runbook, filled in for an alert."""
    title = AlertName.parse(alert).short[:200]
    wishes = {"template": "alert", "alert": title, "title": title} | ({"service": service} if service else {})
    return f"{reverse('runbooks:new')}?{urlencode(wishes)}"


def _alert_row(line: AlertLine) -> tuple[object, ...]:
    draft = "yes" if line.draft else "no"
    severities, files = ", ".join(line.severities), ", ".join(line.files)
    return line.name, severities, line.service, files, draft, line.elsewhere, line.condition


def _unpointed_row(line: UnpointedLine) -> tuple[object, ...]:
    return line.title, line.service, line.tier, line.kind, settings.PORTAL_URL + line.url


def _asked_row(line: AskedLine) -> tuple[object, ...]:
    question = line.question
    return question.words, question.times, question.last_asked_at.isoformat(), "yes" if line.is_answered else "no"
