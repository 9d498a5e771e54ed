"""The request as our views get it: somebody is logged in. And the one answer that needs care with caches: moved for good."""

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django_htmx.middleware import HtmxDetails

from accounts.models import User


class Request(HttpRequest):
    """For annotations: strangers are sent away before any view that takes it (`portal.middleware`)."""

    user: User
    htmx: HtmxDetails


def send_on(request: HttpRequest, address: str) -> HttpResponse:
    """To where the page stands today, with the query: 301, and 308 for what must stay a POST (RFC 9110).

    Browsers keep such an answer for ever unless told otherwise, and a page that moved back would then lead in a circle.
    """
    query = request.META.get("QUERY_STRING", "")
    response = HttpResponsePermanentRedirect(
        f"{address}?{query}" if query else address, preserve_request=request.method not in ("GET", "HEAD")
    )
    response["Cache-Control"] = "no-store"
    return response
