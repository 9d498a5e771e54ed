"""What people write into a handoff while it is being written: ticks, words, and notes to its entries."""

from handoffs.services.writing.meeting import Written
from handoffs.services.writing.notes import write_entry_note
from handoffs.services.writing.ticks import note_tick, tick
from handoffs.services.writing.words import WORDS, write_words

__all__ = ["WORDS", "Written", "note_tick", "tick", "write_entry_note", "write_words"]
