"""What the pages of post-mortems print: the report, the list, who owes one, the panel on the incident."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.core.paginator import Page, Paginator
from django.db.models import Count, Q
from django.utils.safestring import SafeString, mark_safe

from accounts.models import User
from incidents.models import ActionItem, Incident, Lesson, PostMortem, Run
from incidents.models.postmortem import PostMortemQuerySet
from incidents.pages.lengths import Length, measure
from incidents.services.postmortem_asking import due_at, find_owed
from incidents.services.postmortem_texts import TEXTS
from incidents.services.postmortems import Gap, find_gaps
from oncall.models import Service
from runbooks.models import Runbook
from runbooks.models.version import HEAVY
from runbooks.reading.notes import draw_note

PAGE_SIZE = 30
MOST_OWED = 10
OWED_DAYS = 90  # what was resolved longer ago will not be written any more
KEPT_SECONDS = 24 * 60 * 60
TITLES = {
    "summary": "Summary",
    "impact": "Impact",
    "timeline": "Timeline",
    "root_cause": "Root cause",
    "resolution": "Resolution",
    "prevention": "Prevention",
    "lessons": "Lessons learned",
    "went_well": "What went well",
    "could_be_better": "What could be better",
    "lucky": "Where we were lucky",
}
FACTS = {"users_affected": "Users affected", "revenue_impact": "Revenue impact", "data_loss": "Data loss"}


@dataclass(frozen=True)
class Part:
    """One text of the report."""

    field: str
    title: str
    html: SafeString


@dataclass(frozen=True)
class Report:
    """All that the reading page prints."""

    postmortem: PostMortem
    incident: Incident
    services: list[Service]
    lengths: list[Length]
    facts: list[tuple[str, str]]
    parts: list[Part]
    actions: list[ActionItem]
    lessons: list[Lesson]
    drafts: list[Run]  # runs in this incident whose deviations went into a draft
    gaps: list[Gap]
    due_at: dt.datetime | None

    @property
    def needed(self) -> list[Gap]:
        return [gap for gap in self.gaps if gap.is_needed]


def describe_postmortem(postmortem: PostMortem, user: User) -> Report:
    """The report for somebody who may know of its incident; runbooks they may not know of are left out. Four queries."""
    incident = postmortem.incident
    known = Runbook.objects.visible_to(user)
    actions = list(postmortem.actions.select_related("owner").order_by("due_on", "pk"))
    lessons = postmortem.runbook_lessons.filter(runbook__in=known).select_related("runbook__service")
    drafts = Run.objects.filter(incident=incident, lessons_version__isnull=False, runbook__in=known)
    html = render_texts(postmortem)
    tied = list(lessons.select_related("version").defer(*_heavy("version")))
    for lesson in tied:
        if lesson.version is not None:
            lesson.version.runbook = lesson.runbook  # its address needs the service
    return Report(
        postmortem=postmortem,
        incident=incident,
        services=list(incident.services.filter(pk__in=Service.objects.visible_to(user).values("pk"))),
        lengths=measure(incident),
        facts=[(label, getattr(postmortem, name)) for name, label in FACTS.items()],
        parts=[Part(name, title, html[name]) for name, title in TITLES.items() if name in html],
        actions=actions,
        lessons=tied,
        drafts=list(
            drafts.select_related("runbook__service", "lessons_version").defer(*_heavy("lessons_version"), "values")
        ),
        gaps=find_gaps(postmortem, len(actions)),
        due_at=due_at(incident) if postmortem.status == PostMortem.Status.DRAFT else None,
    )


def render_texts(postmortem: PostMortem) -> dict[str, SafeString]:
    """The texts that are not empty as safe HTML, by field. Kept by revision, which each save counts up."""
    key = f"postmortem-html:{postmortem.pk}:{postmortem.revision}"
    found: dict[str, str] | None = cache.get(key)
    if found is None:
        found = {name: draw_note(getattr(postmortem, name)) for name in TEXTS if getattr(postmortem, name)}
        cache.set(key, found, KEPT_SECONDS)
    return {name: mark_safe(html) for name, html in found.items()}  # sanitised by draw_note


def find_near(incident: Incident) -> list[User]:
    """Who is likely to be chosen: who had a role, and the incident's team. One query."""
    had_role = Q(incident_roles__incident=incident)
    in_team = Q(memberships__team=incident.team_id) if incident.team_id else Q()
    return list(User.objects.filter(had_role | in_team if in_team else had_role, is_active=True).distinct())


def get_visible(user: User) -> PostMortemQuerySet:
    """Post-mortems that this person may read, with what a page says of each."""
    rows = PostMortem.objects.visible_to(user)
    return rows.select_related("incident__severity", "incident__team", "owner", "published_by")


def list_postmortems(user: User, wishes: Mapping[str, str]) -> Page[Any]:
    """A page of the list, the newest incident first. `status`, `team` (slug), `severity` (id) and `q` narrow it."""
    rows = get_visible(user).annotate(
        open_actions=Count("actions", filter=Q(actions__closed_at__isnull=True)), all_actions=Count("actions")
    )
    if (status := wishes.get("status", "")) in PostMortem.Status.values:
        rows = rows.filter(status=status)
    if team := _clean(wishes.get("team")):
        rows = rows.filter(incident__team__slug=team)
    if (severity := wishes.get("severity", "")).isdecimal() and len(severity) < 10:
        rows = rows.filter(incident__severity=int(severity))
    for word in _clean(wishes.get("q")).split()[:8]:
        number = word.upper().removeprefix("INC-")
        is_number = Q(incident=int(number)) if number.isdecimal() and len(number) < 10 else Q()
        rows = rows.filter(Q(incident__title__icontains=word) | Q(summary__icontains=word) | is_number)
    return Paginator(rows.order_by("-incident_id"), PAGE_SIZE).get_page(wishes.get("page"))


@dataclass(frozen=True)
class Owed:
    """An incident whose post-mortem is not in review yet."""

    incident: Incident
    postmortem: PostMortem | None
    due_at: dt.datetime
    is_overdue: bool


def list_owed(user: User, now: dt.datetime) -> list[Owed]:
    """Who owes a post-mortem, the longest due first, of the last 90 days. One query.

    One more than is shown where there are more.
    """
    since = now - dt.timedelta(days=OWED_DAYS)
    incidents = find_owed().filter(resolved_at__gt=since, pk__in=Incident.objects.visible_to(user).values("pk"))
    return [
        Owed(incident, getattr(incident, "postmortem", None), due, due < now)
        for incident in incidents[: MOST_OWED + 1]
        if (due := due_at(incident)) is not None
    ]


def _heavy(path: str) -> list[str]:
    """The long columns of a version that is loaded beside something."""
    return [f"{path}__{name}" for name in HEAVY]


def _clean(text: str | None) -> str:
    return (text or "").replace("\0", "").strip()[:200]
