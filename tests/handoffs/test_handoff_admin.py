"""Handoffs in the admin: found, looked at, and never changed."""

import pytest

from accounts.roles import ADMINISTRATOR
from tests.factories import make_user
from tests.handoffs.contracts import accept_all, make_submitted

pytestmark = pytest.mark.django_db
LIST = "/admin/handoffs/handoff/"


@pytest.fixture
def browser(as_user):
    return as_user(make_user("root", role=ADMINISTRATOR, is_staff=True))


def test_a_handoff_is_found_and_shown_with_its_signatures(browser):
    handoff = accept_all(make_submitted())
    assert "Harbour" in browser.get(LIST, {"q": "Ada"}).content.decode()
    page = browser.get(f"{LIST}{handoff.pk}/change/").content.decode()
    assert handoff.snapshots.get().sha256 in page
    assert "Review open incidents" in page
    assert "accepted it, and is responsible when the shift changes" in page


def test_nothing_of_it_can_be_changed_added_or_deleted(browser):
    handoff = make_submitted()
    assert browser.post(f"{LIST}{handoff.pk}/change/", {"summary": "Mine"}).status_code == 403
    assert browser.post(f"{LIST}{handoff.pk}/delete/", {"post": "yes"}).status_code == 403
    assert browser.get(f"{LIST}add/").status_code == 403


def test_the_list_takes_the_same_queries_for_many(browser, django_assert_max_num_queries):
    make_submitted()
    with django_assert_max_num_queries(14):
        assert browser.get(LIST).status_code == 200
