"""Correcting when something happened: with a reason, in a sane order, and never silently."""

import datetime as dt

import pytest

from accounts.roles import RESPONDER
from incidents.errors import BadTime, NotAllowed, Refused, WrongState
from incidents.models import Incident
from incidents.services.changing import change_status, correct_time
from tests.factories import NOW, make_incident, make_user

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
LATER = NOW + 60 * MINUTE


@pytest.fixture
def ada(db):
    return make_user("ada", role=RESPONDER)


@pytest.fixture
def incident(ada):
    """Identified after 10 minutes, Monitoring after 20, Resolved after 30, Closed after 40."""
    incident = make_incident(started_at=NOW - 5 * MINUTE)
    for minutes, status in ((10, "identified"), (20, "monitoring"), (30, "resolved"), (40, "closed")):
        incident = change_status(incident, status, user=ada, now=NOW + minutes * MINUTE)
    return incident


def correct(incident, what, minutes, user, reason="The clock of the desk is right"):
    return correct_time(incident, what, NOW + minutes * MINUTE, reason=reason, user=user, now=LATER)


def change_to(incident, status):
    return incident.status_changes.get(status=status)


def test_a_change_moves_between_its_neighbours_and_the_reason_is_kept(incident, ada):
    correct(incident, change_to(incident, "identified"), 15, ada)
    assert change_to(incident, "identified").at == NOW + 15 * MINUTE
    entry = incident.timeline.order_by("-pk").first()
    assert "corrected when it became Identified" in entry.text
    assert entry.text.endswith("The clock of the desk is right")
    assert entry.data["from"] == (NOW + 10 * MINUTE).isoformat()


@pytest.mark.parametrize(("status", "minutes"), [("identified", 21), ("monitoring", 9), ("resolved", 41)])
def test_changes_keep_their_order(incident, ada, status, minutes):
    with pytest.raises(BadTime, match="keep their order"):
        correct(incident, change_to(incident, status), minutes, ada)


def test_what_follows_from_a_change_moves_along(incident, ada):
    assert correct(incident, change_to(incident, "monitoring"), 18, ada).mitigated_at == NOW + 18 * MINUTE
    assert correct(incident, change_to(incident, "resolved"), 28, ada).resolved_at == NOW + 28 * MINUTE
    assert correct(incident, change_to(incident, "closed"), 38, ada).closed_at == NOW + 38 * MINUTE


def test_the_time_of_resolving_is_the_one_of_its_change(incident, ada):
    assert correct(incident, "resolved_at", 25, ada).resolved_at == NOW + 25 * MINUTE
    assert change_to(incident, "resolved").at == NOW + 25 * MINUTE


def test_mitigated_can_be_corrected_by_itself_and_then_stays(incident, ada):
    assert correct(incident, "mitigated_at", 17, ada).mitigated_at == NOW + 17 * MINUTE
    assert correct(incident, change_to(incident, "monitoring"), 19, ada).mitigated_at == NOW + 17 * MINUTE


def test_it_can_t_be_resolved_before_it_was_mitigated(incident, ada):
    correct(incident, "mitigated_at", 29, ada)
    with pytest.raises(BadTime, match="mitigated after"):
        correct(incident, "resolved_at", 25, ada)
    with pytest.raises(BadTime, match="resolved before"):
        correct(incident, "mitigated_at", 31, ada)


def test_the_start_may_be_earlier_but_not_after_what_followed(incident, ada):
    assert correct(incident, "started_at", -30, ada).started_at == NOW - 30 * MINUTE
    with pytest.raises(BadTime, match="after it was opened"):
        correct(incident, "started_at", 5, ada)


def test_nothing_happened_before_the_start_nor_in_the_future(incident, ada):
    with pytest.raises(BadTime, match="before the incident began"):
        correct(incident, "mitigated_at", -10, ada)
    with pytest.raises(BadTime, match="in the future"):
        correct(incident, change_to(incident, "closed"), 120, ada)


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_reason_is_needed(incident, ada, reason):
    with pytest.raises(Refused, match="why"):
        correct(incident, "started_at", -6, ada, reason=reason)


def test_the_same_time_is_no_correction(incident, ada):
    with pytest.raises(Refused, match="already"):
        correct(incident, "started_at", -5, ada)


def test_a_time_that_never_came_can_t_be_corrected(ada):
    incident = make_incident()
    for what in ("acknowledged_at", "mitigated_at", "resolved_at"):
        with pytest.raises(WrongState):
            correct(incident, what, 5, ada)


def test_a_change_of_another_incident_is_refused(incident, ada):
    with pytest.raises(WrongState, match="another incident"):
        correct(make_incident("Another"), change_to(incident, "resolved"), 5, ada)


def test_a_reader_corrects_nothing(incident):
    with pytest.raises(NotAllowed):
        correct(incident, "started_at", -6, make_user("cy"))


def test_of_two_resolutions_the_last_one_counts(ada):
    incident = make_incident()
    for minutes, status in ((5, "resolved"), (10, "investigating"), (20, "resolved")):
        incident = change_status(incident, status, user=ada, now=NOW + minutes * MINUTE)
    first = incident.status_changes.filter(status="resolved").first()
    assert correct(incident, first, 6, ada).resolved_at == NOW + 20 * MINUTE
    assert correct(incident, "resolved_at", 19, ada).resolved_at == NOW + 19 * MINUTE


def test_the_acknowledgement_can_be_corrected(incident, ada):
    Incident.objects.filter(pk=incident.pk).update(acknowledged_at=NOW + 2 * MINUTE)
    assert correct(incident, "acknowledged_at", 1, ada).acknowledged_at == NOW + MINUTE
