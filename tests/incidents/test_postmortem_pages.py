"""The pages of post-mortems: list, report, writing, Markdown, the panel."""

import datetime as dt
import json
import re

import pytest
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.roles import APPROVER, RESPONDER
from incidents.models import Incident
from incidents.services.postmortems import base_of, save_postmortem, submit_postmortem
from tests.factories import NOW, make_incident, make_service, make_team, make_user
from tests.incidents.postmortems import HOUR, WRITTEN, make_action, make_postmortem, make_published, make_resolved

pytestmark = pytest.mark.django_db
HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=alert(1)>"


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW + HOUR * 6)


@pytest.fixture
def ben():
    return make_user("ben", role=APPROVER)


@pytest.fixture
def secret():
    boss = make_user("boss", role=APPROVER, is_superuser=True)
    vault = make_service("Vault", classification="confidential", team=make_team("Crown"))
    return make_published(boss, make_resolved("Gold is gone", vault), summary="Gold")


def form_of(postmortem, **changes):
    """What a browser sends that opened the form now."""
    texts = {name: getattr(postmortem, name) for name in base_of(postmortem)}
    return texts | {"base": json.dumps(base_of(postmortem)), "owner": postmortem.owner_id} | changes


def test_the_report_has_durations_texts_and_facts(as_ada, ben):
    incident = make_resolved("No tickets", make_service("Ticket desk"), hours=2.5)
    Incident.objects.filter(pk=incident.pk).update(acknowledged_at=NOW + HOUR / 4)
    make_published(ben, incident, users_affected="About 1,200", lucky="It was *Monday*.")
    page = as_ada.get(f"/postmortems/{incident.pk}/").text
    for words in ("15 min", "2 h 30 min", "About 1,200", "<em>Monday</em>", "A full disk.", "Ticket desk", "Published"):
        assert words in page, words


def test_how_long_it_went_unnoticed_is_said(as_ada, ben):
    incident = make_resolved(started_at=NOW - HOUR)
    make_postmortem(ben, incident)
    page = as_ada.get(f"/postmortems/{incident.pk}/").text
    assert "Until noticed" in page
    assert "3 h<small>from its beginning until resolved" in page


def test_hostile_words_stay_words_everywhere(as_user, ben):
    incident = make_resolved(HOSTILE[:200], team=make_team("Harbour"))
    postmortem = make_postmortem(ben, incident, **dict.fromkeys(WRITTEN, HOSTILE), users_affected=HOSTILE[:100])
    make_action(ben, postmortem, HOSTILE)
    client, address = as_user(ben), f"/postmortems/{incident.pk}/"
    pages = [client.get(path).text for path in (address, f"{address}edit/", "/postmortems/", "/actions/")]
    pages.append(client.post(f"{address}edit/", form_of(postmortem, do="preview")).text)
    for page in pages:
        assert "<script>alert" not in page
        assert 'href="javascript' not in page
        assert "<img src=x" not in page
    markdown = client.get(f"{address}postmortem.md").text
    assert "# Post-mortem: \\<script>" in markdown


def test_a_stranger_learns_nothing_of_a_confidential_one(as_ada, secret):
    for name in ("", "edit/", "postmortem.md"):
        assert as_ada.get(f"/postmortems/{secret.incident_id}/{name}").status_code == 404
    assert as_ada.post(f"/postmortems/{secret.incident_id}/status/", {"do": "reopen"}).status_code == 404
    assert as_ada.post(f"/incidents/{secret.incident_id}/postmortem/").status_code == 404
    assert "Gold" not in as_ada.get("/postmortems/").text


def test_a_responder_begins_one_and_writes(as_user):
    ada = make_user("ada", role=RESPONDER)
    incident, client = make_resolved(), as_user(ada)
    response = client.post(f"/incidents/{incident.pk}/postmortem/")
    assert response["Location"] == f"/postmortems/{incident.pk}/edit/"
    postmortem = incident.postmortem
    saved = client.post(response["Location"], form_of(postmortem, root_cause="A full disk."))
    assert saved["Location"] == f"/postmortems/{incident.pk}/"
    postmortem.refresh_from_db()
    assert postmortem.root_cause == "A full disk."


def test_beginning_one_too_early_says_so(as_user, ben):
    incident = make_incident()
    response = as_user(ben).post(f"/incidents/{incident.pk}/postmortem/")
    assert response["Location"] == f"/incidents/{incident.pk}/"


