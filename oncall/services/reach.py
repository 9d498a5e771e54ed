"""Whether people can be reached: the addresses a page would go to, when they last answered, and when somebody is away."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Exists, Max, OuterRef

from accounts.models import User
from oncall.models import Absence, Address, AddressChoice, Kind
from oncall.outbox.choosing import LOGIN_MAIL
from oncall.rota import Span
from oncall.services.moments import say_day, say_moment
from oncall.services.proofs import confirm_test, find_test, send_test, send_tests

__all__ = [
    "CONFIRMED_FOR",
    "Reach",
    "confirm_test",
    "find_reach_problems",
    "find_test",
    "is_reachable",
    "load_last_answered",
    "load_reach",
    "send_test",
    "send_tests",
]

CONFIRMED_FOR = dt.timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Reach:
    """What is known of one person: where a page goes, and the time in which they are away."""

    person: User
    addresses: tuple[Address, ...]
    away: tuple[Span, ...] = ()

    @property
    def answered_at(self) -> dt.datetime | None:
        """When a test was last confirmed at one of the addresses."""
        return max((address.answered_at for address in self.addresses if address.answered_at), default=None)

    def is_confirmed(self, now: dt.datetime) -> bool:
        """Whether a test was confirmed within the last 30 days."""
        return self.answered_at is not None and now - self.answered_at <= CONFIRMED_FOR

    def find_problems(self, at: dt.datetime, now: dt.datetime) -> list[str]:
        """What stands in the way of reaching the person at `at`, as sentences; none when all is well."""
        if not self.person.is_active:
            return [f"{self.person} can't log in any more: the account is switched off."]
        away = next((span for span in self.away if span.start <= at < span.end), None)
        problems = []
        if away is not None:
            problems.append(f"{self.person} is away until {say_moment(away.end, self.person.time_zone)}.")
        if not self.addresses:
            problems.append(f"{self.person} has no address in use that a page could go to.")
        elif self.answered_at is None:
            problems.append(f"{self.person} has never confirmed a test message.")
        elif not self.is_confirmed(now):
            day = say_day(self.answered_at, self.person.time_zone)
            problems.append(f"{self.person} last confirmed a test message on {day}, more than 30 days ago.")
        return problems


def load_reach(people: Iterable[User], start: dt.datetime, end: dt.datetime) -> dict[int, Reach]:
    """Everybody's reach between those moments, by id, in a number of queries that does not grow with the people."""
    known = {person.pk: person for person in people}
    away: dict[int, list[Span]] = defaultdict(list)
    absences = Absence.objects.filter(person__in=known, during__overlap=(start, end)).order_by("during")
    for person, during in absences.values_list("person_id", "during"):
        away[person].append(Span(during.lower, during.upper))
    addresses = _load_addresses(known)
    return {pk: Reach(person, _pick_for_pages(person, addresses[pk]), tuple(away[pk])) for pk, person in known.items()}


def _load_addresses(people: Iterable[int]) -> dict[int, list[tuple[Address, bool]]]:
    """Each person's addresses, those that are switched off too, and whether pages were chosen for it."""
    chosen = AddressChoice.objects.filter(address=OuterRef("pk"), kind=Kind.PAGE)
    rows = Address.objects.filter(person__in=list(people)).annotate(is_chosen=Exists(chosen))
    found: dict[int, list[tuple[Address, bool]]] = defaultdict(list)
    for address in rows.order_by("transport", "pk"):
        found[address.person_id or 0].append((address, address.is_chosen))
    return found


def _pick_for_pages(person: User, addresses: list[tuple[Address, bool]]) -> tuple[Address, ...]:
    """What the outbox would choose for a page (`oncall.outbox.choosing`), without writing anything."""
    usable = [(address, is_chosen) for address, is_chosen in addresses if address.is_enabled]
    if not any(address.transport == Address.Transport.EMAIL for address, _ in addresses):
        mail = Address(person=person, transport=Address.Transport.EMAIL, target=person.email, label=LOGIN_MAIL)
        usable.insert(0, (mail, False))  # becomes a row with the first message
    picked = [address for address, is_chosen in usable if is_chosen]
    return tuple(picked or [address for address, _ in usable])


def find_reach_problems(person: User, at: dt.datetime, now: dt.datetime) -> list[str]:
    """What stands in the way of reaching one person at `at`; see `Reach.find_problems`."""
    return load_reach([person], at, at + dt.timedelta(minutes=1))[person.pk].find_problems(at, now)


def is_reachable(person: User) -> bool:
    """Whether a page to this person would go anywhere."""
    return person.is_active and bool(_pick_for_pages(person, _load_addresses([person.pk])[person.pk]))


def load_last_answered(people: Iterable[User]) -> dict[int, dt.datetime]:
    """When each person last confirmed a test at an address in use, by id; those who never did are left out. One query."""
    rows = Address.objects.usable().filter(person__in=list(people), answered_at__isnull=False)
    return dict(rows.order_by().values("person").annotate(at=Max("answered_at")).values_list("person", "at"))
