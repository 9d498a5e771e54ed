"""`/hooks/changes/`: where a pipeline says what it has changed. A token for changes lets it in."""

from __future__ import annotations

import datetime as dt

from django.db import OperationalError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from pydantic import ValidationError

from accounts.models import Token
from accounts.tokens import know_token
from incidents.errors import Refused
from incidents.forms.change_message import ChangeIn, read_change
from incidents.services.changes import record_change

MOST_BYTES = 64 * 1024


@csrf_exempt
@require_POST
def take_change(request: HttpRequest) -> JsonResponse:
    """Record one change: JSON as for `POST /api/v1/changes`. 202 with its id; the same `external_id` twice is one change.

    400 with a reason for what can't be understood, 401 without a token that is known, 403 with one for something else, 413
    for more than 64 KB, 503 while the database is away.
    """
    try:
        return _take(request, timezone.now())
    except OperationalError:
        return _answer(503, "The database is away. Send it again.", {"Retry-After": "10"})


def _take(request: HttpRequest, now: dt.datetime) -> JsonResponse:
    token = know_token(request.headers.get("Authorization"), now)
    if token is None:
        return _answer(401, "A token is needed: Authorization: Bearer …", {"WWW-Authenticate": "Bearer"})
    if token.scope != Token.Scope.CHANGES:
        return _answer(403, "This token is not for system changes.")
    body = request.read(MOST_BYTES + 1)
    if len(body) > MOST_BYTES:
        return _answer(413, "A change has at most 64 KB.")
    try:
        change = record_change(read_change(ChangeIn.model_validate_json(body)), token=token, now=now)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        return _answer(400, f"{place}: {first['msg']}" if place else str(first["msg"]))
    except Refused as refusal:
        return _answer(400, str(refusal))
    return JsonResponse({"id": change.pk}, status=202)


def _answer(status: int, error: str, headers: dict[str, str] | None = None) -> JsonResponse:
    return JsonResponse({"error": error}, status=status, headers=headers)
