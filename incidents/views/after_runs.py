"""After a run, and beside it: the list, the summary, the draft of its runbook, and that a quiet one still goes on."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from accounts.http import Request
from accounts.models import User
from incidents.errors import NotAllowed, Refused
from incidents.models import Run
from incidents.pages.run_list import RunList
from incidents.pages.run_markdown import write_markdown
from incidents.pages.run_summary import RunSummary
from incidents.services.abandoned import keep_going
from incidents.services.drafting import draft_lessons
from incidents.services.run_review import confirm_by_run
from runbooks.errors import EditConflict
from runbooks.models import RunbookVersion
from runbooks.models.version import HEAVY
from runbooks.views.editing import show_merge


@require_GET
def list_runs(request: Request) -> HttpResponse:
    """Runs, those going on first."""
    return render(request, "incidents/runs.html", RunList(request.user, request.GET).context())


@require_GET
def summary(request: Request, pk: int) -> HttpResponse:
    """What came of a run; of one that goes on, what it came to so far."""
    found = RunSummary(_find(request.user, pk), request.user, timezone.now())
    return render(request, "incidents/run_summary.html", {"summary": found, "run": found.run})


@require_GET
def summary_markdown(request: Request, pk: int) -> HttpResponse:
    """The same as Markdown."""
    found = RunSummary(_find(request.user, pk), request.user, timezone.now())
    response = HttpResponse(write_markdown(found), content_type="text/markdown; charset=utf-8")
    response["Content-Disposition"] = f'inline; filename="run-{pk}.md"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_POST
def draft(request: Request, pk: int) -> HttpResponse:
    """Make the draft, or find the one that was made, and show what is different in it."""
    run = _find(request.user, pk)
    try:
        version = draft_lessons(run, user=request.user, now=timezone.now())
    except EditConflict as conflict:
        words = {"change_summary": f"From the run of {run.started_at:%Y-%m-%d}", "bump": "minor"}
        return show_merge(request, run.runbook, conflict, words)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("incidents:run_summary", pk)
    messages.success(request, f"Version {version.number} is a draft with what was otherwise in the run. Look it over.")
    return _show_difference(run, version)


@require_POST
def confirm(request: Request, pk: int) -> HttpResponse:
    """The run shows that the runbook is right: that is a review."""
    run = _find(request.user, pk)
    try:
        review = confirm_by_run(run, user=request.user, now=timezone.now())
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"That is a review. The next one is due on {review.due_after:%-d %B %Y}.")
    return redirect("incidents:run_summary", pk)


@require_POST
def go_on(request: Request, pk: int) -> HttpResponse:
    """A run that went quiet still goes on."""
    run = _find(request.user, pk)
    try:
        keep_going(run, user=request.user, now=timezone.now())
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(run)


def _find(user: User, pk: int) -> Run:
    """The run with what its pages name, or 404 when there is none that this person may know of."""
    runs = Run.objects.visible_to(user).select_related(
        "runbook__service", "incident", "started_by", "finished_by", "lessons_version"
    )
    return get_object_or_404(runs.defer(*(f"lessons_version__{name}" for name in HEAVY)), pk=pk)


def _show_difference(run: Run, version: RunbookVersion) -> HttpResponse:
    """The draft against the active version, else against the text that was run."""
    place = (run.runbook.service.slug, run.runbook.slug)
    others = run.runbook.versions.exclude(pk=version.pk).order_by()
    old = others.active().first() or others.filter(runs=run).first()
    if old is None:
        return redirect(version)
    return redirect("runbooks:diff", *place, (old.major, old.minor), (version.major, version.minor))
