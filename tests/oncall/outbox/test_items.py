"""Lines of a message with links of their own: kept as paths, whole when sent, and never longer than the way allows."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oncall.models import Address, Delivery, Kind, Notification
from oncall.outbox import Item, notify
from oncall.outbox.delivering import deliver_due
from oncall.outbox.items import fit_items
from oncall.outbox.sending.by_apprise import write_body
from oncall.outbox.sending.message import build_mail
from oncall.outbox.sending.webhook import build_body
from tests.factories import NOW

pytestmark = pytest.mark.django_db
ITEMS = (
    Item(
        "Restore (Tickets): said to be wrong", (("Still right", "/a/1/"), ("Snooze", "/a/2/")), "/runbooks/t/restore/"
    ),
    Item("and <13> more"),
)
ROOT = "https://runbooks.example.com"


@pytest.fixture(autouse=True)
def _root(settings):
    settings.PORTAL_URL = ROOT


def tell(person, transport="email", target="ada@example.com", items=ITEMS):
    address, _ = Address.objects.get_or_create(person=person, transport=transport, target=target)
    notify(
        key="reviews:1",
        kind=Kind.REVIEW,
        to=person,
        subject="2 runbooks to look at",
        text="Please look.",
        now=NOW,
        url="/reviews/",
        items=items,
        address=address,
    )
    return Delivery.objects.select_related("notification", "address").get()


def test_mail_as_text_has_each_line_with_whole_links(ada):
    delivery = tell(ada)
    body = build_mail(delivery, delivery.address).body
    assert (
        "Please look.\n\n- Restore (Tickets): said to be wrong\n"
        f"  {ROOT}/runbooks/t/restore/\n  Still right: {ROOT}/a/1/\n  Snooze: {ROOT}/a/2/\n\n- and <13> more\n"
    ) in body


def test_mail_as_html_has_them_too_and_escapes_what_was_typed(ada):
    delivery = tell(ada)
    html = str(build_mail(delivery, delivery.address).alternatives[0][0])
    assert f'<a class="what" href="{ROOT}/runbooks/t/restore/">Restore (Tickets): said to be wrong</a>' in html
    assert f'<a class="do" href="{ROOT}/a/1/">Still right</a>' in html
    assert "and &lt;13&gt; more" in html


def test_mail_without_lines_is_as_before(ada):
    delivery = tell(ada, items=())
    mail = build_mail(delivery, delivery.address)
    assert mail.body.startswith("Please look.\n\nOpen in the portal:")
    assert "<ul" not in str(mail.alternatives[0][0])


def test_webhook_gets_them_as_json(ada):
    told = json.loads(build_body(tell(ada, "webhook", "https://hook.example.com/")))
    assert told["items"] == [
        {
            "text": ITEMS[0].text,
            "url": f"{ROOT}/runbooks/t/restore/",
            "links": [
                {"label": "Still right", "url": f"{ROOT}/a/1/"},
                {"label": "Snooze", "url": f"{ROOT}/a/2/"},
            ],
        },
        {"text": "and <13> more", "url": "", "links": []},
    ]


def test_chat_service_gets_the_lines_and_the_link(ada, clock, web_sink):
    delivery = tell(ada, "ntfy", f"ntfy://{web_sink.host}/pier")
    deliver_due("other", now=clock)
    delivery.refresh_from_db()
    assert delivery.status == Delivery.Status.SENT
    sent = web_sink.seen[0].body.decode()
    assert "Still right: " in sent
    assert f"{ROOT}/reviews/" in sent


def test_short_message_has_first_lines_and_the_link_alone(ada):
    items = [Item(f"Runbook {number} is overdue", (("Still right", f"/a/{number}/"),)) for number in range(9)]
    body = write_body(tell(ada, "sms", "twilio://sid:token@+15551233456/+15551233457", items), 120)
    assert len(body) <= 120
    assert body.startswith("- Runbook 0 is overdue\n")
    assert f"and 6 more\n\n{ROOT}/reviews/" in body
    assert "/a/0/" not in body


def test_links_are_left_out_from_the_end():
    items = [Item(word, (("Yes", f"https://example.com/{word}/"),)) for word in ("one", "two")]
    whole = fit_items(items, 1000)
    assert fit_items(items, len(whole) - 1) == "- one\n  Yes: https://example.com/one/\n- two"


@given(st.lists(st.sampled_from(["a", "word", "x" * 40]), max_size=12), st.integers(10, 400))
def test_never_longer_than_the_room(words, room):
    items = [Item(word, (("Yes", "https://example.com/" + "x" * 30),)) for word in words]
    assert len(fit_items(items, room)) <= room


@pytest.mark.parametrize("path", ["https://evil.example.com/", "//evil.example.com/", "javascript:alert(1)", "/\\evil"])
def test_link_out_of_the_portal_is_refused(ada, path):
    for item in (Item("x", url=path), Item("x", (("y", path),))):
        with pytest.raises(ValueError, match="A path of the portal"):
            tell(ada, items=[item])
    assert not Notification.objects.exists()


def test_own_notifications_show_them_with_links(client, ada):
    tell(ada)
    client.force_login(ada)
    page = client.get("/me/notifications/").content.decode()
    assert '<a href="/runbooks/t/restore/">Restore (Tickets): said to be wrong</a>' in page
    assert '<a href="/a/1/">Still right</a>' in page
    assert "and &lt;13&gt; more" in page