@pytest.mark.parametrize("name", ["", "edit/"])
def test_a_reader_may_neither_begin_nor_write(as_ada, ben, name):
    postmortem = make_postmortem(ben)
    if name:
        assert as_ada.get(f"/postmortems/{postmortem.incident_id}/{name}").status_code == 403
    assert as_ada.post(f"/incidents/{make_resolved('Other').pk}/postmortem/").status_code == 403


def test_a_clash_shows_both_texts_and_loses_none(as_user, ben):
    postmortem = make_postmortem(ben, summary="Old", lucky="Old")
    mine = form_of(postmortem, summary="Mine", prevention="Also mine")
    save_postmortem(postmortem, base_of(postmortem), user=ben, now=NOW, summary="Theirs", lucky="Theirs too")
    client, address = as_user(ben), f"/postmortems/{postmortem.incident_id}/edit/"
    response = client.post(address, mine)
    assert response.status_code == 422
    form = response.context["form"]
    assert (form["summary"].value(), form["prevention"].value(), form["lucky"].value()) == (
        "Mine",
        "Also mine",
        "Theirs too",
    )
    assert re.search(r"<pre[^>]*>Theirs</pre>", response.text)
    again = {field.name: field.value() for field in form} | {"summary": "Both"}
    assert client.post(address, again).status_code == 302
    postmortem.refresh_from_db()
    assert (postmortem.summary, postmortem.lucky, postmortem.prevention) == ("Both", "Theirs too", "Also mine")


@pytest.mark.parametrize("base", ["", "no json", "[]", '{"summary": 3}'])
def test_a_form_without_a_base_saves_what_it_says(as_user, ben, base):
    postmortem = make_postmortem(ben)
    response = as_user(ben).post(
        f"/postmortems/{postmortem.incident_id}/edit/", form_of(postmortem, lucky="Yes", base=base)
    )
    assert response.status_code in (302, 422)  # a base that names other words is a clash, and says so


def test_a_refused_form_comes_back_filled_in(as_user, ben):
    postmortem = make_postmortem(ben)
    response = as_user(ben).post(
        f"/postmortems/{postmortem.incident_id}/edit/", form_of(postmortem, summary="Words", users_affected="x" * 201)
    )
    assert response.status_code == 422
    assert response.context["form"]["summary"].value() == "Words"


def test_preview_saves_nothing(as_user, ben):
    postmortem = make_postmortem(ben)
    client, address = as_user(ben), f"/postmortems/{postmortem.incident_id}/"
    response = client.post(f"{address}edit/", form_of(postmortem, summary="**Bold**", do="preview"))
    assert "<strong>Bold</strong>" in response.text
    assert client.post(f"{address}preview/", {"text": "*x*"}).text == "<p><em>x</em></p>"
    assert client.post(f"{address}preview/", {"text": "a\0"}).status_code == 422
    postmortem.refresh_from_db()
    assert postmortem.summary == ""


def test_published_it_is_not_edited_but_reopened(as_user, ben):
    postmortem, client = make_published(ben), as_user(ben)
    address = f"/postmortems/{postmortem.incident_id}/"
    assert client.get(f"{address}edit/")["Location"] == address
    client.post(f"{address}status/", {"do": "reopen", "reason": "Wrong numbers"})
    assert client.get(f"{address}edit/").status_code == 200


def test_a_change_to_the_texts_is_seen_at_once(as_ada, ben):
    postmortem = make_postmortem(ben, summary="First words")
    address = f"/postmortems/{postmortem.incident_id}/"
    assert "First words" in as_ada.get(address).text
    save_postmortem(postmortem, {}, user=ben, now=NOW, summary="Second words")
    assert "Second words" in as_ada.get(address).text


def test_submitting_with_parts_missing_says_which(as_user, ben):
    postmortem = make_postmortem(ben)
    response = as_user(ben).post(f"/postmortems/{postmortem.incident_id}/status/", {"do": "submit"}, follow=True)
    assert "Still missing: " in response.text


def test_who_may_not_publish_gets_403_and_nonsense_400(as_user, ben):
    postmortem = submit_postmortem(make_postmortem(ben, **WRITTEN), user=ben, now=NOW)
    client, address = as_user(make_user("cy", role=RESPONDER)), f"/postmortems/{postmortem.incident_id}/status/"
    assert client.post(address, {"do": "publish"}).status_code == 403
    assert client.post(address, {"do": "burn"}).status_code == 400
    assert client.get(address).status_code == 405


