"""A team's own rules: how often its runbooks are read again, and what must hold before one becomes active."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from accounts.http import Request
from accounts.models import Team
from runbooks.errors import NotAllowed, Refused
from runbooks.models import ReviewPolicy, Runbook
from runbooks.review_pages.forms import PolicyForm
from runbooks.services.policies import change_policy, find_required_gates


def edit_policy(request: Request, slug: str) -> HttpResponse:
    """Looked at by editors, changed by approvers."""
    if not request.user.has_perm("runbooks.view_reviewpolicy"):
        raise PermissionDenied("You may not look at how runbooks are reviewed.")
    team = get_object_or_404(Team, slug=slug)
    policy = ReviewPolicy.objects.select_related("updated_by").filter(team=team).first()
    if request.method != "POST":
        gates = [gate.value for gate in find_required_gates(policy)]
        return _show(request, team, policy, PolicyForm(instance=policy, team=team, initial={"gates": gates}))
    if not request.user.has_perm("runbooks.change_reviewpolicy"):
        raise PermissionDenied("Only approvers change how runbooks are reviewed.")
    form = PolicyForm(request.POST, instance=ReviewPolicy(team=team), team=team)
    if form.is_valid() and _save(request, team, form):
        messages.success(request, f"How {team} reviews its runbooks is saved.")
        return redirect(request.path)
    return _show(request, team, policy, form, 422)


def _save(request: Request, team: Team, form: PolicyForm) -> bool:
    data = form.cleaned_data
    try:
        change_policy(team, review_days=data["review_days"], gates=data["gates"], user=request.user)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except ValidationError as refusal:
        form.add_error(None, refusal)
        return False
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    return True


def _show(
    request: Request, team: Team, policy: ReviewPolicy | None, form: PolicyForm, status: int = 200
) -> HttpResponse:
    mine = Q(team=team) | Q(team__isnull=True, service__team=team)
    runbooks = Runbook.objects.visible_to(request.user).shown().in_use().filter(mine)
    context = {
        "team": team,
        "policy": policy,
        "form": form,
        "gates": find_required_gates(policy),
        "default_days": settings.DEFAULT_REVIEW_DAYS,
        "count": runbooks.count(),
        "own": runbooks.filter(review_days__isnull=False).count(),
        "may_change": request.user.has_perm("runbooks.change_reviewpolicy"),
    }
    return render(request, "reviews/policy.html", context, status=status)
