"""The overview of action items, the form of one, lessons, and the CSV."""

import csv
import datetime as dt
import io

import pytest
from django.utils import timezone

from accounts.roles import EDITOR, RESPONDER
from incidents.models import ActionItem, Lesson
from incidents.services.lessons import add_lesson
from oncall.models import Service
from tests.factories import NOW, make_published, make_service, make_team, make_user
from tests.incidents.postmortems import make_action, make_postmortem, make_resolved

pytestmark = pytest.mark.django_db
TODAY = dt.date(2026, 11, 21)


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC))


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


def texts(response):
    return [item.text for item in response.context["page"].object_list]


def test_open_items_stand_by_their_due_date_and_overdue_ones_are_loud(as_ada, ben):
    postmortem = make_postmortem(ben)
    make_action(ben, postmortem, "Later", due_on=TODAY + dt.timedelta(days=30))
    make_action(ben, postmortem, "Some day")
    make_action(ben, postmortem, "Late", due_on=TODAY - dt.timedelta(days=1))
    response = as_ada.get("/actions/")
    assert texts(response) == ["Late", "Later", "Some day"]
    assert "Overdue: 20 Nov 2026" in response.text


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["Mine", "Nobody's"]),
        ("whose=mine", ["Mine"]),
        ("whose=nobody", ["Nobody's"]),
        ("whose=team:harbour", []),
        ("status=overdue", ["Mine"]),
        ("status=closed", ["Done"]),
        ("status=all", ["Mine", "Nobody's", "Done"]),
        ("status=started", []),
        ("whose=%00&status=nonsense", ["Mine", "Nobody's"]),
    ],
)
def test_filters(as_user, ben, query, found):
    make_team("Harbour")
    postmortem = make_postmortem(ben)
    make_action(ben, postmortem, "Mine", owner=ben, due_on=TODAY - dt.timedelta(days=2))
    make_action(ben, postmortem, "Nobody's", due_on=TODAY + dt.timedelta(days=2))
    done = make_action(ben, postmortem, "Done", owner=ben)
    ActionItem.objects.filter(pk=done.pk).update(status="done", closed_at=NOW)
    assert texts(as_user(ben).get(f"/actions/?{query}")) == found


def test_items_of_a_confidential_incident_are_not_listed_for_strangers(as_ada):
    boss = make_user("boss", is_superuser=True)
    secret = make_service("Vault", classification="confidential", team=make_team("Crown"))
    item = make_action(boss, make_postmortem(boss, make_resolved("Gold is gone", secret)), "Count the gold")
    assert "gold" not in as_ada.get("/actions/").text.lower()
    assert "gold" not in as_ada.get("/actions/actions.csv").text.lower()
    assert as_ada.get(f"/actions/{item.pk}/").status_code == 404


def test_an_owner_keeps_the_item_but_not_the_title_of_an_incident_that_became_confidential(as_ada, ada, ben):
    service = make_service("Vault", team=make_team("Crown"))
    item = make_action(ben, make_postmortem(ben, make_resolved("Gold is gone", service)), "Count", owner=ada)
    Service.objects.update(classification="confidential")
    for address in ("/actions/", f"/actions/{item.pk}/", "/actions/actions.csv"):
        response = as_ada.get(address)
        assert "Count" in response.text
        assert "Gold" not in response.text


def test_the_list_takes_as_many_queries_for_two_rows_as_for_twenty(as_user, ben, django_assert_max_num_queries):
    client, postmortem = as_user(ben), make_postmortem(ben)
    for number in range(2):
        make_action(ben, postmortem, f"Item {number}", owner=ben)
    with django_assert_max_num_queries(5) as two:
        client.get("/actions/")
    for number in range(18):
        make_action(ben, postmortem, f"More {number}", owner=ben)
    with django_assert_max_num_queries(len(two.captured_queries)):
        client.get("/actions/")


def test_long_lists_have_pages(as_ada, ben):
    postmortem = make_postmortem(ben)
    for number in range(51):
        make_action(ben, postmortem, f"Item {number}")
    assert len(texts(as_ada.get("/actions/?page=2"))) == 1


