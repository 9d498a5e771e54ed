"""What `company.yaml` says, typed. The file itself explains its fields."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
RUNBOOKS = FOLDER / "runbooks"


@dataclass(frozen=True)
class TeamEntry:
    slug: str
    name: str
    description: str
    time_zone: str
    chat: str
    email: str


@dataclass(frozen=True)
class PersonEntry:
    email: str
    name: str
    time_zone: str
    team: str
    lead: bool
    role: str


@dataclass(frozen=True)
class ServiceEntry:
    slug: str
    name: str
    team: str
    tier: int
    slo: str
    classification: str
    description: str
    links: list[dict[str, str]]
    depends_on: list[str]


@dataclass(frozen=True)
class VersionEntry:
    """A version of a runbook: `at` is the day it was activated or last saved, `file` is relative to `FOLDER`."""

    number: str
    status: str
    at: dt.date
    author: str
    summary: str
    file: str
    approved_by: str = ""

    @property
    def numbers(self) -> tuple[int, int]:
        major, _, minor = self.number.partition(".")
        return int(major), int(minor)


@dataclass(frozen=True)
class Company:
    teams: list[TeamEntry]
    people: list[PersonEntry]
    services: list[ServiceEntry]
    history: dict[str, list[VersionEntry]]  # by the path of the runbook

    def lead_of(self, team: str) -> PersonEntry:
        """Who leads the team with that slug."""
        return next(person for person in self.people if person.team == team and person.lead)

    def approver_for(self, author: str, team: str) -> PersonEntry:
        """Who approves what that author wrote: never themselves, their own team's approver where there is one."""
        others = [person for person in self.people if person.role == "approver" and person.email != author]
        return min(others, key=lambda person: person.team != team)


def read_company() -> Company:
    """The company as the file has it."""
    data: dict[str, Any] = yaml.safe_load((FOLDER / "company.yaml").read_text(encoding="utf-8"))
    return Company(
        teams=[TeamEntry(**entry) for entry in data["teams"]],
        people=[PersonEntry(**entry) for entry in data["people"]],
        services=[ServiceEntry(**entry) for entry in data["services"]],
        history={entry["path"]: [VersionEntry(**one) for one in entry["versions"]] for entry in data["history"]},
    )
