"""Triggers that tables of several apps have."""

from __future__ import annotations

import pgtrigger


def count_own_revision(name: str = "count_revision") -> pgtrigger.Trigger:
    """Each update of a row counts its `revision` up: what open pages poll for."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func="NEW.revision = OLD.revision + 1; RETURN NEW;",
    )
