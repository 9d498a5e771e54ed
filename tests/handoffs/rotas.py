"""What tests of changes of shift share: people, a rotation loaded, moments on a wall's clock."""

import datetime as dt
import zoneinfo

from handoffs.services.changes import AFTER, BEFORE, find_changes
from oncall.models import Override, Rotation
from oncall.schedule import load_schedules
from oncall.services.covering import to_range
from tests.factories import NOW

DAYS = list(range(7))


def at(text, zone="Europe/Lisbon"):
    """The instant at which a clock in the zone shows it: `2026-11-23 09:00`."""
    return dt.datetime.fromisoformat(text).replace(tzinfo=zoneinfo.ZoneInfo(zone)).astimezone(dt.UTC)


def find_between(rotation, start, end):
    """The changes whose outgoing turn ends in that time."""
    schedules = load_schedules(Rotation.objects.filter(pk=rotation.pk), start - BEFORE, end + AFTER)
    return [change for _, change in find_changes(schedules, start, end)]


def say(changes, zone="Europe/Lisbon"):
    """Who to whom, and when, as short words."""
    clock = zoneinfo.ZoneInfo(zone)
    return [f"{one.outgoing}>{one.incoming} {one.changes_at.astimezone(clock):%a %d %H:%M}" for one in changes]


def cover(layer, person, start, end):
    """Somebody stands in."""
    return Override.objects.create(layer=layer, person=person, during=to_range((start, end)), created_at=NOW)
