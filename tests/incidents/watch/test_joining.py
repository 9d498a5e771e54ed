"""When an alert fires that somebody asked to be watched, whoever is called reads it: once, in the timeline."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import RESPONDER
from accounts.services import add_member
from incidents.models import Incident, TimelineEntry
from incidents.services.watch import close_item
from oncall.models import Contact, Notification
from tests.factories import NOW, make_incident, make_path, make_service, make_team, make_user, reload_user
from tests.incidents.payloads import make_alert, take
from tests.incidents.updates import make_channel
from tests.incidents.watch.items import DAY, MINUTE, TEXT, light_one

pytestmark = pytest.mark.django_db
DESK = {"service": "ticket-desk"}
AFTER = NOW + 10 * MINUTE


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def ben(team):
    ben = make_user("ben", role=RESPONDER)
    add_member(team, ben)
    return reload_user(ben)


@pytest.fixture
def desk(team):
    return make_service(team=team)


def said():
    entries = TimelineEntry.objects.filter(data__has_key="watch").order_by("pk")
    return [entry.text for entry in entries]


@pytest.mark.parametrize("name", ["DeskDown", "deskdown"])
def test_an_alert_of_that_name_says_it_once(ben, team, desk, name):
    item = light_one(ben, team, alert_name=name)
    take(make_alert(labels=DESK), now=AFTER)
    take(make_alert(labels=DESK | {"pod": "2"}), now=AFTER + MINUTE)
    assert said() == [f"Watch item: {TEXT}"]
    assert TimelineEntry.objects.get(data__watch=item.pk).url == item.get_absolute_url()


def test_any_alert_of_the_service_says_it(ben, team, desk):
    light_one(ben, team, alert_name="", service=desk, kind="mitigation", text="Half of the gates are off")
    take(make_alert(labels=DESK), now=AFTER)
    assert said() == ["Temporary mitigation: Half of the gates are off"]


def test_an_item_with_name_and_service_waits_for_both(ben, team, desk):
    lamp = make_service("Lamp", team=team)
    light_one(ben, team, service=lamp)
    light_one(ben, team, service=desk, alert_name="OtherAlert")
    take(make_alert(labels=DESK), now=AFTER)
    assert Incident.objects.exists()
    assert said() == []


def test_what_has_expired_or_is_closed_says_nothing(ben, team, desk):
    light_one(ben, team)
    close_item(light_one(ben, team, expires_at=NOW + 9 * DAY), user=ben, now=NOW)
    take(make_alert(labels=DESK), now=NOW + 2 * DAY)
    assert said() == []


def test_an_alert_that_joins_an_open_incident_says_it_there(ben, team, desk):
    incident = make_incident("Slow", desk)
    item = light_one(ben, team)
    take(make_alert(labels=DESK | {"severity": "warning"}), now=AFTER)
    assert list(incident.timeline.filter(data__watch=item.pk).values_list("text", flat=True)) == [f"Watch item: {TEXT}"]


def test_secrets_of_a_service_are_said_in_its_own_incidents_only(ben, team, desk):
    vault = make_service("Vault", team=team, classification="confidential")
    light_one(ben, team, service=vault, alert_name="")
    take(make_alert(labels=DESK), now=AFTER)
    assert said() == []
    take(make_alert("VaultOpen", labels={"service": "vault"}), group="vault", now=AFTER)
    assert Incident.objects.get(timeline__data__has_key="watch").services.get() == vault


def test_a_batch_of_alerts_costs_one_query_more_where_nothing_burns(ben, team, desk):
    take(*(make_alert(labels=DESK | {"pod": str(number)}) for number in range(20)), now=AFTER)
    with CaptureQueriesContext(connection) as queries:
        take(*(make_alert(labels=DESK | {"pod": str(number)}) for number in range(20, 40)), now=AFTER)
    assert len([one for one in queries if "watchitem" in one["sql"]]) == 1


def test_the_page_of_an_escalation_says_what_burns_on_the_service(ben, team):
    make_channel()
    desk = make_service("Desk", team=team, escalation_path=make_path([Contact.objects.create(name="Ben", user=ben)]))
    light_one(ben, team, service=desk, alert_name="")
    make_incident("No tickets", desk)
    assert f"Watch item: {TEXT}" in Notification.objects.get(key__startswith="page:").text


def test_the_page_says_nothing_of_a_confidential_service(ben, team):
    path = make_path([Contact.objects.create(name="Ben", user=ben)])
    vault = make_service("Vault", team=team, escalation_path=path, classification="confidential")
    light_one(ben, team, service=vault, alert_name="")
    make_incident("Gold", vault)
    assert TEXT not in Notification.objects.get(key__startswith="page:").text
