"""What decides the mornings of some people, in a fixed number of queries however many runbooks they have."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from django.db.models import Exists, FilteredRelation, OuterRef, Q
from django.db.models.functions import Coalesce

from accounts.models import Membership, User
from runbooks.models import Evidence, NotMine, Reminder, ReviewTask, Runbook
from runbooks.models.runbook import RunbookQuerySet
from runbooks.upkeep.stages import KEPT_DAYS, SOON, TASK_SOON, Rungs, Seen, Watched, find_rungs, name_evidence

DAY = dt.timedelta(days=1)
Told = set[tuple[int, int, str]]  # person, runbook, key


@dataclass(frozen=True, slots=True)
class Owed:
    """An open task of somebody, near enough to be told."""

    pk: int
    runbook_id: int
    due_on: dt.date


@dataclass(slots=True)
class Facts:
    """Runbooks by those who may hear of them, tasks by their owner, and what was told before."""

    watched: dict[int, list[Watched]] = field(default_factory=lambda: defaultdict(list))
    tasks: dict[int, list[Owed]] = field(default_factory=lambda: defaultdict(list))
    told: Told = field(default_factory=set)


def load_facts(people: Sequence[User], today: dt.date, now: dt.datetime) -> Facts:
    """The facts for those people (loaded with their access) on their day `today`."""
    ids = [person.pk for person in people]
    facts = Facts()
    runbooks = _find_runbooks(people, today)
    wanted = set(ids)
    seen: list[int] = []
    for watched in _watch(runbooks):
        seen += [one.pk for one in watched.evidence]
        for rung in watched.rungs:
            for person in rung & wanted:
                facts.watched[person].append(watched)
    _add_tasks(facts, ids, today)
    if facts.watched or facts.tasks:
        facts.told = _load_told(ids, seen, now)
    return facts


def _find_runbooks(people: Iterable[User], today: dt.date) -> RunbookQuerySet:
    """Runbooks of those people and their teams that are due within two weeks, or that something happened to."""
    owners = [person.pk for person in people]
    teams = {team for person in people for team in person.get_team_ids()}
    open_evidence = Evidence.objects.open().filter(runbook=OuterRef("pk"))
    rows = Runbook.objects.in_use().shown().annotate(whose=Coalesce("team_id", "service__team_id"))
    rows = rows.filter(Q(owner__in=owners) | Q(whose__in=teams))
    return rows.filter(Q(next_review_on__lte=today - SOON * DAY) | Exists(open_evidence)).order_by()


def _watch(runbooks: RunbookQuerySet) -> Iterable[Watched]:
    """Each runbook with who hears of it."""
    rows = list(
        runbooks.annotate(snooze=FilteredRelation("snoozes", condition=Q(snoozes__ended_at__isnull=True)))
        .annotate(active_owner=FilteredRelation("owner", condition=Q(owner__is_active=True)))
        .values_list(
            *("pk", "active_owner__pk", "whose", "next_review_on", "last_reviewed_on"),
            *("snooze__until", "snooze__snoozed_at"),
        )
    )
    if not rows:
        return
    find = _Finder({team for _, _, team, *_ in rows if team}).find
    evidence = _load_evidence(runbooks)
    absent = _load_absent(runbooks)
    for pk, owner, team, due_on, last_on, until, snoozed_at in rows:
        rungs = find(owner, team, absent.get(pk, frozenset()))
        yield Watched(pk, due_on, last_on, rungs, tuple(evidence.get(pk, ())), until, snoozed_at)


class _Finder:
    """Rungs from the members of the teams; the same ones are made once."""

    def __init__(self, teams: Iterable[int]) -> None:
        self.members: dict[int, set[int]] = defaultdict(set)
        self.leads: dict[int, set[int]] = defaultdict(set)
        rows = Membership.objects.filter(team__in=teams, user__is_active=True).order_by()
        for team, person, is_lead in rows.values_list("team_id", "user_id", "is_lead"):
            (self.leads if is_lead else self.members)[team].add(person)
        self.find = lru_cache(maxsize=4096)(self._find)

    def _find(self, owner: int | None, team: int | None, absent: frozenset[int]) -> Rungs:
        if team is None:
            return find_rungs(owner, (), (), absent)
        return find_rungs(owner, self.members[team], self.leads[team], absent)


def _load_evidence(runbooks: RunbookQuerySet) -> dict[int, list[Seen]]:
    """Open evidence by runbook."""
    rows = Evidence.objects.open().filter(runbook__in=runbooks.values("pk")).order_by("pk")
    found = defaultdict(list)
    for pk, runbook, kind, noticed_at in rows.values_list("pk", "runbook_id", "kind", "noticed_at"):
        found[runbook].append(Seen(pk, kind, noticed_at))
    return found


def _load_absent(runbooks: RunbookQuerySet) -> dict[int, frozenset[int]]:
    """Who said that a runbook is not theirs, by runbook."""
    found = defaultdict(set)
    rows = NotMine.objects.filter(runbook__in=runbooks.values("pk")).order_by()
    for runbook, person in rows.values_list("runbook_id", "person_id"):
        found[runbook].add(person)
    return {runbook: frozenset(people) for runbook, people in found.items()}


def _add_tasks(facts: Facts, people: list[int], today: dt.date) -> None:
    rows = ReviewTask.objects.open().filter(owner__in=people, due_on__lte=today - TASK_SOON * DAY)
    rows = rows.filter(runbook__retired_at__isnull=True).order_by("due_on", "pk")
    for pk, owner, runbook, due_on in rows.values_list("pk", "owner_id", "runbook_id", "due_on"):
        facts.tasks[owner].append(Owed(pk, runbook, due_on))


def _load_told(people: list[int], seen: list[int], now: dt.datetime) -> Told:
    """What those people were told that may be asked again: lately, or evidence that is still open."""
    lately = Q(told_at__gte=now - KEPT_DAYS * DAY)
    rows = Reminder.objects.filter(lately | Q(key__in=[name_evidence(pk) for pk in seen]), person__in=people)
    return set(rows.order_by().values_list("person_id", "runbook_id", "key"))
