"""Webhooks, and services through Apprise: what is sent, how it is signed, and what each answer means."""

import datetime as dt
import hashlib
import hmac
import json
import socket
from contextlib import closing, suppress
from threading import Event, Thread

import pytest
import requests

from oncall.models import Address, Delivery, Kind
from oncall.outbox import notify
from oncall.outbox.delivering import deliver_due
from tests.factories import NOW

pytestmark = pytest.mark.django_db
Status = Delivery.Status


def tell(person, transport, target, number=1, **fields):
    address, _ = Address.objects.get_or_create(person=person, transport=transport, target=target, secret="s3cret")
    notify(
        key=f"cause:{number}",
        kind=Kind.TEST,
        to=person,
        subject="Grüße – a test",
        text="Are you there?",
        now=NOW,
        url="/answer/abc/",
        action="Yes, I am",
        address=address,
        **fields,
    )
    return Delivery.objects.get(notification__key=f"cause:{number}")


def send(delivery, clock):
    deliver_due("other", now=clock)
    delivery.refresh_from_db()
    return delivery


@pytest.fixture
def hook(ada, web_sink):
    """A delivery to a webhook of the test."""
    return tell(ada, "webhook", f"http://{web_sink.host}/in?team=harbour")


def test_webhook_gets_json_with_an_id_and_a_whole_link(hook, clock, web_sink, settings):
    settings.PORTAL_URL = "https://runbooks.example.com"
    assert send(hook, clock).status == Status.SENT
    (request,) = web_sink.seen
    assert request.path == "/in?team=harbour"
    assert request.json == {
        "id": str(hook.message_id),
        "kind": "test",
        "to": "Ada",
        "subject": "Grüße – a test",
        "text": "Are you there?",
        "action": "Yes, I am",
        "url": "https://runbooks.example.com/answer/abc/",
        "created_at": "2026-11-17T03:14:00+00:00",
    }
    assert request.headers["X-Portal-Delivery"] == str(hook.message_id)
    assert request.headers["Content-Type"] == "application/json; charset=utf-8"


def test_webhook_is_signed_over_time_and_body(hook, clock, web_sink):
    send(hook, clock)
    (request,) = web_sink.seen
    fields = dict(part.split("=") for part in request.headers["X-Portal-Signature"].split(","))
    expected = hmac.new(b"s3cret", f"{fields['t']}.".encode() + request.body, hashlib.sha256).hexdigest()
    assert hmac.compare_digest(fields["v1"], expected)
    assert int(fields["t"]) == int(NOW.timestamp())


def test_body_is_the_same_at_every_attempt(hook, clock, web_sink):
    web_sink.answer = lambda request: (503, {})
    send(hook, clock)
    clock.pass_time(minutes=5)
    send(hook, clock)
    first, second = web_sink.seen
    assert first.body == second.body
    assert first.headers["X-Portal-Signature"] != second.headers["X-Portal-Signature"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 422])
def test_answer_that_will_not_change_is_final(hook, clock, web_sink, status):
    web_sink.answer = lambda request: (status, {})
    delivery = send(hook, clock)
    assert delivery.status == Status.GIVEN_UP
    assert delivery.last_error.startswith(f"The far end answered {status} ")


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504])
def test_answer_that_may_pass_is_tried_again(hook, clock, web_sink, status):
    web_sink.answer = lambda request: (status, {})
    assert send(hook, clock).status == Status.WAITING


