"""The queue of reviews: what waits, whose it is, and why; filtered, counted and paged in a fixed number of queries."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import CharField, Count, F, Q, QuerySet, Value
from django.db.models.functions import Cast, Coalesce, Concat
from django.http import QueryDict

from accounts.models import User
from runbooks.facets import count_facets
from runbooks.models import Review, ReviewTask, Runbook
from runbooks.review_pages.rows import Row, load_rows
from runbooks.review_pages.waiting import annotate_waiting, find_mine, find_states, order_by_urgency

PAGE_SIZE = 30
ANSWERS = 8
TASKS = 8
UNTOLD = 5
MOST_OPTIONS = 100  # of one filter; the words find the others
MANY = 5  # runbooks of one team that wait together are worth spreading
STATES = {
    "waiting": "Waiting",
    "evidence": "Evidence",
    "overdue": "Overdue",
    "soon": "Due within 14 days",
    "work": "Needs work",
    "snoozed": "Snoozed",
    "untold": "Nobody is told",
}
BETWEEN = "\x1f"  # stands in no slug and in no name


class ReviewQueue:
    """The page at an address: what it does not understand there it ignores. `today` is the reader's."""

    def __init__(self, user: User, query: QueryDict, now: dt.datetime, today: dt.date) -> None:
        self.user = user
        self.now = now
        self.today = today
        self.words = " ".join(query.get("q", "").replace("\0", "").split())[:200]
        self.state = query.get("state", "") if query.get("state") in STATES else "waiting"
        self.is_mine = query.get("mine") == "1"
        self.selected = {name: query.get(name, "").replace("\0", "")[:100] for name in ("team", "owner", "service")}
        self.number = query.get("page", "1")
        self.may_approve = user.has_perm("runbooks.approve_runbookversion")

    def context(self) -> dict[str, Any]:
        """What the template prints."""
        return {
            "queue": self,
            "page": self.page,
            "states": self.states,
            "filters": self.filters,
            "answers": self.answers,
            "tasks": self.tasks,
            "untold": self.untold,
            "can_review": self.user.has_perm("runbooks.add_review"),
        }

    @cached_property
    def visible(self) -> QuerySet[Any]:
        """What the person may see and the words and filters leave, whatever its state."""
        rows = annotate_waiting(Runbook.objects.visible_to(self.user).shown().in_use(), self.today)
        for word in self.words.split():
            rows = rows.filter(
                Q(title__icontains=word)
                | Q(service__name__icontains=word)
                | Q(team__name__icontains=word)
                | Q(service__team__name__icontains=word)
                | Q(owner__display_name__icontains=word)
            )
        if self.is_mine:
            rows = rows.filter(find_mine(self.user))
        return self._choose(rows)

    def _choose(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        team, owner, service = (self.selected[name] for name in ("team", "owner", "service"))
        if team:
            rows = rows.filter(Q(team__slug=team) | Q(team__isnull=True, service__team__slug=team))
        if owner == "none":
            rows = rows.filter(owner__isnull=True)
        elif owner.isascii() and owner.isdigit() and len(owner) < 10:
            rows = rows.filter(owner=int(owner))
        return rows.filter(service__slug=service) if service else rows

    @cached_property
    def counts(self) -> dict[str, int]:
        return self.visible.aggregate(**{name: Count("pk", filter=q) for name, q in find_states(self.today).items()})

    @property
    def states(self) -> list[dict[str, Any]]:
        """The tabs: each state with how many runbooks are in it."""
        return [
            {
                "name": name if name != "waiting" else "",
                "label": label,
                "count": self.counts[name],
                "selected": name == self.state,
            }
            for name, label in STATES.items()
            if name != "untold" or self.counts[name] or self.state == name
        ]

    @cached_property
    def in_state(self) -> QuerySet[Any]:
        return self.visible.filter(find_states(self.today)[self.state])

    @cached_property
    def page(self) -> Page[Row]:
        """One page of rows, the most useful first."""
        rows = order_by_urgency(self.in_state, self.today)
        paginator: Paginator[Any] = Paginator(rows, PAGE_SIZE)
        paginator.count = self.counts[self.state]
        page = paginator.get_page(self.number)
        first = (page.number - 1) * PAGE_SIZE
        page.object_list = load_rows(rows[first : first + PAGE_SIZE], self.today)
        return page

    @cached_property
    def filters(self) -> list[dict[str, Any]]:
        """Teams, owners and services that the rows of this state have, with their numbers; one query."""
        team_slug, team_name = (Coalesce(f"team__{name}", f"service__team__{name}") for name in ("slug", "name"))
        named = self.in_state.annotate(
            by_team=_join(team_slug, team_name),
            by_owner=_join(Cast("owner_id", CharField()), F("owner__display_name")),
            by_service=_join(F("service__slug"), F("service__name")),
        )
        counts = count_facets(named, {name: f"by_{name}" for name in self.selected})
        return [self._make_filter(name, counts[name]) for name in self.selected]

    def _make_filter(self, name: str, counts: dict[str, int]) -> dict[str, Any]:
        chosen = self.selected[name]
        options = [Option.parse(key, count) for key, count in counts.items() if not key.startswith(BETWEEN)]
        options.sort(key=lambda option: (-option.count, option.label))
        shown = sorted(options[:MOST_OPTIONS], key=lambda option: option.label.casefold())
        if name == "owner":
            shown.insert(0, Option("none", "Nobody", 0))
        if chosen and chosen not in {option.value for option in shown}:
            shown.append(next((option for option in options if option.value == chosen), Option(chosen, chosen, 0)))
        return {"name": name, "label": name.capitalize(), "options": shown, "chosen": chosen}

    @cached_property
    def answers(self) -> list[RecentAnswer]:
        """What was answered last, the newest first."""
        newest = Review.objects.visible_to(self.user).order_by("-reviewed_at", "-pk").values("pk")[:ANSWERS]
        return mark_latest(list(Review.objects.for_list().filter(pk__in=newest)), self.user, self.now)

    @cached_property
    def tasks(self) -> list[ReviewTask]:
        """Open tasks that reviews left, the longest due first."""
        tasks = ReviewTask.objects.open().filter(runbook__in=Runbook.objects.visible_to(self.user))
        if self.is_mine:
            tasks = tasks.filter(owner=self.user)
        return list(tasks.select_related("runbook__service", "owner").order_by("due_on", "pk")[:TASKS])

    @cached_property
    def untold(self) -> list[Row]:
        """For approvers: runbooks of which nobody would be told, wherever the page is looked at."""
        if not self.may_approve or self.state == "untold" or not self.counts["untold"]:
            return []
        return load_rows(
            self.visible.filter(find_states(self.today)["untold"]).order_by("title", "pk")[:UNTOLD], self.today
        )

    @property
    def untold_count(self) -> int:
        return self.counts["untold"]

    @property
    def can_spread(self) -> bool:
        """Whether many runbooks of the chosen team wait together."""
        may = self.user.has_perm("runbooks.change_reviewpolicy")
        return may and bool(self.selected["team"]) and self.counts["overdue"] + self.counts["soon"] > MANY

    @property
    def is_filtered(self) -> bool:
        return bool(self.words or self.is_mine or any(self.selected.values()))


@dataclass(frozen=True, slots=True)
class Option:
    """One value of a filter."""

    value: str
    label: str
    count: int

    @classmethod
    def parse(cls, key: str, count: int) -> Option:
        """From what the database has put together (see `_join`)."""
        value, _, label = key.partition(BETWEEN)
        return cls(value, label, count)


@dataclass(frozen=True, slots=True)
class RecentAnswer:
    """An answer in a list, and whether the reader may take it back."""

    review: Review
    may_take_back: bool


def mark_latest(reviews: list[Review], user: User, now: dt.datetime) -> list[RecentAnswer]:
    """Each answer with whether it can be taken back: the newest standing one of its runbook, by its author for a day, or
    by an approver. `reviews` come newest first."""
    seen: set[int] = set()
    marked = []
    for review in reviews:
        is_newest = review.taken_back_at is None and review.runbook_id not in seen
        if is_newest:
            seen.add(review.runbook_id)
        own = review.reviewed_by_id == user.pk and now - review.reviewed_at < dt.timedelta(days=1)
        may = is_newest and (own or user.has_perm("runbooks.approve_runbookversion"))
        marked.append(RecentAnswer(review, may and user.has_perm("runbooks.add_review")))
    return marked


def _join(value: Any, label: Any) -> Any:
    return Concat(value, Value(BETWEEN), label, output_field=CharField())
