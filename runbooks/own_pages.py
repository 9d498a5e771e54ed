"""Links into the portal itself: whether the page is there, and the section that its anchor names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import unquote

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import Resolver404, ResolverMatch
from django.urls import resolve as resolve_path

from oncall.models import Classification, Service
from runbooks.models import FormerAddress, Runbook, RunbookVersion, SearchEntry
from runbooks.reading.anchors import normalise_fragment
from runbooks.reading.document import Document, Finding, Link
from runbooks.rendering import Resolve

# What no text has a reason to lead to: for programs, or for one person alone.
NOT_PAGES = {"accounts", "admin", "api", "benchmark", "calendars", "hooks", "markdownx", "static"}
MOST = 500  # links of one text that are looked at
LONGEST = 1000
SECRET = Classification.CONFIDENTIAL


@dataclass(frozen=True, slots=True)
class Place:
    """A page of the portal, as an address names it."""

    address: str  # from the portal's root, without query and anchor
    view: str = ""  # "runbooks:detail"; "" where there is no such page
    values: tuple[tuple[str, object], ...] = ()
    anchor: str = ""
    is_beside: bool = False  # it came in with the text: whoever wrote the one had the other in hand

    def get(self, name: str) -> str:
        return str(dict(self.values).get(name, ""))


class OwnPages:
    """Resolves the links of one text, and says what is wrong with those into the portal.

    `beside` resolves what stands beside an imported text. Of all other links, those to a Confidential runbook are right in
    Confidential texts alone: for others it is as if it did not exist, so that nobody learns of it by writing links.
    """

    def __init__(self, beside: Resolve | None = None, *, runbook: Runbook | None = None) -> None:
        self._beside = beside
        self._runbook = runbook
        self._problems: dict[str, str] = {}

    def __call__(self, target: str) -> str | None:
        """The address to print for a relative link; None when it leads nowhere."""
        found = self._beside(target) if self._beside else None
        if found is not None or not target.startswith("/") or target.startswith("//"):
            return found
        place = find_place(target)
        return target if place is not None and place.view else None

    def find_problems(self, document: Document) -> Iterator[Finding]:
        """Links to pages, runbooks, services, alerts and sections that are not there. Broken relative ones are told elsewhere."""
        for link in document.links[:MOST]:
            place = None if link.is_broken else self._find_place(link)
            if place is not None and (problem := self._judge(place, document)):
                code = "broken-anchor" if problem.startswith("no section") else "broken-link"
                message = f"The link “{link.target[:80]}” leads to {problem}: correct it."
                yield Finding("error", code, link.line, message, _section_at(document, link.line))

    def _find_place(self, link: Link) -> Place | None:
        if link.kind == "external":
            return find_place(link.target)
        if link.kind != "relative":
            return None
        found = self(link.target)
        place = find_place(found) if found else None
        is_beside = self._beside is not None and found == self._beside(link.target)
        return replace(place, is_beside=is_beside) if place is not None else None

    def _judge(self, place: Place, document: Document) -> str:
        """What is wrong, completing “leads to …”; "" when nothing is."""
        key = f"{place.address}#{place.anchor}#{place.is_beside}"
        if key not in self._problems:
            self._problems[key] = self._look_up(place, document)
        return self._problems[key]

    def _look_up(self, place: Place, document: Document) -> str:
        if not place.view:
            return "no page of the portal"
        if place.view.startswith("runbooks:") and place.get("service") and place.get("slug"):
            return self._judge_runbook(place, document)
        if place.view == "portal:service_detail":
            return "" if self._has_service(place.get("slug")) else "no service that everybody here may see"
        if place.view == "alert" and not self._has_alert(place.get("name"), document):
            return "no runbook that everybody here may read, for none of those answers such an alert"
        return ""

    def _judge_runbook(self, place: Place, document: Document) -> str:
        known = Runbook.objects.all() if place.is_beside else self._known()
        found = _find_runbook(known, place.get("service"), place.get("slug"))
        if found is None:
            return "no runbook that everybody here may read"
        if not place.anchor or place.view != "runbooks:detail":
            return ""
        if self._runbook is not None and found == self._runbook.pk:
            anchors: set[str] | None = {section.anchor for section in document.sections}
        else:
            anchors = _find_anchors(found)
        # Of a text that is only just coming in nothing is known yet: it is read again when that one is there.
        return "" if anchors is None or place.anchor in anchors else "no section of that runbook"

    def _has_service(self, slug: str) -> bool:
        services = Service.objects.filter(Q(slug=slug) | Q(former_slugs__slug=slug))
        if not self._is_confidential:
            services = services.exclude(classification=SECRET)
        return services.exists()

    def _has_alert(self, name: str, document: Document) -> bool:
        """Spelt in any case; also one that the text itself answers."""
        names = {form.strip().casefold() for form in (name, name.rstrip("/").rpartition("/")[2])} - {""}
        if any(alert.name.casefold() in names for alert in document.alerts):
            return True
        wanted = Q(*(Q(name__iexact=one) for one in names), _connector=Q.OR)
        entries = SearchEntry.objects.filter(kind=SearchEntry.Kind.ALERT, runbook__in=self._known())
        return bool(names) and entries.filter(wanted).exists()

    def _known(self) -> QuerySet[Runbook]:
        if self._is_confidential:
            return Runbook.objects.shown()
        secret = Q(classification=SECRET) | Q(service__classification=SECRET)
        return Runbook.objects.shown().filter(~secret)

    @cached_property
    def _is_confidential(self) -> bool:
        """Whether the text is: asked only when a link leads to a page that may be."""
        if self._runbook is None:
            return False
        return SECRET in (self._runbook.classification, self._runbook.service.classification)


def find_place(target: str) -> Place | None:
    """The page of the portal that an address means, from the root or with PORTAL_URL before it; None for all others."""
    own = f"{settings.PORTAL_URL}/"
    if target.startswith(own):
        target = target[len(own) - 1 :]
    if not target.startswith("/") or target.startswith("//") or len(target) > LONGEST:
        return None
    before, _, anchor = target.partition("#")
    path = unquote(before.partition("?")[0])
    match = None if path.strip("/").partition("/")[0] in NOT_PAGES else _match(path)
    if match is None:
        return Place(path)
    return Place(path, match.view_name, tuple(match.kwargs.items()), normalise_fragment(anchor))


def _match(path: str) -> ResolverMatch | None:
    """With its last slash or without: the portal leads from one to the other."""
    for form in dict.fromkeys((path, f"{path.rstrip('/')}/")):
        with suppress(Resolver404):
            return resolve_path(form)
    return None


def _find_runbook(known: QuerySet[Runbook], service: str, slug: str) -> int | None:
    """By today's address, by a former slug of its service, or by an address that it left."""
    found = known.filter(service__slug=service, slug=slug).values_list("pk", flat=True).first()
    if found is not None:
        return found
    moved = known.filter(service__former_slugs__slug=service, slug=slug).values_list("pk", flat=True).first()
    if moved is not None:
        return moved
    here = Q(service__slug=service) | Q(service__former_slugs__slug=service)
    return FormerAddress.objects.filter(here, slug=slug, runbook__in=known).values_list("runbook", flat=True).first()


def _find_anchors(runbook: int) -> set[str] | None:
    """Of the text that its page shows; None where it shows none yet."""
    versions = RunbookVersion.objects.filter(shown_by=runbook)
    sections = versions.values_list("document__sections", flat=True).first()
    return None if sections is None else {section["anchor"] for section in sections}


def _section_at(document: Document, line: int) -> str:
    above = [section.anchor for section in document.sections if section.line <= line]
    return above[-1] if above else ""
