"""How the handoffs of a rotation go."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.http import Request
from handoffs.errors import NotAllowed, Refused
from handoffs.forms.policy import PolicyForm
from handoffs.services.policies import change_policy, get_policy, may_change_policy
from oncall.models import Rotation


def edit_policy(request: Request, team: str, rotation: str) -> HttpResponse:
    """Looked at by whoever reads handoffs; changed by editors and the team's leads."""
    if not request.user.has_perm("handoffs.view_handoff"):
        raise PermissionDenied("You may not look at handoffs.")
    found = get_object_or_404(Rotation.objects.select_related("team"), team__slug=team, slug=rotation)
    may_change = may_change_policy(found, request.user)
    policy = get_policy(found)
    if request.method != "POST":
        return _show(request, found, PolicyForm(instance=policy), may_change)
    if not may_change:
        raise PermissionDenied(f"Only editors and the leads of {found.team} change how its handoffs go.")
    form = PolicyForm(request.POST, instance=policy)
    if form.is_valid() and _save(request, found, form):
        messages.success(request, f"How the handoffs of {found} go is saved.")
        return redirect(request.path)
    return _show(request, found, form, may_change, 422)


def _save(request: Request, rotation: Rotation, form: PolicyForm) -> bool:
    try:
        change_policy(rotation, **form.cleaned_data, user=request.user)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _show(request: Request, rotation: Rotation, form: PolicyForm, may_change: bool, status: int = 200) -> HttpResponse:
    context = {"rotation": rotation, "team": rotation.team, "form": form, "may_change": may_change}
    return render(request, "handoffs/policy.html", context, status=status)
