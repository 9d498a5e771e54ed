"""Triggers that several tables of a handoff share."""

from __future__ import annotations

import pgtrigger

CHANGES = pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete


def count_revision() -> pgtrigger.Trigger:
    """For rows that belong to a handoff: each change counts its `revision` up, which is what open pages poll for."""
    return pgtrigger.Trigger(
        name="count_handoff",
        when=pgtrigger.After,
        operation=CHANGES,
        func="""
            UPDATE handoffs_handoff SET id = id WHERE id = COALESCE(NEW.handoff_id, OLD.handoff_id);
            RETURN NULL;
        """,
    )


def frozen_outside(*states: str) -> pgtrigger.Trigger:
    """For rows that belong to a handoff: they change only while it is in one of these states."""
    allowed = ", ".join(f"'{state}'" for state in states)
    return pgtrigger.Trigger(
        name="frozen",
        when=pgtrigger.Before,
        operation=CHANGES,
        declare=[("its_state", "text")],
        func=f"""
            SELECT state INTO its_state FROM handoffs_handoff WHERE id = COALESCE(NEW.handoff_id, OLD.handoff_id) FOR SHARE;
            IF its_state IS NOT NULL AND its_state NOT IN ({allowed}) THEN
                RAISE EXCEPTION 'pgtrigger: the handoff is %, and this is fixed', its_state;
            END IF;
            RETURN COALESCE(NEW, OLD);
        """,
    )


def final() -> pgtrigger.Trigger:
    """For rows that nobody ever changes or deletes."""
    return pgtrigger.Protect(name="is_final", operation=pgtrigger.Update | pgtrigger.Delete)
