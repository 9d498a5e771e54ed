"""Bulk actions: each runbook through the same service as in the pages, counted, and every refusal said with its reason."""

import datetime as dt

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.messages import get_messages
from django.urls import reverse

from accounts.roles import ADMINISTRATOR, APPROVER, EDITOR, READER
from oncall.models import Classification
from runbooks.admin import actions
from runbooks.models import Runbook, RunbookVersion
from runbooks.services import approve_version, submit_version
from tests.factories import NOW, make_draft, make_published, make_service, make_team, make_user

pytestmark = pytest.mark.django_db
LIST = "/admin/runbooks/runbook/"


@pytest.fixture
def ada(db):
    """Who wrote the drafts."""
    return make_user("ada", role=EDITOR, is_staff=True)


@pytest.fixture
def ben(db):
    """Who approves."""
    return make_user("ben", role=APPROVER, is_staff=True)


def run(client, action, runbooks, **extra):
    data = {"action": action, "_selected_action": [r.pk for r in runbooks], "index": "0"} | extra
    response = client.post(LIST, data)
    said = [str(message) for message in get_messages(response.wsgi_request)]
    if response.status_code == 302:
        client.get(response.url)  # where they are shown, and gone afterwards
    return response, said


@pytest.fixture
def drafts(ada):
    service = make_service()
    return [make_draft(ada, title=title, service=service).runbook for title in ("Desk", "Gate")]


def statuses():
    return set(RunbookVersion.objects.values_list("status", flat=True))


def test_many_runbooks_go_from_draft_to_active_by_two_people(as_user, ada, ben, drafts):
    _, said = run(as_user(ada), "submit", drafts)
    assert said == ["2 runbooks submitted for review."]
    client = as_user(ben)
    assert run(client, "approve", drafts)[1] == ["2 runbooks approved."]
    assert run(client, "activate", drafts)[1] == ["2 runbooks activated."]
    assert statuses() == {"active"}
    history = client.get(reverse("admin:runbooks_runbook_history", args=[drafts[0].pk])).content.decode()
    for step in ("Submitted version 1.0 for review.", "Approved version 1.0.", "Activated version 1.0."):
        assert step in history


def test_four_eyes_hold_and_the_others_are_approved_all_the_same(as_user, ada, ben, drafts):
    own = make_draft(ben, title="Own", service=drafts[0].service).runbook
    for runbook in (*drafts, own):
        submit_version(runbook.versions.get(), user=ada, now=NOW)
    _, said = run(as_user(ben), "approve", [*drafts, own])
    assert said == [
        "2 runbooks approved.",
        "Own: You wrote part of this version, so somebody else has to approve it.",
    ]
    assert own.versions.get().status == "review"
    assert not LogEntry.objects.filter(object_id=str(own.pk)).exists()


def test_a_runbook_that_cannot_take_the_step_is_named_with_the_reason(as_user, ben, drafts):
    active = make_published("Quay", slug="quay", service=drafts[0].service)
    _, said = run(as_user(ben), "approve", [drafts[0], active])
    assert set(said) == {
        "Desk: Version 1.0 is draft; only in review versions can be approved.",
        "Quay: No version is on its way.",
    }


def test_the_date_of_the_next_review_is_asked_for_and_set(as_user, ada, drafts):
    client = as_user(ada)
    response, _ = run(client, "set_review_date", drafts)
    page = response.content.decode()
    assert response.status_code == 200 and "Desk" in page and "Gate" in page
    assert not LogEntry.objects.exists()
    response, said = run(client, "set_review_date", drafts, answered="1", next_review_on="2027-03-04")
    assert said == ["2 runbooks given the new review date."]
    assert set(Runbook.objects.values_list("next_review_on", flat=True)) == {dt.date(2027, 3, 4)}
    assert LogEntry.objects.first().change_message == "Set the next review to 4 March 2027."


@pytest.mark.parametrize("day", ["", "soon", "2027-02-31"])
def test_no_date_asks_again_with_the_reason(as_user, ada, drafts, day):
    response, said = run(as_user(ada), "set_review_date", drafts, answered="1", next_review_on=day)
    assert response.status_code == 422 and said == []
    assert "errorlist" in response.content.decode()


