"""The ladder of a runbook's text beside the live path of its service: compared, adopted, chosen."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.errors import Refused
from accounts.http import Request
from oncall.forms.escalation import LadderForm
from oncall.forms.targets import TargetList
from oncall.models import EscalationPath
from oncall.services.escalation import PathSpec, create_path, follow_path
from runbooks import ladders
from runbooks.ladder_page import describe_escalation
from runbooks.ladders import Proposal
from runbooks.models import RunbookVersion
from runbooks.services.templates import is_confidential
from runbooks.views.common import get_runbook


def show_escalation(request: Request, service: str, slug: str) -> HttpResponse:
    """What the text says and whom the path would call, side by side. A POST chooses the path that the service follows."""
    version = _get_shown(request, service, slug)
    if request.method == "POST":
        return _choose_path(request, version)
    return render(request, "runbooks/escalation.html", describe_escalation(version, request.user, timezone.now()))


def adopt_ladder(request: Request, service: str, slug: str, ladder: int) -> HttpResponse:
    """Make a path of the text's ladder of that number (from 1); `quick` takes it as it was understood, without a form.

    Everybody sees every path: out of a Confidential runbook it takes the form, and a word that all of it may be known.
    """
    version = _get_shown(request, service, slug)
    if not request.user.has_perm("oncall.add_escalationpath"):
        raise PermissionDenied("You may not make escalation paths.")
    proposal = _propose(version, ladder)
    if "quick" in request.POST:
        return _adopt_at_once(request, version, proposal)
    is_sent = request.method == "POST"
    initial, rows = ladders.make_initial(proposal, version)
    form = LadderForm(request.POST if is_sent else None, initial=initial, levels=rows)
    form.annotate(ladders.make_notes(proposal))
    done = _save(request, version, form) if is_sent and not form.wants_more else None
    if done is not None:
        return done
    context = _describe_adoption(request, version, proposal, form)
    is_refused = is_sent and not form.wants_more
    return render(request, "runbooks/adopt_ladder.html", context, status=422 if is_refused else 200)


def _adopt_at_once(request: Request, version: RunbookVersion, proposal: Proposal) -> HttpResponse:
    if not proposal.is_whole or is_confidential(version.runbook):
        return redirect(request.path)
    done = _create(request, version, ladders.make_spec(proposal, version), has_chosen=True)
    if isinstance(done, HttpResponse):
        return done
    messages.error(request, str(done) if isinstance(done, Refused) else " ".join(done.messages))
    return redirect(request.path)


def _save(request: Request, version: RunbookVersion, form: LadderForm) -> HttpResponse | None:
    """Where to go when the form could be saved; None when it is to be shown again."""
    if is_confidential(version.runbook) and "may_be_known" not in request.POST:
        form.refuse(Refused("Say that everybody may know what this path says, at the end of the page."))
        return None
    if not form.is_valid():
        return None
    done = _create(request, version, form.spec, has_chosen="follow" in request.POST)
    if isinstance(done, HttpResponse):
        return done
    form.refuse(done)
    return None


def _describe_adoption(
    request: Request, version: RunbookVersion, proposal: Proposal, form: LadderForm
) -> dict[str, Any]:
    return {
        "runbook": version.runbook,
        "form": form,
        "proposal": proposal,
        "is_hidden": is_confidential(version.runbook),
        "may_be_known": "may_be_known" in request.POST,
        "may_follow": request.user.has_perm("oncall.change_service"),
        "follows": request.method != "POST" or "follow" in request.POST,
    }


def _create(
    request: Request, version: RunbookVersion, spec: PathSpec, *, has_chosen: bool
) -> HttpResponse | Refused | ValidationError:
    """Where to go when the path is there, else the refusal."""
    follows = has_chosen and request.user.has_perm("oncall.change_service")
    try:
        path = create_path(spec, user=request.user, service=version.runbook.service if follows else None)
    except (Refused, ValidationError) as refusal:
        return refusal if isinstance(refusal, Refused) else ValidationError(refusal.messages)
    messages.success(
        request, f"The escalation path “{path}” was made out of {version.runbook}. Look whom it would call."
    )
    return redirect(path)


def _choose_path(request: Request, version: RunbookVersion) -> HttpResponse:
    wanted = request.POST.get("path", "").replace("\x00", "")
    path = EscalationPath.objects.filter(slug=wanted).first() if wanted else None
    if wanted and path is None:
        messages.error(request, "This path is not there any more. Choose another.")
        return redirect(request.path)
    try:
        service = follow_path(version.runbook.service, path, user=request.user)
    except Refused as refusal:
        raise PermissionDenied(str(refusal)) from None
    messages.success(request, f"{service} follows “{path}” now." if path else f"{service} follows no path now.")
    return redirect(request.path)


def _get_shown(request: Request, service: str, slug: str) -> RunbookVersion:
    runbook = get_runbook(request.user, service, slug)
    if runbook.shown_version is None:
        raise Http404("Nothing has been written yet.")
    version = runbook.shown_version
    version.runbook = runbook
    return version


def _propose(version: RunbookVersion, number: int) -> Proposal:
    found = ladders.read_ladders(version)
    if not 1 <= number <= len(found):
        raise Http404("The text has no such ladder.")
    service = version.runbook.service
    team = service.team.name if service.team else ""
    return ladders.propose(found[number - 1 : number], team, TargetList(), timezone.now())[0]
