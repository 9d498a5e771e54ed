"""The view that everything is compared with."""

from functools import cache

from django.http import HttpRequest, HttpResponse

from runbooks.models import RunbookVersion


def show_bare(request: HttpRequest, service: str, slug: str) -> HttpResponse:
    """Session and user are loaded, as for every page; then a ready body of the size of that runbook is printed."""
    assert request.user.is_authenticated
    return HttpResponse(_body(service, slug))


@cache
def _body(service: str, slug: str) -> str:
    version = RunbookVersion.objects.active().get(runbook__service__slug=service, runbook__slug=slug)
    return f"<!doctype html><title>Bare</title>{version.html}"