def test_no_cell_of_the_csv_is_a_formula(as_ada, ben):
    postmortem = make_postmortem(ben)
    for text in ('=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", " =1"):
        make_action(ben, postmortem, text)
    rows = list(csv.reader(io.StringIO(as_ada.get("/actions/actions.csv").text)))
    assert rows[0][0] == "Action"
    assert all(row[0].startswith("'") for row in rows[1:])


def test_a_responder_writes_one_down_on_the_post_mortem(as_user, ben):
    postmortem = make_postmortem(ben)
    data = {"text": "Watch", "owner": ben.pk, "due_on": "2026-12-01", "ticket": "OPS-1"}
    response = as_user(ben).post(f"/postmortems/{postmortem.incident_id}/actions/", data)
    assert response.status_code == 302
    item = postmortem.actions.get()
    assert (item.owner, item.due_on, item.ticket) == (ben, dt.date(2026, 12, 1), "OPS-1")


@pytest.mark.parametrize("data", [{"text": ""}, {"text": "Watch", "due_on": "soon"}, {"text": "Watch", "owner": "999"}])
def test_a_bad_form_comes_back_filled_in(as_user, ben, data):
    postmortem = make_postmortem(ben)
    response = as_user(ben).post(f"/postmortems/{postmortem.incident_id}/actions/", data)
    assert response.status_code == 422
    assert f'value="{data["text"]}"' in response.text or not data["text"]
    assert not postmortem.actions.exists()


def test_a_reader_is_refused(as_ada, ben):
    item = make_action(ben)
    assert as_ada.post(f"/postmortems/{item.postmortem.incident_id}/actions/", {"text": ""}).status_code == 403
    assert as_ada.get(f"/actions/{item.pk}/").status_code == 403


def test_an_owner_who_is_a_reader_says_how_far_it_is(as_ada, ada, ben):
    item = make_action(ben, owner=ada)
    response = as_ada.get(f"/actions/{item.pk}/")
    assert 'name="due_on"' not in response.text
    assert as_ada.post(f"/actions/{item.pk}/", {"status": "done", "note": "Live"}).status_code == 302
    item.refresh_from_db()
    assert (item.status, item.note, item.text) == ("done", "Live", "Watch the disk")


def test_two_people_who_change_different_things_keep_both(as_user, ben):
    item, client = make_action(ben), as_user(ben)
    opened = client.get(f"/actions/{item.pk}/").context["form"]
    shown = {name: opened[name].value() or "" for name in opened.fields}
    shown |= {f"initial-{name}": opened[name].value() or "" for name in opened.fields}
    ActionItem.objects.filter(pk=item.pk).update(ticket="OPS-9")
    assert client.post(f"/actions/{item.pk}/", shown | {"status": "started"}).status_code == 302
    item.refresh_from_db()
    assert (item.status, item.ticket) == ("started", "OPS-9")


def test_dropping_without_a_note_is_said_on_the_form(as_user, ben):
    item = make_action(ben)
    response = as_user(ben).post(f"/actions/{item.pk}/", {"text": "Watch", "status": "dropped"})
    assert response.status_code == 422
    assert "why it is dropped" in response.text


def test_a_ticket_that_is_no_web_address_is_no_link(as_ada, ben):
    postmortem = make_postmortem(ben)
    make_action(ben, postmortem, "Bad", ticket="javascript:alert(1)")
    make_action(ben, postmortem, "Good", ticket="https://tickets.example.com/1")
    page = as_ada.get("/actions/").text
    assert 'href="javascript' not in page
    assert 'href="https://tickets.example.com/1"' in page


def test_an_editor_ties_a_lesson_and_names_its_version(as_user):
    editor = make_user("editor", role=EDITOR)
    runbook, postmortem, client = make_published(), make_postmortem(editor), as_user(editor)
    address = f"/postmortems/{postmortem.incident_id}/"
    assert client.post(f"{address}lessons/", {"text": "Make room first", "runbook": runbook.pk}).status_code == 302
    lesson = Lesson.objects.get()
    assert client.post(f"/lessons/{lesson.pk}/", {"version": runbook.shown_version_id}).status_code == 302
    page = client.get(address).text
    assert "in version 1.0" in page
    assert runbook.get_absolute_url() in page
    assert client.post(f"/lessons/{lesson.pk}/", {"do": "remove"}).status_code == 302
    assert not Lesson.objects.exists()


def test_a_lesson_of_a_confidential_runbook_is_not_shown_to_strangers(as_ada):
    boss = make_user("boss", role=EDITOR, is_superuser=True)
    secret = make_published("Vault", classification="confidential", owner=boss)
    lesson = add_lesson(make_postmortem(boss), "Count it", secret, user=boss)
    assert "Count it" not in as_ada.get(f"/postmortems/{lesson.postmortem.incident_id}/").text
    assert as_ada.get(f"/lessons/{lesson.pk}/").status_code == 404
