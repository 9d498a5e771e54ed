"""Pages that follow what happens: a small question every two seconds, answered with nothing while nothing changed."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags, quote_etag

from runbooks.lazy import release


def make_tag(*parts: object) -> str:
    """What stands for all that a page shows: it differs when one of the parts does, and after a release."""
    words = "\0".join(map(str, (release(), *parts)))
    return hashlib.blake2b(words.encode(), digest_size=12).hexdigest()


def answer_if_changed(request: HttpRequest, tag: str, render: Callable[[], HttpResponse]) -> HttpResponse:
    """304 without rendering while the browser has `tag` already (RFC 9110, 13.1.2), else what `render` gives, under it.

    The tag must be made from what was read before `render`: what changes in between is then asked for once more.
    """
    etag = quote_etag(tag)
    known = {one.removeprefix("W/") for one in parse_etags(request.headers.get("If-None-Match", ""))}
    response = HttpResponse(status=304) if etag in known else render()
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    return response
