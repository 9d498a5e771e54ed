"""Levels are called one after the other, each once, until somebody answers."""

import datetime as dt

import pytest

from accounts.roles import RESPONDER
from incidents.errors import NotAllowed, NothingToCall, WrongState
from incidents.models import CalledLevel, Escalation, IncidentAudience
from incidents.services.escalating import call_next_now, escalate, severity_changed, start, stop, sweep
from oncall.models import Channel, Contact, Delivery, Notification
from tests.factories import (
    NOW,
    get_severity,
    make_incident,
    make_path,
    make_rotation,
    make_service,
    make_team,
    make_user,
)
from tests.incidents.ladders import MINUTE, make_ladder, open_ladder, pages, running, said

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


@pytest.fixture
def cy():
    return make_user("cy", role=RESPONDER)


def test_level_1_is_told_with_the_opening(ada):
    incident = open_ladder([ada])
    told = Notification.objects.get()
    assert (told.person, told.kind, told.action) == (ada, "page", "Acknowledge")
    assert told.url == f"/incidents/{incident.pk}/acknowledge/"
    assert told.subject == f"SEV-2 {incident.reference}: Tickets can't be sold"
    assert Delivery.objects.filter(notification=told, due_at=NOW).exists()
    assert said(incident) == ["Paged L1 of Harbour path: Ada"]


def test_a_message_says_what_follows_from_silence(ada, ben):
    open_ladder([ada], [ben], minutes=[5, 10])
    assert "Without an answer within 5 minutes, L2 is called: Ben." in Notification.objects.get().text


def test_the_next_level_is_called_when_the_first_stays_silent(ada, ben):
    incident = open_ladder([ada], [ben])
    assert sweep(NOW + 14 * MINUTE) == 0
    assert pages() == ["Ada"]
    assert sweep(NOW + 15 * MINUTE) == 1
    assert pages() == ["Ada", "Ben"]
    assert running(incident).next_at == NOW + 30 * MINUTE
    assert said(incident)[-1] == "Paged L2 of Harbour path: Ben"


def test_a_sweep_twice_calls_nobody_twice(ada, ben):
    open_ladder([ada], [ben])
    later = NOW + 15 * MINUTE
    assert [sweep(later), sweep(later)] == [1, 0]
    assert CalledLevel.objects.count() == 2


def test_a_severity_that_waits_less_shortens_the_wait(ada, ben):
    incident = open_ladder([ada], [ben], level="SEV-1", minutes=[60, 60])
    assert running(incident).next_at == NOW + 15 * MINUTE


def test_somebody_on_call_is_found_by_the_rotation(ada):
    rotation = make_rotation(make_team("Harbour", ada), ada)
    path = make_path([rotation.layers.get()])
    make_incident("No tickets", make_service(escalation_path=path))
    assert pages() == ["Ada"]


def test_the_ladder_stays_as_it_was_when_the_incident_opened(ada, ben, cy):
    incident = open_ladder([ada], [ben])
    make_ladder([cy], [cy])
    sweep(NOW + 15 * MINUTE)
    assert pages() == ["Ada", "Ben"]
    assert len(running(incident).levels) == 2


def test_a_level_that_reaches_nobody_is_passed_over_at_once(ada):
    path = make_path([Contact.objects.create(name="Night desk")], [Contact.objects.create(name="Ada", user=ada)])
    incident = make_incident("No tickets", make_service(escalation_path=path))
    assert pages()[-1] == "Ada"
    assert said(incident) == [
        "Passed over L1 of Harbour path: nothing can be sent to Night desk",
        "Paged L2 of Harbour path: Ada",
    ]


def test_a_channel_without_an_address_is_no_news_where_somebody_was_told(ada):
    path = make_path(
        [Contact.objects.create(name="Ada", user=ada), Channel.objects.create(channel="#desk", purpose="Desk")]
    )
    incident = make_incident("No tickets", make_service(escalation_path=path))
    assert said(incident) == ["Paged L1 of Harbour path: Ada"]


def test_a_hole_in_the_rotation_is_passed_over_and_named(ada, ben):
    rotation = make_rotation(make_team("Harbour"), ben, effective_from=NOW + dt.timedelta(days=3))
    path = make_path([rotation.layers.get()], [Contact.objects.create(name="Ada", user=ada)])
    incident = make_incident("No tickets", make_service(escalation_path=path))
    assert pages() == ["Ada"]
    assert "nobody is on call in Primary, On call (Harbour)" in said(incident)[0]


def test_who_left_since_is_passed_over(ada, ben):
    incident = open_ladder([ada], [ben], [ada])
    ben.is_active = False
    ben.save()
    sweep(NOW + 15 * MINUTE)
    assert said(incident)[-2:] == [
        "Passed over L2 of Harbour path: nothing can be sent to Ben",
        "Paged L3 of Harbour path: Ada",
    ]


def test_a_severity_that_pages_nobody_calls_nobody(ada):
    incident = open_ladder([ada], level="SEV-4")
    assert pages() == []
    assert not Escalation.objects.filter(incident=incident).exists()


def test_an_incident_without_a_path_says_so():
    incident = make_incident("No tickets", make_service())
    assert said(incident) == ["Nobody was paged: none of the services has an escalation path"]


