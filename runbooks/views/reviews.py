"""Reviews: the queue, a runbook's review with its three answers, and what can be done about answers given."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.http import Request
from accounts.models import Team
from runbooks.errors import NotAllowed, Refused
from runbooks.models import Review, ReviewTask, Runbook, RunbookVersion
from runbooks.review_pages.page import ReviewPage
from runbooks.review_pages.queue import ReviewQueue
from runbooks.services import reviews
from runbooks.views.common import get_runbook
from runbooks.views.review_answers import ANSWERS, find_next


@require_safe
def show_queue(request: Request) -> HttpResponse:
    """What waits, by team, owner, service and state; what the address says otherwise is ignored."""
    queue = ReviewQueue(request.user, request.GET, timezone.now(), timezone.localdate())
    return render(request, "reviews/queue.html", queue.context())


def review_runbook(request: Request, service: str, slug: str) -> HttpResponse:
    """The text with what changed around it; a POST is one of the three answers."""
    runbook = get_runbook(request.user, service, slug)
    page = ReviewPage(runbook, _get_shown(runbook), request.user, timezone.now(), timezone.localdate())
    page.open_section(request.GET.get("section", ""))
    if request.method != "POST":
        return render(request, "reviews/review.html", page.context())
    if not request.user.has_perm("runbooks.add_review"):
        raise PermissionDenied("You may not review runbooks. Ask an administrator for the role that may.")
    give = ANSWERS.get(request.POST.get("answer", ""))
    if give is None:
        messages.error(request, "Choose one of the three answers.")
        return redirect("runbooks:review", service, slug)
    return give(request, page)


@require_POST
def take_back(request: Request, pk: int) -> HttpResponse:
    """An answer that was given by mistake stands as that."""
    review = get_object_or_404(Review.objects.visible_to(request.user).select_related("runbook__service"), pk=pk)
    try:
        taken = reviews.take_back_review(review, user=request.user, now=timezone.now())
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        dates = "keeps the days that somebody has set since" if taken.kept_dates else "waits for its review as before"
        messages.success(request, f"Taken back. {review.runbook} {dates}.")
    return _go_back(request, review.runbook)


@require_POST
def finish_task(request: Request, pk: int) -> HttpResponse:
    """What a review left to do is done."""
    tasks = ReviewTask.objects.visible_to(request.user).select_related("runbook__service")
    task = get_object_or_404(tasks, pk=pk)
    try:
        reviews.finish_task(task, user=request.user, now=timezone.now())
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"Done: {task.text}")
    return _go_back(request, task.runbook)


@require_POST
def spread(request: Request) -> HttpResponse:
    """Runbooks of one team that fall together are spread over the time between two reviews."""
    team = get_object_or_404(Team, slug=request.POST.get("team", "").replace("\0", ""))
    try:
        moved = reviews.spread_team_reviews(team, timezone.localdate(), user=request.user)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = f"{moved} review{'s have' if moved != 1 else ' has'} another day now." if moved else "Nothing was moved."
        messages.success(request, said)
    return _go_back(request, None)


def _get_shown(runbook: Runbook) -> RunbookVersion:
    version = runbook.shown_version
    if version is None:
        raise Http404("Nothing has been written yet.")
    version.runbook = runbook
    return version


def _go_back(request: Request, runbook: Runbook | None) -> HttpResponse:
    """To the page the button stood on, where that is one of ours; else to the runbook's review, or the queue."""
    return redirect(find_next(request) or (f"{runbook.get_absolute_url()}review/" if runbook else "reviews:queue"))
