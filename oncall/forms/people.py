"""People in an order: a box to tick and a number for each, so that it works without scripts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from accounts.models import User
from oncall.services.plans import MOST_PEOPLE

LAST = 10_000
EVERYBODY = 200  # offered by name for the field of other people; a larger company types the address


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of the list: a person, whether they take part, and their place (from 1, None when they have none)."""

    person: User
    is_chosen: bool
    place: int | None


class OrderedPeople(forms.Widget):
    """Reads `<name>` (ids of those who are ticked) and `<name>-place-<id>`. Its rows are drawn by the page."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[tuple[str, int]]:
        """The ids as they were sent, by place; without a number, last."""
        chosen = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return sorted(((pk, _read_place(data.get(f"{name}-place-{pk}"))) for pk in chosen), key=lambda item: item[1])

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return False


class PeopleField(forms.Field):
    """People in their order. `candidates` are shown as rows; others who are known and active are taken as well."""

    widget = OrderedPeople

    def __init__(self, candidates: Iterable[User] = (), **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.candidates = list(candidates)

    def clean(self, value: Any) -> list[User]:
        ids = list(dict.fromkeys(int(pk) for pk, _ in value or [] if pk.isdecimal() and len(pk) < 10))
        if len(ids) > MOST_PEOPLE:
            raise ValidationError(f"Choose {MOST_PEOPLE} people at most.")
        known = User.objects.in_bulk(ids)
        gone = [str(known[pk]) for pk in ids if pk in known and not known[pk].is_active]
        if gone:
            raise ValidationError(f"{', '.join(gone)} can't be on call: the account is switched off.")
        return [known[pk] for pk in ids if pk in known]

    def rows(self, value: Any) -> list[PersonRow]:
        """What the page draws: those who take part in their order, then the others by name."""
        order = [int(pk) for pk, _ in value or [] if str(pk).isdecimal() and len(str(pk)) < 10]
        people = {person.pk: person for person in self.candidates}
        unknown = [pk for pk in order if pk not in people]
        if unknown:
            people |= User.objects.in_bulk(unknown)
        chosen = [people[pk] for pk in dict.fromkeys(order) if pk in people]
        rest = [person for person in self.candidates if person not in chosen]
        return [PersonRow(person, True, place) for place, person in enumerate(chosen, start=1)] + [
            PersonRow(person, False, None) for person in rest
        ]


class OthersField(forms.CharField):
    """E-mail addresses of people who stand in no row, with commas or spaces between them."""

    def clean(self, value: Any) -> list[User]:
        words = [word for word in super().clean(value).replace(",", " ").replace(";", " ").split() if word]
        found = []
        for word in dict.fromkeys(words):
            person = User.objects.filter(email__iexact=word, is_active=True).first()
            if person is None:
                raise ValidationError(f"Nobody who can log in here has the e-mail address “{word}”.")
            found.append(person)
        return found


def place_people(people: Iterable[int]) -> list[tuple[str, int]]:
    """Ids in their order, as `OrderedPeople` gives them."""
    return [(str(pk), place) for place, pk in enumerate(people, start=1)]


def write_people(name: str, people: Iterable[int]) -> dict[str, list[str]]:
    """Ids in their order, as a browser would send them."""
    placed = place_people(people)
    return {name: [pk for pk, _ in placed]} | {f"{name}-place-{pk}": [str(place)] for pk, place in placed}


def list_everybody() -> list[User]:
    """People to offer by name; none where there are too many of them."""
    people = list(User.objects.filter(is_active=True).only("display_name", "email")[: EVERYBODY + 1])
    return people if len(people) <= EVERYBODY else []


def _read_place(text: Any) -> int:
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 5 else LAST
