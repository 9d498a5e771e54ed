"""What the pages of escalation paths print."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Mapping
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, Q

from accounts.models import User
from oncall.calling import CallList, who_would_be_called_by
from oncall.models import EscalationPath, Service

PAGE_SIZE = 50


def list_paths(reader: User, query: Mapping[str, str], now: dt.datetime) -> dict[str, Any]:
    """One page of paths, each with whom it calls first at this moment and what is wrong, in a fixed number of queries.

    `query` may hold words of the path's or its team's name (`q`), and the number of the `page`.
    """
    words = " ".join(query.get("q", "").replace("\x00", "").split())[:200]
    known = Service.objects.visible_to(reader)
    following = Count("services", filter=Q(services__in=known), distinct=True)
    paths = EscalationPath.objects.for_ladder().annotate(following=following).order_by("name", "pk")
    if words:
        paths = paths.filter(Q(name__icontains=words) | Q(team__name__icontains=words))
    page = Paginator(paths, PAGE_SIZE).get_page(query.get("page"))
    shown = list(page.object_list)
    lists = who_would_be_called_by(shown, now, reader)
    rows = [{"path": path, "calls": lists[path.pk], "first": _say_first(lists[path.pk])} for path in shown]
    return {"paths": rows, "page": page, "q": words, "can_search": words or page.paginator.num_pages > 1}


def _say_first(calls: CallList) -> str:
    """Who is called first: one name, or the first level's several."""
    if not calls.levels:
        return ""
    names = [call.callee.name for call in calls.levels[0].calls if call.callee.is_somebody]
    return ", ".join(names[:3])


def describe_path_page(path: EscalationPath, at: dt.datetime, reader: User, *, now: dt.datetime) -> dict[str, Any]:
    """One path at one moment: the ladder, its problems, and the services that follow it as far as the reader may know."""
    calls = who_would_be_called_by([path], at, reader, now=now)[path.pk]
    may_choose = reader.has_perm("oncall.change_service")
    visible = Service.objects.visible_to(reader).order_by("name").select_related("escalation_path")
    services = list(visible if may_choose else visible.filter(escalation_path=path))
    return {
        "path": path,
        "calls": calls,
        "at": at,
        "team_zone": find_other_zone(path, reader, at),
        "services": [service for service in services if service.escalation_path_id == path.pk],
        "others": [service for service in services if service.escalation_path_id != path.pk] if may_choose else [],
        "may_choose": may_choose,
    }


def find_other_zone(path: EscalationPath, reader: User, at: dt.datetime) -> zoneinfo.ZoneInfo | None:
    """The zone of the path's team where its clock shows another time than the reader's at that moment."""
    if path.team is None:
        return None
    zone = zoneinfo.ZoneInfo(path.team.time_zone)
    own = zoneinfo.ZoneInfo(reader.time_zone)
    return zone if at.astimezone(zone).utcoffset() != at.astimezone(own).utcoffset() else None