def test_a_path_without_levels_says_so():
    incident = make_incident("No tickets", make_service(escalation_path=make_path()))
    assert said(incident) == ["Nobody was paged: Harbour path has no levels"]
    assert start(incident, now=NOW, path=make_path()) is None


def test_an_example_disturbs_nobody(ada, ben):
    incident = open_ladder([ada], [ben], is_example=True)
    assert said(incident) == ["Paged L1 of Harbour path: Ada"]
    assert sweep(NOW + dt.timedelta(days=3)) == 0
    assert not Notification.objects.exists()


def test_who_was_called_may_know_of_a_confidential_incident(ada):
    incident = open_ladder([ada], service={"classification": "confidential", "team": make_team("Vault")})
    assert IncidentAudience.objects.filter(incident=incident, user=ada).exists()
    told = Notification.objects.get(person=ada)
    assert incident.title not in told.subject + told.text
    assert "Ticket desk" not in told.text


def test_the_next_level_can_be_called_before_its_time(ada, ben, cy):
    incident = open_ladder([ada], [ben], [cy])
    call_next_now(incident, user=cy, now=NOW + MINUTE)
    assert pages() == ["Ada", "Ben"]
    assert said(incident)[-1] == "paged L2 of Harbour path: Ben now"
    assert running(incident).next_at == NOW + 16 * MINUTE
    assert CalledLevel.objects.get(level=1).by == cy


def test_behind_the_last_level_nobody_can_be_called(ada, cy):
    incident = open_ladder([ada])
    with pytest.raises(WrongState, match="Every level was called"):
        call_next_now(incident, user=cy, now=NOW + MINUTE)


def test_a_stranger_to_the_ladder_calls_nobody(ada):
    incident = open_ladder([ada])
    with pytest.raises(NotAllowed, match="were not called"):
        call_next_now(incident, user=make_user("dee"), now=NOW + MINUTE)


def test_resolving_ends_it(ada, ben):
    incident = open_ladder([ada], [ben])
    stop(incident, now=NOW + MINUTE)
    assert running(incident).state == "stopped"
    assert sweep(NOW + dt.timedelta(hours=2)) == 0
    assert pages() == ["Ada"]


def test_a_worse_severity_brings_the_next_level_nearer(ada, ben):
    incident = open_ladder([ada], [ben], level="SEV-2", minutes=[30, 30])
    incident.severity = get_severity("SEV-1")
    incident.save()
    severity_changed(incident, now=NOW + 5 * MINUTE)
    assert running(incident).next_at == NOW + 15 * MINUTE


def test_a_worse_severity_that_is_late_calls_at_once(ada, ben):
    incident = open_ladder([ada], [ben], level="SEV-2", minutes=[30, 30])
    incident.severity = get_severity("SEV-1")
    incident.save()
    severity_changed(incident, now=NOW + 20 * MINUTE)
    assert pages() == ["Ada", "Ben"]


def test_a_severity_that_pages_now_begins_to_call(ada):
    incident = open_ladder([ada], level="SEV-4")
    incident.severity = get_severity("SEV-2")
    incident.save()
    severity_changed(incident, now=NOW + MINUTE)
    assert pages() == ["Ada"]


def test_a_severity_that_pages_nobody_any_more_ends_it(ada, ben):
    incident = open_ladder([ada], [ben])
    incident.severity = get_severity("SEV-4")
    incident.save()
    severity_changed(incident, now=NOW + MINUTE)
    assert running(incident).state == "stopped"
    assert said(incident)[-1] == "Nobody is called any more: SEV-4 pages nobody"


def test_a_severity_for_one_level_goes_on_when_it_gets_worse(ada, ben):
    incident = open_ladder([ada], [ben], level="SEV-3")
    sweep(NOW + 15 * MINUTE)
    assert running(incident).state == "silent"
    incident.severity = get_severity("SEV-1")
    incident.save()
    severity_changed(incident, now=NOW + 20 * MINUTE)
    assert pages() == ["Ada", "Ben"]
    assert running(incident).state == "running"


def test_a_path_is_called_by_hand(ada, cy):
    incident = make_incident()
    path = make_ladder([ada])
    escalate(incident, path, user=cy, now=NOW + MINUTE)
    assert pages() == ["Ada"]
    assert said(incident)[-2:] == ["called Harbour path", "Paged L1 of Harbour path: Ada"]


def test_without_a_path_it_is_refused_in_a_sentence(cy):
    with pytest.raises(NothingToCall, match="Choose the escalation path"):
        escalate(make_incident(), None, user=cy, now=NOW)


def test_a_path_without_levels_is_refused_in_a_sentence(cy):
    with pytest.raises(NothingToCall, match="has no levels"):
        escalate(make_incident(), make_path(), user=cy, now=NOW)


def test_a_second_path_waits_for_the_first(ada, cy):
    incident = open_ladder([ada])
    with pytest.raises(WrongState, match="being called already"):
        escalate(incident, make_ladder([cy], name="Other"), user=cy, now=NOW + MINUTE)


def test_a_reader_calls_no_path(ada):
    with pytest.raises(NotAllowed):
        escalate(make_incident(), make_ladder([ada]), user=ada, now=NOW)
