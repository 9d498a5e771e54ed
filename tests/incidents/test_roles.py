"""Roles of an incident: taken, given, left; command offered, accepted, taken over."""

import datetime as dt

import pytest

from accounts.roles import RESPONDER
from incidents.errors import NotAllowed, Refused, WrongState
from incidents.models import CommandOffer, Escalation, Incident, RoleHolder
from incidents.pages.roles import describe_roles
from incidents.services.changing import change_status
from incidents.services.roles import (
    answer_offer,
    give_role,
    leave_role,
    offer_command,
    take_over_command,
    take_role,
    withdraw_offer,
)
from oncall.models import Contact, Notification
from tests.factories import NOW, make_incident, make_path, make_service, make_team, make_user

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=5)


@pytest.fixture
def ada(db):
    return make_user("ada", role=RESPONDER)


@pytest.fixture
def ben(db):
    return make_user("ben", role=RESPONDER)


@pytest.fixture
def incident(db):
    return make_incident()


def commander(incident):
    return incident.role_holders.current().get(role="commander").person


def texts(incident):
    return [entry.text for entry in incident.timeline.filter(kind="role").order_by("pk")]


def test_a_free_role_is_taken(incident, ada):
    take_role(incident, "scribe", user=ada, now=NOW)
    assert texts(incident) == ["took the role Scribe"]


def test_taking_command_acknowledges_and_ends_the_calls(ada):
    path = make_path([Contact.objects.create(name="Night desk")])
    incident = make_incident("No tickets", make_service(escalation_path=path))
    take_role(incident, "commander", user=ada, now=LATER)
    incident.refresh_from_db()
    assert incident.acknowledged_at == LATER
    assert Escalation.objects.get().state == "acknowledged"
    assert texts(incident) == ["took command"]


def test_command_that_is_taken_stays(incident, ada, ben):
    take_role(incident, "commander", user=ada, now=NOW)
    with pytest.raises(WrongState, match=r"Ada has been Commander since today at 03:14 \(UTC\)"):
        take_role(incident, "commander", user=ben, now=LATER)
    assert commander(incident) == ada


def test_nobody_has_a_role_twice(incident, ada):
    take_role(incident, "scribe", user=ada, now=NOW)
    with pytest.raises(WrongState, match="You are Scribe already"):
        take_role(incident, "scribe", user=ada, now=NOW)


def test_a_reader_takes_no_role(incident):
    with pytest.raises(NotAllowed):
        take_role(incident, "scribe", user=make_user("cy"), now=NOW)


def test_a_role_that_does_not_exist_is_refused(incident, ada):
    with pytest.raises(Refused, match="no such role"):
        take_role(incident, "king", user=ada, now=NOW)


def test_roles_of_a_closed_incident_stay(incident, ada, ben):
    change_status(incident, "resolved", user=ada, now=NOW)
    change_status(incident, "closed", user=ada, now=NOW)
    for change in (
        lambda: take_role(incident, "scribe", user=ada, now=NOW),
        lambda: offer_command(incident, ben, user=ada, now=NOW),
        lambda: take_over_command(incident, reason="x", user=ada, now=NOW),
    ):
        with pytest.raises(WrongState, match="closed"):
            change()


def test_a_role_is_given_and_both_are_told(incident, ada, ben):
    cy = make_user("cy", role=RESPONDER)
    give_role(incident, "operations", ben, user=ada, now=NOW)
    give_role(incident, "operations", cy, user=ada, now=LATER)
    assert texts(incident)[-1] == "gave the role Operations to Cy, until now Ben"
    told = set(Notification.objects.values_list("person__display_name", "subject"))
    ref = incident.reference
    assert told == {
        ("Ben", f"You are Operations of {ref}"),
        ("Ben", f"Cy is Operations of {ref} now"),
        ("Cy", f"You are Operations of {ref}"),
    }


def test_command_is_never_given_without_being_accepted(incident, ada, ben):
    with pytest.raises(Refused, match="offered"):
        give_role(incident, "commander", ben, user=ada, now=NOW)


def test_a_role_is_for_responders_who_are_here(incident, ada):
    with pytest.raises(Refused, match="only read"):
        give_role(incident, "scribe", make_user("cy"), user=ada, now=NOW)
    with pytest.raises(Refused, match="not here any more"):
        give_role(incident, "scribe", make_user("dan", role=RESPONDER, is_active=False), user=ada, now=NOW)


def test_a_role_is_left_by_its_holder_only(incident, ada, ben):
    take_role(incident, "commander", user=ada, now=NOW)
    with pytest.raises(WrongState, match="You are not Commander"):
        leave_role(incident, "commander", user=ben, now=NOW)
    leave_role(incident, "commander", user=ada, now=LATER)
    assert RoleHolder.objects.get().ended_at == LATER
    assert texts(incident)[-1] == "left command; nobody commands now"


# ---- Handing command over ----


def test_the_commander_stays_until_the_offer_is_accepted(incident, ada, ben):
    take_role(incident, "commander", user=ada, now=NOW)
    offer = offer_command(incident, ben, note="The failover runs", user=ada, now=NOW)
    assert commander(incident) == ada
    answer_offer(offer, accept=True, user=ben, now=LATER)
    assert commander(incident) == ben
    assert incident.role_holders.get(person=ada).ended_at == LATER
    assert texts(incident)[-2:] == ["offered command to Ben: The failover runs", "accepted command, offered by Ada"]


