"""Ticking what must hold before a version becomes active; and the page of a version, which shows the gates."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.http import Request
from runbooks.errors import NotAllowed, Refused
from runbooks.flag_pages import offer_answers
from runbooks.gate_pages import GatesPanel
from runbooks.models import Gate, GateTick, Runbook, RunbookVersion
from runbooks.pages import collect_facts, describe_readiness
from runbooks.services.gates import tick_gate, untick_gate
from runbooks.steps import actions_open_to
from runbooks.views.common import get_runbook, get_version


def render_version(
    request: Request, runbook: Runbook, version: RunbookVersion, *, refused: str = "", **refusal: str
) -> HttpResponse:
    """The page of one version; 409 with the sentence when something about it was refused."""
    now = timezone.now()
    context: dict[str, Any] = {
        "runbook": runbook,
        "version": version,
        "facts": collect_facts(runbook, version, timezone.localdate(now)),
        "active": runbook.versions.active().light().first(),
        **describe_readiness(version),
        "actions": actions_open_to(request.user, version),
        "can_edit": request.user.has_perm("runbooks.change_runbook"),
        **offer_answers(runbook, version, request.user),
        **GatesPanel(version, request.user, now, **refusal).context(),
        "refused": refused,
    }
    return render(request, "runbooks/version.html", context, status=409 if refused else 200)


@require_POST
def change_gate(request: Request, service: str, slug: str, number: tuple[int, int], gate: str) -> HttpResponse:
    """Tick one gate, or with `tick` in the form take that tick back."""
    runbook = get_runbook(request.user, service, slug)
    version = get_version(runbook, number)
    if gate not in Gate.values:
        raise Http404("There is no such gate.")
    note = request.POST.get("note", "")
    try:
        said = _untick(request, version, gate) if "tick" in request.POST else _tick(request, version, gate, note)
    except NotAllowed as refusal:
        return render(request, "403.html", {"exception": refusal}, status=403)
    except Refused as refusal:
        current = get_version(get_runbook(request.user, service, slug), number)
        return render_version(request, runbook, current, refused=str(refusal), note=note, refused_at=gate)
    messages.success(request, said)
    return redirect(f"{version.get_absolute_url()}#gate-{gate}")


def _tick(request: Request, version: RunbookVersion, gate: str, note: str) -> str:
    sha256 = request.POST.get("sha256", "")
    tick = tick_gate(version, gate, user=request.user, now=timezone.now(), note=note, sha256=sha256)
    return f"“{tick.get_gate_display()}” is ticked for this text."


def _untick(request: Request, version: RunbookVersion, gate: str) -> str:
    pk = request.POST["tick"]
    known = GateTick.objects.filter(version=version, gate=gate)
    tick = known.filter(pk=int(pk)).first() if pk.isascii() and pk.isdigit() and len(pk) < 18 else None
    if tick is None:
        raise Http404("There is no such tick.")
    tick.version = version
    untick_gate(tick, user=request.user, now=timezone.now())
    return f"“{tick.get_gate_display()}” is no longer ticked."
