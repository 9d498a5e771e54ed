"""The list of runbooks: filters, counts, sorting, paging, and what it costs."""

import datetime as dt

import pytest
from django.core.cache import caches

from accounts.roles import ADMINISTRATOR
from accounts.services import add_member
from runbooks.models import Kind, Runbook
from tests.factories import make_draft, make_published, make_service, make_team, make_user, reload_user

pytestmark = pytest.mark.django_db


def rows(client, query=""):
    return [row["title"] for row in client.get(f"/runbooks/{query}").context["page"].object_list]


def options(client, name, query=""):
    (found,) = [f for f in client.get(f"/runbooks/{query}").context["filters"] if f["name"] == name]
    return {option["value"]: option["count"] for option in found["options"]}


@pytest.fixture
def shelf():
    """Three runbooks of two services, kinds and teams."""
    harbour, bridge = make_team("Harbour"), make_team("Bridge")
    desk, gates = make_service("Ticket desk", team=harbour), make_service("Gates", team=bridge)
    make_published("Sell tickets", service=desk, team=harbour, kind=Kind.PROCEDURE)
    make_published("Desk", service=desk, team=harbour)
    make_published("Gates", service=gates, team=bridge)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Desk", "Gates", "Sell tickets"]),
        ("?service=gates", ["Gates"]),
        ("?team=harbour", ["Desk", "Sell tickets"]),
        ("?kind=procedure", ["Sell tickets"]),
        ("?team=harbour&kind=service", ["Desk"]),
        ("?q=desk", ["Desk", "Sell tickets"]),
        ("?q=GATES+bridge", ["Gates"]),
        ("?status=active", ["Desk", "Gates", "Sell tickets"]),
        ("?status=draft", []),
        ("?q=nothing-like-it", []),
    ],
)
def test_filters(shelf, as_ada, query, found):
    assert rows(as_ada, query) == found


@pytest.mark.parametrize(
    "query",
    [
        "?kind=ship",
        "?status=x",
        "?owner=nobody",
        "?owner=99999999999999",
        "?readiness=%00",
        "?sort=color",
        "?page=x",
        "?foo=1",
    ],
)
def test_unknown_values_are_ignored(shelf, as_ada, query):
    assert rows(as_ada, query) == ["Desk", "Gates", "Sell tickets"]


@pytest.mark.parametrize("q", ["%", "'", '"; DROP TABLE', "%00", "x" * 10_000, "👻", "مرحبا", "[", "\\"])
def test_odd_words_are_looked_up_as_text(shelf, as_ada, q):
    assert as_ada.get("/runbooks/", {"q": q}).status_code == 200


def test_a_page_beyond_the_last_is_the_last(shelf, as_ada):
    assert len(rows(as_ada, "?page=99")) == 3


def test_counts_say_what_each_choice_would_leave(shelf, as_ada):
    assert options(as_ada, "service") == {"ticket-desk": 2, "gates": 1}
    assert options(as_ada, "kind", "?team=harbour") == {"service": 1, "procedure": 1}


def test_a_chosen_filter_still_counts_its_other_choices(shelf, as_ada):
    assert options(as_ada, "service", "?service=gates") == {"ticket-desk": 2, "gates": 1}


def test_counts_follow_a_new_runbook_at_once(shelf, as_ada):
    assert options(as_ada, "kind")["service"] == 2
    make_published("New")
    assert options(as_ada, "kind")["service"] == 3


def test_chips_take_one_filter_away_each(shelf, as_ada):
    chips = as_ada.get("/runbooks/?team=harbour&kind=procedure&q=sell").context["chips"]
    assert [(c["label"], c["url"]) for c in chips] == [
        ("Team: Harbour", "/runbooks/?q=sell&kind=procedure"),
        ("Kind: Procedure", "/runbooks/?q=sell&team=harbour"),
    ]


def test_sorting_by_review_has_the_most_urgent_first(shelf, as_ada):
    Runbook.objects.filter(title="Gates").update(next_review_on=dt.date(2020, 1, 1))
    Runbook.objects.filter(title="Desk").update(next_review_on=None)
    assert rows(as_ada, "?sort=review") == ["Gates", "Sell tickets", "Desk"]


def test_retired_runbooks_are_shown_only_when_asked_for(shelf, as_ada):
    Runbook.objects.filter(title="Gates").update(retired_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    assert rows(as_ada) == ["Desk", "Sell tickets"]
    assert rows(as_ada, "?status=retired") == ["Gates"]


def test_a_runbook_without_an_active_version_is_listed_as_draft(as_ada):
    make_draft(make_user("ben", role="Editor"))
    assert rows(as_ada, "?status=draft") == ["Ticket desk"]


def test_htmx_gets_the_rows_alone(shelf, as_ada):
    fragment = as_ada.get("/runbooks/", headers={"HX-Request": "true"}).content.decode()
    assert "Sell tickets" in fragment and "<html" not in fragment


class TestConfidential:
    @pytest.fixture(autouse=True)
    def _secret(self):
        self.team = make_team("Guard")
        make_published("Brig keys", service=make_service("Brig", team=self.team), classification="confidential")

    def test_stranger_sees_neither_row_nor_count(self, as_ada):
        response = as_ada.get("/runbooks/")
        assert response.context["total"] == 0
        assert "Brig" not in response.content.decode()

    def test_team_sees_it(self, ada, as_user):
        add_member(self.team, ada)
        assert rows(as_user(reload_user(ada))) == ["Brig keys"]

    def test_owner_sees_it(self, ada, as_ada):
        Runbook.objects.update(owner=ada)
        assert rows(as_ada) == ["Brig keys"]

    def test_administrator_sees_it(self, as_user):
        assert rows(as_user(make_user("root", role=ADMINISTRATOR))) == ["Brig keys"]

    def test_a_confidential_service_hides_its_internal_runbooks(self, as_ada):
        Runbook.objects.update(classification="internal")
        assert len(rows(as_ada)) == 1
        Runbook.objects.get().service.__class__.objects.update(classification="confidential")
        caches["template_fragments"].clear()
        assert rows(as_ada) == []

    def test_one_persons_counts_are_not_shown_to_another(self, as_ada, as_user):
        as_user(make_user("root", role=ADMINISTRATOR)).get("/runbooks/")
        assert as_ada.get("/runbooks/").context["total"] == 0

    def test_its_pages_are_not_there_for_a_stranger(self, as_ada):
        base = Runbook.objects.get().get_absolute_url()
        paths = ["", "raw/", "versions/", "versions/1.0/", "versions/1.0/raw/", "diff/1.0/1.0/"]
        assert {as_ada.get(base + path).status_code for path in paths} == {404}

    def test_the_front_page_keeps_quiet_about_it(self, as_ada):
        Runbook.objects.update(next_review_on=dt.date(2020, 1, 1))
        assert "Brig keys" not in as_ada.get("/").content.decode()


def test_the_list_takes_the_same_number_of_queries_for_two_and_for_fifty(as_ada, django_assert_max_num_queries):
    def count():
        caches["template_fragments"].clear()
        with django_assert_max_num_queries(10) as queries:
            as_ada.get("/runbooks/")
        return len(queries)

    make_published("One", service=make_service("S-one"))
    make_published("Two", service=make_service("S-two"))
    few = count()
    for n in range(48):
        make_published(f"Runbook {n}", service=make_service(f"S{n}"))
    assert count() == few
