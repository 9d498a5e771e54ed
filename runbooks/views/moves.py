"""Old links: where a runbook stands today that once stood at another address."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import Q
from django.http import Http404, HttpResponse
from django.urls import reverse

from accounts.http import Request, send_on
from accounts.models import User
from runbooks.models import Runbook

View = Callable[..., HttpResponse]


def follow_moves(view: View) -> View:
    """A view below /runbooks/<service>/<slug>/ that sends people on when there is nothing and the runbook has moved."""

    @wraps(view)
    def respond(request: Request, service: str, slug: str, **rest: Any) -> HttpResponse:
        try:
            return view(request, service=service, slug=slug, **rest)
        except Http404:
            runbook = find_moved(request.user, service, slug)
            if runbook is None or request.resolver_match is None:
                raise
            place = {"service": runbook.service.slug, "slug": runbook.slug, **rest}
            return send_on(request, reverse(request.resolver_match.view_name, kwargs=place))

    return respond


def find_moved(user: User, service: str, slug: str) -> Runbook | None:
    """The runbook that this address once led to, when it is one that this person may know of; up to three queries.

    The runbook may have been renamed, its service may have been, or both, one after the other.
    """
    left = Q(former_addresses__slug=slug)
    ways = (
        left & Q(former_addresses__service__slug=service),
        Q(service__former_slugs__slug=service, slug=slug),
        left & Q(former_addresses__service__former_slugs__slug=service),
    )
    moved = Runbook.objects.visible_to(user).select_related("service").exclude(service__slug=service, slug=slug)
    return next((runbook for way in ways for runbook in moved.filter(way)[:1]), None)
