"""Finding incidents and post-mortems by words."""

import pytest

from accounts.roles import APPROVER
from incidents.pages.finding import find_incidents
from tests.factories import NOW, make_incident, make_service, make_team, make_user
from tests.incidents.postmortems import make_postmortem, make_resolved

pytestmark = pytest.mark.django_db


@pytest.fixture
def reader():
    return make_user("reader")


def found(user, *words, unwanted=()):
    return [(one.kind, one.title) for one in find_incidents(user, words, unwanted)]


def test_an_incident_is_found_by_title_number_summary_and_service(reader):
    incident = make_incident("Gates stay shut", make_service("Boarding gates"), summary="The café's switch is off.")
    for words in (
        ["gates"],
        ["shut"],
        [f"inc{incident.pk}"],
        ["inc", str(incident.pk)],
        ["cafe"],
        ["boarding", "switch"],
    ):
        assert found(reader, *words) == [("incident", "Gates stay shut")], words


def test_its_number_and_title_are_names(reader):
    incident = make_incident("Gates stay shut", summary="Tickets too")
    make_incident("Tickets can't be sold")
    hits = find_incidents(reader, ["tickets"])
    assert [(one.title, one.is_named) for one in hits] == [("Tickets can't be sold", True), ("Gates stay shut", False)]
    assert find_incidents(reader, ["shut"])[0].url == f"/incidents/{incident.pk}/"


@pytest.mark.parametrize(
    "field",
    ["summary", "root_cause", "impact", "resolution", "prevention", "lessons", "went_well", "could_be_better", "lucky"],
)
def test_a_post_mortem_is_found_by_all_its_texts(reader, field):
    make_postmortem(make_user("ben", role=APPROVER), **{field: "A *quorum* was lost"})
    assert ("postmortem", "Tickets can't be sold") in found(reader, "quorum", "lost")


def test_what_is_unwanted_is_left_out(reader):
    make_incident("Gates stay shut")
    make_incident("Gates stay open")
    assert found(reader, "gates", unwanted=["open"]) == [("incident", "Gates stay shut")]


def test_a_stranger_finds_nothing_of_a_confidential_service(reader):
    secret = make_service("Vault", classification="confidential", team=make_team("Crown"))
    make_postmortem(
        make_user("boss", role=APPROVER, is_superuser=True), make_resolved("Gold is gone", secret), summary="Gold"
    )
    assert found(reader, "gold") == []
    assert found(reader, "vault") == []


def test_signs_of_patterns_are_letters_like_others(reader):
    make_incident("Disk at 100% of x_y")
    assert found(reader, "100%") == [("incident", "Disk at 100% of x_y")]
    assert found(reader, "%") == []
    assert found(reader, "\\") == []


def test_nothing_is_asked_without_words_or_permission(reader, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert find_incidents(reader, []) == []


def test_one_query_however_many_there_are(reader, django_assert_num_queries):
    for number in range(25):
        make_incident(f"Gates {number}", now=NOW)
    with django_assert_num_queries(1):
        assert len(find_incidents(reader, ["gates"])) == 20
