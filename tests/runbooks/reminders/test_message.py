"""What the morning's message says, in which order, and where its links lead."""

import pytest
from django.urls import resolve

from oncall.models import Notification
from runbooks.models import Reminder, Runbook
from runbooks.review_links import Answer, read_answer_token
from runbooks.services.reminders import Sent, send_due
from tests.factories import make_service
from tests.runbooks.reminders.making import (
    DAY,
    MORNING,
    TODAY,
    list_lines,
    make_evidence,
    make_runbook,
    make_runbooks,
    make_task,
)

pytestmark = pytest.mark.django_db


def read_message(person):
    return Notification.objects.get(person=person)


def test_all_reasons_of_a_runbook_are_one_line(ada):
    runbook = make_runbook(owner=ada, service=make_service("Tickets"), next_review_on=TODAY - 9 * DAY)
    make_evidence(runbook, "Said to be wrong by Ben: “Step 3”.", at=MORNING - 2 * DAY)
    make_evidence(runbook, "Used in INC-12.", "incident", at=MORNING - DAY)
    assert send_due(MORNING) == Sent(1, 1)
    assert list_lines(ada) == [
        "Restore (Tickets): Said to be wrong by Ben: “Step 3”; Used in INC-12; review overdue by 9 days"
    ]
    assert Reminder.objects.count() == 3


def test_many_reasons_are_told_by_number(ada):
    runbook = make_runbook(owner=ada, service=make_service("Tickets"))
    for number in range(5):
        make_evidence(runbook, f"Thing {number}.", at=MORNING - number * DAY)
    send_due(MORNING)
    assert list_lines(ada) == ["Restore (Tickets): Thing 0; Thing 1; Thing 2; 2 more things"]


def test_most_useful_first(ada):
    service = make_service("Tickets")

    def make(title, late=-60, **fields):
        return make_runbook(title, owner=ada, service=service, next_review_on=TODAY - late * DAY, **fields)

    make_task(make("Task"), ada, TODAY)
    make("Soon", -10)
    make("Today", 0)
    make("Late", 20)
    make("Less late but used", 9, last_used_at=MORNING - 5 * DAY)
    make_evidence(make("Link"), kind="link")
    make_evidence(make("Incident"), kind="incident")
    make_evidence(make("Flag"), kind="flag")
    send_due(MORNING)
    titles = [line.partition(" (Tickets)")[0] for line in list_lines(ada)]
    assert titles[:-1] == ["Flag", "Incident", "Link", "Less late but used", "Late", "Today", "Soon"]
    assert titles[-1] == "Your task, due today: Write the rollback down (Task)"
    assert read_message(ada).subject == "8 runbooks to look at: “Flag” was said to be wrong"


@pytest.mark.parametrize(
    ("late", "subject"),
    [
        (-14, "“Restore” is due in 14 days for review"),
        (-1, "“Restore” is due in 1 day for review"),
        (0, "“Restore” is due today for review"),
        (1, "“Restore” is overdue by 1 day for review"),
    ],
)
def test_subject_of_a_single_runbook(ada, late, subject):
    make_runbook(owner=ada, next_review_on=TODAY - late * DAY)
    send_due(MORNING)
    assert read_message(ada).subject == subject


@pytest.mark.parametrize(
    ("kind", "subject"),
    [
        ("flag", "“Restore” was said to be wrong"),
        ("incident", "“Restore” was used in an incident"),
        ("run", "A run of “Restore” did not go well"),
        ("drill", "A drill of “Restore” did not go well"),
        ("link", "“Restore” has a dead link"),
        ("contact", "A contact of “Restore” has gone"),
        ("escalation", "The escalation of “Restore” reaches nobody"),
        ("service", "The service of “Restore” changed"),
    ],
)
def test_subject_says_what_happened(ada, kind, subject):
    make_evidence(make_runbook(owner=ada), kind=kind)
    send_due(MORNING)
    assert read_message(ada).subject == subject


def test_subject_of_a_task(ada):
    make_task(make_runbook(owner=ada), ada, TODAY - 3 * DAY)
    send_due(MORNING)
    assert read_message(ada).subject == "Your task on “Restore” is overdue by 3 days"


def test_links_answer_for_this_person_and_this_text(ada):
    due = TODAY - 3 * DAY
    runbook = make_runbook(owner=ada, next_review_on=due)
    send_due(MORNING)
    (item,) = read_message(ada).items
    assert item["url"] == f"/runbooks/{runbook.service.slug}/{runbook.slug}/review/"
    assert [label for label, _ in item["links"]] == ["Still right", "Snooze", "Not mine"]
    said = [read_answer_token(resolve(path).kwargs["token"]) for _, path in item["links"]]
    expected = [
        Answer(ada.pk, runbook.pk, runbook.shown_version_id, what, due) for what in ("right", "snooze", "not-mine")
    ]
    assert said == expected


def test_message_leads_to_the_own_queue(ada):
    make_runbook(owner=ada, next_review_on=TODAY)
    send_due(MORNING)
    message = read_message(ada)
    assert (message.url, message.key) == ("/reviews/?mine=1", f"reviews:{ada.pk}:{TODAY}")
    assert message.kind == "review"


def test_more_than_twenty_lines_are_told_by_number(ada):
    make_runbooks(*(f"Restore {number:02}" for number in range(33)), owner=ada, next_review_on=TODAY)
    assert send_due(MORNING) == Sent(33, 1)
    items = read_message(ada).items
    assert len(items) == 21
    assert items[-1] == {"text": "and 13 more", "url": "/reviews/?mine=1", "links": []}
    assert send_due(MORNING + DAY) == Sent(0, 0)


def test_confidential_runbook_is_told_to_its_team_alone(ada, ben, team):
    make_runbook("Vault keys", team=team, next_review_on=TODAY, classification="confidential")
    make_evidence(make_runbook("Kiosk", owner=ben))
    send_due(MORNING)
    assert read_message(ada).subject == "“Vault keys” is due today for review"
    assert read_message(ben).subject == "2 runbooks to look at: “Kiosk” was said to be wrong"


def test_hostile_title_stays_text(ada):
    runbook = make_runbook(owner=ada, next_review_on=TODAY)
    Runbook.objects.filter(pk=runbook.pk).update(title="<b>Restore</b>\r\nBcc: cy@example.com")
    send_due(MORNING)
    message = read_message(ada)
    assert "\n" not in message.subject
    assert "\r" not in message.items[0]["text"]
