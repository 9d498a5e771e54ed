"""A team's checklist taken from a runbook: the lists that stand in one, and whether the one that was taken has changed."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import Team, User
from handoffs.errors import Refused
from handoffs.models import Checklist, Facts
from handoffs.services.checklists import LONGEST_ITEM, MOST_ITEMS, Item, Source, save_items
from oncall.models import Classification
from runbooks.models import Runbook, RunbookVersion

MOST_OWN = 50  # runbooks of one team that are looked through
_NAMED = re.compile(r"hand[\s-]?(?:off|over)", re.IGNORECASE)
_OPTIONAL = re.compile(r"\s*\((?:optional)\)\s*$|^optional\s*[:.–—-]\s*", re.IGNORECASE)
# The first that fits counts: “recent changes to alerts” is about changes, “contact the incident commander” about incidents.
_WORDS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(rf"\b(?:{words})", re.IGNORECASE), facts)
    for words, facts in (
        (r"incident|outage", Facts.INCIDENTS),
        (r"maintenance", Facts.MAINTENANCE),
        (r"changes?\b|deploy|releases?\b|rollout", Facts.CHANGES),
        (r"health|alert|alarm|monitor|dashboard", Facts.HEALTH),
        (r"contact|phone|pager\b|escalation|reach", Facts.CONTACTS),
    )
)


@dataclass(frozen=True, slots=True)
class FoundList:
    """The task lists of one section of a runbook, as a checklist. `title` names the section, or the list alone in it."""

    section: str  # anchor
    title: str
    items: tuple[Item, ...]
    is_meant: bool  # it calls itself a handoff checklist

    @property
    def is_too_long(self) -> bool:
        return len(self.items) > MOST_ITEMS


def find_lists(document: Mapping[str, Any]) -> list[FoundList]:
    """The sections with task lists, handoff checklists first, then in the order of the text."""
    titles = {section["anchor"]: section["title"] for section in document.get("sections", ())}
    rows: dict[str, list[Mapping[str, Any]]] = {}
    for checklist in document.get("checklists", ()):
        rows.setdefault(checklist["section"], []).append(checklist)
    found = [_make_list(anchor, titles.get(anchor, ""), lists) for anchor, lists in rows.items()]
    return sorted(found, key=lambda one: not one.is_meant)


def guess_facts(text: str) -> str:
    """What the portal can show beside an item of these words; "" where nothing fits."""
    return next((str(facts) for pattern, facts in _WORDS if pattern.search(text)), "")


def find_runbooks(user: User) -> QuerySet[Runbook]:
    """Runbooks with task lists, that this person may read and that may be copied from: handoffs are read by everybody."""
    visible = Runbook.objects.visible_to(user).in_use().shown().exclude(shown_version__document__checklists=[])
    open_ones = visible.exclude(classification=Classification.CONFIDENTIAL)
    listed = open_ones.exclude(service__classification=Classification.CONFIDENTIAL)
    return listed.filter(shown_version__document__has_key="checklists").order_by("title")


def find_own_lists(team: Team, user: User) -> list[tuple[Runbook, FoundList]]:
    """Handoff checklists in the runbooks of the team and its services: what a team most likely means."""
    own = find_runbooks(user).filter(Q(team=team) | Q(service__team=team)).select_related("service", "shown_version")
    shown = ((runbook, runbook.shown_version) for runbook in own[:MOST_OWN])
    found = ((runbook, one) for runbook, version in shown if version for one in find_lists(version.document))
    return [(runbook, one) for runbook, one in found if one.is_meant]


def take_from_runbook(team: Team, runbook: Runbook, section: str, *, user: User, now: dt.datetime) -> Checklist:
    """Make the list in that section of the runbook, as it is shown today, the team's own. Raises NotAllowed and Refused."""
    source = find_runbooks(user).filter(pk=runbook.pk).select_related("shown_version").first()
    if source is None or source.shown_version is None:
        raise Refused("This runbook can't be copied from: it is Confidential, retired, or has no list.")
    found = next((one for one in find_lists(source.shown_version.document) if one.section == section), None)
    if found is None:
        raise Refused("This section has no checklist any more. Look at the runbook, and choose another.")
    if found.is_too_long:
        raise Refused(f"This list has {len(found.items)} items; a handoff has {MOST_ITEMS} at most. Choose another.")
    taken = Source(source, source.shown_version.number, section)
    return save_items(team, found.items, user=user, now=now, source=taken)


@dataclass(frozen=True, slots=True)
class Comparison:
    """The list in the runbook today against the one of the version that was taken."""

    version: str  # that is shown today
    added: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()
    is_missing: bool = False  # the section has no list any more
    is_moved: bool = False  # the same items in another order

    @property
    def has_changed(self) -> bool:
        return bool(self.added or self.gone or self.is_missing or self.is_moved)


def compare_with_runbook(checklist: Checklist) -> Comparison | None:
    """What became of the list where it was taken from; None where it was not taken, or the runbook is gone. Two queries."""
    if checklist.runbook_id is None:
        return None
    runbook = Runbook.objects.select_related("shown_version").get(pk=checklist.runbook_id)
    shown = runbook.shown_version
    if shown is None or shown.number == checklist.version:
        return None
    major, _, minor = checklist.version.partition(".")
    taken = RunbookVersion.objects.filter(runbook=runbook, major=int(major), minor=int(minor)).first()
    return _compare(shown.number, _texts(taken, checklist.section), _texts(shown, checklist.section))


def _compare(version: str, before: list[str], after: list[str]) -> Comparison:
    if not after:
        return Comparison(version, is_missing=True)
    added = tuple(text for text in after if text not in before)
    gone = tuple(text for text in before if text not in after)
    return Comparison(version, added, gone, is_moved=not added and not gone and before != after)


def _texts(version: RunbookVersion | None, section: str) -> list[str]:
    lists = find_lists(version.document) if version else []
    return [item.text for one in lists if one.section == section for item in one.items]


def _make_list(anchor: str, title: str, lists: Iterable[Mapping[str, Any]]) -> FoundList:
    lists = list(lists)
    names = [row["name"] for row in lists]
    items = tuple(_make_item(item["text"]) for row in lists for item in row["items"] if item["text"].strip())
    is_meant = any(_NAMED.search(words) for words in (title, *names))
    return FoundList(anchor, title or names[0], items, is_meant)


def _make_item(text: str) -> Item:
    """Required unless the author says that it is optional."""
    bare = _OPTIONAL.sub("", " ".join(text.split()))
    cut = bare if len(bare) <= LONGEST_ITEM else f"{bare[: LONGEST_ITEM - 1]}…"
    return Item(cut or text[:LONGEST_ITEM], guess_facts(cut), is_required=not _OPTIONAL.search(text))
