"""Starting a run: which runbook, which place of it, with which values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q

from accounts.models import User
from incidents.models import OPEN, Incident, Run
from incidents.models.incident import IncidentQuerySet
from incidents.services.run_values import collect_names, gather_values
from incidents.steps import StepSource, find_source, find_sources, freeze_steps
from runbooks.labels import LeftOut
from runbooks.models import Runbook, RunbookVersion
from runbooks.models.version import HEAVY

MOST_RUNBOOKS = 30
MOST_INCIDENTS = 50
NOT_LABELS = frozenset({"runbook", "section", "incident", "version", "purpose", "q", "csrfmiddlewaretoken"})

Pairs = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Place:
    """A place to start from, in the list."""

    source: StepSource
    indent: int  # 0 for chapters, 1 below them …


@dataclass(frozen=True, slots=True)
class Prepared:
    """A chosen place: what its commands ask for, and what is known already."""

    source: StepSource
    names: dict[str, str]
    values: dict[str, str]
    left_out: tuple[LeftOut, ...]
    titles: list[str]  # of the first steps
    changes_production: int  # how many steps hold a command that does


def list_places(version: RunbookVersion) -> list[Place]:
    """Where a run of this version can begin, in the order of the text."""
    sources = find_sources(version.document)
    top = min((source.level for source in sources), default=1)
    return [Place(source, min(source.level - top, 3)) for source in sources]


def prepare(version: RunbookVersion, key: str, labels: Pairs) -> Prepared | None:
    """The steps of that place and the values that labels and the service fill; None where there are no steps."""
    source = find_source(version.document, key)
    if source is None:
        return None
    steps = freeze_steps(version.document, version.markdown, source)
    names = collect_names(step.commands for step in steps)
    filled = gather_values(names, labels, version.runbook.service)
    return Prepared(
        source=source,
        names=names,
        values=dict(filled.values),
        left_out=filled.left_out,
        titles=[step.title for step in steps[:8]],
        changes_production=sum(any(c["effect"] == "write" for c in step.commands) for step in steps),
    )


def find_runbooks(user: User, incident: Incident | None, words: str) -> list[Runbook]:
    """Runbooks to choose from: those attached to the incident and of its services first, else those that are asked for."""
    rows = Runbook.objects.visible_to(user).in_use().shown().select_related("service")
    found = rows.filter(Q(title__icontains=words) | Q(service__name__icontains=words)) if words else rows
    if not words and incident is not None:
        near = Q(attached_to__incident=incident) | Q(service__in=incident.services.all())
        found = rows.filter(near).distinct()
    return list(found.order_by("title", "pk")[:MOST_RUNBOOKS])


def find_incidents(user: User, chosen: Incident | None) -> IncidentQuerySet:
    """Open incidents, and the chosen one in any state, to run in."""
    rows = Incident.objects.visible_to(user).filter(Q(status__in=OPEN) | Q(pk__in=[chosen.pk] if chosen else []))
    newest = rows.order_by("-pk").values("pk")[:MOST_INCIDENTS]
    return Incident.objects.filter(pk__in=newest).select_related("severity").order_by("-pk")


def find_version(runbook: Runbook, number: str) -> RunbookVersion | None:
    """The version of that number, else the one that readers see."""
    major, dot, minor = number.partition(".")
    rows = runbook.versions.defer(*(set(HEAVY) - {"markdown", "document"}))
    if dot and major.isdecimal() and minor.isdecimal() and len(number) < 12:
        version = rows.filter(major=int(major), minor=int(minor)).first()
    else:
        version = rows.filter(pk=runbook.shown_version_id or 0).first()
    if version is not None:
        version.runbook = runbook
    return version


def gather_labels(query: Iterable[tuple[str, str]], incident: Incident | None, runbook: Runbook, key: str) -> Pairs:
    """Labels of the address, and those with which the runbook is attached to the incident: its place before others."""
    pairs = [(name, value) for name, value in query if name not in NOT_LABELS and not name.startswith("value-")]
    if incident is None:
        return pairs
    attached = list(incident.attached_runbooks.filter(runbook=runbook).values_list("anchor", "labels"))
    attached.sort(key=lambda row: row[0] != key)
    said = {name for name, _ in pairs}
    for _, labels in attached[:1]:
        pairs += [(name, str(value)) for name, value in labels.items() if name not in said]
    return pairs


def suggest_purpose(incident: Incident | None, version: RunbookVersion, asked: str) -> str:
    """What the run is probably for."""
    if version.is_open:
        return Run.Purpose.DRILL
    if incident is not None:
        return Run.Purpose.INCIDENT
    return asked if asked in Run.Purpose.values else Run.Purpose.DRILL


def read_values(post: Mapping[str, str]) -> bool:
    """Whether a form of values was sent at all; a button elsewhere sends none."""
    return any(name.startswith("value-") for name in post)
