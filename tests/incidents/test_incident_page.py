"""The page of an incident: what it shows, to whom, and what it costs."""

import datetime as dt
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import ADMINISTRATOR, READER, RESPONDER
from incidents.models import EntryKind, Incident, Role, RoleHolder, StatusChange
from incidents.pages.incident import IncidentPage, get_incident
from incidents.pages.timeline import Filter
from incidents.services import changing
from incidents.services.notes import add_note, pin_entry
from incidents.services.timeline import record
from oncall.models import Classification, Contact, Service
from tests.factories import NOW, make_incident, make_path, make_service, make_team, make_user
from tests.runbooks.trees import make_picture

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER, display_name="Ben Tidewell")


def show(browser, incident, query=""):
    response = browser.get(f"/incidents/{incident.pk}/{query}")
    assert response.status_code == 200
    return response.content.decode()


def describe(incident, user, now=NOW + 42 * MINUTE):
    return IncidentPage(get_incident(user, incident.pk), user, Filter(), now)


def test_the_head_says_what_is_wrong_how_bad_and_where(ben, as_user):
    incident = make_incident("No tickets", make_service("Desk"), summary="One in six fails.", level="SEV-1")
    html = show(as_user(ben), incident)
    for part in ("<h1>No tickets</h1>", "One in six fails.", 'data-sev="1">SEV-1', "/services/desk/", "Investigating"):
        assert part in html


def test_every_panel_is_there(ben, as_user):
    html = show(as_user(ben), make_incident())
    for part in ("escalation", "runs", "alerts", "roles", "facts", "updates", "changes", "postmortem"):
        assert html.count(f'id="part-{part}"') == 1


def test_no_id_is_there_twice(ben, as_user):
    incident = make_incident()
    pin_entry(add_note(incident, "x", user=ben, now=NOW), user=ben, now=NOW)
    ids = re.findall(r'\sid="([^"]+)"', show(as_user(ben), incident))
    assert sorted(ids) == sorted(set(ids))


def test_the_clock_counts_from_when_it_began(ben):
    page = describe(make_incident(started_at=NOW - 10 * MINUTE), ben)
    assert page.elapsed == {"label": "Open for", "iso": "PT0H52M0S", "shown": "00:52:00", "is_running": "1"}


def test_the_clock_stands_when_it_is_resolved(ben):
    incident = make_incident()
    changing.change_status(incident, "resolved", user=ben, now=NOW + 20 * MINUTE)
    page = describe(incident, ben)
    assert page.elapsed == {"label": "Resolved after", "iso": "PT0H20M0S", "shown": "00:20:00", "is_running": ""}


def stages(page):
    return [(stage.label, stage.state, stage.time) for stage in page.stages]


def test_the_steps_have_the_time_of_each_status(ben):
    incident = make_incident()
    changing.change_status(incident, "identified", user=ben, now=NOW + 17 * MINUTE)
    assert stages(describe(incident, ben)) == [
        ("Began", "done", "03:14 UTC"),
        ("Investigating", "done", "03:14"),
        ("Identified", "now", "since 03:31"),
        ("Mitigating", "", ""),
        ("Monitoring", "", ""),
        ("Resolved", "", ""),
    ]


def test_the_steps_have_the_day_where_it_was_not_today(ben):
    assert stages(describe(make_incident(), ben, NOW + dt.timedelta(days=1)))[1][2] == "since Tue 17 Nov, 03:14"


def test_a_status_that_was_passed_over_is_not_said_to_be_done(ben):
    incident = make_incident()
    changing.change_status(incident, "monitoring", user=ben, now=NOW + MINUTE)
    page = describe(incident, ben)
    assert [stage.is_passed_over for stage in page.stages] == [False, False, True, True, False, False]


def test_going_back_takes_the_later_steps_back(ben):
    incident = make_incident()
    changing.change_status(incident, "monitoring", user=ben, now=NOW + MINUTE)
    changing.change_status(incident, "investigating", user=ben, now=NOW + 2 * MINUTE)
    assert stages(describe(incident, ben))[1] == ("Investigating", "now", "since 03:16")
    assert stages(describe(incident, ben))[4] == ("Monitoring", "", "")


@pytest.mark.parametrize(
    ("minutes", "due", "said"),
    [
        (20, "fresh", "Update due in 00:40:00"),
        (54, "soon", "Update due in 00:06:00"),
        (72, "overdue", "Update overdue by 00:12:00"),
    ],
)
def test_the_next_update_is_said_louder_the_nearer_it_is(ben, minutes, due, said):
    update = describe(make_incident(level="SEV-2"), ben, NOW + minutes * MINUTE).update
    assert (update["due"], f"{update['said']} {update['shown']}", update["when"]) == (due, said, "04:14 UTC")


