"""People whom runbooks name and who have left, and escalation paths that call somebody who has."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.core.cache import cache
from django.db.models import Count, F, QuerySet, Sum

from accounts.models import User
from oncall.calling import CallList, who_would_be_called_by
from oncall.calling.nobody import make_nobody
from oncall.models import EscalationPath, OncallChange, Service
from runbooks.models import Evidence, Runbook, Status
from runbooks.people_found import Directory, load_directory, match, people_in
from runbooks.people_found.mentions import read_structures, team_of
from runbooks.services.noticing.states import Wrong, keep_up

CHUNK = 200  # runbooks whose structures are in memory together
PATHS = 100
LOOKED_AT = "runbooks:departed"  # in the cache: what the last look was at; without it, it is looked again
KEPT_SECONDS = 60 * 60 * 24


def notice_departed(now: dt.datetime, *, again: bool = False) -> int:
    """Notice for each runbook in use whom it names and who has left, and that its escalation calls nobody who is there.

    What was put right is settled. How many were noticed; nothing is looked at while neither on-call nor any runbook has
    changed since the last look, unless `again`. Memory stays the same however many there are.
    """
    mark = _find_mark()
    if not again and cache.get(LOOKED_AT) == mark:
        return 0
    directory, broken = load_directory(), dict(_find_broken(now))
    count = sum(_look_at(chunk, directory, broken, now) for chunk in _walk())
    cache.set(LOOKED_AT, mark, KEPT_SECONDS)
    return count


def _find_mark() -> str:
    """Changes with everything that may change the answer: on-call, runbooks, services, and who may log in."""
    number = OncallChange.objects.values_list("number", flat=True).first()
    newest = [
        model.objects.order_by("-updated_at").values_list("pk", "updated_at").first() for model in (Runbook, Service)
    ]
    gone = User.objects.filter(is_active=False).aggregate(count=Count("pk"), sum=Sum("pk"))
    return repr((number, newest, sorted(gone.items())))


def _walk() -> Iterator[list[int]]:
    last = 0
    in_use = _in_use().order_by("pk").values_list("pk", flat=True)
    while chunk := list(in_use.filter(pk__gt=last)[:CHUNK]):
        yield chunk
        last = chunk[-1]


def _in_use() -> QuerySet[Runbook]:
    return Runbook.objects.in_use().filter(shown_version__status=Status.ACTIVE)


def _look_at(chunk: list[int], directory: Directory, broken: dict[int, str], now: dt.datetime) -> int:
    gone: list[Wrong] = []
    unreached: list[Wrong] = []
    rows = _in_use().filter(pk__in=chunk).annotate(path=F("service__escalation_path"))
    for runbook, document in read_structures(rows):
        gone += _find_gone(runbook, document, directory)
        path = vars(runbook)["path"]
        if path in broken and document["escalations"]:
            url = f"{runbook.get_absolute_url()}escalation/"
            unreached.append(Wrong(runbook.pk, f"escalation:{runbook.pk}:path:{path}", broken[path], url))
    noticed = keep_up(Evidence.Kind.CONTACT, chunk, gone, now)
    return noticed + keep_up(Evidence.Kind.ESCALATION, chunk, unreached, now)


def _find_gone(runbook: Runbook, document: dict[str, Any], directory: Directory) -> Iterator[Wrong]:
    url, team = f"{runbook.get_absolute_url()}people/", team_of(runbook)
    for named in people_in(document):
        entry = match(named, directory, team).entry
        if entry is not None and entry.has_left:
            name = f"contact:{runbook.pk}:{entry.what}:{entry.pk}"
            yield Wrong(runbook.pk, name, f"{entry.name} has left, and the text names them in line {named.line}.", url)


def _find_broken(now: dt.datetime) -> Iterator[tuple[int, str]]:
    """Paths that services follow and that are wrong whatever the hour, with what is wrong. A gap in a rotation is none."""
    used = EscalationPath.objects.filter(services__isnull=False).distinct().order_by("pk").values_list("pk", flat=True)
    ids = list(used)
    reader = make_nobody(sees_personal=False)
    for start in range(0, len(ids), PATHS):
        paths = EscalationPath.objects.for_ladder().filter(pk__in=ids[start : start + PATHS])
        for pk, called in who_would_be_called_by(paths, now, reader).items():
            if text := _say_broken(called):
                yield pk, text


def _say_broken(called: CallList) -> str:
    left = next((problem.text for problem in called.problems if problem.code in ("no-levels", "left")), "")
    if left:
        return f"{called.path}: {left}"
    is_empty = not any(level.reaches_somebody or level.holes for level in called.levels)
    return f"{called.path}: no level of it reaches anybody." if is_empty else ""
