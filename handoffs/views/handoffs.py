"""The list of handoffs, and the reader's own next one."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.http import Request
from accounts.models import User
from handoffs.forms.opening import HandoffFilter
from handoffs.pages.handoff_list import find_mine, list_handoffs
from handoffs.pages.next_change import find_next_change


@require_safe
def show_handoffs(request: Request) -> HttpResponse:
    """All handoffs, the latest change first, the reader's own above them. `?q=&team=&state=` narrow the list."""
    _ask_to_look(request.user)
    form = HandoffFilter(request.GET)
    form.is_valid()
    now = timezone.now()
    shown = list_handoffs(request.user, form.cleaned_data, request.GET.get("page", "1"), now)
    context = {"list": shown, "page": shown.page, "form": form, "now": now}
    return render(request, "handoffs/list.html", context)


@require_safe
def show_mine(request: Request) -> HttpResponse:
    """To the reader's own next handoff; where none is open, when their shift changes next."""
    _ask_to_look(request.user)
    now = timezone.now()
    handoff = find_mine(request.user, now)
    if handoff is not None:
        return redirect(handoff)
    return render(request, "handoffs/mine.html", {"coming": find_next_change(request.user, now), "now": now})


def _ask_to_look(user: User) -> None:
    if not user.has_perm("handoffs.view_handoff"):
        raise PermissionDenied("You may not look at handoffs. Ask an administrator for the role that may.")
