"""The report of links, the page of a host, and having links asked again."""

import csv
import io

import pytest

from accounts.roles import ADMINISTRATOR, EDITOR
from oncall.models import Classification
from runbooks.models import ExternalLink, LinkHost
from tests.factories import NOW, make_published, make_service, make_user

pytestmark = pytest.mark.django_db
URL = "/reviews/links/"
State = ExternalLink.State
TEXT = """\
# {title}

## Where to look

[Dashboard](https://grafana.harbour.pt/d/1) and [=wiki()](https://wiki.harbour.pt/x).
"""


@pytest.fixture
def runbook():
    runbook = make_published(text=TEXT.format(title="Ticket desk"))
    kill("https://grafana.harbour.pt/d/1")
    return runbook


def kill(url):
    fields = {"state": State.DEAD, "status": 404, "said": "404 Not Found.", "checked_at": NOW}
    ExternalLink.objects.filter(url=url).update(**fields, dead_since=NOW, failing_since=NOW)


def host_url(name="grafana.harbour.pt"):
    return f"{URL}hosts/{LinkHost.objects.get(name=name).pk}/"


def test_dead_links_stand_first_by_host(runbook, as_ada):
    page = as_ada.get(URL).content.decode()
    assert "grafana.harbour.pt" in page
    assert "1 dead" in page
    assert "wiki.harbour.pt" not in page


def test_by_runbook_each_names_its_links(runbook, as_ada):
    page = as_ada.get(f"{URL}?by=runbook").content.decode()
    assert "/runbooks/ticket-desk/ticket-desk/readiness/" in page
    assert "404 Not Found." in page
    assert "line 5" in page


def test_filters_count_what_they_would_show(runbook, as_ada):
    states = as_ada.get(f"{URL}?state=all").context["states"]
    assert {one["value"]: one["count"] for one in states if one["count"]} == {"dead": 1, "unknown": 1}


@pytest.mark.parametrize("words", ["grafana", "dashboard", "ticket desk", "/d/1"])
def test_words_find_addresses_link_texts_and_runbooks(runbook, as_ada, words):
    assert "grafana.harbour.pt" in as_ada.get(URL, {"q": words}).content.decode()


@pytest.mark.parametrize("query", ["q=%00", "state=none", "by=x", "page=99", "page=-1", "q=" + "a" * 5000, "q=%25_%5C"])
def test_odd_addresses_of_the_page_are_answered(runbook, as_ada, query):
    assert as_ada.get(f"{URL}?{query}").status_code == 200


def test_links_of_confidential_runbooks_are_nobody_elses(as_ada, as_user):
    make_published(text=TEXT.format(title="Safe"), classification=Classification.CONFIDENTIAL)
    kill("https://grafana.harbour.pt/d/1")
    for address in (f"{URL}?state=all", f"{URL}?by=runbook&state=all", f"{URL}links.csv?state=all"):
        assert "harbour.pt" not in as_ada.get(address).content.decode()
    assert as_ada.get(host_url()).status_code == 404
    assert as_ada.get(URL).context["total"] == 0
    chief = as_user(make_user("cy", role=ADMINISTRATOR))
    assert "grafana.harbour.pt" in chief.get(URL).content.decode()


def test_a_host_shows_only_the_places_that_may_be_seen(runbook, as_ada):
    make_published("Safe", text=TEXT.format(title="Safe"), classification=Classification.CONFIDENTIAL)
    page = as_ada.get(host_url()).content.decode()
    assert "Ticket desk" in page
    assert "Safe" not in page


def test_a_host_leads_to_the_section_and_for_editors_to_the_editor(runbook, as_ada, as_user):
    page = as_ada.get(host_url()).content.decode()
    assert "/runbooks/ticket-desk/ticket-desk/#where-to-look" in page
    assert "edit/?section=where-to-look" not in page
    assert "edit/?section=where-to-look" in as_user(make_user("cy", role=EDITOR)).get(host_url()).content.decode()


