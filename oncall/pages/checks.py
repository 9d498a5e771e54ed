"""What was looked at before a shift, for the page of a rotation and for the person's own shifts.

Both take `oncall/_shift_checks.html`: `{% include "oncall/_shift_checks.html" with checks=checks %}`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.db.models.query import QuerySet

from accounts.models import User
from oncall.models import Rotation, ShiftCheck
from oncall.services.reach import load_last_answered

MOST = 10


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """A check, and when its person last confirmed a test: perhaps since."""

    check: ShiftCheck
    answered_at: dt.datetime | None

    @property
    def is_answered_since(self) -> bool:
        return self.answered_at is not None and self.answered_at > self.check.checked_at


def describe_checks(rotation: Rotation) -> list[ShownCheck]:
    """The newest check of each layer in use, by rank; two queries."""
    checks = ShiftCheck.objects.filter(layer__rotation=rotation, layer__ended_at__isnull=True)
    newest = checks.order_by("layer__rank", "layer_id", "-shift_starts_at", "-pk").distinct("layer__rank", "layer_id")
    return _show(newest)


def describe_checks_of(person: User, now: dt.datetime) -> list[ShownCheck]:
    """The checks of the shifts that a person has before them, soonest first; two queries."""
    checks = ShiftCheck.objects.filter(person=person, shift_starts_at__gt=now, layer__ended_at__isnull=True)
    return _show(checks.order_by("shift_starts_at", "pk"))


def _show(checks: QuerySet[ShiftCheck]) -> list[ShownCheck]:
    found = list(checks.select_related("layer__rotation__team", "person")[:MOST])
    answered = load_last_answered({check.person for check in found}) if found else {}
    return [ShownCheck(check, answered.get(check.person_id)) for check in found]
