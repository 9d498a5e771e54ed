"""The steps of a version, each a button that posts: submit, approve, send back, activate, restore, discard; and retiring."""

import datetime as dt
from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.http import Request
from accounts.models import User
from runbooks import services
from runbooks.errors import GatesClosed, NotAllowed, Refused
from runbooks.models import Runbook, RunbookVersion
from runbooks.views.common import get_runbook, get_version
from runbooks.views.gates import render_version

View = Callable[..., HttpResponse]
# Takes the step and gives back the sentence that confirms it.
Take = Callable[[RunbookVersion, User, str, dt.datetime], str]


def _submit(version: RunbookVersion, user: User, note: str, now: dt.datetime) -> str:
    services.submit_version(version, user=user, now=now)
    return f"Version {version.number} waits for somebody else’s review."


def _approve(version: RunbookVersion, user: User, note: str, now: dt.datetime) -> str:
    services.approve_version(version, user=user, now=now)
    return f"Version {version.number} is approved. Readers see it once it is activated."


def _send_back(version: RunbookVersion, user: User, note: str, now: dt.datetime) -> str:
    services.send_back_version(version, user=user, note=note, now=now)
    return f"Version {version.number} went back to its author."


def _activate(version: RunbookVersion, user: User, note: str, now: dt.datetime) -> str:
    services.activate_version(version, user=user, now=now)
    told = f"Version {version.number} is what everybody reads now."
    waiting = version.runbook.flags.open().count()
    return f"{told} {waiting} of its flags wait{'s' if waiting == 1 else ''} for an answer below." if waiting else told


def _restore(version: RunbookVersion, user: User, note: str, now: dt.datetime) -> str:
    draft = services.restore_version(version, author=user, now=now)
    return f"Version {draft.number} is a draft with the text of version {version.number}."


def _discard(version: RunbookVersion, user: User, note: str, now: dt.datetime) -> str:
    services.discard_draft(version, user=user)
    return f"Version {version.number} is discarded."


def _make_view(take: Take) -> View:
    @require_POST
    def view(request: Request, service: str, slug: str, number: tuple[int, int]) -> HttpResponse:
        runbook = get_runbook(request.user, service, slug)
        version = get_version(runbook, number)
        try:
            messages.success(request, take(version, request.user, request.POST.get("note", ""), timezone.now()))
        except NotAllowed as refusal:
            return render(request, "403.html", {"exception": refusal}, status=403)
        except GatesClosed as refusal:
            return render_version(request, runbook, version, refused=str(refusal))
        except Refused as refusal:
            messages.error(request, str(refusal))
        if Runbook.objects.filter(pk=runbook.pk).exists():
            return redirect("runbooks:versions", service, slug)
        return redirect("runbooks:list")

    return view


STEPS: dict[str, View] = {
    "submit": _make_view(_submit),
    "approve": _make_view(_approve),
    "send_back": _make_view(_send_back),
    "activate": _make_view(_activate),
    "restore": _make_view(_restore),
    "discard": _make_view(_discard),
}


def retire(request: Request, service: str, slug: str) -> HttpResponse:
    """Ask once, then take the runbook out of use."""
    runbook = get_runbook(request.user, service, slug)
    if not request.user.has_perm("runbooks.retire_runbook"):
        return render(request, "403.html", status=403)
    if request.method != "POST":
        return render(request, "runbooks/retire.html", {"runbook": runbook})
    try:
        services.retire_runbook(runbook, user=request.user, now=timezone.now())
        messages.success(request, f"{runbook} is retired.")
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(runbook)


@require_POST
def reinstate(request: Request, service: str, slug: str) -> HttpResponse:
    """Take a retired runbook back into use."""
    runbook = get_runbook(request.user, service, slug)
    try:
        services.reinstate_runbook(runbook, user=request.user, now=timezone.now())
        messages.success(request, f"{runbook} is in use again.")
    except NotAllowed as refusal:
        return render(request, "403.html", {"exception": refusal}, status=403)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect(runbook)
