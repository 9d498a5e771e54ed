"""Handoffs in the API."""

import pytest

from accounts.roles import READER
from handoffs.models import Handoff
from oncall.models import Classification
from tests.factories import make_team, make_user
from tests.handoffs.papers import accept, add_incident, make_paper, submit

pytestmark = pytest.mark.django_db
URL = "/api/v1/handoffs"


@pytest.fixture
def browser(as_user):
    return as_user(make_user("cy", role=READER))


def test_handoffs_are_listed_by_team_and_state(browser):
    handoff = make_paper(summary="A calm week.")
    make_team("Pier")
    (row,) = browser.get(URL).json()
    assert (row["id"], row["team"], row["outgoing"], row["incoming"]) == (handoff.pk, "harbour", "Ada", "Ben")
    assert (row["state"], row["changes_at"], row["backup"]) == ("draft", "2026-11-17T04:14:00Z", None)
    assert browser.get(URL, {"team": "pier"}).json() == []
    assert len(browser.get(URL, {"state": "open"}).json()) == 1
    assert browser.get(URL, {"state": "accepted"}).json() == []
    assert browser.get(URL, {"state": "burnt"}).status_code == 422


def test_one_handoff_says_all_it_says(browser):
    handoff = make_paper()
    add_incident(handoff)
    accept(submit(handoff))
    found = browser.get(f"{URL}/{handoff.pk}").json()
    assert [row["side"] for row in found["signatures"]] == ["outgoing", "incoming"]
    assert found["snapshots"][0]["is_intact"]


def test_confidential_entries_are_left_out(browser):
    handoff = make_paper()
    add_incident(handoff, "Vault is open", classification=Classification.CONFIDENTIAL, name="Vault")
    response = browser.get(f"{URL}/{handoff.pk}")
    assert "Vault" not in response.text
    assert response.json()["hidden"] == 1


@pytest.mark.parametrize("number", ["7", "99999999999999999999999"])
def test_a_handoff_that_is_none_is_not_found(browser, number):
    assert browser.get(f"{URL}/{number}").status_code == 404


def test_without_the_role_it_says_so(as_user):
    cy = make_user("cy", role=READER)
    cy.groups.clear()
    response = as_user(cy).get(URL)
    assert response.status_code == 403
    assert "may not see handoffs" in response.json()["detail"]


def test_a_stranger_gets_401(client):
    assert client.get(URL).status_code == 401


def test_a_list_of_many_takes_as_many_queries_as_of_one(browser, django_assert_num_queries):
    first = make_paper()
    with django_assert_num_queries(2):
        browser.get(URL)
    for days in range(1, 12):
        copy = Handoff.objects.get(pk=first.pk)
        copy.pk, copy.changes_at = None, first.changes_at.replace(year=2027, month=days)
        copy.shift_ends_at = copy.changes_at
        copy.save(force_insert=True)
    with django_assert_num_queries(2):
        assert len(browser.get(URL).json()) == 12
