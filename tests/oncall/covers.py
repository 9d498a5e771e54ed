"""What the tests of covers share: moments of 2026, and asking who is on call."""

import datetime as dt

from oncall.models import Notification, Override
from oncall.schedule import load_schedule

UTC = dt.UTC


def at(month, day, hour=9, minute=0):
    """A moment of 2026 in UTC, which is Lisbon's clock in winter."""
    return dt.datetime(2026, month, day, hour, minute, tzinfo=UTC)


def on_call(layer, moment):
    """Who is on call in the layer; None for nobody."""
    found = load_schedule(layer.rotation, moment, moment).layers
    shift = next(s for s in found if s.layer.pk == layer.pk).on_call(moment)
    return shift.person if shift else None


def in_force(layer):
    """The overrides in force: who, from when, until when."""
    rows = Override.objects.in_force().filter(layer=layer)
    return [(row.person.display_name, row.during.lower, row.during.upper) for row in rows]


def told(person):
    """The causes of which a person was told, oldest first."""
    return [row.key.split(":")[0] for row in Notification.objects.filter(person=person).order_by("pk")]