def test_whoever_is_asked_gets_a_message_that_leads_to_the_incident(incident, ada, ben):
    take_role(incident, "commander", user=ada, now=NOW)
    offer_command(incident, ben, user=ada, now=NOW)
    message = Notification.objects.get(person=ben)
    assert message.url == incident.get_absolute_url()
    assert message.subject == f"Ada offers you command of {incident.reference}"


def test_whoever_is_asked_may_know_of_a_confidential_incident(ada, ben):
    secret = make_service("Vault", classification="confidential", team=make_team("Keys", ada))
    incident = make_incident("Odd", secret)
    assert incident not in Incident.objects.visible_to(ben)
    offer_command(incident, ben, user=ada, now=NOW)
    assert incident in Incident.objects.visible_to(ben)


def test_a_declined_offer_changes_nothing_and_says_so(incident, ada, ben):
    take_role(incident, "commander", user=ada, now=NOW)
    answer_offer(offer_command(incident, ben, user=ada, now=NOW), accept=False, user=ben, now=LATER)
    assert commander(incident) == ada
    assert Notification.objects.get(person=ada).subject == f"Ben can’t take command of {incident.reference}"


def test_one_offer_waits_at_a_time(incident, ada, ben):
    take_role(incident, "commander", user=ada, now=NOW)
    offer_command(incident, ben, user=ada, now=NOW)
    with pytest.raises(WrongState, match="Command was offered to Ben today"):
        offer_command(incident, make_user("cy", role=RESPONDER), user=ada, now=LATER)


def test_a_withdrawn_offer_can_t_be_accepted(incident, ada, ben):
    take_role(incident, "commander", user=ada, now=NOW)
    offer = offer_command(incident, ben, user=ada, now=NOW)
    withdraw_offer(offer, user=ada, now=NOW)
    with pytest.raises(WrongState, match="withdrawn before"):
        answer_offer(offer, accept=True, user=ben, now=LATER)
    assert commander(incident) == ada


def test_only_who_was_asked_answers_and_only_who_offers_withdraws(incident, ada, ben):
    take_role(incident, "commander", user=ada, now=NOW)
    offer = offer_command(incident, ben, user=ada, now=NOW)
    with pytest.raises(NotAllowed, match="Only Ben can answer"):
        answer_offer(offer, accept=True, user=ada, now=NOW)
    with pytest.raises(NotAllowed, match="Only Ada can withdraw"):
        withdraw_offer(offer, user=make_user("cy", role=RESPONDER), now=NOW)


def test_only_the_commander_offers_command(incident, ada, ben):
    take_role(incident, "commander", user=ada, now=NOW)
    with pytest.raises(NotAllowed, match="Ada commands"):
        offer_command(incident, make_user("cy", role=RESPONDER), user=ben, now=NOW)


def test_command_that_nobody_has_can_be_offered_by_anybody(incident, ada, ben):
    answer_offer(offer_command(incident, ben, user=ada, now=NOW), accept=True, user=ben, now=LATER)
    incident.refresh_from_db()
    assert (commander(incident), incident.acknowledged_at) == (ben, LATER)


def test_command_is_not_offered_to_oneself_nor_to_readers(incident, ada):
    with pytest.raises(Refused, match="yourself"):
        offer_command(incident, ada, user=ada, now=NOW)
    with pytest.raises(Refused, match="only read"):
        offer_command(incident, make_user("cy"), user=ada, now=NOW)


def test_a_new_commander_ends_the_offer_of_the_one_before(incident, ada, ben):
    offer = offer_command(incident, ben, user=ada, now=NOW)
    take_role(incident, "commander", user=make_user("cy", role=RESPONDER), now=NOW)
    with pytest.raises(WrongState, match="withdrawn"):
        answer_offer(offer, accept=True, user=ben, now=LATER)


def test_command_is_taken_over_from_a_silent_commander_with_a_reason(incident, ada, ben):
    take_role(incident, "commander", user=ada, now=NOW)
    with pytest.raises(Refused, match="why"):
        take_over_command(incident, reason=" ", user=ben, now=LATER)
    take_over_command(incident, reason="Does not answer", user=ben, now=LATER)
    assert commander(incident) == ben
    assert texts(incident)[-1] == "took command over from Ada: Does not answer"
    assert "took command" in Notification.objects.get(person=ada).subject


# ---- The panel ----


def test_the_panel_costs_one_query(incident, ada, ben, django_assert_num_queries):
    take_role(incident, "commander", user=ada, now=NOW)
    give_role(incident, "scribe", ben, user=ada, now=NOW)
    offer_command(incident, ben, note="Please", user=ada, now=NOW)
    with django_assert_num_queries(1):
        panel = describe_roles(incident, ben)
    assert [(seat.label, seat.name) for seat in panel.seats] == [
        ("Commander", "Ada"),
        ("Operations", ""),
        ("Communications", ""),
        ("Scribe", "Ben"),
    ]
    assert (panel.offer.is_for_you, panel.offer.by, panel.offer.note) == (True, "Ada", "Please")
    assert (panel.seats[1].may_take, panel.seats[3].is_you) == (True, True)


def test_a_reader_sees_the_roles_and_no_buttons(incident, ada, as_user):
    take_role(incident, "commander", user=ada, now=NOW)
    panel = describe_roles(incident, make_user("cy"))
    assert not panel.may_change
    assert not any(seat.may_take or seat.may_leave for seat in panel.seats)


def test_an_answered_offer_is_not_shown(incident, ada, ben):
    answer_offer(offer_command(incident, ben, user=ada, now=NOW), accept=False, user=ben, now=NOW)
    assert CommandOffer.objects.count() == 1
    assert describe_roles(incident, ben).offer is None
