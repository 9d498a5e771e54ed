"""What happens in the simulated year, done to the portal's rows and to the oracle's world alike."""

import datetime as dt

from accounts.models import Membership, Team, User
from oncall.models import Service
from runbooks.models import Evidence, NotMine, Reminder, ReminderZone, Review, ReviewTask, Runbook, Snooze
from runbooks.services.reminders import send_due
from tests.factories import NOW
from tests.runbooks.reminders.making import make_runbooks
from tests.runbooks.reminders.oracle import World
from tests.runbooks.reminders.year import START, ZONES

DAY = dt.timedelta(days=1)


class Deeds:
    """The world twice. Each method is one happening at `at`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.sent = 0
        self.people = {
            name: User.objects.create(email=f"{name}@example.com", display_name=name, time_zone=person.zone)
            for name, person in world.people.items()
        }
        self.teams = {name: Team.objects.create(name=name, slug=name.lower()) for name in world.teams}
        Membership.objects.bulk_create(
            Membership(team=self.teams[team], user=self.people[person], is_lead=is_lead)
            for team, members in world.teams.items()
            for person, is_lead in members.items()
        )
        ReminderZone.objects.bulk_create(
            ReminderZone(time_zone=zone, day=START - DAY, looked_at=NOW) for zone in ZONES
        )  # it is still the day before in some when the first morning begins in others
        self.books = self._make_books()
        self.evidence: dict[str, Evidence] = {}
        self.tasks: dict[str, ReviewTask] = {}

    def _make_books(self) -> dict[str, Runbook]:
        """Every second one belongs to its team through its service."""
        services = {
            name: Service.objects.create(
                name=f"Of {name}", slug=f"of-{name or 'nobody'}".lower(), team=self.teams.get(name)
            )
            for name in (*self.teams, "")
        }
        made = {}
        for number, (title, book) in enumerate(self.world.books.items()):
            service = services[(book.team or "") if number % 2 else ""]
            made[title] = Runbook(
                service=service,
                title=title,
                slug=title.lower(),
                team=None if number % 2 else self.teams.get(book.team or ""),
                owner=self.people.get(book.owner or ""),
                next_review_on=book.due,
                last_reviewed_on=book.last,
            )
        return {runbook.title: runbook for runbook in make_runbooks(rows=list(made.values()))}

    def wake(self, at: dt.datetime, zone: str, day: dt.date) -> None:
        self.world.wake(zone, day)
        self.sent += send_due(at).people

    def review(self, at: dt.datetime, title: str, days: int) -> None:
        book = self.world.books[title]
        book.last, book.due = at.date(), at.date() + days * DAY
        book.snoozed_until = book.snoozed_at = None
        self.world.open_evidence = {n: e for n, e in self.world.open_evidence.items() if e[0] != title}
        rows = Runbook.objects.filter(pk=self.books[title].pk)
        rows.update(last_reviewed_on=book.last, next_review_on=book.due)
        Snooze.objects.filter(runbook__title=title, ended_at__isnull=True).update(ended_at=at)
        Evidence.objects.open().filter(runbook__title=title).update(settled_at=at)

    def snooze(self, at: dt.datetime, title: str, days: int) -> None:
        book = self.world.books[title]
        book.snoozed_until, book.snoozed_at = at.date() + days * DAY, at
        Snooze.objects.filter(runbook__title=title, ended_at__isnull=True).update(ended_at=at)
        Snooze.objects.create(
            runbook=self.books[title],
            until=book.snoozed_until,
            reason="Later",
            snoozed_by=self.people["P00"],
            snoozed_at=at,
        )

    def notice(self, at: dt.datetime, title: str, name: str) -> None:
        self.world.open_evidence[name] = (title, at)
        self.evidence[name] = Evidence.objects.create(
            runbook=self.books[title], kind="flag", key=name, text=name, asks=True, noticed_at=at
        )

    def settle(self, at: dt.datetime, name: str) -> None:
        self.world.open_evidence.pop(name, None)
        Evidence.objects.open().filter(key=name).update(settled_at=at)

    def ask(self, at: dt.datetime, title: str, name: str, owner: str, days: int) -> None:
        due = at.date() + days * DAY
        self.world.open_tasks[name] = (title, owner, due)
        person, runbook = self.people[owner], self.books[title]
        review = Review.objects.create(
            runbook=runbook, version_number="1.0", answer="work", reviewed_by=person, reviewed_at=at
        )
        self.tasks[name] = ReviewTask.objects.create(
            review=review, runbook=runbook, owner=person, text=name, due_on=due, created_at=at
        )

    def finish(self, at: dt.datetime, name: str) -> None:
        self.world.open_tasks.pop(name)
        ReviewTask.objects.filter(pk=self.tasks[name].pk).update(done_at=at)

    def give(self, at: dt.datetime, title: str, owner: str | None) -> None:
        self.world.books[title].owner = owner
        Runbook.objects.filter(pk=self.books[title].pk).update(owner=self.people.get(owner or ""))

    def disown(self, at: dt.datetime, title: str, person: str) -> None:
        self.world.books[title].not_mine.add(person)
        NotMine.objects.get_or_create(runbook=self.books[title], person=self.people[person], defaults={"said_at": at})

    def retire(self, at: dt.datetime, title: str) -> None:
        self.world.books[title].is_retired = True
        Runbook.objects.filter(pk=self.books[title].pk).update(retired_at=at)

    def leave(self, at: dt.datetime, person: str) -> None:
        self.world.people[person].is_here = False
        User.objects.filter(pk=self.people[person].pk).update(is_active=False)

    def list_told(self) -> set[tuple[str, dt.date, str, str]]:
        """What the portal told: person, day (as the message's key says), runbook, key in the oracle's names."""
        names = {f"evidence:{row.pk}": f"evidence:{name}" for name, row in self.evidence.items()}
        tasks = {str(row.pk): name for name, row in self.tasks.items()}
        rows = Reminder.objects.values_list("person__display_name", "notification__key", "runbook__title", "key")
        return {
            (person, dt.date.fromisoformat(message.rpartition(":")[2]), title, _rename(key, names, tasks))
            for person, message, title, key in rows
        }


def _rename(key: str, evidence: dict[str, str], tasks: dict[str, str]) -> str:
    if key.startswith("task:"):
        _, pk, stage = key.split(":")
        return f"task:{tasks[pk]}:{stage}"
    return evidence.get(key, key)
