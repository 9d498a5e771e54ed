"""`/hooks/changes/`: pipelines say what they changed."""

import datetime as dt
import json

import pytest
from django.test import Client

from accounts.models import Token
from accounts.roles import ADMINISTRATOR
from accounts.tokens import make_token, revoke_token
from incidents.models import SystemChange
from tests.factories import NOW, make_service, make_user

pytestmark = pytest.mark.django_db
BODY = {"what": "Desk 2.4.1", "service": "ticket-desk", "by": "pipeline 71", "external_id": "run-71"}


@pytest.fixture
def root():
    return make_user("root", role=ADMINISTRATOR)


@pytest.fixture
def token(root):
    return make_token("Pipeline", Token.Scope.CHANGES, user=root, now=NOW)


def send(text, body, **extra):
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {"Authorization": f"Bearer {text}"} if text else {}
    client = Client(enforce_csrf_checks=True, headers=headers)
    return client.post("/hooks/changes/", data, content_type="application/json", **extra)


def test_a_change_is_recorded_with_its_service_and_its_sender(token):
    make_service()
    answer = send(token[1], BODY)
    change = SystemChange.objects.get()
    assert (answer.status_code, answer.json()) == (202, {"id": change.pk})
    assert (change.what, str(change.service), change.by, change.token) == (
        "Desk 2.4.1",
        "Ticket desk",
        "pipeline 71",
        token[0],
    )


def test_the_same_message_twice_is_one_change(token):
    make_service()
    assert send(token[1], BODY).json() == send(token[1], BODY).json()
    assert SystemChange.objects.count() == 1


@pytest.mark.parametrize("text", ["", "rbp_wrong"])
def test_without_a_known_token_nothing_is_taken(text):
    answer = send(text, BODY)
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert not SystemChange.objects.exists()


def test_a_token_for_alerts_is_for_alerts(root):
    _, text = make_token("Alertmanager", Token.Scope.ALERTS, user=root, now=NOW)
    assert send(text, BODY).status_code == 403


def test_a_revoked_token_lets_nobody_in(root, token):
    revoke_token(token[0], user=root, now=NOW + dt.timedelta(hours=1))
    assert send(token[1], BODY).status_code == 401


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"{", "Invalid JSON"),
        ([], "what"),
        ({}, "what"),
        ({"what": "x" * 301}, "what"),
        ({"what": "Desk", "kind": "magic"}, "kind"),
        ({"what": "Desk", "url": "javascript:alert(1)"}, "url"),
        ({"what": "Desk", "service": "nowhere"}, "There is no service"),
        ({"what": "Desk", "at": "2031-01-01T00:00:00Z"}, "future"),
    ],
)
def test_what_can_t_be_understood_is_refused_with_the_reason(token, body, reason):
    answer = send(token[1], body)
    assert answer.status_code == 400
    assert reason in answer.json()["error"]


def test_a_message_that_is_too_long_is_refused(token):
    assert send(token[1], b" " * 70_000).status_code == 413


def test_only_a_post_is_taken(token):
    assert Client().get("/hooks/changes/").status_code == 405
