"""Loading the example content: teams, people and services, who is on call, the runbooks with their history, incidents.

The runbooks go in through the import that everybody uses; only where a document is new does its history come with it.
"""

from __future__ import annotations

import datetime as dt
import zoneinfo
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q

from accounts.models import Team, User
from accounts.services import add_member, create_person
from oncall.models import Dependency, Service
from oncall.services import ensure_link
from portal.example.company import FOLDER, RUNBOOKS, Company, VersionEntry, read_company
from portal.example.directory import load_directory
from portal.example.handoffs import load_open_handoff, load_signed_handoff
from portal.example.incidents import load_incidents
from portal.example.messages import telling_nobody
from portal.example.oncall_file import read_oncall
from portal.example.paths import load_paths
from portal.example.rotations import load_rotations
from portal.example.upkeep import load_upkeep
from runbooks.models import Runbook, Status
from runbooks.reading import decode
from runbooks.reading.dates import parse_date
from runbooks.rendering import Reading, understand
from runbooks.services import publish_text, submit_version
from runbooks.transfer.files import SourceFolder
from runbooks.transfer.importing import Importer, Outcome

SOURCE = "example"  # the same on every machine, wherever the portal is checked out
OFFICE_HOUR = dt.time(10, 30)  # history knows days; the hour is the author's


class ExampleRefused(Exception):
    """Something of the portal's own has a name that the example needs; the text says which."""


@transaction.atomic
def load_example(now: dt.datetime) -> Outcome:
    """Load what is not there yet. Raises ExampleRefused when a team or service of that name is somebody's own."""
    company = read_company()
    refuse_taken_names(company)
    teams = {entry.slug: _ensure_team(entry.slug, company) for entry in company.teams}
    people = {entry.email: _ensure_person(entry.email, company, teams) for entry in company.people}
    _ensure_services(company, teams)
    entries = read_oncall()
    load_directory(entries, teams, people, now)
    load_rotations(entries, teams, people, now)
    load_paths(entries, teams)
    folder = SourceFolder.at(RUNBOOKS, SOURCE)
    importer = ExampleImporter(folder=folder, now=now, is_example=True, company=company, people=people)
    outcome = importer.run(folder.list_documents())
    with telling_nobody():
        load_signed_handoff(now)
        load_incidents(people, now)
        load_open_handoff(people, now)
        load_upkeep(people, now)
    return outcome


def refuse_taken_names(company: Company) -> None:
    """Raise ExampleRefused when loading would mix the example with rows that did not come with it."""
    for kind, model, entries in (("team", Team, company.teams), ("service", Service, company.services)):
        for entry in entries:
            same = Q(slug=entry.slug, name=entry.name)
            taken = model.objects.filter(Q(slug=entry.slug) | Q(name__iexact=entry.name)).exclude(same).first()
            if taken is not None:
                raise ExampleRefused(f"The {kind} {taken} is in the way of the example's {kind} {entry.name}.")


def _ensure_team(slug: str, company: Company) -> Team:
    entry = next(entry for entry in company.teams if entry.slug == slug)
    defaults = {
        "name": entry.name,
        "description": entry.description,
        "time_zone": entry.time_zone,
        "chat_channel": entry.chat,
        "email": entry.email,
    }
    return Team.objects.get_or_create(slug=slug, defaults=defaults)[0]


def _ensure_person(email: str, company: Company, teams: dict[str, Team]) -> User:
    """The person; new ones have no password, so nobody can log in as them."""
    entry = next(entry for entry in company.people if entry.email == email)
    person = User.objects.filter(email=email).first()
    if person is None:
        person = create_person(email, entry.name, role=entry.role.capitalize(), time_zone=entry.time_zone)
        add_member(teams[entry.team], person, is_lead=entry.lead)
    return person


def _ensure_services(company: Company, teams: dict[str, Team]) -> None:
    for entry in company.services:
        defaults = {
            "name": entry.name,
            "team": teams[entry.team],
            "tier": entry.tier,
            "slo": entry.slo,
            "classification": entry.classification,
            "description": entry.description,
        }
        service, is_new = Service.objects.get_or_create(slug=entry.slug, defaults=defaults)
        for link in entry.links if is_new else []:
            ensure_link(service, link["kind"], link["url"], link["label"])
    services = {service.slug: service for service in Service.objects.all()}
    for entry in company.services:
        for needed in entry.depends_on:
            Dependency.objects.get_or_create(service=services[entry.slug], needs=services[needed])


@dataclass(kw_only=True)
class ExampleImporter(Importer):
    """An import in which new documents have a past, and some a future."""

    company: Company
    people: dict[str, User]

    def publish(self, runbook: Runbook, text: str, reading: Reading, sha256: str, path: str) -> None:
        """Publish all versions of a new document, oldest first; of a known one, what changed."""
        if runbook.versions.exists():
            super().publish(runbook, text, reading, sha256, path)
            return
        for entry in self.company.history.get(path) or [self.first_version(runbook, reading, path)]:
            if entry.status == "active":
                self.publish_version(runbook, text, reading, entry)
            else:
                earlier = decode((FOLDER / entry.file).read_bytes())
                resolve = self.map.resolver(str(runbook.source_id))
                self.publish_version(runbook, earlier, understand(earlier, path=path, resolve=resolve), entry)
        Runbook.objects.filter(pk=runbook.pk).update(source_sha256=sha256)

    def publish_version(self, runbook: Runbook, text: str, reading: Reading, entry: VersionEntry) -> None:
        """Publish one version as its entry says; a superseded one is active until the next one is published."""
        author = self.people[entry.author]
        now = self.moment(entry.at, author)
        is_open = entry.status in ("draft", "in_review")
        version = publish_text(
            runbook,
            text,
            reading,
            status=Status.DRAFT if is_open else Status.ACTIVE,
            author=author,
            approver=self.people.get(entry.approved_by),
            now=now,
            change_summary=entry.summary,
            number=entry.numbers,
        )
        if entry.status == "in_review":
            submit_version(version, user=author, now=now)

    def first_version(self, runbook: Runbook, reading: Reading, path: str) -> VersionEntry:
        """For a document without history: active since it says it was last updated, by its owner or the team's lead."""
        team = next(entry.team for entry in self.company.services if entry.slug == runbook.service.slug)
        is_ours = runbook.owner is not None and runbook.owner.email in self.people
        author = str(runbook.owner.email) if runbook.owner and is_ours else self.company.lead_of(team).email
        document = reading.document
        return VersionEntry(
            number="1.0",
            status="active",
            at=parse_date(document.value("last_updated") or document.value("last_review")) or self.now.date(),
            author=author,
            summary="First version",
            file=path,
            approved_by=self.company.approver_for(author, team).email,
        )

    def moment(self, day: dt.date, author: User) -> dt.datetime:
        """Office hours of that day where the author lives; never later than now."""
        return min(dt.datetime.combine(day, OFFICE_HOUR, zoneinfo.ZoneInfo(author.time_zone)), self.now)
