"""The pages of severities."""

import pytest

from accounts.roles import APPROVER
from incidents.models import Severity
from tests.factories import get_severity, make_incident, make_published, make_service, make_team, make_user
from tests.incidents.test_severities import TABLE

pytestmark = pytest.mark.django_db

FIELDS = {
    "rank": 2,
    "name": "SEV-2",
    "aliases": "P1",
    "description": "Half is lit",
    "examples": "",
    "response_minutes": 20,
    "update_minutes": "",
    "escalation": "first",
}


@pytest.fixture
def browser(as_user):
    return as_user(make_user("cy", role=APPROVER))


@pytest.fixture
def team(db):
    return make_team()


def test_everybody_reads_what_severities_mean(as_ada, team):
    text = as_ada.get("/severities/").content.decode()
    assert get_severity("SEV-1").description in text
    assert "also P0, critical" in text
    assert "next business day" in text
    assert "Copy the shared scale" not in text


def test_a_scale_is_copied_with_one_click(browser, team):
    response = browser.post("/severities/harbour/copy/")
    assert response["Location"] == "/severities/harbour/"
    assert Severity.objects.filter(team=team).count() == 4
    assert "has a scale of its own already" in browser.post("/severities/harbour/copy/", follow=True).content.decode()


@pytest.mark.parametrize("slug", ["_shared", "harbour"])
def test_a_severity_is_changed(browser, team, slug):
    browser.post("/severities/harbour/copy/")
    severity = Severity.objects.get(team=None if slug == "_shared" else team, rank=2)
    page = f"/severities/{slug}/{severity.pk}/"
    assert browser.get(page).status_code == 200
    assert browser.post(page, FIELDS)["Location"] == f"/severities/{slug}/"
    severity.refresh_from_db()
    assert (severity.description, severity.response_minutes, severity.update_minutes) == ("Half is lit", 20, None)


@pytest.mark.parametrize(
    ("fields", "words"),
    [({"rank": 1}, "that rank"), ({"name": "p0"}, "means SEV-1 already"), ({"response_minutes": -1}, "greater than")],
)
def test_a_clash_comes_back_with_the_form(browser, fields, words):
    response = browser.post(f"/severities/_shared/{get_severity().pk}/", FIELDS | fields)
    assert response.status_code == 422
    assert words in response.content.decode()


def test_a_severity_is_added(browser):
    fields = FIELDS | {"rank": 5, "name": "SEV-5", "aliases": ""}
    assert browser.get("/severities/_shared/add/").status_code == 200
    assert browser.post("/severities/_shared/add/", fields).status_code == 302
    assert get_severity("SEV-5").rank == 5


def test_a_used_one_is_not_deleted_and_that_is_said(browser):
    severity = make_incident().severity
    text = browser.post(f"/severities/_shared/{severity.pk}/", {"delete": "1"}, follow=True).content.decode()
    assert "SEV-2 stays: 1 incident has it." in text
    browser.post(f"/severities/_shared/{get_severity('SEV-4').pk}/", {"delete": "1"})
    assert not Severity.objects.filter(name="SEV-4").exists()


def test_a_table_is_shown_before_it_is_taken_over(browser, team):
    runbook = make_published("Response", text=TABLE)
    page = f"/severities/harbour/adopt/?runbook={runbook.pk}"
    text = browser.get(page).content.decode()
    assert "Nothing is lit" in text
    assert "“10 minutes”" in text
    assert not Severity.objects.filter(team=team).exists()
    assert browser.post(page)["Location"] == "/severities/harbour/"
    assert Severity.objects.get(team=team, rank=1).response_minutes == 10


def test_a_runbook_that_the_reader_may_not_know_of_is_not_offered(browser):
    secret = make_service("Vault", classification="confidential")
    runbook = make_published("Key response", text=TABLE, service=secret)
    assert "Key response" not in browser.get("/severities/_shared/adopt/").content.decode()
    assert browser.post(f"/severities/_shared/adopt/?runbook={runbook.pk}").status_code == 422


def test_who_may_not_change_scales_gets_403(as_ada, team):
    page = f"/severities/_shared/{get_severity().pk}/"
    for path in ("/severities/_shared/", page, "/severities/_shared/add/", "/severities/_shared/adopt/"):
        assert as_ada.get(path).status_code == 403
    assert as_ada.post("/severities/harbour/copy/").status_code == 403
    assert as_ada.post(page, {"delete": "1"}).status_code == 403


def test_scales_that_are_not_there_are_not_found(browser, team):
    assert browser.get("/severities/harbour/").status_code == 404
    assert browser.get("/severities/nobody/").status_code == 404
    assert browser.get("/severities/_shared/99999999/").status_code == 404
