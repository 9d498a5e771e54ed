"""Quiet hours: by a person's own clock, across midnight and changes of daylight-saving time."""

from __future__ import annotations

import datetime as dt
import zoneinfo

from oncall.models import Kind, QuietHours
from oncall.rota.clock import to_utc, to_wall

LOUD_KINDS = frozenset({Kind.PAGE, Kind.TEST})  # what quiet hours never hold back


def find_end_of_quiet(hours: QuietHours, now: dt.datetime, zone: zoneinfo.ZoneInfo) -> dt.datetime:
    """The instant at which the quiet hours around `now` end, in UTC; `now` itself outside of them.

    A time that the zone skips means the instant of the jump; one that it shows twice means the first.
    """
    across_midnight = hours.ends_at <= hours.starts_at
    today = to_wall(now, zone).date()
    for day in (today - dt.timedelta(days=1), today):
        last_day = day + dt.timedelta(days=1) if across_midnight else day
        start = to_utc(dt.datetime.combine(day, hours.starts_at), zone)
        end = to_utc(dt.datetime.combine(last_day, hours.ends_at), zone)
        if start <= now < end:
            return end
    return now
