"""The API at `/api/v1/`: who may use it, how refusals are told, and the parts that the apps bring."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from ninja import NinjaAPI
from ninja.security import HttpBearer, SessionAuth

from accounts.errors import NotAllowed, Refused
from accounts.models import Token, User
from accounts.tokens import find_token
from handoffs.api import router as handoffs_router
from incidents.api import router as incidents_router
from runbooks.api import router as runbooks_router


class TokenOfPerson(HttpBearer):
    """`Authorization: Bearer …` with a token for the API: the request is its person's."""

    def authenticate(self, request: HttpRequest, token: str) -> User | None:
        return log_in(request, f"Bearer {token}", timezone.now())


def log_in(request: HttpRequest, header: str, now: dt.datetime) -> User | None:
    """Make the request the token's person's; None for a token that is unknown, revoked, for something else, or of
    somebody who has left."""
    token = find_token(header, Token.Scope.API, now)
    if token is None or token.person_id is None:
        return None
    person = User.objects.with_access().filter(pk=token.person_id, is_active=True).first()
    if person is not None:
        request.user = person
    return person


def needs_somebody(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For the description and its page: a session or a token, like everything else."""

    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        header = request.headers.get("Authorization", "")
        if request.user.is_authenticated or log_in(request, header, timezone.now()):
            return view(request, *args, **kwargs)
        return refuse()

    return answer


def refuse() -> HttpResponse:
    """What a stranger gets from any address of the API."""
    answer = HttpResponse('{"detail": "A token or a login is needed."}', status=401, content_type="application/json")
    answer["WWW-Authenticate"] = "Bearer"
    return answer


api = NinjaAPI(
    title="Runbook portal",
    version="1",
    description="Incidents, system changes, handoffs and reviews of runbooks. "
    "What a person may not do here is what they may not do on the pages.",
    urls_namespace="api",
    auth=[TokenOfPerson(), SessionAuth()],
    docs_decorator=needs_somebody,
)
api.add_router("", incidents_router, tags=["Incidents"])
api.add_router("", handoffs_router, tags=["Handoffs"])
api.add_router("", runbooks_router, tags=["Runbooks"])


@api.exception_handler(Refused)
def tell_refusal(request: HttpRequest, refusal: Refused) -> HttpResponse:
    """A sentence for people: 403 for what the role does not include, 409 for the rest."""
    status = 403 if isinstance(refusal, NotAllowed) else 409
    return api.create_response(request, {"detail": str(refusal)}, status=status)
