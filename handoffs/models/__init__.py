"""Shift handoffs: what is handed over, by whom to whom, and that both signed it."""

from handoffs.models.checklist import Checklist, ChecklistItem, Facts
from handoffs.models.contract import ItemAcceptance, Signature, Snapshot
from handoffs.models.event import EventKind, HandoffEvent
from handoffs.models.handoff import EDITABLE, OPEN, Handoff, OpeningSweep, Policy, State
from handoffs.models.words import Addendum, EntryNote, Question, Tick

__all__ = [
    "EDITABLE",
    "OPEN",
    "Addendum",
    "Checklist",
    "ChecklistItem",
    "EntryNote",
    "EventKind",
    "Facts",
    "Handoff",
    "HandoffEvent",
    "ItemAcceptance",
    "OpeningSweep",
    "Policy",
    "Question",
    "Signature",
    "Snapshot",
    "State",
    "Tick",
]
