"""Search finds incidents and post-mortems."""

import pytest

from portal.finding import Asked, find, find_while_typing
from portal.finding_incidents import INCIDENTS
from tests.factories import make_incident, make_service, make_team, make_user

pytestmark = pytest.mark.django_db


def titles(results, kind):
    return [hit.name for group in results.groups if group.kind == kind for hit in group.hits]


def test_an_incident_is_found_by_its_number_and_is_the_best_answer():
    incident = make_incident("Turnstiles are stuck")
    results = find(make_user(), Asked(f"INC-{incident.pk}"))
    assert results.best is not None
    assert results.best.url == f"/incidents/{incident.pk}/"


def test_it_is_found_by_words_of_title_and_service():
    incident = make_incident("Turnstiles are stuck", make_service("Quayside"))
    assert titles(find(make_user(), Asked("turnstile quayside")), "incident") == [
        f"INC-{incident.pk} Turnstiles are stuck"
    ]


def test_it_is_found_while_somebody_types():
    make_incident("Turnstiles are stuck")
    assert titles(find_while_typing(make_user(), "turnst"), "incident")


def test_one_kind_alone_gives_nothing_else():
    make_incident("Turnstiles are stuck")
    results = find(make_user(), Asked("turnstiles", kind="incident"))
    assert [group.kind for group in results.groups] == ["incident"]


def test_an_incident_of_a_confidential_service_is_not_found_by_others():
    make_incident(
        "Turnstiles are stuck", make_service("Vault", team=make_team("Harbour"), classification="confidential")
    )
    assert INCIDENTS.search(make_user("cy"), "turnstiles").is_empty


def test_it_is_one_query(django_assert_num_queries):
    make_incident("Turnstiles are stuck")
    ada = make_user()
    with django_assert_num_queries(1):
        INCIDENTS.search(ada, "turnstiles")


def test_the_page_prints_severity_and_status(as_user):
    make_incident("Turnstiles are stuck", level="SEV-1")
    page = as_user(make_user()).get("/search/?q=turnstiles").content.decode()
    assert "SEV-1" in page
    assert "Investigating" in page
