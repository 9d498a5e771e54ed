"""What a year of mornings must tell, worked out day by day from the rules as they are written down for people.

It shares no code with the portal: a world of plain values, and for each morning of a person the lines they have not heard.

- Two weeks before a review is due, on the day, and each week after that; of what was missed, the newest only.
- The owner from the beginning, the team from one week overdue, its leads from two. Where there is no owner, the others begin
  one step earlier; so they do where the team has nobody but its leads.
- A review given within the two weeks before the date is not followed by its announcement.
- What happened is told once to whoever comes first, snoozed or not, if it happened after the snooze.
- A task: three days before, on the day, weekly.
"""

import datetime as dt
from dataclasses import dataclass, field

DAY = dt.timedelta(days=1)


@dataclass
class Person:
    zone: str
    is_here: bool = True


@dataclass
class Book:
    owner: str | None
    team: str | None
    due: dt.date
    last: dt.date | None
    snoozed_until: dt.date | None = None
    snoozed_at: dt.datetime | None = None
    is_retired: bool = False
    not_mine: set[str] = field(default_factory=set)


@dataclass
class World:
    people: dict[str, Person]
    teams: dict[str, dict[str, bool]]  # who is in it, and whether they lead
    books: dict[str, Book]
    open_evidence: dict[str, tuple[str, dt.datetime]] = field(default_factory=dict)  # name → book, when
    open_tasks: dict[str, tuple[str, str, dt.date]] = field(default_factory=dict)  # name → book, owner, due
    heard: set[tuple[str, str, str]] = field(default_factory=set)  # person, book, key
    told: set[tuple[str, dt.date, str, str]] = field(default_factory=set)  # person, day, book, key

    def wake(self, zone: str, day: dt.date) -> None:
        """It is nine in the morning of that day in the zone."""
        for name, person in self.people.items():
            if person.zone == zone and person.is_here:
                self.greet(name, day)

    def greet(self, name: str, day: dt.date) -> None:
        for title, book in self.books.items():
            if book.is_retired:
                continue
            order = self.line_up(book)
            if not any(name in group for group in order):
                continue
            is_quiet = book.snoozed_until is not None and day < book.snoozed_until
            if not is_quiet:
                self.look_at_calendar(name, day, title, order)
            if name in order[0]:
                for evidence, (about, at) in self.open_evidence.items():
                    if about == title and not (is_quiet and at <= book.snoozed_at):
                        self.say(name, day, title, f"evidence:{evidence}")
        for task, (title, owner, due) in self.open_tasks.items():
            if owner == name and not self.books[title].is_retired:
                reached = [step for step in (-3, *range(0, 800, 7)) if due + step * DAY <= day]
                if reached:
                    self.say(name, day, title, f"task:{task}:{reached[-1]}")

    def look_at_calendar(self, name: str, day: dt.date, title: str, order: list[set[str]]) -> None:
        book = self.books[title]
        reached = [step for step in (-14, *range(0, 800, 7)) if book.due + step * DAY <= day]
        if not reached:
            return
        if reached == [-14] and book.last is not None and book.last >= book.due - 14 * DAY:
            return
        place = [name in group for group in order].index(True)
        overdue_by = {0: -14, 1: 7, 2: 14}[place]
        if reached[-1] >= overdue_by:
            self.say(name, day, title, f"due:{book.due.isoformat()}:{reached[-1]}")

    def line_up(self, book: Book) -> list[set[str]]:
        """Who is asked first, then who, then who: groups of people who are here and have not said that it is none of theirs."""
        first = {book.owner} if book.owner and self.people[book.owner].is_here else set()
        members = self.teams.get(book.team or "", {})
        willing = {one for one in members if self.people[one].is_here and one not in book.not_mine} - first
        plain = {one for one in willing if not members[one]}
        return [group for group in (first, plain, willing - plain) if group]

    def say(self, name: str, day: dt.date, title: str, key: str) -> None:
        if (name, title, key) not in self.heard:
            self.heard.add((name, title, key))
            self.told.add((name, day, title, key))
