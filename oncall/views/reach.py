"""Proof that a message arrived: the link of a test, and asking a team-mate for it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.http import Request
from accounts.models import User
from oncall.errors import NotAllowed, Refused, WrongState
from oncall.pages.addresses import show_address
from oncall.services.proofs import confirm_test, find_test, is_too_old, send_tests


@never_cache
def answer_test(request: Request, token: str) -> HttpResponse:
    """Opening the link proves nothing, as mail scanners open links too; saying yes (POST) does."""
    now = timezone.now()
    test = find_test(token, request.user)
    if test is None:
        raise Http404("There is no such test.")
    status = 200
    if request.method == "POST":
        try:
            confirm_test(token, user=request.user, now=now)
            return redirect("oncall:answer_test", token)
        except WrongState:
            status = 422
    shown = show_address(test.address, now)
    context = {"test": test, "address": shown, "is_too_old": test.answered_at is None and is_too_old(test, now)}
    return render(request, "oncall/answer_test.html", context, status=status)


@require_POST
def test_person(request: Request, pk: int) -> HttpResponse:
    """Send a test to every address that a page would go to, of a team-mate or of oneself."""
    person = get_object_or_404(User, pk=pk, is_active=True)
    try:
        count = send_tests(person, user=request.user, now=timezone.now())
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, f"{count} test{'' if count == 1 else 's'} sent to {person}.")
    return redirect(_way_back(request))


def _way_back(request: Request) -> str:
    wanted = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
    return wanted if is_ours else reverse("oncall:my_notifications")
