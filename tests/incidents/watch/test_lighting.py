"""Watch items are lit, changed, prolonged and closed; what is refused is said in a sentence."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, transaction

from accounts.roles import READER, RESPONDER
from accounts.services import add_member
from incidents.errors import BadTime, NotAllowed, Refused, WrongState
from incidents.models import WatchChange, WatchItem
from incidents.services.watch import change_item, close_item, light, prolong
from tests.factories import NOW, make_service, make_team, make_user, reload_user
from tests.incidents.watch.items import DAY, HOUR, MINUTE, TEXT, light_one, make_plan

pytestmark = pytest.mark.django_db
SECRET = "password: hunter2hunter2 AKIAIOSFODNN7EXAMPLE"


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def ben(team):
    ben = make_user("ben", role=RESPONDER)
    add_member(team, ben)
    return reload_user(ben)


def test_it_is_lit_by_somebody_until_a_moment(ben, team):
    item = light_one(ben, team, text="  Decline\nratio  ", url="https://graphs.example.com/d/1")
    item.refresh_from_db()
    assert (item.text, item.kind, item.created_by, item.created_at) == ("Decline ratio", "watch", ben, NOW)
    assert (item.expires_at, item.closed_at) == (NOW + DAY, None)


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"text": " \0 "}, "Say what to look at"),
        ({"text": "x" * 301}, "at most 300 characters"),
        ({"kind": "bomb"}, "no such kind"),
        ({"alert_name": ""}, "Name the alert or the service"),
        ({"kind": "silence", "alert_name": ""}, "Name the alert or the service"),
        ({"alert_name": "x" * 201}, "at most 200 characters"),
        ({"alert_name": "Desk\nDown"}, "one line"),
        ({"url": "javascript:alert(1)"}, "begins with http"),
        ({"url": "https://"}, "begins with http"),
        ({"url": "http://[bad"}, "can't be read"),
        ({"url": "https://example.com/" + "x" * 500}, "at most 500 characters"),
        ({"text": SECRET}, "credential"),
        ({"expires_at": NOW}, "in the past"),
        ({"expires_at": NOW + 400 * DAY}, "A year is the longest"),
    ],
)
def test_what_can_not_be_is_refused_with_a_sentence(ben, team, fields, words):
    with pytest.raises(Refused, match=words):
        light_one(ben, team, **fields)
    assert not WatchItem.objects.exists()


@pytest.mark.parametrize("kind", ["mitigation", "deferred"])
def test_a_mitigation_and_deferred_work_need_no_trigger(ben, team, kind):
    assert light_one(ben, team, kind=kind, alert_name="").kind == kind


def test_a_reader_lights_prolongs_and_closes_nothing(ben, team):
    reader, item = make_user("dee", role=READER), light_one(ben, team)
    for deed in (
        lambda: light_one(reader, team),
        lambda: prolong(item, NOW + 2 * DAY, user=reader, now=NOW),
        lambda: change_item(item, make_plan(team), user=reader, now=NOW),
        lambda: close_item(item, user=reader, now=NOW),
    ):
        with pytest.raises(NotAllowed):
            deed()


def test_a_confidential_service_of_others_is_not_there(ben, team):
    vault = make_service("Vault", classification="confidential", team=make_team("Crown"))
    with pytest.raises(Refused, match="There is no such service"):
        light_one(ben, team, service=vault)


def test_an_owner_who_may_not_know_of_the_service_is_refused(ben, team):
    vault = make_service("Vault", classification="confidential", team=team)
    with pytest.raises(Refused, match="Confidential"):
        light_one(ben, team, service=vault, owner=make_user("dee"))


def test_an_owner_who_has_left_is_refused(ben, team):
    with pytest.raises(Refused, match="has left"):
        light_one(ben, team, owner=make_user("dee", is_active=False))


def test_prolonging_is_remembered(ben, team):
    item = prolong(light_one(ben, team), NOW + 2 * DAY, user=ben, now=NOW + HOUR)
    change = WatchChange.objects.get()
    assert (change.person, change.at, change.text) == (ben, NOW + HOUR, "prolonged it")
    assert (change.expired_at, change.expires_at) == (NOW + DAY, item.expires_at) == (NOW + DAY, NOW + 2 * DAY)


def test_an_expired_item_is_lit_again_by_prolonging(ben, team):
    item = light_one(ben, team)
    late = NOW + 3 * DAY
    assert not WatchItem.objects.burning(late).exists()
    assert list(WatchItem.objects.expired(late)) == [item]
    prolong(item, late + DAY, user=ben, now=late)
    assert WatchItem.objects.burning(late).exists()
    assert WatchChange.objects.get().text == "lit it again"


def test_it_can_end_earlier_but_not_in_the_past(ben, team):
    item = light_one(ben, team)
    prolong(item, NOW + HOUR, user=ben, now=NOW)
    assert WatchChange.objects.get().text == "made it end earlier"
    with pytest.raises(BadTime, match="in the past"):
        prolong(item, NOW, user=ben, now=NOW)


def test_the_same_end_again_is_no_news(ben, team):
    prolong(light_one(ben, team), NOW + DAY, user=ben, now=NOW)
    assert not WatchChange.objects.exists()


def test_a_change_says_what_stood_there_before(ben, team):
    item = light_one(ben, team)
    change_item(item, make_plan(team, text="Ratio above 0.2", owner=ben), user=ben, now=NOW + HOUR)
    assert WatchChange.objects.get().text == (
        f"changed the text from “{TEXT}” to “Ratio above 0.2”; changed the owner from “none” to “Ben”"
    )


def test_a_change_of_nothing_is_no_news(ben, team):
    change_item(light_one(ben, team), make_plan(team), user=ben, now=NOW + HOUR)
    assert not WatchChange.objects.exists()


def test_an_expired_item_can_be_reworded_without_lighting_it_again(ben, team):
    item = light_one(ben, team)
    changed = change_item(item, make_plan(team, text="It was the pump"), user=ben, now=NOW + 2 * DAY)
    assert (changed.text, changed.expires_at) == ("It was the pump", NOW + DAY)


def test_the_history_of_a_confidential_service_stays_with_it(ben, team):
    vault = make_service("Vault", classification="confidential", team=team)
    item = light_one(ben, team, service=vault)
    with pytest.raises(Refused, match="Close it and light a new one"):
        change_item(item, make_plan(team), user=ben, now=NOW)


def test_closing_keeps_who_when_and_why(ben, team):
    item = close_item(light_one(ben, team), " All\nquiet ", user=ben, now=NOW + MINUTE)
    item.refresh_from_db()
    assert (item.closed_by, item.closed_at, item.close_reason) == (ben, NOW + MINUTE, "All quiet")


def test_what_is_closed_stays_as_it_is(ben, team):
    item = close_item(light_one(ben, team), user=ben, now=NOW)
    for deed in (
        lambda: close_item(item, user=ben, now=NOW),
        lambda: prolong(item, NOW + 2 * DAY, user=ben, now=NOW),
        lambda: change_item(item, make_plan(team), user=ben, now=NOW),
    ):
        with pytest.raises(WrongState, match="You closed it"):
            deed()
    with pytest.raises(ProgrammingError), transaction.atomic():
        WatchItem.objects.filter(pk=item.pk).update(closed_at=None, closed_by=None)


def test_a_reason_is_a_sentence_without_credentials(ben, team):
    item = light_one(ben, team)
    with pytest.raises(Refused, match="at most 300"):
        close_item(item, "x" * 301, user=ben, now=NOW)
    with pytest.raises(Refused, match="credential"):
        close_item(item, SECRET, user=ben, now=NOW)


def test_history_can_not_be_rewritten(ben, team):
    prolong(light_one(ben, team), NOW + 2 * DAY, user=ben, now=NOW)
    for deed in (lambda: WatchChange.objects.update(text="nothing"), lambda: WatchChange.objects.all().delete()):
        with pytest.raises(ProgrammingError), transaction.atomic():
            deed()


def test_the_plan_of_an_example_disturbs_nobody(ben, team):
    assert light(make_plan(team, is_example=True), user=ben, now=NOW).is_example
