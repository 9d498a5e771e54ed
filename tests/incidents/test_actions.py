"""Action items: adding, changing, closing, and who may."""

import datetime as dt

import pytest

from accounts.roles import RESPONDER
from incidents.errors import NotAllowed, Refused
from incidents.services.actions import add_action, change_action, close_action
from oncall.models import Notification
from tests.factories import NOW, make_service, make_team, make_user
from tests.incidents.postmortems import HOUR, make_action, make_postmortem, make_resolved

pytestmark = pytest.mark.django_db
LATER = NOW + HOUR * 3


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


def test_its_owner_is_told_and_the_timeline_tells_it(ben):
    ada = make_user()
    item = make_action(ben, owner=ada, due_on=dt.date(2026, 12, 1))
    told = Notification.objects.get(person=ada)
    assert "Due on Tuesday 1 December 2026." in told.text
    assert told.url == f"/postmortems/{item.postmortem.incident_id}/#actions"
    assert item.postmortem.incident.timeline.filter(text="added an action item: Watch the disk").exists()


def test_nobody_is_told_of_an_item_of_their_own(ben):
    make_action(ben, owner=ben)
    assert not Notification.objects.exists()


def test_words_are_needed(ben):
    with pytest.raises(Refused, match="what is to be done"):
        make_action(ben, text="  ")


def test_a_reader_adds_none(ben, ada):
    with pytest.raises(NotAllowed):
        add_action(make_postmortem(ben), "Watch", user=ada, now=LATER)


def test_who_may_not_see_the_incident_can_t_own_an_item():
    boss = make_user("boss", is_superuser=True)
    secret = make_service("Vault", classification="confidential", team=make_team("Crown"))
    postmortem = make_postmortem(boss, make_resolved("Gold is gone", secret))
    with pytest.raises(Refused, match="may not see"):
        add_action(postmortem, "Count it", owner=make_user("cy"), user=boss, now=LATER)


def test_closing_keeps_the_time_and_opening_again_forgets_it(ben):
    item = close_action(make_action(ben), note="Alert is live", user=ben, now=LATER)
    assert (item.status, item.closed_at, item.note) == ("done", LATER, "Alert is live")
    assert change_action(item, status="started", user=ben, now=LATER).closed_at is None
    told = list(item.postmortem.incident.timeline.order_by("pk").values_list("text", flat=True))[-2:]
    assert told == ["closed an action item: Watch the disk", "reopened an action item: Watch the disk"]


def test_dropping_needs_a_note(ben):
    item = make_action(ben)
    with pytest.raises(Refused, match="why it is dropped"):
        change_action(item, status="dropped", user=ben, now=LATER)
    assert change_action(item, status="dropped", note="Sold the disk", user=ben, now=LATER).closed_at == LATER


def test_a_new_owner_is_told(ben):
    ada = make_user()
    change_action(make_action(ben), owner=ada, user=ben, now=LATER)
    assert Notification.objects.filter(person=ada).count() == 1


def test_its_owner_may_say_how_far_it_is_whatever_their_role(ben, ada):
    item = make_action(ben, owner=ada)
    assert change_action(item, status="done", user=ada, now=LATER).status == "done"
    with pytest.raises(NotAllowed):
        change_action(item, text="Something else", user=ada, now=LATER)


def test_another_reader_may_not(ben):
    with pytest.raises(NotAllowed):
        change_action(make_action(ben), status="done", user=make_user("cy"), now=LATER)


def test_a_due_date_of_another_century_is_refused(ben):
    with pytest.raises(Refused, match="this century"):
        make_action(ben, due_on=dt.date(1026, 12, 1))