def test_an_editor_has_links_asked_again(runbook, as_user):
    link = ExternalLink.objects.get(host__name="grafana.harbour.pt")
    link.next_check_at = link.next_check_at.replace(year=2099)
    link.save()
    client = as_user(make_user("cy", role=EDITOR))
    response = client.post(f"{host_url()}check/", {"link": link.pk}, follow=True)
    assert "1 address is asked again" in response.content.decode()
    link.refresh_from_db()
    assert link.next_check_at.year < 2099


@pytest.mark.parametrize("link", ["x", "-1", "999999999", "9" * 40, "²"])
def test_an_odd_link_is_not_asked(runbook, as_user, link):
    response = as_user(make_user("cy", role=EDITOR)).post(f"{host_url()}check/", {"link": link}, follow=True)
    assert "nothing to do" in response.content.decode()


def test_a_reader_may_not_have_links_asked(runbook, as_ada):
    assert as_ada.post(f"{host_url()}check/").status_code == 403
    assert "Check all now" not in as_ada.get(host_url()).content.decode()


def test_the_csv_holds_a_line_for_each_place_and_no_formula(runbook, as_ada):
    text = as_ada.get(f"{URL}links.csv?state=all").content.decode()
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["address"] for row in rows] == ["https://grafana.harbour.pt/d/1", "https://wiki.harbour.pt/x"]
    assert (rows[0]["state"], rows[0]["status"], rows[0]["line"]) == ("Dead", "404", "5")
    assert rows[0]["dead since"] == "2026-11-17T03:14:00Z"
    assert rows[1]["text"] == "'=wiki()"


def test_readiness_names_dead_links_and_the_score_stays(runbook, as_ada):
    url = "/runbooks/ticket-desk/ticket-desk/readiness/"
    response = as_ada.get(url)
    page = response.content.decode()
    assert "The link “Dashboard” (https://grafana.harbour.pt/d/1) is dead since 17 November. 404 Not Found." in page
    ExternalLink.objects.update(state=State.ALIVE, dead_since=None)
    assert as_ada.get(url).context["readiness"] == response.context["readiness"]


def test_the_page_says_when_links_are_not_asked(runbook, as_ada, settings):
    settings.LINK_CHECKS = False
    assert "LINK_CHECKS is off" in as_ada.get(URL).content.decode()


def test_the_page_says_when_nobody_answers(runbook, as_ada):
    ExternalLink.objects.update(
        state=State.UNKNOWN,
        dead_since=None,
        status=None,
        failing_since=NOW,
        checked_at=NOW,
        said="The name leads nowhere.",
    )
    assert "not let out" in as_ada.get(URL).content.decode()


def test_hostile_words_of_links_are_shown_as_text(as_ada):
    make_published(text='# A\n\n[<script>alert(1)</script>](https://evil.pt/"><script>x</script>)\n')
    for address in (f"{URL}?state=all", f"{URL}?state=all&by=runbook"):
        assert "<script>alert" not in as_ada.get(address).content.decode()


@pytest.mark.parametrize("query", ["?state=all", "?state=all&by=runbook"])
def test_the_number_of_queries_does_not_grow(as_ada, django_assert_max_num_queries, query):
    for number in range(12):
        links = "\n\n".join(f"[x](https://h{n}.harbour.pt/{number})" for n in range(number + 1))
        make_published(f"Desk {number}", text=f"# Desk {number}\n\n{links}\n", service=make_service(f"Desk {number}"))
    with django_assert_max_num_queries(12):
        assert as_ada.get(URL + query).status_code == 200
    with django_assert_max_num_queries(12):
        assert as_ada.get(host_url("h0.harbour.pt")).status_code == 200


def test_the_admin_lists_links_and_has_them_asked_again(runbook, as_user):
    chief = make_user("cy", role=ADMINISTRATOR, is_staff=True)
    client = as_user(chief)
    page = client.get("/admin/runbooks/externallink/")
    assert page.status_code == 200
    assert "grafana.harbour.pt" in page.content.decode()
    chosen = [link.pk for link in ExternalLink.objects.all()]
    data = {"action": "ask_again", "_selected_action": chosen}
    ExternalLink.objects.update(checked_at=None)
    assert (
        "2 addresses are asked again"
        in client.post("/admin/runbooks/externallink/", data, follow=True).content.decode()
    )
    assert client.get(f"/admin/runbooks/externallink/{chosen[0]}/change/").status_code == 200
