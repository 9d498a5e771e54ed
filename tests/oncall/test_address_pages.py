"""The pages of addresses: one's own, and those of contacts and channels."""

import datetime as dt
import html

import pytest

from accounts.roles import EDITOR
from oncall.models import Address, AddressChoice, Channel, Contact, Kind, QuietHours, ReachTest
from oncall.outbox.sending.webhook import sign
from tests.factories import make_user

pytestmark = pytest.mark.django_db
PAGE = "/me/addresses/"
SLACK = "https://hooks.slack.com/services/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"


def make_address(person, **fields):
    return Address.objects.create(person=person, **({"transport": "email", "target": "ada@pier.example"} | fields))


def test_the_login_mail_is_there_from_the_start(as_ada):
    page = as_ada.get(PAGE)
    assert page.status_code == 200
    assert "ada@example.com" in page.content.decode()
    assert Address.objects.count() == 1


def test_adding_leads_back_to_the_page(as_ada, ada):
    response = as_ada.post(PAGE, {"transport": "email", "target": "ada@pier.example", "label": "Pier"})
    assert (response.status_code, response["Location"]) == (302, PAGE)
    assert ada.addresses.filter(target="ada@pier.example", label="Pier").exists()


@pytest.mark.parametrize(
    ("transport", "target", "words"),
    [
        ("email", "nobody", "no e-mail address"),
        ("webhook", "https://10.0.0.1/hook", "private"),
        ("sms", "12", "SMS gateway"),
        ("other", "syslog://", "address"),
        ("slack", "x" * 1001, "1000 characters"),
        ("", "", "required"),
    ],
)
def test_a_bad_address_comes_back_filled_in(as_ada, transport, target, words):
    response = as_ada.post(PAGE, {"transport": transport, "target": target})
    assert response.status_code == 422
    assert words in response.content.decode()
    if len(target) < 1000 and target:
        assert f'value="{target}"' in response.content.decode()


def test_a_token_never_comes_back_to_the_screen(as_ada, ada):
    as_ada.post(PAGE, {"transport": "slack", "target": SLACK})
    assert ada.addresses.filter(transport="slack").exists()
    assert "TIiajkdnlazkcOXrIdevi7FQ" not in as_ada.get(PAGE).content.decode()


def test_a_hostile_label_is_only_text(as_ada, ada):
    make_address(ada, label="<script>alert(1)</script>")
    text = as_ada.get(PAGE).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_the_secret_of_a_webhook_is_shown_once(as_ada, ada):
    as_ada.post(PAGE, {"transport": "webhook", "target": "https://93.184.215.14/hook"})
    secret = ada.addresses.get(transport="webhook").secret
    first = as_ada.get(PAGE)
    assert secret in first.content.decode()
    assert "no-store" in first["Cache-Control"]
    assert secret not in as_ada.get(PAGE).content.decode()


def test_the_example_on_the_page_verifies_what_the_portal_signs(as_ada, ada):
    as_ada.post(PAGE, {"transport": "webhook", "target": "https://93.184.215.14/hook"})
    text = as_ada.get(PAGE).content.decode()
    example: dict[str, object] = {}
    code = text.partition('<pre tabindex="0"><code>')[2].partition("</code>")[0]
    exec(html.unescape(code), example)
    secret = ada.addresses.get(transport="webhook").secret
    header = sign(secret, b'{"id": 1}', dt.datetime(2026, 11, 17, tzinfo=dt.UTC))
    assert example["is_from_portal"](secret, header, b'{"id": 1}')
    assert not example["is_from_portal"](secret, header, b'{"id": 2}')


def test_a_new_secret_is_shown_once_too(as_ada, ada):
    hook = make_address(ada, transport="webhook", target="https://93.184.215.14/hook", secret="old")
    as_ada.post(f"/addresses/{hook.pk}/secret/")
    hook.refresh_from_db()
    assert hook.secret != "old"
    assert hook.secret in as_ada.get(PAGE).content.decode()


def test_switching_the_last_one_off_asks_and_then_does_it(as_ada, ada):
    address = make_address(ada)
    question = as_ada.post(f"/addresses/{address.pk}/switch/")
    assert question.status_code == 422
    assert "Switch off all the same" in question.content.decode()
    assert ada.addresses.usable().exists()
    as_ada.post(f"/addresses/{address.pk}/switch/", {"sure": "1"})
    assert not ada.addresses.usable().exists()
    as_ada.post(f"/addresses/{address.pk}/switch/", {"on": "1"})
    assert ada.addresses.usable().exists()


