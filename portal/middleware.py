"""What every request goes through: one log line with a request id, and the question who is asking."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import resolve_url

from portal import metrics
from portal.logs import request_id

log = logging.getLogger("portal.request")
SAFE_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")

# The only views that answer a stranger. Health and metrics say nothing about content; metrics asks for a token itself, and
# the address of a calendar is a secret.
OPEN_VIEWS = {"account_login", "portal:live", "portal:ready", "portal:metrics", "calendar"}
OPEN_VIEWS |= {"hook_alertmanager", "hook_changes"}  # machines, with a token
SECRET_PATHS = {"calendar"}  # views whose address is as good as a password: it is not logged

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class RequestLogMiddleware:
    """Logs one line per request and counts it; gives the request's id back as `X-Request-ID`.

    An id sent by a proxy in front is kept when it is plain; anything else gets a fresh one.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        token = request_id.set(given if SAFE_ID.fullmatch(given) else uuid.uuid4().hex)
        started = time.perf_counter()
        try:
            response = self.get_response(request)
            self.record(request, response, time.perf_counter() - started)
            response["X-Request-ID"] = request_id.get()
            return response
        finally:
            request_id.reset(token)

    def record(self, request: HttpRequest, response: HttpResponseBase, seconds: float) -> None:
        match = request.resolver_match
        view = match.view_name if match else "-"
        user = getattr(request, "user", None)
        metrics.count_request(request.method or "-", view, response.status_code, seconds)
        log.info(
            "request",
            extra={
                "method": request.method,
                "path": "-" if view in SECRET_PATHS else request.path,
                "view": view,
                "status": response.status_code,
                "ms": round(seconds * 1000, 1),
                "user": user.pk if user is not None and user.is_authenticated else None,
            },
        )


class LoginRequiredMiddleware:
    """Sends strangers to the login page, wherever they knock; `OPEN_VIEWS` are the exceptions, by name.

    A script that says it is one (as markdownx does) gets 401 instead.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        match = request.resolver_match
        if request.user.is_authenticated or (match and (match.view_name in OPEN_VIEWS or match.namespace == "api")):
            return None  # the API asks for a token or a login itself, and answers strangers with 401
        if request.headers.get("X-Requested-With") == "XMLHttpRequest":  # a script, which would print the login page
            return HttpResponse("You are not logged in.", status=401, content_type="text/plain")
        return redirect_to_login(request.get_full_path(), resolve_url(settings.LOGIN_URL))