@pytest.mark.parametrize(
    ("value", "pause"),
    [
        ("120", dt.timedelta(minutes=2)),
        ("Tue, 17 Nov 2026 03:34:00 GMT", dt.timedelta(minutes=20)),
        ("Tuesday, 17-Nov-26 03:34:00 GMT", dt.timedelta(minutes=20)),
        ("999999999999999", dt.timedelta(days=1)),
        ("Fri, 01 Jan 2100 00:00:00 GMT", dt.timedelta(days=1)),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
def test_retry_after_is_honoured_for_a_day_at_most(hook, clock, web_sink, status, value, pause):
    web_sink.answer = lambda request: (status, {"Retry-After": value})
    assert send(hook, clock).due_at == NOW + pause


@pytest.mark.parametrize("value", ["soon", "-5", "1.5", "0", "Mon, 16 Nov 2026 03:34:00 GMT", "٣", ""])
def test_retry_after_without_sense_changes_nothing(hook, clock, web_sink, value):
    web_sink.answer = lambda request: (429, {"Retry-After": value.encode("utf-8").decode("latin-1")})
    assert dt.timedelta(seconds=30) <= send(hook, clock).due_at - NOW <= dt.timedelta(seconds=36)


def test_others_to_the_same_host_wait_while_it_says_slow_down(ada, hook, clock, web_sink):
    other = tell(ada, "webhook", f"http://{web_sink.host}/another", 2)
    web_sink.answer = lambda request: (429, {"Retry-After": "60"})
    send(hook, clock)
    other.refresh_from_db()
    assert len(web_sink.seen) == 1
    assert other.due_at == NOW + dt.timedelta(seconds=60)


def test_redirect_is_not_followed(hook, clock, web_sink):
    web_sink.answer = lambda request: (302, {"Location": f"http://{web_sink.host}/elsewhere"})
    delivery = send(hook, clock)
    assert [request.path for request in web_sink.seen] == ["/in?team=harbour"]
    assert delivery.status == Status.GIVEN_UP
    assert "Redirects are not followed" in delivery.last_error


def test_long_answer_is_not_read_to_its_end(hook, clock, web_sink):
    web_sink.body = b"x" * 50_000_000
    assert send(hook, clock).status == Status.SENT


def test_private_network_is_refused_at_sending_too(hook, clock, web_sink, settings):
    settings.OUTBOX_PRIVATE_NETWORKS = False
    Address.objects.update(target=f"https://{web_sink.host}/in")
    delivery = send(hook, clock)
    assert (delivery.status, web_sink.seen) == (Status.GIVEN_UP, [])
    assert "private network" in delivery.last_error


def test_name_that_leads_elsewhere_by_now_is_refused(ada, clock, web_sink, settings, monkeypatch):
    settings.OUTBOX_PRIVATE_NETWORKS = False
    answers = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", web_sink.server.server_address)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: answers)
    delivery = send(tell(ada, "webhook", "https://harmless.example.com/in"), clock)
    assert (delivery.status, web_sink.seen) == (Status.GIVEN_UP, [])
    ntfy = send(tell(ada, "ntfy", "ntfys://harmless.example.com/pier", 2), clock)
    assert (ntfy.status, web_sink.seen) == (Status.GIVEN_UP, [])
    assert "private network" in ntfy.last_error


def test_host_that_is_not_there_is_tried_again(hook, clock, web_sink):
    web_sink.server.server_close()
    delivery = send(hook, clock)
    assert (delivery.status, delivery.last_error) == (
        Status.WAITING,
        "The far end could not be reached, or closed the connection.",
    )


def test_answer_that_drips_is_cut_off(ada, clock, settings):
    """Each byte comes in time; the whole would take for ever."""
    settings.OUTBOX_PRIVATE_NETWORKS = True
    settings.OUTBOX_SEND_SECONDS = 0.4
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        Thread(target=drip, args=(server,), daemon=True).start()
        delivery = send(tell(ada, "webhook", f"http://127.0.0.1:{server.getsockname()[1]}/"), clock)
    assert (delivery.status, delivery.last_error) == (Status.WAITING, "No answer within 0 seconds.")


def drip(server):
    """A status line that never ends."""
    line, _ = server.accept()
    with closing(line), suppress(OSError):
        line.recv(65536)
        while line.send(b"H"):
            Event().wait(0.05)


def test_apprise_service_gets_the_text_and_the_link(ada, clock, web_sink, settings):
    settings.PORTAL_URL = "https://runbooks.example.com"
    delivery = send(tell(ada, "ntfy", f"ntfy://{web_sink.host}/pier"), clock)
    assert delivery.status == Status.SENT
    (request,) = web_sink.seen
    told = json.dumps(request.json if request.body.startswith(b"{") else request.body.decode(), ensure_ascii=False)
    assert "Are you there?" in told
    assert "https://runbooks.example.com/answer/abc/" in told


def test_apprise_failure_shows_status_and_heeds_retry_after(ada, clock, web_sink):
    web_sink.answer = lambda request: (429, {"Retry-After": "300"})
    delivery = send(tell(ada, "ntfy", f"ntfy://{web_sink.host}/pier"), clock)
    assert (delivery.status, delivery.due_at) == (Status.WAITING, NOW + dt.timedelta(minutes=5))
    assert delivery.last_error == "The far end answered 429 Too Many Requests."


def test_apprise_failure_that_will_not_change_is_final(ada, clock, web_sink):
    web_sink.answer = lambda request: (403, {})
    assert send(tell(ada, "mattermost", f"mmost://{web_sink.host}/{'a' * 26}"), clock).status == Status.GIVEN_UP


def test_apprise_follows_no_redirect_though_its_address_asks_for_it(ada, clock, web_sink):
    web_sink.answer = lambda request: (307, {"Location": f"http://{web_sink.host}/elsewhere"})
    delivery = send(tell(ada, "mattermost", f"mmost://{web_sink.host}/{'a' * 26}?redirect=yes"), clock)
    assert (delivery.status, len(web_sink.seen)) == (Status.GIVEN_UP, 1)


def test_address_that_is_none_is_given_up_without_its_secret(ada, clock):
    delivery = send(tell(ada, "other", "file:///etc/secret-token"), clock)
    assert delivery.status == Status.GIVEN_UP
    assert "secret" not in delivery.last_error


def test_requests_outside_of_a_send_are_left_alone(web_sink, settings):
    settings.OUTBOX_PRIVATE_NETWORKS = False
    assert requests.post(f"http://{web_sink.host}/plain", timeout=2).status_code == 200
