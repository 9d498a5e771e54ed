"""`/r/<alert name>`: from an alert on the phone to the section that says what to do."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from accounts.http import Request
from accounts.models import User
from accounts.roles import EDITOR
from oncall.models import Service
from runbooks.alert_links import MOST_FOLDERS, AlertName, add_labels, find_answers
from runbooks.models import SearchEntry, UnansweredQuestion
from runbooks.search import search
from runbooks.search.unanswered import count_unanswered

NEAREST = 5
EDITORS = 3
LONGEST_TITLE = 200


@require_safe
@cache_control(no_store=True)
def open_alert(request: Request, name: str = "") -> HttpResponse:
    """To the place that answers the alert; a short choice where several do; 404 with what comes near where none does.

    The query holds the alert's labels and goes along. Never cached: tomorrow another page may answer.
    """
    alert = AlertName.parse(name)
    found = find_answers(request.user, alert, _named_services(request))
    labels = request.GET.urlencode()
    if len(found.answers) == 1:
        return HttpResponseRedirect(found.answers[0].address(labels))
    context: dict[str, Any] = {"alert": alert}
    if found.answers:
        context["choices"] = [(answer, answer.address(labels)) for answer in found.answers]
        context["is_between_services"] = len({answer.runbook.service_id for answer in found.answers}) > 1
        return render(request, "runbooks/alert_choice.html", context)
    context["drafts"] = [(answer, answer.address(labels)) for answer in found.drafts]
    if alert.whole:
        context |= _help_on(request, alert, labels)
        _count(request, alert)
    return render(request, "runbooks/alert_unknown.html", context, status=404)


def _count(request: Request, alert: AlertName) -> None:
    """Counted whoever asks, also where a page answers that this person may not see: the count must not tell of it.

    A HEAD is a machine that tries a link, and asks nothing.
    """
    if request.method == "GET":
        count_unanswered(alert.short, UnansweredQuestion.Kind.ALERT, timezone.now())


def _help_on(request: Request, alert: AlertName, labels: str) -> dict[str, Any]:
    """What comes near, and how a runbook for it is begun, or by whom."""
    service = _find_service(request, alert)
    can_start = request.user.has_perm("runbooks.add_runbook")
    title = alert.short[:LONGEST_TITLE]
    stub = {"template": "alert", "alert": title, "title": title} | ({"service": service.slug} if service else {})
    hits = sorted(search(request.user, alert.short).hits, key=lambda hit: hit.kind != SearchEntry.Kind.ALERT)[:NEAREST]
    return {
        "nearest": [(hit, add_labels(hit.url, labels)) for hit in hits],
        "service": service,
        "can_start": can_start,
        "stub": urlencode(stub),
        "editors": [] if can_start else User.objects.filter(is_active=True, groups__name=EDITOR)[:EDITORS],
    }


def _named_services(request: Request) -> list[str]:
    return [name for name in request.GET.getlist("service")[:MOST_FOLDERS] if "\x00" not in name]


def _find_service(request: Request, alert: AlertName) -> Service | None:
    """The service that the alert names, as a label or as a folder: the stub is for it, its team can be asked."""
    slugs = [word.lower() for word in (*_named_services(request), *alert.folders)]
    return Service.objects.visible_to(request.user).select_related("team").filter(slug__in=slugs).first()
