"""The page of a handoff: looked up while it is written, and read from its snapshot once it was submitted.

The number of queries does not depend on how much there is to hand over.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from django.utils.safestring import SafeString

from accounts.models import User
from handoffs.models import EntryNote, Handoff, Snapshot, Tick
from handoffs.pages.contract import Contract, EntryContract, Side, describe_contract, make_anchor
from handoffs.pages.looks import draw
from handoffs.pages.rows import EntryRow, NoteRow, SectionView, TickRow, make_note, make_tick
from handoffs.pages.stages import Stage, describe_stages
from handoffs.pages.windows import Windows, describe_windows
from handoffs.sections import Filled, assemble, describe_facts, make_scope
from handoffs.services.locking import may_take_part
from handoffs.services.reading import read_handoff
from handoffs.services.secrecy import may_see_secret, say_hidden
from handoffs.services.snapshot_content import SnapshotContent

__all__ = ["EntryRow", "HandoffPage", "NoteRow", "SectionView", "TickRow", "describe_handoff"]


@dataclass(frozen=True, slots=True)
class Content:
    """What the page says, wherever it comes from."""

    sections: tuple[Filled, ...]
    ticks: tuple[TickRow, ...]
    notes: Mapping[str, NoteRow]
    words: Mapping[str, str]
    problem: str = ""  # why the snapshot can't be read
    snapshot: Snapshot | None = None
    rows: tuple[Tick, ...] | None = None


@dataclass(frozen=True, slots=True)
class HandoffPage:
    """What the page, its live parts, and its paper print."""

    handoff: Handoff
    user: User
    now: dt.datetime
    sections: tuple[SectionView, ...]  # with something to report
    nothing: tuple[SectionView, ...]  # “nothing to report”
    ticks: tuple[TickRow, ...]
    orphans: tuple[NoteRow, ...]  # notes to what is not in the handoff any more
    words: Mapping[str, str]
    contract: Contract
    windows: Windows
    stages: tuple[Stage, ...]
    may_write: bool
    hidden: str  # `1 entry is Confidential`, for those who may not see it
    problem: str

    @property
    def is_live(self) -> bool:
        """Whether it is looked up, and may be different in a moment."""
        return self.contract.snapshot is None or self.handoff.is_editable

    @property
    def signatures(self) -> tuple[Side, Side]:
        return self.contract.outgoing, self.contract.incoming

    @property
    def forms(self) -> set[str]:
        """The forms on the page, by what they write: refused words that belong into none are shown above it."""
        if not self.may_write:
            return set()
        entries = {row.entry.key for section in self.sections for row in section.rows}
        return {"words"} | entries | {tick.key for tick in self.ticks}

    @property
    def ticked(self) -> int:
        return sum(tick.done_at is not None for tick in self.ticks)

    @property
    def urgent_look(self) -> SafeString:
        return draw(self.words["urgent"])

    @property
    def context_look(self) -> SafeString:
        return draw(self.words["context"])

    @property
    def is_late(self) -> bool:
        return self.handoff.is_late(self.now)

    @property
    def is_quiet(self) -> bool:
        """Whether there is nothing to report in any section, also not for others."""
        return not self.sections and not self.hidden


def describe_handoff(handoff: Handoff, user: User, now: dt.datetime) -> HandoffPage:
    """The page as this person sees it; the handoff's team, rotation and people are loaded.

    At most 25 queries while it is written, 12 once it was submitted.
    """
    content = _look_up(handoff, now) if _is_written(handoff) else _read(handoff, now)
    sees_secret = may_see_secret(handoff, user)
    contract = describe_contract(
        handoff, user, now, sections=content.sections, ticks=content.rows, snapshot=content.snapshot
    )
    if not sees_secret:  # a question to an entry that is not there any more may be about something Confidential
        contract = replace(contract, questions=tuple(one for one in contract.questions if not one.entry))
    sections = [_describe_section(one, content, contract.entries, sees_secret) for one in content.sections]
    known = {entry.key for section in content.sections for entry in section.entries}
    return HandoffPage(
        handoff=handoff,
        user=user,
        now=now,
        sections=tuple(section for section in sections if section.rows or section.hidden),
        nothing=tuple(section for section in sections if not section.rows and not section.hidden),
        ticks=content.ticks,
        orphans=tuple(note for key, note in content.notes.items() if key not in known) if sees_secret else (),
        words=content.words,
        contract=contract,
        windows=describe_windows(handoff),
        stages=describe_stages(handoff),
        may_write=handoff.is_editable and may_take_part(handoff, user),
        hidden=say_hidden(sum(section.hidden for section in sections)),
        problem=content.problem,
    )


def _is_written(handoff: Handoff) -> bool:
    return handoff.is_editable or not handoff.round


def _look_up(handoff: Handoff, now: dt.datetime) -> Content:
    scope = make_scope(handoff, now)
    sections = assemble(scope)
    rows = tuple(handoff.ticks.select_related("done_by", "note_by").order_by("position"))
    facts = describe_facts(sections, scope) if handoff.is_open else {}
    return Content(
        sections=sections,
        ticks=tuple(make_tick(row, facts.get(row.facts)) for row in rows),
        notes={row.entry: make_note(row) for row in _find_notes(handoff)},
        words=_take_words(handoff),
        rows=rows,
    )


def _find_notes(handoff: Handoff) -> Iterable[EntryNote]:
    return handoff.entry_notes.select_related("by").order_by("pk")


def _read(handoff: Handoff, now: dt.datetime) -> Content:
    """From the newest snapshot; one that can't be read leaves the page with a sentence instead."""
    reading = read_handoff(handoff, now)
    content = reading.content
    if content is None:
        return Content((), (), {}, _take_words(handoff), reading.problem, reading.snapshot)
    return Content(
        sections=content.sections,
        ticks=tuple(make_tick(one) for one in content.ticks),
        notes={one.entry: make_note(one) for one in content.entry_notes},
        words=_take_words(content),
        snapshot=reading.snapshot,
    )


def _take_words(source: Handoff | SnapshotContent) -> dict[str, str]:
    return {"summary": source.summary, "urgent": source.urgent, "context": source.context}


def _describe_section(
    section: Filled, content: Content, contracts: Mapping[str, EntryContract], sees_secret: bool
) -> SectionView:
    shown = [entry for entry in section.entries if sees_secret or not entry.secret]
    rows = tuple(
        EntryRow(entry, make_anchor(entry.key), content.notes.get(entry.key), contracts.get(entry.key))
        for entry in shown
    )
    return SectionView(section.key, section.title, section.source, rows, len(section.entries) - len(shown))
