"""The front page: what needs attention at this moment."""

import datetime as dt

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone

from accounts.http import Request
from accounts.models import User
from handoffs.pages.front import describe_front_handoffs
from incidents.pages.escalation_front import list_unanswered
from incidents.pages.front import list_open
from incidents.pages.maintenance import describe_maintenance
from incidents.pages.run_front import describe_front_runs
from incidents.pages.watch import describe_front_watch
from oncall.models import Service
from oncall.pages.front import describe_front
from runbooks.lists import count_runbooks
from runbooks.models import Runbook, RunbookVersion
from runbooks.review_pages.mine import describe_mine
from runbooks.routine_pages.panels import describe_front_tasks


def show_now(request: Request) -> HttpResponse:
    """Open incidents, who is on call for the reader's teams, reviews due, versions on their way, what changed."""
    now = timezone.localtime()
    context = {
        "now": now,
        "oncall": describe_front(request.user, now),
        **_collect_incidents(request.user, now),
        **_collect(request.user, now.date()),
    }
    return render(request, "portal/now.html", context)


def _collect_incidents(user: User, now: dt.datetime) -> dict[str, object]:
    """What goes on now: each of these is one or two queries."""
    return {
        "unanswered": list_unanswered(user),
        "open_incidents": list_open(user, now),
        "front_runs": describe_front_runs(user),
        "maintenance": describe_maintenance(None, user, now),
        "watch": describe_front_watch(user, now),
        "front_handoffs": describe_front_handoffs(user, now),
        "routine": describe_front_tasks(user, now),
    }


def _collect(user: User, today: dt.date) -> dict[str, object]:
    runbooks = Runbook.objects.visible_to(user).shown()
    versions = RunbookVersion.objects.visible_to(user).light()
    return {
        "mine": describe_mine(user, today),
        "in_review": versions.filter(status__in=["review", "approved"]).order_by("status_changed_at")[:8],
        "my_drafts": versions.filter(status="draft", author=user).order_by("-status_changed_at")[:5],
        "recent": versions.filter(activated_at__isnull=False).order_by("-activated_at")[:8],
        "services": Service.objects.for_list(user)[:8],
        "counts": count_runbooks(user),
        "is_empty": not runbooks.exists(),
    }