def test_a_review_date_before_the_last_review_is_refused(as_user, ada, drafts):
    Runbook.objects.update(last_reviewed_on=dt.date(2026, 11, 1))
    _, said = run(as_user(ada), "set_review_date", drafts[:1], answered="1", next_review_on="2026-10-01")
    assert said == ["Desk: The next review comes after the last one."]


def test_retiring_asks_first_and_reinstating_takes_it_back(as_user, ben, drafts):
    client = as_user(ben)
    run(client, "retire", drafts)
    assert not Runbook.objects.filter(retired_at__isnull=False).exists()
    assert run(client, "retire", drafts, answered="1")[1] == ["2 runbooks retired."]
    assert run(client, "retire", drafts, answered="1")[1][0] == "Desk: This runbook is already retired."
    date = {"answered": "1", "next_review_on": "2027-03-04"}
    assert "is retired and has no reviews" in run(client, "set_review_date", drafts, **date)[1][0]
    assert run(client, "reinstate", drafts)[1] == ["2 runbooks reinstated."]


def test_sending_back_carries_the_note_to_the_authors(as_user, ada, ben, drafts):
    submit_version(drafts[0].versions.get(), user=ada, now=NOW)
    client = as_user(ben)
    assert run(client, "send_back", drafts[:1], answered="1", note="")[0].status_code == 422
    assert run(client, "send_back", drafts[:1], answered="1", note="Name the owner")[1] == ["1 runbook sent back."]
    assert drafts[0].versions.get().review_note == "Name the owner"


OFFERED = {
    READER: set(),
    EDITOR: {"submit", "set_review_date"},
    APPROVER: {"submit", "set_review_date", "spread", "approve", "send_back", "activate", "retire", "reinstate"},
    ADMINISTRATOR: {"submit", "set_review_date", "spread", "approve", "send_back", "activate", "retire", "reinstate"},
}


@pytest.mark.parametrize("role", OFFERED)
def test_each_role_is_offered_the_steps_it_may_take(as_user, role, drafts):
    response = as_user(make_user("dee", role=role, is_staff=True)).get(LIST)
    form = response.context["action_form"]
    offered = {name for name, _ in form.fields["action"].choices if name} if form else set()
    assert offered == OFFERED[role]


def test_a_step_that_the_role_does_not_include_is_not_taken_when_posted(as_user, ada, drafts):
    submit_version(drafts[0].versions.get(), user=ada, now=NOW)
    run(as_user(make_user("dee", role=EDITOR, is_staff=True)), "approve", drafts[:1])
    assert drafts[0].versions.get().status == "review"


def test_a_runbook_that_one_may_not_know_of_is_left_alone(as_user, ben):
    secret = make_published("Vault", classification=Classification.CONFIDENTIAL, team=make_team("Keepers"))
    response, said = run(as_user(ben), "retire", [secret], answered="1")
    assert said == [] and "Vault" not in response.content.decode()
    assert not Runbook.objects.get().is_retired


def test_nothing_chosen_is_said(as_user, ben, drafts):
    assert "Items must be selected" in run(as_user(ben), "submit", [])[1][0]


def test_of_very_many_refusals_the_rest_is_counted(as_user, ben, drafts, monkeypatch):
    monkeypatch.setattr(actions, "MOST_MESSAGES", 1)
    _, said = run(as_user(ben), "activate", drafts)
    assert len(said) == 2 and said[1] == "1 more were refused. Choose fewer to see why."


def test_all_runbooks_of_a_filter_are_taken_when_asked_for(as_user, ada, drafts):
    _, said = run(as_user(ada), "submit", drafts[:1], select_across="1")
    assert said == ["2 runbooks submitted for review."]


def test_activating_supersedes_what_was_active(as_user, ada, ben):
    runbook = make_published()
    draft = RunbookVersion.objects.create(
        runbook=runbook, major=1, minor=1, markdown="# New\n", status_changed_at=NOW, author=ada
    )
    submit_version(draft, user=ada, now=NOW)
    approve_version(draft, user=ben, now=NOW)
    assert run(as_user(ben), "activate", [runbook])[1] == ["1 runbook activated."]
    assert set(runbook.versions.values_list("minor", "status")) == {(0, "superseded"), (1, "active")}
