"""Who hears of a runbook."""

import pytest

from accounts.models import Membership, User
from accounts.services import add_member
from runbooks.models import NotMine, Runbook
from runbooks.services.reminders import Sent, send_due
from tests.factories import make_service, make_team, make_user
from tests.runbooks.reminders.making import (
    DAY,
    MORNING,
    TODAY,
    list_hearers,
    list_told,
    make_evidence,
    make_runbook,
    make_task,
)

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("late", "hearers"), [(-14, ["Ada"]), (0, ["Ada"]), (7, ["Ada", "Ben"]), (14, ["Ada", "Ben", "Lee"])]
)
def test_owner_then_team_then_lead(ada, team, late, hearers):
    make_runbook(owner=ada, team=team, next_review_on=TODAY - late * DAY)
    assert send_due(MORNING) == Sent(len(hearers), len(hearers))
    assert list_hearers() == hearers


def test_team_of_the_service_stands_in_for_the_runbooks(ada, team):
    service = make_service("Gate", team=team)
    make_runbook(service=service, next_review_on=TODAY)
    send_due(MORNING)
    assert list_hearers() == ["Ada", "Ben"]


def test_own_team_counts_before_the_services(team):
    other = make_team("Pier", make_user("cy"))
    make_runbook(service=make_service("Gate", team=team), team=other, next_review_on=TODAY)
    send_due(MORNING)
    assert list_hearers() == ["Cy"]


def test_inactive_owner_leaves_it_to_the_team(ada, team):
    User.objects.filter(pk=ada.pk).update(is_active=False)
    make_runbook(owner=ada, team=team, next_review_on=TODAY)
    send_due(MORNING)
    assert list_hearers() == ["Ben"]


def test_team_of_leads_alone_is_told_as_the_team(ada):
    team = make_team("Harbour")
    add_member(team, make_user("lee"), is_lead=True)
    make_runbook(owner=ada, team=team, next_review_on=TODAY - 7 * DAY)
    send_due(MORNING)
    assert list_hearers() == ["Ada", "Lee"]


def test_nobody_is_told_of_what_belongs_to_nobody(ada, team):
    make_runbook(next_review_on=TODAY - 30 * DAY)
    assert send_due(MORNING) == Sent(0, 0)


def test_who_is_owner_and_lead_hears_one_line(ada):
    team = make_team("Harbour")
    add_member(team, ada, is_lead=True)
    make_runbook(owner=ada, team=team, next_review_on=TODAY - 21 * DAY)
    assert send_due(MORNING) == Sent(1, 1)


def test_not_mine_is_heeded(ada, ben, team):
    runbook = make_runbook(team=team, next_review_on=TODAY)
    NotMine.objects.create(runbook=runbook, person=ben, said_at=MORNING)
    send_due(MORNING)
    assert list_hearers() == ["Ada"]


def test_not_mine_is_forgotten_when_it_is_theirs_again(ada, team):
    runbook = make_runbook(team=team, owner=ada, next_review_on=TODAY)
    NotMine.objects.create(runbook=runbook, person=ada, said_at=MORNING)
    send_due(MORNING)
    assert list_hearers() == ["Ada"]


def test_retired_runbook_is_silent(ada):
    runbook = make_runbook(owner=ada, next_review_on=TODAY, retired_at=MORNING)
    make_evidence(runbook)
    make_task(runbook, ada, TODAY)
    assert send_due(MORNING) == Sent(0, 0)


def test_evidence_goes_to_the_owner_alone(ada, team):
    evidence = make_evidence(make_runbook(owner=ada, team=team))
    send_due(MORNING)
    assert list_told() == [("Ada", "Restore", f"evidence:{evidence.pk}")]


def test_evidence_goes_to_the_team_when_nobody_owns_it(team):
    make_evidence(make_runbook(team=team))
    send_due(MORNING)
    assert list_hearers() == ["Ada", "Ben"]


def test_evidence_goes_to_the_lead_when_there_is_nobody_else():
    team = make_team("Harbour")
    add_member(team, make_user("lee"), is_lead=True)
    make_evidence(make_runbook(team=team))
    send_due(MORNING)
    assert list_hearers() == ["Lee"]


def test_new_owner_hears_of_open_evidence_too(ada, ben):
    runbook = make_runbook(owner=ada)
    make_evidence(runbook)
    send_due(MORNING)
    Runbook.objects.update(owner=ben)
    send_due(MORNING + DAY)
    assert list_hearers() == ["Ada", "Ben"]


@pytest.mark.parametrize("fields", [{"asks": False}, {"settled_at": MORNING}])
def test_evidence_that_asks_for_nothing_is_not_told(ada, fields):
    make_evidence(make_runbook(owner=ada), **fields)
    assert send_due(MORNING) == Sent(0, 0)


def test_task_goes_to_its_owner(ada, ben):
    task = make_task(make_runbook(owner=ada), ben, TODAY + 3 * DAY)
    send_due(MORNING)
    assert list_told() == [("Ben", "Restore", f"task:{task.pk}:-3")]


def test_task_on_a_runbook_that_one_may_not_see_is_not_told(ada, ben):
    runbook = make_runbook(owner=ada, classification="confidential")
    make_task(runbook, ben, TODAY)
    assert send_due(MORNING) == Sent(0, 0)


def test_done_task_is_silent(ada):
    task = make_task(make_runbook(owner=ada), ada, TODAY)
    task.done_at, task.done_by = MORNING, ada
    task.save()
    assert send_due(MORNING) == Sent(0, 0)


def test_who_left_the_team_hears_no_more(ada, ben, team):
    make_runbook(team=team, next_review_on=TODAY)
    Membership.objects.filter(user=ben).delete()
    send_due(MORNING)
    assert list_hearers() == ["Ada"]
