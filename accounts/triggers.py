"""Triggers that tables of several apps have."""

from __future__ import annotations

from collections.abc import Iterable
from functools import reduce
from operator import or_

import pgtrigger


def count_own_revision(name: str = "count_revision") -> pgtrigger.Trigger:
    """Each update of a row counts its `revision` up: what open pages poll for."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Update,
        func="NEW.revision = OLD.revision + 1; RETURN NEW;",
    )


def any_change(fields: Iterable[str]) -> pgtrigger.Q:
    """The trigger condition that one of the fields gets another value."""
    return reduce(or_, (pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in fields))
