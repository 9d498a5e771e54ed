"""What a snapshot says, in plain values. Moments are aware, in UTC; people stand with the names they had."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from handoffs.sections import Filled

FORMAT = 1  # counted up when a field comes to entries or sections, goes, or changes its meaning


@dataclass(frozen=True, slots=True)
class KeptPerson:
    id: int
    name: str
    time_zone: str

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> KeptPerson:
        return cls(id=data["id"], name=data["name"], time_zone=data["time_zone"])


@dataclass(frozen=True, slots=True)
class KeptTick:
    """An item of the checklist: who ticked it and when, with the note beside it."""

    position: int
    text: str
    facts: str
    is_required: bool
    done_by: str  # "" where nobody ticked it
    done_at: dt.datetime | None
    note: str
    note_by: str

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> KeptTick:
        words = {
            name: data[name] for name in ("position", "text", "facts", "is_required", "done_by", "note", "note_by")
        }
        return cls(**words, done_at=read_moment(data["done_at"]))


@dataclass(frozen=True, slots=True)
class KeptEntryNote:
    entry: str
    tried: str
    stuck: str
    next_step: str
    by: str
    at: dt.datetime | None

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> KeptEntryNote:
        words = {name: data[name] for name in ("entry", "tried", "stuck", "next_step", "by")}
        return cls(**words, at=read_moment(data["at"]))


@dataclass(frozen=True, slots=True)
class KeptQuestion:
    """A question that was there when it was submitted; later ones stand in the table of questions only."""

    entry: str  # "": about all of it
    text: str
    asked_by: str
    asked_at: dt.datetime | None
    answer: str
    answered_by: str
    answered_at: dt.datetime | None

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> KeptQuestion:
        words = {name: data[name] for name in ("entry", "text", "asked_by", "answer", "answered_by")}
        return cls(**words, asked_at=read_moment(data["asked_at"]), answered_at=read_moment(data["answered_at"]))


@dataclass(frozen=True, slots=True)
class SnapshotContent:
    """Everything a handoff said when it was submitted."""

    handoff: int
    round: int
    made_at: dt.datetime
    is_quiet: bool
    team: str
    team_zone: str
    rotation: str
    outgoing: KeptPerson
    incoming: KeptPerson
    backup: KeptPerson | None
    since: dt.datetime
    shift_starts_at: dt.datetime
    shift_ends_at: dt.datetime
    changes_at: dt.datetime
    next_ends_at: dt.datetime | None
    summary: str
    urgent: str
    context: str
    sections: tuple[Filled, ...]
    ticks: tuple[KeptTick, ...]
    entry_notes: tuple[KeptEntryNote, ...]
    questions: tuple[KeptQuestion, ...]

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> SnapshotContent:
        """Raises KeyError, TypeError or ValueError for what was never written like that."""
        people, window, words = data["people"], data["window"], data["words"]
        return cls(
            handoff=data["handoff"],
            round=data["round"],
            made_at=need_moment(data["made_at"]),
            is_quiet=data["is_quiet"],
            team=data["team"]["name"],
            team_zone=data["team"]["time_zone"],
            rotation=data["rotation"],
            outgoing=KeptPerson.from_dict(people["outgoing"]),
            incoming=KeptPerson.from_dict(people["incoming"]),
            backup=KeptPerson.from_dict(people["backup"]) if people["backup"] else None,
            since=need_moment(window["since"]),
            shift_starts_at=need_moment(window["shift_starts_at"]),
            shift_ends_at=need_moment(window["shift_ends_at"]),
            changes_at=need_moment(window["changes_at"]),
            next_ends_at=read_moment(window["next_ends_at"]),
            summary=words["summary"],
            urgent=words["urgent"],
            context=words["context"],
            sections=tuple(Filled.from_dict(section) for section in data["sections"]),
            ticks=tuple(KeptTick.from_dict(tick) for tick in data["ticks"]),
            entry_notes=tuple(KeptEntryNote.from_dict(note) for note in data["entry_notes"]),
            questions=tuple(KeptQuestion.from_dict(question) for question in data["questions"]),
        )

    @property
    def to_accept(self) -> tuple[str, ...]:
        """Keys of the entries that the incoming person takes by name, in the order of the page, each once."""
        keys = [entry.key for section in self.sections if section.needs_acceptance for entry in section.entries]
        return tuple(dict.fromkeys(keys))

    @property
    def titles(self) -> dict[str, str]:
        """What each entry is called, by its key."""
        return {
            entry.key: f"{entry.tag} {entry.title}".strip() for section in self.sections for entry in section.entries
        }


def read_moment(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)


def need_moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)
