"""What a morning's message says: each line, what is most useful first, and the subject."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from runbooks.models import Evidence

Kind = Evidence.Kind
ROOM = 80  # characters of a title in a subject
MOST_REASONS = 3  # of one line; the page has the rest
FLAG, INCIDENT, GONE, OVERDUE, TODAY, SOON, TASK = range(7)  # the most useful first
RANKS: dict[str, int] = {Kind.FLAG: FLAG, Kind.INCIDENT: INCIDENT, Kind.RUN: INCIDENT, Kind.DRILL: INCIDENT}
SAID: dict[str, str] = {
    Kind.FLAG: "“{}” was said to be wrong",
    Kind.INCIDENT: "“{}” was used in an incident",
    Kind.RUN: "a run of “{}” did not go well",
    Kind.DRILL: "a drill of “{}” did not go well",
    Kind.LINK: "“{}” has a dead link",
    Kind.CONTACT: "a contact of “{}” has gone",
    Kind.ESCALATION: "the escalation of “{}” reaches nobody",
    Kind.SERVICE: "the service of “{}” changed",
}
USED_LATELY = ((30, 3), (90, 2))  # days since it was used, and how many times its days overdue count


@dataclass(frozen=True, slots=True)
class Happened:
    """Evidence, in words."""

    kind: str
    text: str
    noticed_at: dt.datetime

    def find_rank(self) -> tuple[int, float]:
        """The most useful kind first, the newest first in each."""
        return RANKS.get(self.kind, GONE), -self.noticed_at.timestamp()


@dataclass(frozen=True, slots=True)
class Said:
    """All that one line says."""

    runbook_id: int
    title: str
    service: str
    address: tuple[str, str]  # the slugs of service and runbook
    version_id: int | None
    next_review_on: dt.date | None
    last_used_at: dt.datetime | None
    due_on: dt.date | None = None  # of the task, or of the review where the line tells its date
    happened: tuple[Happened, ...] = ()  # the most useful first
    task: str = ""

    def find_rank(self, today: dt.date) -> tuple[int, int, str]:
        """To sort by: what happened, then what is overdue (longer counts more where it is in use), today, soon, tasks."""
        if self.task:
            return TASK, self._count_late(today) * -1, self.title
        if self.happened:
            return self.happened[0].find_rank()[0], -len(self.happened), self.title
        late = self._count_late(today)
        if late > 0:
            return OVERDUE, -late * self._weigh_use(today), self.title
        return (TODAY if late == 0 else SOON), -late, self.title

    def _count_late(self, today: dt.date) -> int:
        return 0 if self.due_on is None else (today - self.due_on).days

    def _weigh_use(self, today: dt.date) -> int:
        if self.last_used_at is None:
            return 1
        ago = (today - self.last_used_at.date()).days
        return next((weight for days, weight in USED_LATELY if ago <= days), 1)


def say_line(said: Said, today: dt.date) -> str:
    """The words of a line, as `Restore from backup (Tickets): Ben says … ; overdue by 9 days`."""
    due = say_due(said.due_on, today)
    if said.task:
        return f"Your task, {due}: {said.task} ({said.title})"
    reasons = [one.text.rstrip(".") for one in said.happened[:MOST_REASONS]]
    more = len(said.happened) - len(reasons)
    reasons += [f"{more} more thing{'' if more == 1 else 's'}"] if more else []
    reasons += [f"review {due}"] if due else []
    return f"{said.title} ({said.service}): {'; '.join(reasons)}"


def say_due(due_on: dt.date | None, today: dt.date) -> str:
    """As `due in 10 days`; "" without a date."""
    if due_on is None:
        return ""
    days = (due_on - today).days
    number = f"{abs(days)} day{'' if abs(days) == 1 else 's'}"
    return "due today" if days == 0 else f"due in {number}" if days > 0 else f"overdue by {number}"


def say_subject(lines: list[Said], today: dt.date) -> str:
    """How much there is, and the most useful of it (the first line) in words."""
    first = _say_most_useful(lines[0], today)
    number = len({line.runbook_id for line in lines})
    if number == 1:
        return first[0].upper() + first[1:]
    return f"{number} runbooks to look at: {first}"


def _say_most_useful(said: Said, today: dt.date) -> str:
    title = said.title if len(said.title) <= ROOM else said.title[: ROOM - 1].rstrip() + "…"
    if said.task:
        return f"your task on “{title}” is {say_due(said.due_on, today)}"
    if said.happened:
        return SAID[said.happened[0].kind].format(title)
    return f"“{title}” is {say_due(said.due_on, today)} for review"