def test_the_list_shows_who_owes_one(as_ada, ben):
    late = make_resolved("Late one", now=NOW - dt.timedelta(days=5))
    make_resolved("Small one", level="SEV-3")
    make_published(ben, make_resolved("Written one"))
    response = as_ada.get("/postmortems/")
    assert [row.incident for row in response.context["owed"]] == [late]
    assert response.context["owed"][0].is_overdue
    assert [one.incident.title for one in response.context["page"].object_list] == ["Written one"]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("status=published", ["Gates"]),
        ("status=draft", ["Tickets"]),
        ("q=gates", ["Gates"]),
        ("q=full+disk", []),
        ("team=harbour", ["Tickets"]),
        ("severity=999", []),
        ("severity=x&status=x&q=%00&team=%00&page=x", ["Gates", "Tickets"]),
    ],
)
def test_the_list_is_narrowed(as_ada, ben, query, found):
    make_postmortem(ben, make_resolved("Tickets", team=make_team("Harbour")))
    make_published(ben, make_resolved("Gates"))
    response = as_ada.get(f"/postmortems/?{query}")
    assert [one.incident.title for one in response.context["page"].object_list] == found


def test_it_is_found_by_its_number(as_ada, ben):
    postmortem = make_postmortem(ben)
    response = as_ada.get(f"/postmortems/?q=inc-{postmortem.incident_id}")
    assert list(response.context["page"].object_list) == [postmortem]


def test_the_list_takes_as_many_queries_for_two_rows_as_for_twenty(as_user, ben, django_assert_max_num_queries):
    client = as_user(ben)
    for number in range(2):
        make_postmortem(ben, make_resolved(f"One {number}"))
    with django_assert_max_num_queries(6) as two:
        client.get("/postmortems/")
    for number in range(18):
        make_postmortem(ben, make_resolved(f"More {number}"))
    with django_assert_max_num_queries(len(two.captured_queries)):
        client.get("/postmortems/")


def test_the_report_stays_within_ten_queries(as_user, ben, django_assert_max_num_queries):
    postmortem, client = make_postmortem(ben, **WRITTEN), as_user(ben)
    for number in range(12):
        make_action(ben, postmortem, f"Item {number}", owner=ben)
    with django_assert_max_num_queries(10):
        client.get(f"/postmortems/{postmortem.incident_id}/")


def test_the_markdown_holds_all_of_it(as_ada, ben):
    incident = make_resolved("No tickets", make_service("Ticket desk"))
    postmortem = make_published(ben, incident, lucky="It was *Monday*.", data_loss="No")
    make_action(ben, postmortem, "Watch | the disk", owner=ben, due_on=dt.date(2026, 12, 1))
    response = as_ada.get(f"/postmortems/{incident.pk}/postmortem.md")
    assert response["Content-Type"].startswith("text/markdown")
    text = response.text
    for words in (
        "# Post-mortem: No tickets",
        "- **Severity:** SEV-2",
        "- **Began:** 2026-11-17 03:14 UTC",
        "- **To resolve:** 2 h",
        "## Root cause\n\nA full disk.",
        "- **Data loss:** No",
        "- **Users affected:** not said",
        "It was *Monday*.",
        "| Watch \\| the disk | Ben | 2026-12-01 | Open |  |",
    ):
        assert words in text, words


def panel(incident, user):
    loaded = Incident.objects.select_related("severity", "team", "postmortem").get(pk=incident.pk)
    return loaded, lambda: render_to_string(
        "incidents/_incident_postmortem.html", {"incident": loaded, "user": user, "perms": {}}
    )


def test_the_panel_asks_nothing_of_the_database(ben, django_assert_num_queries):
    _, draw = panel(make_postmortem(ben).incident, ben)
    with django_assert_num_queries(0):
        page = draw()
    assert "Due in review by" in page


def test_the_panel_says_when_one_is_due_and_nothing_while_the_incident_goes_on(ben):
    assert "Due in review by" in panel(make_resolved(), ben)[1]()
    assert "Not asked for" in panel(make_resolved(level="SEV-3"), ben)[1]()
    assert panel(make_incident(), ben)[1]().strip() == ""
