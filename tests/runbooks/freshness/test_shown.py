"""Where the number is shown: the list, the page, the service, search and the palette."""

import datetime as dt

import pytest
from django.test import Client

from runbooks.models import Runbook
from runbooks.search import search
from runbooks.services.flags import raise_flag
from runbooks.services.freshness import refresh_freshness
from tests.factories import NOW, make_draft, make_published, make_user

pytestmark = pytest.mark.django_db
LIST = "/runbooks/"
PAGE = "/runbooks/ticket-desk/ticket-desk/"


@pytest.fixture
def ada(db):
    return make_user("ada", role="Editor")


@pytest.fixture
def as_ada(ada):
    client = Client()
    client.force_login(ada)
    return client


def make_aged(title, points):
    runbook = make_published(title)
    Runbook.objects.filter(pk=runbook.pk).update(freshness=points, freshness_at=NOW)
    return runbook


def text(response):
    return response.content.decode()


def titles(response):
    return [row["title"] for row in response.context["page"].object_list]


class TestList:
    def test_the_stalest_come_first(self, as_ada):
        for title, points in (("Middle", 60), ("Old", 10), ("New", 99)):
            make_aged(title, points)
        assert titles(as_ada.get(LIST, {"sort": "freshness"})) == ["Old", "Middle", "New"]

    @pytest.mark.parametrize(("value", "title"), [("fresh", "New"), ("ageing", "Middle"), ("stale", "Old")])
    def test_they_are_filtered_by_the_word(self, as_ada, value, title):
        for name, points in (("Middle", 45), ("Old", 44), ("New", 75)):
            make_aged(name, points)
        assert titles(as_ada.get(LIST, {"freshness": value})) == [title]

    def test_each_row_says_its_word_and_its_number(self, as_ada):
        make_aged("Old", 10)
        html = text(as_ada.get(LIST))
        assert ">Stale</span>" in html and "freshness 10 of 100" in html

    def test_it_is_made_again_when_a_number_changed_though_nobody_changed_a_runbook(self, as_ada):
        runbook = make_published()
        before = text(as_ada.get(LIST))
        stamp = Runbook.objects.get().updated_at
        refresh_freshness(None, NOW + dt.timedelta(days=400))
        assert Runbook.objects.get(pk=runbook.pk).updated_at == stamp
        assert ">Stale</span>" not in before and ">Stale</span>" in text(as_ada.get(LIST))

    def test_a_list_that_is_kept_costs_no_further_query(self, as_ada, django_assert_num_queries):
        make_published()
        as_ada.get(LIST)
        with django_assert_num_queries(2):
            as_ada.get(LIST)


class TestPage:
    def test_it_says_the_word_and_every_reason(self, as_ada, ada):
        runbook = make_published()
        raise_flag(runbook, version=None, text="It is the other gate", user=ada, now=NOW)
        html = text(as_ada.get(PAGE))
        assert "1 flag waits for an answer." in html and "Never reviewed" in html and "of 100" in html

    def test_it_is_made_again_when_the_number_changed(self, as_ada):
        runbook = make_published()
        as_ada.get(PAGE)
        Runbook.objects.filter(pk=runbook.pk).update(last_used_at=NOW)
        assert "Run or drilled" not in text(as_ada.get(PAGE))
        Runbook.objects.filter(pk=runbook.pk).update(freshness=50, freshness_at=NOW)
        assert "Run or drilled" in text(as_ada.get(PAGE))

    def test_a_text_that_never_was_active_has_none(self, as_ada, ada):
        make_draft(ada)
        html = text(as_ada.get(PAGE))
        assert "h-freshness" not in html and "What must hold before it becomes active" in html

    def test_a_retired_runbook_has_none(self, as_ada):
        make_published()
        Runbook.objects.update(retired_at=NOW)
        assert "h-freshness" not in text(as_ada.get(PAGE))


class TestElsewhere:
    def test_the_service_says_it_too(self, as_ada):
        make_aged("Ticket desk", 10)
        assert ">Stale</span>" in text(as_ada.get("/services/ticket-desk/"))

    @pytest.mark.parametrize(("points", "is_stale"), [(44, True), (45, False)])
    def test_search_marks_what_is_stale_and_nothing_else(self, as_ada, ada, points, is_stale):
        make_aged("Ticket desk", points)
        assert {hit.is_stale for hit in search(ada, "pier").hits} == {is_stale}
        assert (">Stale</span>" in text(as_ada.get("/search/", {"q": "pier"}))) is is_stale

    def test_the_palette_marks_it_too(self, as_ada):
        make_aged("Ticket desk", 10)
        assert ">Stale</span>" in text(as_ada.get("/search/suggest/", {"q": "ticket"}))
