"""The panel of roles: who has which, what the reader can do about it, and command on offer. One query."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import F, OuterRef
from django.db.models.functions import JSONObject

from accounts.models import User
from incidents.models import CommandOffer, Incident, Role, RoleHolder, Status


@dataclass(frozen=True, slots=True)
class Seat:
    """One role, and who has it since when; nobody where `person_id` is None."""

    role: Role
    person_id: int | None
    name: str
    initials: str
    since: dt.datetime | None
    is_you: bool
    may_take: bool
    may_leave: bool

    @property
    def label(self) -> str:
        return self.role.label

    @property
    def is_command(self) -> bool:
        return self.role == Role.COMMANDER


@dataclass(frozen=True, slots=True)
class ShownOffer:
    """An offer of command that nobody has answered yet."""

    pk: int
    by: str
    to: str
    note: str
    asked_at: dt.datetime
    is_for_you: bool
    may_withdraw: bool


@dataclass(frozen=True, slots=True)
class RolesPanel:
    """What `_roles.html` prints."""

    seats: list[Seat]
    offer: ShownOffer | None
    may_change: bool

    @property
    def commander(self) -> Seat:
        return self.seats[0]


def describe_roles(incident: Incident, user: User) -> RolesPanel:
    """The roles of an incident for this reader."""
    row = (
        Incident.objects.filter(pk=incident.pk)
        .order_by()
        .values_list(ArraySubquery(_holders()), ArraySubquery(_offers()))
        .get()
    )
    holders = {one["role"]: one for one in row[0]}
    may_change = user.has_perm("incidents.change_incident") and incident.status != Status.CLOSED
    seats = [_make_seat(Role(role), holders.get(role), user, may_change) for role in Role.values]
    offer = _make_offer(row[1][0], user, seats[0], may_change) if row[1] else None
    return RolesPanel(seats, offer, may_change)


def _holders() -> Any:
    rows = RoleHolder.objects.current().filter(incident=OuterRef("pk")).order_by()
    return rows.values(
        shown=JSONObject(
            role="role",
            person="person_id",
            name="person__display_name",
            email="person__email",
            since="taken_at",
        )
    )


def _offers() -> Any:
    rows = CommandOffer.objects.filter(incident=OuterRef("pk"), answer=CommandOffer.Answer.WAITING).order_by()
    return rows.values(
        shown=JSONObject(
            pk="pk",
            by="by_id",
            by_name="by__display_name",
            to="to_id",
            to_name="to__display_name",
            note=F("note"),
            at="asked_at",
        )
    )


def _make_seat(role: Role, row: Mapping[str, Any] | None, user: User, may_change: bool) -> Seat:
    if row is None:
        return Seat(role, None, "", "?", None, is_you=False, may_take=may_change, may_leave=False)
    person = User(pk=row["person"], display_name=row["name"], email=row["email"])
    is_you = person.pk == user.pk
    since = dt.datetime.fromisoformat(row["since"])
    return Seat(role, person.pk, str(person), person.initials, since, is_you, False, is_you and may_change)


def _make_offer(row: Mapping[str, Any], user: User, command: Seat, may_change: bool) -> ShownOffer:
    return ShownOffer(
        pk=row["pk"],
        by=row["by_name"],
        to=row["to_name"],
        note=row["note"],
        asked_at=dt.datetime.fromisoformat(row["at"]),
        is_for_you=row["to"] == user.pk,
        may_withdraw=may_change and (row["by"] == user.pk or command.is_you),
    )
