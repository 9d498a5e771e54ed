"""The link of a test message, and asking a team-mate for one."""

import datetime as dt

import pytest
from django.test import Client
from django.utils import timezone

from accounts.roles import RESPONDER
from oncall.models import Address, ReachTest
from oncall.services.reach import send_test
from tests.factories import make_team, make_user, reload_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def address(ada):
    return Address.objects.create(person=ada, transport="email", target="ada@pier.example", label="Pier mail")


@pytest.fixture
def sent(ada, address):
    return send_test(address, user=ada, now=timezone.now())


def test_opening_the_link_shows_what_was_sent_and_confirms_nothing(as_ada, sent):
    for method in (as_ada.get, as_ada.head):
        assert method(f"/answer/{sent.token}/").status_code == 200
    text = as_ada.get(f"/answer/{sent.token}/").content.decode()
    assert "Yes, it reached me" in text
    assert "Pier mail" in text
    sent.refresh_from_db()
    assert sent.answered_at is None


def test_the_button_confirms(as_ada, sent, address):
    response = as_ada.post(f"/answer/{sent.token}/", follow=True)
    assert "It reached you" in response.content.decode()
    address.refresh_from_db()
    assert address.answered_at is not None
    assert "Last answered" in as_ada.get("/me/addresses/").content.decode()


def test_pressing_it_twice_is_harmless(as_ada, sent, address):
    as_ada.post(f"/answer/{sent.token}/")
    address.refresh_from_db()
    first = address.answered_at
    assert as_ada.post(f"/answer/{sent.token}/").status_code == 302
    address.refresh_from_db()
    assert address.answered_at == first


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_link_of_somebody_else_is_404(as_user, sent, method):
    ben = as_user(make_user("ben", role="Administrator"))
    assert getattr(ben, method)(f"/answer/{sent.token}/").status_code == 404
    assert ReachTest.objects.get().answered_at is None


def test_a_made_up_link_is_404(as_ada):
    assert as_ada.get("/answer/none/").status_code == 404


def test_a_stranger_logs_in_first_and_comes_back(sent):
    response = Client().get(f"/answer/{sent.token}/")
    assert response["Location"] == f"/accounts/login/?next=/answer/{sent.token}/"


def test_an_old_link_says_so(as_ada, sent):
    ReachTest.objects.update(sent_at=sent.sent_at - dt.timedelta(days=8))
    page = as_ada.get(f"/answer/{sent.token}/").content.decode()
    assert "older than seven days" in page
    assert "Yes, it reached me" not in page
    assert as_ada.post(f"/answer/{sent.token}/").status_code == 422
    assert ReachTest.objects.get().answered_at is None


def test_a_team_mate_is_tested_at_every_address_a_page_goes_to(as_user, ada, address):
    Address.objects.create(person=ada, transport="ntfy", target="ntfys://ntfy.sh/ada")
    ben = make_user("ben", role=RESPONDER)
    make_team("Harbour", ada, ben)
    response = as_user(reload_user(ben)).post(f"/people/{ada.pk}/test/", {"next": "/runbooks/"})
    assert response["Location"] == "/runbooks/"
    assert ReachTest.objects.filter(person=ada, asked_by=ben).count() == 2


def test_the_way_back_leads_nowhere_else(as_ada, ada):
    response = as_ada.post(f"/people/{ada.pk}/test/", {"next": "https://elsewhere.example/"})
    assert response["Location"] == "/me/notifications/"


def test_people_of_other_teams_are_not_tested(as_user, ada, address):
    assert as_user(make_user("ben", role=RESPONDER)).post(f"/people/{ada.pk}/test/").status_code == 403
    assert not ReachTest.objects.exists()


def test_one_refused_address_holds_all_tests_back(as_user, ada, address, sent):
    other = Address.objects.create(person=ada, transport="ntfy", target="ntfys://ntfy.sh/ada")
    page = as_user(ada).post(f"/people/{ada.pk}/test/", follow=True).content.decode()
    assert "less than a minute ago" in page
    assert not other.tests.exists()
