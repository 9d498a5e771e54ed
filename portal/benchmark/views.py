"""The view that everything is compared with."""

from django.http import HttpResponse

from accounts.http import Request
from runbooks.views.reading import show_runbook

_bodies: dict[str, bytes] = {}


def show_bare(request: Request, service: str, slug: str) -> HttpResponse:
    """Session and user are loaded, as for every page; then a ready body is printed: the bytes of that reading page."""
    assert request.user.is_authenticated
    body = _bodies.get(slug)
    if body is None:
        body = _bodies[slug] = show_runbook(request, service, slug).content
    return HttpResponse(body)
