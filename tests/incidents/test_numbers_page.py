"""The page of numbers and its files."""

import csv
import datetime as dt
import io
import xml.etree.ElementTree as ET

import pytest
from django.utils import timezone

from accounts.roles import RESPONDER
from tests.factories import NOW, make_incident, make_service, make_team, make_user
from tests.incidents.postmortems import make_resolved
from tests.incidents.test_numbers import make_alert

pytestmark = pytest.mark.django_db
TABLES = ("lengths", "severity", "service", "week", "hours", "alerts", "runs")


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC))


@pytest.fixture
def client(as_user):
    return as_user(make_user("ben", role=RESPONDER))


def test_an_empty_portal_has_a_page_too(client):
    response = client.get("/incidents/numbers/")
    assert response.status_code == 200
    assert "<svg viewBox" not in response.text


def test_charts_are_drawn_with_a_name_and_a_table_below(client):
    make_resolved("One", make_service("Ticket <desk> & lamp"))
    page = client.get("/incidents/numbers/").text
    drawings = [f"<svg viewBox{part.partition('</svg>')[0]}</svg>" for part in page.split("<svg viewBox")[1:]]
    assert len(drawings) == 3
    for drawing in drawings:
        tree = ET.fromstring(drawing)
        assert tree.get("aria-labelledby") == tree.find("title").get("id")
        assert tree.get("style") is None
    assert "Ticket &lt;desk&gt; &amp; lamp" in page


def test_the_last_ninety_days_are_counted_unless_days_are_given(client):
    make_resolved()
    make_resolved(now=NOW - dt.timedelta(days=120))
    assert client.get("/incidents/numbers/").context["numbers"].all["total"] == 1
    wide = client.get("/incidents/numbers/?first=2026-01-01&last=2026-12-31")
    assert wide.context["numbers"].all["total"] == 2


def test_days_are_those_of_the_chosen_team_s_clock(client):
    team = make_team("Platform")
    team.time_zone = "Asia/Kolkata"
    team.save()
    make_incident(team=team, now=dt.datetime(2026, 11, 15, 19, tzinfo=dt.UTC))  # 00:30 on the 16th there
    response = client.get("/incidents/numbers/?first=2026-11-16&last=2026-11-16&team=platform")
    assert response.context["numbers"].all["total"] == 1
    assert "by the clock of Asia/Kolkata" in response.text


@pytest.mark.parametrize(
    "query",
    [
        "first=soon",
        "first=2026-11-02&last=2026-11-01",
        "first=1990-01-01&last=2026-01-01",
        "first=0001-01-01&last=0001-01-02",
        "last=9999-12-31",
        "team=none",
        "service=none",
        "severity=x",
        "severity=99999999999999999999",
    ],
)
def test_a_filter_that_means_nothing_is_said(client, query):
    for address in ("/incidents/numbers/", "/incidents/numbers.csv"):
        assert client.get(f"{address}?{query}").status_code == 422


def test_a_confidential_service_can_t_be_asked_for_by_strangers(client):
    make_service("Vault", classification="confidential", team=make_team("Crown"))
    assert client.get("/incidents/numbers/?service=vault").status_code == 422


@pytest.mark.parametrize("table", TABLES)
def test_each_table_is_a_file(client, table):
    make_resolved("One", make_service())
    make_alert("DiskFull", NOW)
    response = client.get(f"/incidents/numbers.csv?table={table}&first=2026-11-01&last=2026-11-30")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert f"incidents-{table}-2026-11-01-2026-11-30.csv" in response["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(response.text)))
    assert len({len(row) for row in rows}) == 1


def test_a_hostile_name_is_no_formula(client):
    make_alert('=HYPERLINK("http://x")', NOW)
    assert "'=HYPERLINK" in client.get("/incidents/numbers.csv?table=alerts").text


def test_there_is_no_other_file(client):
    assert client.get("/incidents/numbers.csv?table=passwords").status_code == 404
    assert client.get("/incidents/numbers.csv").status_code == 404


def test_the_page_links_its_files_with_its_own_filter(client):
    make_resolved()
    page = client.get("/incidents/numbers/?first=2026-11-01&last=2026-11-30").text
    assert "/incidents/numbers.csv?first=2026-11-01&amp;last=2026-11-30&amp;table=severity" in page


def test_as_many_queries_for_two_incidents_as_for_many(client, django_assert_max_num_queries):
    service = make_service()
    for number in range(2):
        make_resolved(f"One {number}", service)
    with django_assert_max_num_queries(14) as two:
        client.get("/incidents/numbers/")
    for number in range(30):
        make_resolved(f"More {number}", service, now=NOW - dt.timedelta(hours=7 * number))
    with django_assert_max_num_queries(len(two.captured_queries)):
        client.get("/incidents/numbers/")
