"""Acceptances that go on into the next round: of entries that say, byte for byte, what was accepted before."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from handoffs.errors import Unreadable
from handoffs.models import Handoff, ItemAcceptance, Snapshot
from handoffs.services.snapshot_content import SnapshotContent
from handoffs.services.snapshots import print_canonical, read_content


def carry_acceptances(handoff: Handoff, snapshot: Snapshot) -> int:
    """Write those of the round before again for this snapshot, with the moment they were made. How many.

    Only the incoming person's own count. Nothing is carried from a snapshot that is not what was signed.
    """
    before = handoff.snapshots.filter(number=snapshot.number - 1).first()
    if before is None or not before.is_intact:
        return 0
    accepted = before.acceptances.filter(by=handoff.incoming_id)
    same = find_unchanged(before, snapshot)
    rows = [
        ItemAcceptance(handoff=handoff, snapshot=snapshot, entry=row.entry, by=handoff.incoming, at=row.at)
        for row in accepted
        if row.entry in same
    ]
    return len(ItemAcceptance.objects.bulk_create(rows))


def find_unchanged(before: Snapshot, after: Snapshot) -> set[str]:
    """Keys of the entries that say the same in both, the notes to them included."""
    try:
        old, new = _print_entries(read_content(before)), _print_entries(read_content(after))
    except Unreadable:
        return set()
    return {key for key, text in new.items() if old.get(key) == text}


def _print_entries(content: SnapshotContent) -> dict[str, str]:
    """Everything that is said of an entry, by its key; one that stands in several sections is all of them together."""
    said: dict[str, list[Any]] = {}
    for section in content.sections:
        for entry in section.entries:
            said.setdefault(entry.key, []).append([section.key, entry.to_dict()])
    for note in content.entry_notes:
        said.setdefault(note.entry, []).append({**asdict(note), "at": note.at and note.at.isoformat()})
    return {key: print_canonical(value) for key, value in said.items() if key in content.titles}
