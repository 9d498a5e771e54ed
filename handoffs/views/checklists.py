"""Checklists of teams: read by everybody who reads handoffs, changed by editors and the team's leads."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.http import Request
from accounts.models import Team
from handoffs.errors import ListChanged, NotAllowed, Refused
from handoffs.forms.checklists import ChecklistForm, TakeForm
from handoffs.pages.checklists import describe_checklist, list_checklists, may_look
from handoffs.services.checklist_sources import find_lists, find_own_lists, find_runbooks, take_from_runbook
from handoffs.services.checklists import MOST_ITEMS, items_for, may_change, reset_items, save_items


@require_safe
def show_checklists(request: Request) -> HttpResponse:
    """Every team, with what its list is and who changed it."""
    _ask_to_look(request)
    return render(request, "handoffs/checklists.html", {"lines": list_checklists(request.user)})


def edit_checklist(request: Request, team: str) -> HttpResponse:
    """One team's list. Whoever may change it gets the rows as fields."""
    _ask_to_look(request)
    found = get_object_or_404(Team, slug=team)
    page = describe_checklist(found, request.user)
    form = ChecklistForm(items_for(found), page.state, request.POST if request.method == "POST" else None)
    if request.method != "POST":
        return _show(request, {"page": page, "form": form, "items": items_for(found)})
    if not page.may_change:
        raise PermissionDenied(f"You may not change the checklist of {found}. Its leads and editors may.")
    if form.wants_more:
        return _show(request, {"page": page, "form": form})
    status = _save(request, found, form)
    if not status:
        messages.success(request, f"The checklist of {found} is saved. The next handoff begins with it.")
        return redirect("handoffs:checklist", found.slug)
    theirs = items_for(found) if status == 409 else None
    return _show(request, {"page": describe_checklist(found, request.user), "form": form, "theirs": theirs}, status)


def _save(request: Request, team: Team, form: ChecklistForm) -> int:
    """0, or the status of the answer that says what was wrong."""
    if not form.is_valid():
        form.refuse("Nothing was saved yet. Please look at the rows marked below.")
        return 422
    try:
        save_items(team, form.items, user=request.user, now=timezone.now(), began_with=form.began_with)
    except ListChanged as refusal:
        form.refuse(str(refusal), describe_checklist(team, request.user).state)
        return 409
    except Refused as refusal:
        form.refuse(str(refusal))
        return 422
    return 0


def take_checklist(request: Request, team: str) -> HttpResponse:
    """Take a list from a runbook (`?runbook=`): first a preview of each of its lists, then one click (`section`)."""
    _ask_to_look(request)
    found = get_object_or_404(Team, slug=team)
    if not may_change(found, request.user):
        raise PermissionDenied(f"You may not change the checklist of {found}. Its leads and editors may.")
    runbooks = find_runbooks(request.user)
    asked = request.POST if request.method == "POST" else request.GET
    form = TakeForm(asked if "runbook" in asked else None, runbooks=runbooks)
    runbook = form.cleaned_data["runbook"] if form.is_valid() else None
    if request.method == "POST" and runbook is not None:
        section = request.POST.get("section", "").replace("\0", "")
        return _answer(
            request,
            found,
            lambda: take_from_runbook(found, runbook, section, user=request.user, now=timezone.now()),
            f"The checklist of {found} is the one of {runbook} now.",
        )
    lists = find_lists(runbook.shown_version.document) if runbook and runbook.shown_version else []
    own = find_own_lists(found, request.user) if runbook is None else []
    context = {"team": found, "form": form, "runbook": runbook, "lists": lists, "runbooks": runbooks, "own": own}
    return render(request, "handoffs/checklist_take.html", context, status=422 if form.errors else 200)


@require_POST
def reset_checklist(request: Request, team: str) -> HttpResponse:
    """Back to the default list."""
    found = get_object_or_404(Team, slug=team)
    done = f"{found} uses the default checklist again."
    return _answer(request, found, lambda: reset_items(found, user=request.user), done)


def _answer(request: Request, team: Team, change: Callable[[], object], done: str) -> HttpResponse:
    try:
        change()
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect("handoffs:checklist", team.slug)


def _show(request: Request, context: dict[str, object], status: int = 200) -> HttpResponse:
    return render(request, "handoffs/checklist.html", {"most": MOST_ITEMS} | context, status=status)


def _ask_to_look(request: Request) -> None:
    if not may_look(request.user):
        raise PermissionDenied("You may not see handoffs. Ask an administrator for the role that may.")