def test_nobody_waits_for_an_update_of_what_is_over(ben):
    incident = make_incident()
    changing.change_status(incident, "resolved", user=ben, now=NOW + MINUTE)
    assert describe(incident, ben).update is None


def test_one_tap_leads_to_the_next_status(ben, as_user):
    incident = make_incident()
    browser = as_user(ben)
    assert 'name="status" value="identified">Mark identified</button>' in show(browser, incident)
    browser.post(f"/incidents/{incident.pk}/status/", {"status": "mitigating"})
    html = show(browser, incident)
    assert "Mitigated: monitor</button>" in html and 'value="resolved">Resolve</button>' in html


def test_impact_links_and_the_next_step_are_there(ben, as_user):
    incident = make_incident()
    words = {"affected": "eu-west-1", "customer_impact": "3,140 payments", "business_impact": "€ 41,000 an hour"}
    changing.change_facts(incident, user=ben, now=NOW, **words, next_step="Ask the vendor")
    changing.add_link(incident, label="The call", url="https://meet.example/inc", user=ben, now=NOW)
    html = show(as_user(ben), incident)
    for part in (
        *words.values(),
        "Ask the vendor",
        'href="https://meet.example/inc" rel="noopener noreferrer">The call',
    ):
        assert part in html


def test_who_is_on_it_stands_in_the_head(ben):
    incident = make_incident()
    for role in (Role.SCRIBE, Role.COMMANDER):
        RoleHolder.objects.create(incident=incident, role=role, person=ben, taken_at=NOW)
    assert [row["role"] for row in describe(incident, ben).holders] == ["Commander", "Scribe"]


HOSTILE = '<script>alert("x")</script>'


def test_hostile_text_is_text_everywhere(ben, as_user):
    incident = make_incident(HOSTILE, Service.objects.create(name=HOSTILE, slug="hostile"), summary=HOSTILE)
    changing.change_facts(incident, user=ben, now=NOW, affected=HOSTILE, customer_impact=HOSTILE, next_step=HOSTILE)
    changing.add_link(incident, label=HOSTILE, url="https://x.example/", user=ben, now=NOW)
    pin_entry(add_note(incident, HOSTILE, user=ben, now=NOW), user=ben, now=NOW)
    record(incident, EntryKind.ALERT, HOSTILE, now=NOW, url="javascript:alert(1)")
    html = show(as_user(ben), incident)
    assert "<script>alert" not in html and "javascript:alert" not in html


@pytest.mark.parametrize("url", ["//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)"])
def test_an_entry_leads_to_pages_of_the_portal_only(ben, as_user, url):
    incident = make_incident()
    record(incident, EntryKind.RUN, "did a step", now=NOW, url=url)
    assert "evil.example" not in show(as_user(ben), incident)


def test_a_reader_sees_it_all_and_changes_nothing(as_user):
    incident = make_incident()
    browser = as_user(make_user("cy", role=READER))
    html = show(browser, incident)
    for part in ("note-form", "portal-pins", "/correct/", 'name="status"', "/facts/"):
        assert part not in html
    assert browser.post(f"/incidents/{incident.pk}/note/", {"markdown": "x"}).status_code == 403
    assert browser.post("/incidents/preview/", {"content": "x"}).status_code == 403


@pytest.mark.parametrize("path", ["", "live/", "timeline.md", "timeline.json"])
def test_a_confidential_incident_is_not_there_for_others(as_user, path):
    team = make_team("Harbour")
    secret = make_service("Manifest", team=team, classification=Classification.CONFIDENTIAL)
    incident = make_incident("Names are shown", secret)
    assert as_user(make_user("cy", role=RESPONDER)).get(f"/incidents/{incident.pk}/{path}").status_code == 404
    assert as_user(make_user("ada", role=ADMINISTRATOR)).get(f"/incidents/{incident.pk}/{path}").status_code == 200


def test_nobody_writes_into_an_incident_they_may_not_know_of(as_user):
    incident = make_incident("x", make_service("Manifest", classification=Classification.CONFIDENTIAL))
    entry = incident.timeline.first()
    browser = as_user(make_user("cy", role=RESPONDER))
    for path in ("note/", f"entries/{entry.pk}/pin/", f"entries/{entry.pk}/correct/"):
        assert browser.post(f"/incidents/{incident.pk}/{path}", {"markdown": "x"}).status_code == 404


def test_a_confidential_service_is_named_but_not_linked_for_whoever_was_told(as_user):
    team = make_team("Harbour")
    secret = make_service("Manifest", team=team, classification=Classification.CONFIDENTIAL)
    incident = make_incident("Names are shown", secret)
    cy = make_user("cy", role=RESPONDER)
    RoleHolder.objects.create(incident=incident, role=Role.SCRIBE, person=cy, taken_at=NOW)
    html = show(as_user(cy), incident)
    assert "Manifest" in html and "/services/manifest/" not in html


