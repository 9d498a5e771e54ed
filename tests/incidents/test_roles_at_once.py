"""Two people at the same moment: one gets it, the other a sentence."""

import datetime as dt

import pytest

from accounts.roles import RESPONDER
from incidents.errors import Refused
from incidents.models import Incident, RoleHolder, StatusChange
from incidents.services.changing import change_facts, change_status
from incidents.services.opening import NewIncident
from incidents.services.opening_once import open_once
from incidents.services.roles import answer_offer, offer_command, take_role, withdraw_offer
from oncall.models import Contact
from tests.at_once import at_once
from tests.factories import NOW, get_severity, make_incident, make_path, make_service, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def people():
    return [make_user(name, role=RESPONDER) for name in ("ada", "ben")]


def test_of_two_who_take_command_one_gets_it(people):
    path = make_path([Contact.objects.create(name="Night desk")])
    incident = make_incident("No tickets", make_service(escalation_path=path))
    results = at_once(*(lambda p=person: take_role(incident, "commander", user=p, now=NOW) for person in people))
    refusals = [str(one) for one in results if isinstance(one, Refused)]
    holder = RoleHolder.objects.get()
    assert refusals == [f"{holder.person} has been Commander since today at 03:14 (UTC)."]
    assert incident.timeline.filter(text="took command").count() == 1


def test_of_two_who_resolve_one_does_and_the_other_is_told(people):
    incident = make_incident()
    results = at_once(*(lambda p=person: change_status(incident, "resolved", user=p, now=NOW) for person in people))
    refusals = [one for one in results if isinstance(one, Refused)]
    change = StatusChange.objects.get(status="resolved")
    assert [str(one) for one in refusals] == [f"{incident.reference} was resolved today at 03:14 (UTC) by {change.by}."]


def test_an_offer_that_is_withdrawn_and_accepted_at_once_ends_one_way(people):
    ada, ben = people
    incident = make_incident()
    take_role(incident, "commander", user=ada, now=NOW)
    offer = offer_command(incident, ben, user=ada, now=NOW)
    results = at_once(
        lambda: withdraw_offer(offer, user=ada, now=NOW), lambda: answer_offer(offer, accept=True, user=ben, now=NOW)
    )
    offer.refresh_from_db()
    # Whoever accepts commands, and may withdraw nothing; whoever withdraws keeps command
    commander = RoleHolder.objects.current().get(role="commander").person
    assert sum(isinstance(one, Refused) for one in results) == 1
    assert (offer.answer, commander) in [("accepted", ben), ("withdrawn", ada)]


def test_two_people_who_write_different_facts_lose_nothing(people):
    incident = make_incident()
    ada, ben = people
    at_once(
        lambda: change_facts(incident, user=ada, now=NOW, was={"affected": ""}, affected="Both piers"),
        lambda: change_facts(incident, user=ben, now=NOW, was={"summary": ""}, summary="The desk is down"),
    )
    incident.refresh_from_db()
    assert (incident.affected, incident.summary) == ("Both piers", "The desk is down")


def test_the_button_pressed_twice_opens_one_incident(people):
    new, ada = NewIncident("No tickets", get_severity()), people[0]
    results = at_once(*[lambda: open_once(new, user=ada, now=NOW)] * 3)
    assert Incident.objects.count() == 1
    assert sorted(is_new for _, is_new in results) == [False, False, True]


def test_the_same_title_a_while_later_is_another_incident(people):
    new, ada = NewIncident("No tickets", get_severity()), people[0]
    open_once(new, user=ada, now=NOW)
    _, is_new = open_once(new, user=ada, now=NOW + dt.timedelta(minutes=2))
    assert is_new
