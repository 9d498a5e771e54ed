"""Alertmanager's webhook: who may send, what is refused and how, and that nothing but a row comes of it at once."""

import json
from io import BytesIO

import pytest
from django.test import Client, RequestFactory

from accounts.models import Token
from accounts.tokens import revoke_token
from incidents.errors import TooLarge
from incidents.models import Alert, AlertPayload
from incidents.views.hooks import read_body
from tests.factories import NOW, make_user
from tests.incidents.payloads import URL, make_alert, make_hook_token, make_payload

pytestmark = pytest.mark.django_db


def post(token, body, **extra):
    body = json.dumps(body).encode() if isinstance(body, dict) else body
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Client(enforce_csrf_checks=True).post(URL, body, content_type="application/json", headers=headers, **extra)


def test_what_is_sent_is_stored_byte_for_byte_and_answered_202():
    body = json.dumps(make_payload(make_alert(), make_alert("LampOut")), indent=3).encode()
    response = post(make_hook_token(), body)
    assert (response.status_code, response.json()) == (202, {"received": 2})
    payload = AlertPayload.objects.get()
    assert bytes(payload.body) == body
    assert payload.token.name == "Alertmanager"
    assert payload.processed_at is None
    assert not Alert.objects.exists()


def test_the_way_in_costs_two_queries_and_later_one(django_assert_max_num_queries):
    token = make_hook_token()
    with django_assert_max_num_queries(3):  # the token, when it was used, the payload
        post(token, make_payload())
    with django_assert_max_num_queries(1):
        post(token, make_payload())


@pytest.mark.parametrize("given", [None, "rbp_unknown", "", "x" * 10_000, "\u00e4"])
def test_without_a_token_that_is_known_nothing_is_read(given):
    response = post(given, b"not even JSON")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert "token" in response.json()["error"]


def test_a_token_in_another_form_of_login_is_no_token():
    token = make_hook_token()
    response = Client().post(URL, b"{}", content_type="application/json", headers={"Authorization": f"Basic {token}"})
    assert response.status_code == 401


def test_a_token_for_something_else_is_refused():
    token = make_hook_token(scope=Token.Scope.CHANGES)
    response = post(token, make_payload())
    assert response.status_code == 403
    assert not AlertPayload.objects.exists()


def test_a_revoked_token_is_refused():
    token = make_hook_token()
    assert post(token, make_payload()).status_code == 202
    revoke_token(Token.objects.get(), user=make_user("chief", is_superuser=True), now=NOW)
    assert post(token, make_payload()).status_code == 401


def test_a_login_is_no_token(as_user):
    client = as_user(make_user("chief", is_superuser=True))
    assert client.post(URL, b"{}", content_type="application/json").status_code == 401


def test_only_posts_are_answered():
    assert Client().get(URL).status_code == 405


def test_a_body_over_a_megabyte_is_refused_before_it_is_read():
    response = post(make_hook_token(), b" " * 1_000_001)
    assert response.status_code == 413
    assert "1,000,000" in response.json()["error"]


def test_a_body_of_exactly_a_megabyte_is_taken():
    body = json.dumps(make_payload()).encode()
    assert post(make_hook_token(), body + b" " * (1_000_000 - len(body))).status_code == 202


class Endless:
    """A body that never ends, as a server hands on one in chunks."""

    def __init__(self):
        self.asked = 0

    def read(self, size=-1):
        assert 0 < size <= 1_000_001
        self.asked += size
        return b" " * size


def test_a_body_in_chunks_is_read_no_further_than_it_may_go():
    endless = Endless()
    request = RequestFactory().generic("POST", URL)
    request.META |= {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input": endless, "wsgi.input_terminated": True}
    with pytest.raises(TooLarge):
        read_body(request)
    assert endless.asked == 1_000_001


def test_a_body_in_chunks_is_read():
    request = RequestFactory().generic("POST", URL)
    request.META |= {
        "HTTP_TRANSFER_ENCODING": "chunked",
        "wsgi.input": BytesIO(b'{"version": "4"}'),
        "wsgi.input_terminated": True,
    }
    assert read_body(request) == b'{"version": "4"}'


@pytest.mark.parametrize(
    "body",
    [
        b"<xml/>",
        b"[]",
        b"{}",
        b'{"version":"5","alerts":[]}',
        b'{"version":"4","alerts":{}}',
        b'{"a":' * 50_000,
        b"\xff\xfe\xfd",
    ],
)
def test_what_is_no_notification_gets_400_with_a_reason_and_is_not_kept(body):
    response = post(make_hook_token(), body)
    assert response.status_code == 400
    assert len(response.json()["error"]) > 10
    assert not AlertPayload.objects.exists()


def test_the_answer_to_hostile_words_is_json_and_nothing_else():
    response = post(make_hook_token(), {"version": "<script>alert(1)</script>", "alerts": []})
    assert response["Content-Type"] == "application/json"
    assert response.status_code == 400


def test_no_token_stands_in_the_log(caplog):
    token = make_hook_token()
    caplog.set_level("DEBUG")
    post(token, make_payload())
    post(token + "x", make_payload())
    assert token not in caplog.text
    assert all(token not in str(vars(record)) for record in caplog.records)