@pytest.mark.parametrize("number", [999_999, 2**63, 2**80])
def test_a_number_that_is_none_is_404(ben, as_user, number):
    assert as_user(ben).get(f"/incidents/{number}/").status_code == 404


def test_a_note_leads_back_to_its_entry(ben, as_user):
    incident = make_incident()
    response = as_user(ben).post(f"/incidents/{incident.pk}/note/", {"markdown": "The desk is back."})
    note = incident.timeline.get(kind="note")
    assert (response.status_code, response["Location"]) == (302, f"/incidents/{incident.pk}/#entry-{note.pk}")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"markdown": ""}, "Write something first."),
        ({"markdown": "Kept words", "at": "2099-01-01T00:00"}, "has not happened yet"),
        ({"markdown": "Kept words", "at": "yesterday"}, "Give a day and a time"),
        ({"markdown": "Kept words: password=" + "hunter2-Xk39dLm2"}, "looks like a credential"),
        ({"markdown": "x" * 20_001}, "is the most"),
    ],
)
def test_a_refused_note_comes_back_with_its_words(ben, as_user, words, said):
    incident = make_incident()
    response = as_user(ben).post(f"/incidents/{incident.pk}/note/", words)
    html = response.content.decode()
    assert response.status_code == 422
    assert said in html and words["markdown"] in html


def test_the_time_of_a_note_is_on_the_reader_s_clock(as_user):
    ben = make_user("ben", role=RESPONDER, time_zone="Asia/Kolkata")
    incident = make_incident()
    as_user(ben).post(f"/incidents/{incident.pk}/note/", {"markdown": "x", "at": "2026-11-17T08:44"})
    assert incident.timeline.get(kind="note").happened_at == NOW


def test_the_preview_shows_what_a_note_will_look_like(ben, as_user):
    browser = as_user(ben)
    assert "<strong>back</strong>" in browser.post("/incidents/preview/", {"content": "**back**"}).content.decode()
    refused = browser.post("/incidents/preview/", {"content": "x" * 20_001})
    assert refused.status_code == 422 and "is the most" in refused.content.decode()


def test_a_responder_may_paste_a_graph(ben, as_user):
    upload = SimpleUploadedFile("graph.png", make_picture())
    assert as_user(ben).post("/markdownx/upload/", {"image": upload}).status_code == 201


def count_queries(browser, incident):
    with CaptureQueriesContext(connection) as queries:
        show(browser, incident)
    return len(queries)


def test_two_entries_and_two_hundred_cost_the_same_ten_queries_at_most(ben, as_user):
    browser = as_user(ben)
    path = make_path([Contact.objects.create(name="Night desk")])
    desk = make_service("Desk", escalation_path=path)
    small, large = make_incident("Small", desk), make_incident("Large", desk)
    for number in range(200):
        note = add_note(large, f"note {number}", user=ben, now=NOW + number * MINUTE)
        if number % 50 == 0:
            pin_entry(note, user=ben, now=NOW)
    show(browser, make_incident("Warm"))
    counts = count_queries(browser, small), count_queries(browser, large)
    assert counts[0] == counts[1] <= 10


def test_what_did_not_change_is_not_read_again(ben, as_user):
    incident, browser = make_incident(), as_user(ben)
    show(browser, make_incident("Warm"))
    first = count_queries(browser, incident)
    assert count_queries(browser, incident) == first - 1


def test_a_kept_timeline_gives_way_to_every_change(ben, as_user):
    incident, browser = make_incident(), as_user(ben)
    show(browser, incident)
    note = add_note(incident, "The desk is back.", user=ben, now=NOW)
    assert "The desk is back." in show(browser, incident)
    pin_entry(note, user=ben, now=NOW)
    assert show(browser, incident).count("The desk is back.") == 2


def test_a_kept_timeline_is_the_reader_s_own(ben, as_user):
    incident = make_incident()
    show(as_user(ben), incident)
    html = show(as_user(make_user("cy", role=READER, time_zone="Asia/Kolkata")), incident)
    assert "/correct/" not in html and ">08:44" in html


def test_a_status_change_without_times_in_order_is_drawn_all_the_same(ben):
    incident = make_incident()
    StatusChange.objects.create(incident=incident, status="identified", at=NOW - 5 * MINUTE)
    Incident.objects.filter(pk=incident.pk).update(status="identified")
    assert stages(describe(incident, ben))[2] == ("Identified", "now", "since 03:09")
