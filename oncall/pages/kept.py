"""Who answers for a service, kept in the process for as long as it is sure to be true: for pages that are asked for often.

An answer holds for one number of `OncallChange`, until the next shift ends or the next full minute begins, whichever comes
first. Shifts, overrides and absences begin and end on full minutes, so a hand-over shows at once; what is not counted (a
person's name, a team's) is a minute late at most.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

from accounts.models import Team, User
from oncall.calling.nobody import make_nobody
from oncall.models import EscalationPath
from oncall.pages.service_oncall import ServiceOncall, describe_oncall

MOST = 2000  # answers; services are fewer
MINUTE = dt.timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class KeptOncall:
    """An answer with a key that is the same for the same content, and the instant up to which it holds."""

    oncall: ServiceOncall | None
    key: str
    until: dt.datetime


NOTHING = KeptOncall(None, "", dt.datetime.max.replace(tzinfo=dt.UTC))
_kept: dict[tuple[object, ...], KeptOncall] = {}


def get_oncall(path: int | None, team: int | None, number: int | None, reader: User, at: dt.datetime) -> KeptOncall:
    """What `describe_oncall` says of the path and team of these ids; `number` is `OncallChange`'s as it was just read.

    One answer is shared by all readers of the same zone who may see personal numbers, and one by those who may not: it is
    asked for in the name of nobody, so that nobody's own number gets into it. No query while it holds.
    """
    if path is None and team is None:
        return NOTHING
    sees_personal = reader.has_perm("oncall.view_personal_phone")
    place = (path, team, sees_personal, reader.time_zone)
    kept = _kept.get((number, *place))
    if kept is not None and kept.until > at:
        return kept
    kept = _ask(path, team, make_nobody(sees_personal=sees_personal, zone=reader.time_zone), at)
    if len(_kept) >= MOST:
        _kept.clear()
    _kept[number, *place] = kept
    return kept


def _ask(path: int | None, team: int | None, nobody: User, at: dt.datetime) -> KeptOncall:
    oncall = describe_oncall(
        EscalationPath.objects.for_ladder().filter(pk=path).first() if path else None,
        Team.objects.filter(pk=team).first() if team else None,
        at,
        nobody,
    )
    minute = at.replace(second=0, microsecond=0) + MINUTE
    until = min([minute, *(end for end in oncall.ends if end > at)]) if oncall else minute
    return KeptOncall(oncall, hashlib.sha256(repr(oncall).encode()).hexdigest()[:16], until)
