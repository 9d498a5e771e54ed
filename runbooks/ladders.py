"""Ladders of a runbook's text beside the live path of its service: what differs, and what an adoption would make of them."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from accounts.models import User
from oncall.forms.targets import TargetList
from oncall.models import Contact, EscalationPath, Layer, Rotation, Way
from oncall.schedule import RotationSchedule, load_schedules
from oncall.services.escalation import LevelSpec, PathSpec, Target
from runbooks.ladder_difference import LiveLevel, compare_ladder
from runbooks.ladder_matching import MatchedLevel, match_ladder
from runbooks.ladder_words import Candidate, digits
from runbooks.models import RunbookVersion
from runbooks.reading.document import EscalationLevel, Finding
from runbooks.reading.document import EscalationPath as WrittenLadder
from runbooks.services.templates import is_confidential

INSTANT = dt.timedelta(microseconds=1)


def read_ladders(version: RunbookVersion) -> list[WrittenLadder]:
    """The ladders that were read out of a version, in the order of its text."""
    return [
        WrittenLadder(
            **{
                **found,
                "levels": tuple(EscalationLevel(**level) for level in found["levels"]),
                "triggers": tuple(found.get("triggers", ())),
            }
        )
        for found in version.document.get("escalations", [])
    ]


@dataclass(slots=True)
class Directory:
    """Numbers and mail addresses of contacts and of people with an account, and who takes turns where. For comparing only."""

    of_contact: dict[int, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    of_person: dict[int, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    people: dict[int, tuple[User, ...]] = field(default_factory=dict)  # by layer

    def describe(self, target: Target) -> Candidate:
        """The target as words are matched with it."""
        if isinstance(target, Layer):
            return self._describe_layer(target)
        if isinstance(target, Contact):
            return self._describe_contact(target)
        team = target.team.name if target.team else ""
        return Candidate(f"channel:{target.pk}", "channel", target.channel, role=target.purpose, team=team)

    def _describe_layer(self, layer: Layer) -> Candidate:
        people = self.people.get(layer.pk, ())
        ways = [way for person in people for way in self.of_person[person.pk]]
        return Candidate(
            key=f"layer:{layer.pk}",
            kind="layer",
            name=layer.name,
            team=layer.rotation.team.name,
            rotation=layer.rotation.name,
            rank=layer.rank,
            people=tuple(str(person) for person in people),
            phones=_phones(ways),
            emails=(*_emails(ways), *(person.email.lower() for person in people)),
        )

    def _describe_contact(self, contact: Contact) -> Candidate:
        ways = self.of_contact[contact.pk]
        account = (contact.user.email.lower(),) if contact.user else ()
        return Candidate(
            key=f"contact:{contact.pk}",
            kind="contact",
            name=contact.name,
            role=contact.role,
            team=contact.team.name if contact.team else "",
            phones=_phones(ways),
            emails=(*_emails(ways), *account),
        )


def load_directory(targets: Iterable[Target], at: dt.datetime) -> Directory:
    """What is known of those targets; at most nine queries."""
    targets = list(targets)
    directory = Directory()
    layers = [target for target in targets if isinstance(target, Layer)]
    if layers:
        rotations = Rotation.objects.filter(pk__in={layer.rotation_id for layer in layers})
        schedules = {schedule.rotation.pk: schedule for schedule in load_schedules(rotations, at, at + INSTANT)}
        directory.people = {layer.pk: _people_of(schedules[layer.rotation_id], layer.rank) for layer in layers}
    people = {person.pk for found in directory.people.values() for person in found}
    contacts = [target.pk for target in targets if isinstance(target, Contact)]
    ways = Way.objects.filter(contact__in=contacts) | Way.objects.filter(contact__user__in=people)
    for contact, person, kind, value in ways.values_list("contact_id", "contact__user_id", "kind", "value").distinct():
        directory.of_contact[contact or 0].append((kind, value))
        directory.of_person[person or 0].append((kind, value))
    return directory


def _people_of(schedule: RotationSchedule, rank: int) -> tuple[User, ...]:
    """Everybody who takes turns, or stands in, in layers of that rank."""
    found: dict[int, User] = {}
    for layer in schedule.of_rank(rank):
        ids = [person for timed in layer.plan.plans for person in timed.plan.people]
        ids += [cover.person for cover in layer.plan.covers]
        found |= {pk: layer.people[pk] for pk in ids}
    return tuple(found.values())


def _phones(ways: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(digits(value) for kind, value in ways if kind == Way.Kind.PHONE)


def _emails(ways: Iterable[tuple[str, str]]) -> tuple[str, ...]:
    return tuple(value.lower() for kind, value in ways if kind == Way.Kind.EMAIL)


def load_live_levels(path: EscalationPath, at: dt.datetime) -> list[LiveLevel]:
    """The levels of a path that was loaded with `for_ladder`, with everything that each can call."""
    levels = list(path.levels.all())
    targets = {level.pk: _targets_of(level) for level in levels}
    directory = load_directory((target for found in targets.values() for target in found), at)
    return [
        LiveLevel(
            level.label, level.response_minutes, tuple(directory.describe(target) for target in targets[level.pk])
        )
        for level in levels
    ]


def _targets_of(level: Any) -> list[Target]:
    return [target.layer or target.contact or target.channel for target in level.targets.all()]


def find_differing(version: RunbookVersion, at: dt.datetime) -> list[Finding]:
    """What the ladders of the text differ in from the path that the service follows, as findings.

    No query where the text has no ladder or the service no path; otherwise twelve at most.
    """
    ladders = read_ladders(version)
    path_id = version.runbook.service.escalation_path_id
    if not ladders or path_id is None:
        return []
    path = EscalationPath.objects.for_ladder().filter(pk=path_id).first()
    if path is None:  # deleted this very moment
        return []
    live = load_live_levels(path, at)
    return [
        Finding("warning", f"ladder-{found.code}", found.line, found.text, ladder.section)
        for ladder in ladders
        for found in compare_ladder(ladder.levels, live)
    ]


@dataclass(frozen=True, slots=True)
class Proposal:
    """What an adoption makes of one ladder. `targets` are those of its levels, in order."""

    ladder: WrittenLadder
    levels: tuple[MatchedLevel, ...]
    targets: tuple[tuple[Target, ...], ...]

    @property
    def is_whole(self) -> bool:
        """Whether nothing has to be asked."""
        return bool(self.levels) and all(level.is_whole for level in self.levels)

    @property
    def questions(self) -> int:
        """At how many levels something has to be chosen."""
        return sum(not level.is_whole for level in self.levels)


def propose(ladders: Sequence[WrittenLadder], team: str, offered: TargetList, at: dt.datetime) -> list[Proposal]:
    """What each ladder means among everything that can be called; `team` is the one whose service it is about."""
    directory = load_directory((target for target in offered.labels if not isinstance(target, Layer)), at)
    candidates = [directory.describe(target) for target in offered.labels]
    known = {candidate.key: target for candidate, target in zip(candidates, offered.labels, strict=True)}
    proposals = []
    for ladder in ladders:
        levels = match_ladder(ladder.levels, candidates, team)
        targets = tuple(tuple(known[key] for key in level.keys) for level in levels)
        proposals.append(Proposal(ladder, levels, targets))
    return proposals


def make_spec(proposal: Proposal, version: RunbookVersion) -> PathSpec:
    """The path that a whole proposal makes."""
    service = version.runbook.service
    levels = tuple(
        LevelSpec(targets, level.minutes or 0, level.label, level.escalates_if, level.handles)
        for level, targets in zip(proposal.levels, proposal.targets, strict=True)
    )
    triggers = "\n".join(proposal.ladder.triggers)
    return PathSpec(service.name, levels, service.team, say_origin(proposal, version), triggers)


def make_initial(proposal: Proposal, version: RunbookVersion) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The form as an adoption begins with it: the path, and its levels.

    Everybody sees every path, so the name of a Confidential service is not put into one.
    """
    service = version.runbook.service
    is_hidden = is_confidential(version.runbook)
    initial = {
        "name": "" if is_hidden else service.name,
        "team": service.team_id,
        "description": "" if is_hidden else say_origin(proposal, version),
        "triggers": "\n".join(proposal.ladder.triggers),
    }
    rows = [
        {
            "label": level.label,
            "whom": list(targets),
            "response_minutes": level.minutes,
            "escalates_if": level.escalates_if[:300],
            "handles": level.handles[:300],
            "ORDER": number,
        }
        for number, (level, targets) in enumerate(zip(proposal.levels, proposal.targets, strict=True), start=1)
    ]
    return initial, rows


def make_notes(proposal: Proposal) -> list[list[str]]:
    """For each level what its text says, and what is to be chosen."""
    return [_note(level) for level in proposal.levels]


def _note(level: MatchedLevel) -> list[str]:
    notes = [f"The text says: “{level.text}”." if level.text else "The text names nobody."]
    if level.left:
        notes.append(
            f"Not found: {', '.join(level.left)}. Choose somebody, or leave it: it is kept in the description."
        )
    if level.minutes is None:
        notes.append("The text gives no response time.")
    return notes


def say_origin(proposal: Proposal, version: RunbookVersion) -> str:
    """Where the path comes from, and every word of the text that became nothing else: nothing is lost."""
    lines = [f"Read out of {version.runbook.title} {version.number}."]
    rest = [(level.label, (*level.left, *level.said)) for level in proposal.levels]
    lines += [f"{label} there also says: {', '.join(words)}." for label, words in rest if words]
    return "\n".join(lines)
