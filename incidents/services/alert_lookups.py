"""What alerts are looked up by: the service that they mean, the sections that answer them, maintenance, rules.

In a storm the same questions come again and again, so a run of the worker asks each of them once, and forgets the answers
when it ends, after a few seconds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.text import slugify

from accounts.models import User
from incidents.models import MaintenanceWindow
from incidents.services.alert_rules import Rule, load_rules
from oncall.calling.nobody import NOBODYS_ID
from oncall.models import FormerServiceSlug, Service
from runbooks.alert_links import AlertName, Answer, find_answers

MOST_WORDS = 20  # labels that may name a service, of one alert
Words = tuple[str, ...]


@dataclass
class Lookups:
    """The answers of one run. `now` is the run's, so that all of it is about one moment."""

    now: dt.datetime
    settled: set[tuple[int | str, ...]] = field(
        default_factory=set
    )  # what was put beside incidents: no need to look again
    _rules: list[Rule] | None = None
    _services: dict[Words, Service | None] = field(default_factory=dict)
    _answers: dict[tuple[str, Words], tuple[Answer, ...]] = field(default_factory=dict)
    _windows: dict[int, MaintenanceWindow | None] = field(default_factory=dict)

    @property
    def rules(self) -> list[Rule]:
        if self._rules is None:
            self._rules = load_rules()
        return self._rules

    def find_service(self, labels: Mapping[str, str]) -> Service | None:
        """The service that a label of ALERT_SERVICE_LABELS names, by slug, name or former slug; the first label counts most."""
        words = _words_of(labels)
        if words and words not in self._services:
            self._services[words] = _find_service(words)
        return self._services.get(words)

    def find_runbooks(self, name: str, labels: Mapping[str, str], annotations: Mapping[str, str]) -> tuple[Answer, ...]:
        """The sections that answer an alert, whoever may see them: each page shows a reader only what is theirs to see.

        By the alert's name; else by the last part of its annotation `runbook_url`, which others name their pages by.
        """
        hints = _words_of(labels)
        found = self._find_answers(AlertName.parse(name), hints)
        return found or self._find_answers(AlertName.parse(_name_in(annotations.get("runbook_url", ""))), hints)

    def find_window(self, service: Service) -> MaintenanceWindow | None:
        """The maintenance that is on for a service now, by the portal's own clock."""
        if service.pk not in self._windows:
            windows = MaintenanceWindow.objects.covering(self.now).of_services([service])
            self._windows[service.pk] = windows.first()
        return self._windows[service.pk]

    def _find_answers(self, name: AlertName, hints: Words) -> tuple[Answer, ...]:
        if not name.whole:
            return ()
        key = (name.whole, hints)
        if key not in self._answers:
            self._answers[key] = find_answers(_make_everybody(), name, hints).answers
        return self._answers[key]


def _words_of(labels: Mapping[str, str]) -> Words:
    """What the labels say that may name a service, each once, the most telling first."""
    said = (labels.get(label, "").strip()[:120] for label in settings.ALERT_SERVICE_LABELS)
    return tuple(dict.fromkeys(filter(None, said)))[:MOST_WORDS]


def _find_service(words: Words) -> Service | None:
    slugs = {slug for word in words for slug in (word.lower(), slugify(word))}
    names = {word.lower() for word in words}
    rows = list(
        Service.objects.annotate(lower_name=Lower("name"))
        .filter(Q(slug__in=slugs) | Q(lower_name__in=names))
        .select_related("team", "escalation_path")
        .order_by("pk")
    )
    for word in words:
        for known in ({word.lower()}, {slugify(word)}):
            if service := next((row for row in rows if row.slug in known), None):
                return service
        named = [row for row in rows if row.name.lower() == word.lower()]
        if len(named) == 1:
            return named[0]
    former = FormerServiceSlug.objects.filter(slug__in=slugs).select_related(
        "service__team", "service__escalation_path"
    )
    return next((row.service for row in former), None)


def _name_in(address: str) -> str:
    """The last part of an address's path: what a page about an alert is usually called by."""
    try:
        path = urlsplit(address.strip()).path
    except ValueError:
        return ""
    return unquote(path.rstrip("/").rpartition("/")[2])


def _make_everybody() -> User:
    """A reader who may know of everything: for what is stored, and shown to each person through `visible_to` only."""
    return User(pk=NOBODYS_ID, is_active=True, is_superuser=True)