def test_removing_one_of_two(as_ada, ada):
    make_address(ada)
    other = make_address(ada, target="ada@quay.example")
    assert as_ada.post(f"/addresses/{other.pk}/remove/").status_code == 302
    assert not ada.addresses.filter(pk=other.pk).exists()


@pytest.mark.parametrize("step", ["test", "switch", "remove", "secret"])
def test_addresses_of_others_are_not_there(as_ada, step):
    theirs = make_address(make_user("ben"))
    assert as_ada.post(f"/addresses/{theirs.pk}/{step}/").status_code == 404
    assert Address.objects.filter(pk=theirs.pk, is_enabled=True).exists()


@pytest.mark.parametrize("step", ["test", "switch", "remove", "secret"])
def test_nothing_is_changed_by_looking(as_ada, ada, step):
    assert as_ada.get(f"/addresses/{make_address(ada).pk}/{step}/").status_code == 405


def test_a_test_is_sent_and_a_hasty_second_one_is_refused_in_words(as_ada, ada):
    address = make_address(ada)
    as_ada.post(f"/addresses/{address.pk}/test/")
    again = as_ada.post(f"/addresses/{address.pk}/test/", follow=True)
    assert "less than a minute ago" in again.content.decode()
    assert ReachTest.objects.count() == 1


def test_choices_are_kept_by_kind(as_ada, ada):
    make_address(ada)
    chat = make_address(ada, transport="ntfy", target="ntfys://ntfy.sh/ada")
    as_ada.post(f"{PAGE}choices/", {"shift": [chat.pk, "9" * 30, "x", "-1"], "test": [chat.pk]})
    assert list(AddressChoice.objects.values_list("kind", "address")) == [(Kind.SHIFT, chat.pk)]
    assert "Your choice" in as_ada.get(PAGE).content.decode()


def test_quiet_hours_are_kept_and_shown_with_the_zone(as_ada, ada):
    ada.time_zone = "Europe/Lisbon"
    ada.save()
    as_ada.post(f"{PAGE}quiet-hours/", {"starts_at": "22:00", "ends_at": "07:00"})
    page = as_ada.get(PAGE).content.decode()
    assert "22:00 to 07:00" in page
    assert "in Europe/Lisbon" in page
    assert "A page always comes through" in page
    as_ada.post(f"{PAGE}quiet-hours/", {"starts_at": "", "ends_at": ""})
    assert not QuietHours.objects.exists()


@pytest.mark.parametrize(("start", "end"), [("22:00", ""), ("", "07:00"), ("22:00", "22:00"), ("26:00", "07:00")])
def test_quiet_hours_that_are_none_come_back(as_ada, start, end):
    response = as_ada.post(f"{PAGE}quiet-hours/", {"starts_at": start, "ends_at": end})
    assert response.status_code == 422
    assert not QuietHours.objects.exists()


@pytest.mark.parametrize("kind", ["contacts", "channels"])
def test_the_addresses_of_contacts_and_channels_are_for_editors(as_ada, as_user, kind):
    owner = (
        Contact.objects.create(name="Harbour master")
        if kind == "contacts"
        else Channel.objects.create(purpose="Incidents", channel="#harbour")
    )
    page = f"/{kind}/{owner.pk}/addresses/"
    assert as_ada.get(page).status_code == 403
    ben = as_user(make_user("ben", role=EDITOR))
    assert ben.post(page, {"transport": "email", "target": "desk@pier.example"})["Location"] == page
    text = ben.get(page).content.decode()
    assert "desk@pier.example" in text
    assert "Quiet hours" not in text
    address = owner.addresses.get()
    assert as_ada.post(f"/addresses/{address.pk}/remove/").status_code == 404
    assert ben.post(f"/addresses/{address.pk}/test/")["Location"] == page
    assert ReachTest.objects.get().person.email == "ben@example.com"


def test_an_owner_that_is_not_there_is_404(as_user):
    assert as_user(make_user("ben", role=EDITOR)).get("/contacts/999/addresses/").status_code == 404


def test_queries_do_not_grow_with_addresses(as_ada, ada, django_assert_max_num_queries):
    for number in range(15):
        make_address(ada, target=f"ada{number}@pier.example", answered_at=dt.datetime(2026, 11, 1, tzinfo=dt.UTC))
    as_ada.get(PAGE)
    with django_assert_max_num_queries(6):
        as_ada.get(PAGE)
