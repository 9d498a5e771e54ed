"""A short line of live facts beside an item of the checklist."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Exists, Max, OuterRef, Q
from django.urls import reverse

from handoffs.models import Facts
from handoffs.sections.base import Filled, Scope
from handoffs.sections.writing import count
from oncall.models import Address, Contact, Way

CONFIRMED_WITHIN = dt.timedelta(days=90)
ANSWERED_WITHIN = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class FactLine:
    """`text` says the same to everybody; `url` is from the portal's root; `tone` is "good", "warn" or "danger"."""

    text: str
    url: str
    tone: str = "good"


def describe_facts(filled: Sequence[Filled], scope: Scope) -> dict[str, FactLine]:
    """A line for each of `Facts`, from what the sections found; two queries, for contacts and addresses.

    Of Confidential entries it tells no more than their number, so everybody may read it.
    """
    sections = {section.key: section for section in filled}
    lines: dict[str, Callable[[Mapping[str, Filled], Scope], FactLine]] = {
        Facts.INCIDENTS: _describe_incidents,
        Facts.HEALTH: _describe_health,
        Facts.CHANGES: _describe_changes,
        Facts.MAINTENANCE: _describe_maintenance,
        Facts.CONTACTS: _describe_contacts,
    }
    return {str(name): describe(sections, scope) for name, describe in lines.items()}


def count_entries(section: Filled | None, kind: str = "") -> int:
    """How many things a section tells of, also those behind “and 12 more”; only those whose key begins with `kind`."""
    if section is None:
        return 0
    shown = sum(entry.key.startswith(f"{kind}:") if kind else not _is_rest(entry.key) for entry in section.entries)
    rest = [entry.title for entry in section.entries if _is_rest(entry.key)]
    return shown + (int(rest[0].split()[1]) if rest and not kind else 0)


def _is_rest(key: str) -> bool:
    return key.startswith("more:")


def _describe_incidents(sections: Mapping[str, Filled], scope: Scope) -> FactLine:
    section = sections.get("open-incidents")
    number = count_entries(section)
    if section is None or not number:
        return FactLine("no open incident", "#open-incidents")
    late = sum(word.startswith("update overdue") for entry in section.entries for word, _ in entry.times)
    is_plain = not any(entry.secret for entry in section.entries)
    text = f"{number} open, the worst {section.entries[0].tag}" if is_plain else f"{number} open"
    if late:
        return FactLine(f"{text}; {count(late, 'update')} overdue", "#open-incidents", "danger")
    return FactLine(text, "#open-incidents", "warn")


def _describe_health(sections: Mapping[str, Filled], scope: Scope) -> FactLine:
    section = sections.get("alerts")
    firing, unanswered = count_entries(section, "alert"), count_entries(section, "unanswered")
    words = [f"{count(firing, 'alert')} firing" if firing else "nothing fires"]
    if unanswered:
        words.append(f"{unanswered} without a runbook")
    tone = "danger" if firing else "warn" if unanswered else "good"
    return FactLine("; ".join(words), "#alerts", tone)


def _describe_changes(sections: Mapping[str, Filled], scope: Scope) -> FactLine:
    system, runbooks = count_entries(sections.get("changes")), count_entries(sections.get("runbooks"), "runbook")
    if not system and not runbooks:
        return FactLine("nothing was changed", "#changes")
    text = f"{count(system, 'system change')}, {count(runbooks, 'runbook')} changed"
    return FactLine(text, "#changes" if system else "#runbooks", "warn")


def _describe_maintenance(sections: Mapping[str, Filled], scope: Scope) -> FactLine:
    section = sections.get("maintenance")
    number = count_entries(section)
    if section is None or not number:
        return FactLine("none in the coming shift", "#maintenance")
    on = sum(entry.tag == "On now" for entry in section.entries)
    text = f"{count(number, 'window')} in the coming shift" + (f", {on} on now" if on else "")
    return FactLine(text, "#maintenance", "warn")


def _describe_contacts(sections: Mapping[str, Filled], scope: Scope) -> FactLine:
    old = _count_unconfirmed(scope)
    words, tone = [], "good"
    if old["contacts"]:
        words.append(f"{old['unconfirmed']} of {count(old['contacts'], 'contact')} not confirmed for 90 days")
        tone = "warn" if old["unconfirmed"] else tone
    reached = (
        Address.objects.usable().filter(person=scope.incoming).aggregate(number=Count("pk"), at=Max("answered_at"))
    )
    if not reached["number"]:
        words.append(f"the portal has no address of {scope.incoming}")
        tone = "danger"
    elif reached["at"] is None or reached["at"] < scope.now - ANSWERED_WITHIN:
        words.append(f"no test reached {scope.incoming} in the last 30 days")
        tone = "warn"
    else:
        words.append(f"a test reached {scope.incoming}")
    return FactLine("; ".join(words), f"{reverse('oncall:contacts')}?team={scope.team.slug}", tone)


def _count_unconfirmed(scope: Scope) -> dict[str, Any]:
    """Contacts of the team, and those of them of whom neither they nor one of their ways was confirmed lately."""
    since = scope.now - CONFIRMED_WITHIN
    fresh = Way.objects.filter(contact=OuterRef("pk"), confirmed_at__gte=since)
    rows = Contact.objects.current().filter(Q(team=scope.team) | Q(user__memberships__team=scope.team)).order_by()
    known = rows.values("pk").distinct().annotate(is_fresh=Q(confirmed_at__gte=since) | Exists(fresh))
    return known.aggregate(contacts=Count("pk"), unconfirmed=Count("pk", filter=~Q(is_fresh=True)))
