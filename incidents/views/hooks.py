"""Where machines send what happened: a bearer token, a bounded body, an answer of one JSON object."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.conf import settings
from django.db import IntegrityError, InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from accounts.models import Token
from accounts.tokens import know_token
from incidents.errors import BadRequest, NotAllowed, TooLarge
from incidents.services import intake
from oncall.outbox.nudging import Breaker

RETRY_SECONDS = 5  # what a sender is told while the database is away
STATUSES: dict[type[Exception], int] = {BadRequest: 400, NotAllowed: 403, TooLarge: 413}

_database = Breaker(seconds=1.0)  # so that a storm does not wait, request after request, for a database that is away


@csrf_exempt
@require_POST
def take_alerts(request: HttpRequest) -> JsonResponse:
    """Alertmanager's webhook: stored and answered at once, taken apart by a worker. 202, or the reason why not."""
    if _database.is_open():
        return _say_later()
    try:
        return _take(request, timezone.now())
    except tuple(STATUSES) as error:
        return refuse(str(error), STATUSES[type(error)])
    except IntegrityError:  # its token was deleted a moment ago, and the next time it is unknown
        return _say_later()
    except (OperationalError, InterfaceError):
        _database.trip()
        return _say_later()


def _take(request: HttpRequest, now: dt.datetime) -> JsonResponse:
    token = know_token(request.headers.get("Authorization"), now)
    if token is None:
        return _ask_for_token()
    if token.scope != Token.Scope.ALERTS:
        raise NotAllowed("This token is for something else than sending alerts.")
    return JsonResponse({"received": intake.receive(read_body(request), token, now)}, status=202)


def read_body(request: HttpRequest) -> bytes:
    """The body, of MAX_HOOK_BYTES at most. Raises TooLarge before it reads more, or at all where its length is told.

    A body in chunks (RFC 9112) tells no length, and Django takes it for empty; it is read as far as it may go where the
    server marks its end.
    """
    most = settings.MAX_HOOK_BYTES
    told = request.headers.get("Content-Length") or "0"
    is_chunked = "chunked" in request.headers.get("Transfer-Encoding", "").lower()
    if told.isdecimal() and int(told[:20]) > most:
        raise TooLarge(f"The body is larger than {most:,} bytes.")
    stream: Any = request
    if is_chunked and request.META.get("wsgi.input_terminated"):
        stream = request.META["wsgi.input"]
    body: bytes = stream.read(most + 1)
    if len(body) > most:
        raise TooLarge(f"The body is larger than {most:,} bytes.")
    return body


def refuse(reason: str, status: int) -> JsonResponse:
    """What a machine is told, for whoever set it up."""
    return JsonResponse({"error": reason}, status=status)


def _ask_for_token() -> JsonResponse:
    response = refuse("A bearer token is needed; this one is missing, unknown or revoked.", 401)
    response["WWW-Authenticate"] = "Bearer"
    return response


def _say_later() -> JsonResponse:
    response = refuse("The database is away for a moment. Send this again.", 503)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response
