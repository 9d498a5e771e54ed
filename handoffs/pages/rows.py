"""The lines of a handoff's page: entries with their notes, and items of its checklist."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.utils.safestring import SafeString

from handoffs.models import EntryNote, Tick
from handoffs.pages.contract import EntryContract
from handoffs.pages.looks import draw
from handoffs.sections import Entry, FactLine
from handoffs.services.secrecy import say_hidden
from handoffs.services.snapshot_content import KeptEntryNote, KeptTick


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A note to an entry; `by` is a name."""

    entry: str
    tried: str
    stuck: str
    next_step: str
    by: str
    at: dt.datetime | None

    @property
    def looks(self) -> list[tuple[str, SafeString]]:
        """Its parts that say something, each under its name."""
        parts = (("Tried", self.tried), ("Where it is stuck", self.stuck), ("Next step", self.next_step))
        return [(name, draw(text)) for name, text in parts if text]


@dataclass(frozen=True, slots=True)
class TickRow:
    """An item of the checklist; people are names."""

    position: int
    text: str
    is_required: bool
    done_by: str
    done_at: dt.datetime | None
    note: str
    note_by: str
    fact: FactLine | None = None

    @property
    def look(self) -> SafeString:
        return draw(self.note)

    @property
    def key(self) -> str:
        """Which form it is, where its words come back."""
        return f"note-{self.position}"


@dataclass(frozen=True, slots=True)
class EntryRow:
    entry: Entry
    anchor: str
    note: NoteRow | None
    mine: EntryContract | None

    @property
    def times(self) -> list[tuple[str, dt.datetime]]:
        return [(word, dt.datetime.fromisoformat(at)) for word, at in self.entry.times]

    @property
    def sev(self) -> str:
        """`2` where the tag is a severity."""
        return self.entry.tone.removeprefix("sev") if self.entry.tone.startswith("sev") else ""

    @property
    def tone(self) -> str:
        """The tag's tone in the words of the stylesheet."""
        return _TONES.get(self.entry.tone, "quiet")


_TONES = {"red": "danger", "amber": "warn", "green": "good", "info": "info"}


@dataclass(frozen=True, slots=True)
class SectionView:
    key: str
    title: str
    source: str
    rows: tuple[EntryRow, ...]
    hidden: int  # Confidential entries that this person may not see

    @property
    def hidden_said(self) -> str:
        return say_hidden(self.hidden)

    @property
    def count(self) -> int:
        return len(self.rows) + self.hidden


def make_note(row: EntryNote | KeptEntryNote) -> NoteRow:
    return NoteRow(row.entry, row.tried, row.stuck, row.next_step, str(row.by), row.at)


def make_tick(row: Tick | KeptTick, fact: FactLine | None = None) -> TickRow:
    return TickRow(
        position=row.position,
        text=row.text,
        is_required=row.is_required,
        done_by=str(row.done_by or ""),
        done_at=row.done_at,
        note=row.note,
        note_by=str(row.note_by or ""),
        fact=fact,
    )
