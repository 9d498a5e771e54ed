"""Not mine."""

import pytest

from accounts.roles import EDITOR, READER
from accounts.services import add_member
from oncall.models import Channel, Notification
from runbooks.errors import Refused
from runbooks.models import NotMine, Runbook
from runbooks.services import change_runbook
from runbooks.services.reviews import disown_runbook
from tests.factories import NOW, make_published, make_team, make_user
from tests.runbooks.reviews.rows import PLAIN

pytestmark = pytest.mark.django_db


@pytest.fixture
def people():
    ada, ben, lead = make_user("ada"), make_user("ben"), make_user("lea")
    team = make_team("Harbour", ada, ben)
    add_member(team, lead, is_lead=True)
    return ada, ben, lead, team


def test_an_owner_is_none_any_more_and_the_lead_hears_whose_it_may_be(people):
    ada, _, lead, team = people
    runbook = make_published(text=PLAIN, team=team, owner=ada)
    row = disown_runbook(runbook, user=ada, now=NOW, note="Ask the night desk")
    assert Runbook.objects.get(pk=runbook.pk).owner is None
    assert (row.was_owner, row.person) == (True, ada)
    told = Notification.objects.get()
    assert told.person == lead
    assert "Ada adds: Ask the night desk" in told.text


def test_the_services_team_is_asked_where_the_runbook_has_none(people):
    ada, _, lead, team = people
    runbook = make_published(text=PLAIN, owner=ada)
    runbook.service.team = team
    runbook.service.save()
    disown_runbook(runbook, user=ada, now=NOW)
    assert Notification.objects.get().person == lead


def test_a_member_is_only_remembered(people):
    ada, ben, _, team = people
    runbook = make_published(text=PLAIN, team=team, owner=ada)
    disown_runbook(runbook, user=ben, now=NOW)
    assert Runbook.objects.get(pk=runbook.pk).owner == ada
    assert not Notification.objects.exists()
    assert disown_runbook(runbook, user=ben, now=NOW, note="again") == NotMine.objects.get()


def test_whoever_becomes_owner_again_is_asked_again(people):
    ada, _, _, team = people
    runbook = make_published(text=PLAIN, team=team, owner=ada)
    disown_runbook(runbook, user=ada, now=NOW)
    change_runbook(runbook, user=make_user("ed", role=EDITOR), now=NOW, owner=ada)
    assert not NotMine.objects.exists()


def test_no_channel_hears_of_a_confidential_one(people):
    ada, _, lead, team = people
    channel = Channel.objects.create(team=team, purpose="News", channel="#harbour")
    channel.addresses.create(transport="webhook", target="https://chat.example.net/x")
    runbook = make_published(text=PLAIN, team=team, owner=ada, classification="confidential")
    disown_runbook(runbook, user=ada, now=NOW)
    assert [told.person for told in Notification.objects.all()] == [lead]
    open_one = make_published("Open", text=PLAIN, team=team, owner=ada)
    disown_runbook(open_one, user=ada, now=NOW)
    assert Notification.objects.filter(channel=channel).count() == 1


def test_a_lead_who_says_it_is_not_told_of_it(people):
    _, _, lead, team = people
    disown_runbook(make_published(text=PLAIN, team=team, owner=lead), user=lead, now=NOW)
    assert not Notification.objects.exists()


@pytest.mark.parametrize("note", ["x" * 301, "password=" + "Tr0ub4dor" + "&3xyzzy"])
def test_a_note_that_can_not_be_kept_is_refused(note):
    cy = make_user("cy", role=READER)
    with pytest.raises(Refused):
        disown_runbook(make_published(text=PLAIN, owner=cy), user=cy, now=NOW, note=note)
    assert not NotMine.objects.exists()
