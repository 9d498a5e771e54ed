"""How far a runbook can be trusted to be as it says: a number from 0 to 100, and the reasons for it in words.

It begins at 100 and is lowered by what speaks against the text:

- time since the last review (else since it became active): 25 points when a whole period has gone by, and so on, 60 at most;
- 10 points more once the planned day of the next review has passed;
- 12 points for each flag that waits for an answer, 36 at most;
- 5 points for each dead link, 20 at most;
- 10 points for each other thing that asks for a review, 30 at most;
- 10 points when its service changed since the last review, 5 when something that the service needs did.

A run or drill that went well makes up for time, never for what is known to be wrong: up to 15 points on its day, less with each
day, none after a whole period. So a runbook is never fresher for being older, or for more being said against it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

FRESH, AGEING = 75, 45  # the fewest points of each
PER_PERIOD, MOST_FOR_AGE = 25, 60
OVERDUE = 10
FLAG, MOST_FOR_FLAGS = 12, 36
DEAD_LINK, MOST_FOR_LINKS = 5, 20
ASKING, MOST_FOR_ASKING = 10, 30
SERVICE_CHANGED, NEED_CHANGED = 10, 5
MOST_FOR_USE = 15
# The three words, best first: the fewest points of each, its label, and the tone in which it is shown.
LEVELS = {
    "fresh": (FRESH, "Fresh", "good"),
    "ageing": (AGEING, "Ageing", "warn"),
    "stale": (0, "Stale", "danger"),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known of a runbook. Days are those of UTC, counts are of what still stands."""

    period_days: int  # from one review to the next
    last_reviewed_on: date | None = None
    activated_on: date | None = None  # of the active version; what counts while nobody has reviewed it
    next_review_on: date | None = None
    last_used_on: date | None = None  # run or drilled with success
    open_flags: int = 0
    dead_links: int = 0
    open_evidence: int = 0  # that asks for a review, other than flags, links and changes of the service
    service_changed: bool = False  # and nobody has reviewed it since
    need_changed_on: date | None = None  # the latest change of a runbook of what its service needs

    @property
    def counts_from(self) -> date | None:
        """The day its age is counted from; None for what never was active: nobody relies on it yet."""
        return self.last_reviewed_on or self.activated_on


@dataclass(frozen=True, slots=True)
class Reason:
    """A sentence, and the points it takes (negative) or gives back."""

    text: str
    points: int

    @property
    def signed(self) -> str:
        """`−12`, `+5`, or `0`."""
        return f"−{-self.points}" if self.points < 0 else f"+{self.points}" if self.points else "0"


@dataclass(frozen=True, slots=True)
class Freshness:
    points: int
    word: str
    tone: str
    reasons: tuple[Reason, ...]


def explain(facts: Facts, today: date) -> Freshness:
    """The number with its reasons, the weightiest first. `today` is a day in UTC."""
    reasons = find_reasons(facts, today)
    points = max(0, min(100, 100 + sum(reason.points for reason in reasons)))
    return Freshness(points, freshness_word(points), freshness_tone(points), reasons)


def find_reasons(facts: Facts, today: date) -> tuple[Reason, ...]:
    """Everything that counts, the weightiest first; how long ago the last review was is always there."""
    age = _reason_of_age(facts, today)
    reasons = [
        age,
        _reason_of_use(facts, today, most=-age.points),
        _reason_of_plan(facts, today),
        *_reasons_of_counts(facts),
        *_reasons_of_changes(facts),
    ]
    return tuple(sorted(filter(None, reasons), key=lambda reason: reason.points))


def freshness_level(points: int) -> str:
    """`fresh`, `ageing` or `stale`."""
    return next(name for name, (least, _, _) in LEVELS.items() if points >= least)


def freshness_word(points: int) -> str:
    return LEVELS[freshness_level(points)][1]


def freshness_tone(points: int) -> str:
    return LEVELS[freshness_level(points)][2]


def _reason_of_age(facts: Facts, today: date) -> Reason:
    since = facts.counts_from
    if since is None:
        return Reason("Never active, so nobody relies on it yet.", 0)
    days = max(0, (today - since).days)
    cost = min(MOST_FOR_AGE, days * PER_PERIOD // max(1, facts.period_days))
    every = f"reviews are every {_days(facts.period_days)}" if facts.period_days > 1 else "reviews are daily"
    if facts.last_reviewed_on is None:
        active = f"active for {_days(days)}" if days else "active since today"
        return Reason(f"Never reviewed; {active}, and {every}.", -cost)
    return Reason(f"Reviewed {_ago(days)}; {every}.", -cost)


def _reason_of_use(facts: Facts, today: date, *, most: int) -> Reason | None:
    """A use gives back what age took, up to its own limit."""
    if facts.last_used_on is None:
        return None
    days = max(0, (today - facts.last_used_on).days)
    left = max(0, facts.period_days - days)
    worth = -(-MOST_FOR_USE * left // max(1, facts.period_days))
    return Reason(f"Run or drilled with success {_ago(days)}.", min(worth, most))


def _reason_of_plan(facts: Facts, today: date) -> Reason | None:
    if facts.next_review_on is None or facts.next_review_on >= today or facts.counts_from is None:
        return None
    return Reason(f"Its review is {_days((today - facts.next_review_on).days)} overdue.", -OVERDUE)


def _reasons_of_counts(facts: Facts) -> list[Reason]:
    found = []
    if facts.open_flags:
        say = _count(facts.open_flags, "flag waits", "flags wait")
        found.append(Reason(f"{say} for an answer.", -min(MOST_FOR_FLAGS, FLAG * facts.open_flags)))
    if facts.dead_links:
        say = _count(facts.dead_links, "dead link", "dead links")
        found.append(Reason(f"{say}.", -min(MOST_FOR_LINKS, DEAD_LINK * facts.dead_links)))
    if facts.open_evidence:
        say = _count(facts.open_evidence, "thing that happened asks", "things that happened ask")
        found.append(Reason(f"{say} for a review.", -min(MOST_FOR_ASKING, ASKING * facts.open_evidence)))
    return found


def _reasons_of_changes(facts: Facts) -> list[Reason]:
    since, found = facts.counts_from, []
    if facts.service_changed:
        found.append(Reason("Its service changed since the last review.", -SERVICE_CHANGED))
    if since and facts.need_changed_on and facts.need_changed_on > since:
        found.append(Reason("A runbook of something its service needs changed since the last review.", -NEED_CHANGED))
    return found


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _days(number: int) -> str:
    return _count(number, "day", "days")


def _ago(days: int) -> str:
    if days == 0:
        return "today"
    if days == 1:
        return "yesterday"
    return f"{days} days ago"
