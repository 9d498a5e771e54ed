"""A handoff outside the portal: JSON for programs, Markdown for people. Times are UTC, ISO 8601."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from accounts.models import User
from handoffs.errors import Unreadable
from handoffs.models import Handoff, Snapshot
from handoffs.services.contract import check_snapshots
from handoffs.services.reading import find_snapshot
from handoffs.services.secrecy import may_see_secret
from handoffs.services.snapshots import make_content, read_content
from incidents.pages.exports import say_utc

FORMAT = 1  # counted up when a field changes its meaning or goes; new fields may come at any time


@dataclass(frozen=True, slots=True)
class Hidden:
    """Keys of the entries that this reader is not shown. What others wrote to such an entry is kept from them too."""

    keys: frozenset[str]

    def keeps(self, entry: str) -> bool:
        return entry not in self.keys


def describe_export(handoff: Handoff, user: User, now: dt.datetime) -> dict[str, Any]:
    """A handoff whose team, rotation and people are loaded, as this person may see it, ready for JSON; twelve queries or
    so while it is written (as many as its sections ask), seven once it was submitted.

    `content` is what it says: looked up this moment where `is_live`, else what was submitted, under the names of the
    snapshot; null where that can't be read. `hidden` counts the Confidential entries that were left out of it. `snapshots`
    say, for each round, the digest that was signed, the digest of what is stored now, and whether they agree: SHA-256, in
    hexadecimal, of the UTF-8 bytes of `content` with sorted keys and no spaces. `signatures`, `acceptances`, `questions`
    and `addenda` are as of now.
    """
    snapshot = find_snapshot(handoff)
    content = _load_content(handoff, snapshot, now)
    hidden = find_hidden(handoff, user, content)
    return {
        "format": FORMAT,
        "id": handoff.pk,
        "url": handoff.get_absolute_url(),
        "state": handoff.state,
        "team": handoff.team.slug,
        "rotation": handoff.rotation.slug,
        "opened_at": say_utc(handoff.opened_at),
        "submitted_at": say_utc(handoff.submitted_at),
        "accepted_at": say_utc(handoff.accepted_at),
        "lapse_reason": handoff.lapse_reason,
        "proof": handoff.proof,
        "is_live": snapshot is None,
        "content": _leave_out(content, hidden) if content else None,
        "hidden": len(hidden.keys),
        "snapshots": _describe_snapshots(handoff),
        "signatures": _describe_signatures(handoff),
        "acceptances": _describe_acceptances(handoff, hidden),
        "questions": _describe_questions(handoff, hidden),
        "addenda": _describe_addenda(handoff),
    }


def find_hidden(handoff: Handoff, user: User, content: dict[str, Any] | None) -> Hidden:
    """What of the content this person is not shown."""
    if content is None or may_see_secret(handoff, user):
        return Hidden(frozenset())
    entries = [entry for section in content["sections"] for entry in section["entries"]]
    return Hidden(frozenset(entry["key"] for entry in entries if entry["secret"]))


def _load_content(handoff: Handoff, snapshot: Snapshot | None, now: dt.datetime) -> dict[str, Any] | None:
    """What it says, as plain values; None for a snapshot that can't be read any more."""
    if snapshot is not None:
        try:
            read_content(snapshot)
        except Unreadable:
            return None
    content: dict[str, Any] = json.loads(make_content(handoff, now) if snapshot is None else snapshot.content)
    return content


def _leave_out(content: dict[str, Any], hidden: Hidden) -> dict[str, Any]:
    """The content without what stands in `hidden`; the very same where nothing does, so that its digest can be computed."""
    if not hidden.keys:
        return content
    sections = [
        section | {"entries": [entry for entry in section["entries"] if hidden.keeps(entry["key"])]}
        for section in content["sections"]
    ]
    kept = {name: [row for row in content[name] if hidden.keeps(row["entry"])] for name in ("entry_notes", "questions")}
    return content | {"sections": sections} | kept


def _describe_snapshots(handoff: Handoff) -> list[dict[str, Any]]:
    return [
        {
            "number": check.snapshot.number,
            "made_at": say_utc(check.snapshot.made_at),
            "sha256": check.snapshot.sha256,
            "computed": check.computed,
            "is_intact": check.is_intact,
        }
        for check in check_snapshots(handoff)
    ]


def _describe_signatures(handoff: Handoff) -> list[dict[str, Any]]:
    return [
        {
            "side": signature.side,
            "name": signature.name,
            "statement": signature.statement,
            "snapshot": signature.snapshot.number,
            "sha256": signature.sha256,
            "at": say_utc(signature.at),
        }
        for signature in handoff.signatures.select_related("snapshot").order_by("pk")
    ]


def _describe_acceptances(handoff: Handoff, hidden: Hidden) -> list[dict[str, Any]]:
    rows = handoff.acceptances.filter(snapshot__number=handoff.round).select_related("by").order_by("pk")
    return [{"entry": row.entry, "by": str(row.by), "at": say_utc(row.at)} for row in rows if hidden.keeps(row.entry)]


def _describe_questions(handoff: Handoff, hidden: Hidden) -> list[dict[str, Any]]:
    rows = handoff.questions.select_related("asked_by", "answered_by").order_by("pk")
    return [
        {
            "entry": row.entry,
            "text": row.text,
            "asked_by": str(row.asked_by),
            "asked_at": say_utc(row.asked_at),
            "answer": row.answer,
            "answered_by": str(row.answered_by) if row.answered_by else None,
            "answered_at": say_utc(row.answered_at),
        }
        for row in rows
        if hidden.keeps(row.entry)
    ]


def _describe_addenda(handoff: Handoff) -> list[dict[str, Any]]:
    rows = handoff.addenda.select_related("by").order_by("pk")
    return [{"markdown": row.markdown, "by": str(row.by), "at": say_utc(row.at)} for row in rows]
