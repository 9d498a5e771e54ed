"""Finding handoffs by words, and as answers of the one search."""

import datetime as dt

import pytest

from accounts.roles import READER
from handoffs.models import Handoff
from handoffs.pages.finding import search_handoffs
from portal.finding import Asked, find, find_while_typing
from tests.factories import NOW, make_user
from tests.handoffs.papers import add_incident, make_paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def cy():
    return make_user("cy", role=READER)


def found(user, text, **more):
    return [one.pk for one in search_handoffs(user, text, **more)]


@pytest.mark.parametrize(
    "text",
    [
        "calm",
        "CALM wéek",
        "harbour ada",
        "ben",
        "handoff",
        "on call",
        "certificate",
        "tide",
        "calm%",
        "паром",
        "(calm)",
    ],
)
def test_words_of_people_team_and_text_find_it(cy, text):
    handoff = make_paper(summary="A calm week.", urgent="Renew the certificate", context="Low tide, Паром")
    assert found(cy, text) == [handoff.pk]


@pytest.mark.parametrize("text", ["alm", "calm storm", "", "   ", "%", "_", "\x00", "'", "\\"])
def test_what_does_not_stand_there_finds_nothing(cy, text):
    make_paper(summary="A calm week.")
    assert found(cy, text) == []


def test_the_newest_comes_first_and_no_more_than_asked_for(cy):
    first = make_paper(summary="Calm")
    later = Handoff.objects.get(pk=first.pk)
    later.pk, later.changes_at = None, NOW + dt.timedelta(days=7)
    later.save(force_insert=True)
    assert found(cy, "calm") == [later.pk, first.pk]
    assert found(cy, "calm", limit=1) == [later.pk]


def test_titles_of_entries_are_not_looked_through(cy):
    add_incident(make_paper(), "Vault is open")
    assert found(cy, "vault") == []


def test_without_the_role_nothing_is_found(cy):
    make_paper(summary="Calm")
    cy.groups.clear()
    assert found(type(cy).objects.with_access().get(pk=cy.pk), "calm") == []


def test_the_search_page_and_the_palette_offer_handoffs(cy, as_user):
    handoff = make_paper(summary="A calm week.")
    for results in (find(cy, Asked("calm harbour", kind="handoff")), find_while_typing(cy, "calm har")):
        (group,) = [group for group in results.groups if group.kind == "handoff"]
        assert group.hits[0].url == handoff.get_absolute_url()
        assert group.hits[0].name == "Harbour · On call: Ada to Ben, 17 Nov 2026"
    assert "A <mark>calm</mark> week." in as_user(cy).get("/search/?q=calm&kind=handoff").text


def test_one_search_is_one_query(cy, django_assert_max_num_queries):
    make_paper(summary="Calm")
    with django_assert_max_num_queries(2):
        found(cy, "calm")
