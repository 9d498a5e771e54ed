"""What a handoff says, as bytes that can be signed; and such bytes read again.

The bytes are canonical JSON: keys sorted, no spaces, UTF-8, moments in ISO 8601 and UTC. The same content gives the same
bytes, so that a digest of them says whether anything changed. (The idea is that of RFC 8785; there are no numbers here but
whole ones.)
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import Any

from accounts.models import User
from handoffs.errors import Unreadable
from handoffs.models import Handoff, Snapshot
from handoffs.sections import Filled, assemble, make_scope
from handoffs.services.snapshot_content import FORMAT, SnapshotContent

__all__ = ["SnapshotContent", "make_content", "print_canonical", "read_content"]


def make_content(handoff: Handoff, now: dt.datetime, *, sections: Iterable[Filled] | None = None) -> str:
    """Everything the page of a handoff says at that moment, Confidential entries included.

    The handoff's team, rotation and people are loaded. `sections` spares the look-up where they are at hand.
    """
    found = assemble(make_scope(handoff, now)) if sections is None else sections
    return print_canonical(
        {
            "format": FORMAT,
            "handoff": handoff.pk,
            "round": handoff.round + 1,
            "made_at": _say(now),
            "is_quiet": handoff.is_quiet,
            "team": {"name": handoff.team.name, "time_zone": handoff.team.time_zone},
            "rotation": handoff.rotation.name,
            "people": {
                "outgoing": _describe_person(handoff.outgoing),
                "incoming": _describe_person(handoff.incoming),
                "backup": _describe_person(handoff.backup),
            },
            "window": {
                name: _say(getattr(handoff, name))
                for name in ("since", "shift_starts_at", "shift_ends_at", "changes_at", "next_ends_at")
            },
            "words": {name: getattr(handoff, name) for name in ("summary", "urgent", "context")},
            "sections": [section.to_dict() for section in found],
            "ticks": _describe_ticks(handoff),
            "entry_notes": _describe_entry_notes(handoff),
            "questions": _describe_questions(handoff),
        }
    )


def print_canonical(value: Any) -> str:
    """The one way to write this value down."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def read_content(snapshot: Snapshot) -> SnapshotContent:
    """What the snapshot says. Raises Unreadable, with a sentence for people, for what can't be read."""
    try:
        data = json.loads(snapshot.content)
        version = data["format"]
        if isinstance(version, int) and version > FORMAT:
            raise Unreadable(
                f"Snapshot {snapshot.number} was written by a newer portal (format {version}; this one reads {FORMAT}). "
                "Update the portal to read it. Nothing of it is lost."
            )
        return SnapshotContent.from_dict(data)
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as fault:
        raise Unreadable(f"Snapshot {snapshot.number} can't be read. What is stored is not what was signed.") from fault


def _say(at: dt.datetime | None) -> str | None:
    return None if at is None else at.astimezone(dt.UTC).isoformat()


def _describe_person(person: User | None) -> dict[str, Any] | None:
    return None if person is None else {"id": person.pk, "name": str(person), "time_zone": person.time_zone}


def _name(person: User | None) -> str:
    return "" if person is None else str(person)


def _describe_ticks(handoff: Handoff) -> Sequence[dict[str, Any]]:
    return [
        {
            "position": tick.position,
            "text": tick.text,
            "facts": tick.facts,
            "is_required": tick.is_required,
            "done_by": _name(tick.done_by),
            "done_at": _say(tick.done_at),
            "note": tick.note,
            "note_by": _name(tick.note_by),
        }
        for tick in handoff.ticks.select_related("done_by", "note_by").order_by("position")
    ]


def _describe_entry_notes(handoff: Handoff) -> Sequence[dict[str, Any]]:
    return [
        {
            "entry": note.entry,
            "tried": note.tried,
            "stuck": note.stuck,
            "next_step": note.next_step,
            "by": _name(note.by),
            "at": _say(note.at),
        }
        for note in handoff.entry_notes.select_related("by").order_by("pk")
    ]


def _describe_questions(handoff: Handoff) -> Sequence[dict[str, Any]]:
    return [
        {
            "entry": question.entry,
            "text": question.text,
            "asked_by": _name(question.asked_by),
            "asked_at": _say(question.asked_at),
            "answer": question.answer,
            "answered_by": _name(question.answered_by),
            "answered_at": _say(question.answered_at),
        }
        for question in handoff.questions.select_related("asked_by", "answered_by").order_by("pk")
    ]
