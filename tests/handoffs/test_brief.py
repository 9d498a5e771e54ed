"""The brief of whoever takes over: since their last shift, with whom, and whether a page reaches them."""

import datetime as dt
import re

import pytest

from accounts.roles import READER, RESPONDER
from handoffs.models import Handoff
from handoffs.pages.brief import describe_brief, find_my_brief
from oncall.models import Address, Classification
from tests.factories import NOW, add_layer, make_handoff, make_incident, make_rotation, make_team, make_user
from tests.handoffs.papers import accept, add_incident, submit

pytestmark = pytest.mark.django_db
# Hand-over on Mondays at 09:00 in Lisbon: Ada, Ben, Cy in turn since 5 January, so Ada until 23 November, then Ben, then Cy
MONDAY = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
AT = MONDAY - dt.timedelta(minutes=40)


@pytest.fixture
def people():
    zones = ("Europe/Lisbon", "America/New_York", "Asia/Tokyo")
    return [make_user(n, role=RESPONDER, time_zone=z) for n, z in zip(("ada", "ben", "cy"), zones, strict=True)]


@pytest.fixture
def rotation(people):
    return make_rotation(make_team("Harbour", *people), *people)


def open_for(rotation, outgoing, incoming, changes_at=MONDAY, **fields):
    return make_handoff(outgoing, incoming, rotation=rotation, changes_at=changes_at, **fields)


def section(brief, key):
    return next(one for one in brief.sections if one.filled.key == key)


def titles(brief, key):
    return [view.entry.title for view in section(brief, key).entries]


def test_it_tells_what_happened_since_the_end_of_the_persons_last_shift(people, rotation):
    outgoing, incoming, _ = people
    handoff = open_for(rotation, outgoing, incoming)
    brief = describe_brief(handoff, incoming, AT)
    assert brief.was_here
    assert brief.since == MONDAY - dt.timedelta(days=14)


def test_an_incident_of_the_week_before_the_last_shift_is_told_too(people, rotation):
    outgoing, incoming, _ = people
    handoff = open_for(rotation, outgoing, incoming)
    incident = add_incident(handoff, "The pier is dark")
    type(incident).objects.filter(pk=incident.pk).update(
        status="resolved",
        started_at=MONDAY - dt.timedelta(days=11),
        opened_at=MONDAY - dt.timedelta(days=11),
        resolved_at=MONDAY - dt.timedelta(days=10),
    )
    assert "The pier is dark" in titles(describe_brief(handoff, incoming, AT), "resolved-incidents")


def test_somebody_new_gets_what_the_handoff_reports(people, rotation):
    dee = make_user("dee", role=RESPONDER)
    handoff = open_for(rotation, people[0], dee)
    brief = describe_brief(handoff, dee, AT)
    assert not brief.was_here
    assert brief.since == handoff.since


def test_a_brief_that_is_read_after_the_shift_is_still_about_the_time_before_it(people, rotation):
    outgoing, incoming, _ = people
    handoff = open_for(rotation, outgoing, incoming)
    assert describe_brief(handoff, incoming, MONDAY + dt.timedelta(days=30)).since == MONDAY - dt.timedelta(days=14)


def test_handoffs_signed_meanwhile_are_told_with_their_words(people, rotation):
    outgoing, incoming, other = people
    week = dt.timedelta(days=7)
    signed = open_for(rotation, other, outgoing, MONDAY - week, summary="A storm came.", urgent="Buy sandbags")
    accept(submit(signed, MONDAY - week), MONDAY - week)
    handoff = open_for(rotation, outgoing, incoming)
    assert describe_brief(handoff, incoming, AT).earlier == (signed,)


def test_colleagues_and_relief_are_named(people, rotation):
    outgoing, incoming, third = people
    dee = make_user("dee", role=RESPONDER)
    add_layer(rotation, dee)
    brief = describe_brief(open_for(rotation, outgoing, incoming), incoming, AT)
    assert [str(shift.person) for shift in brief.colleagues] == ["Dee"]
    assert [shift.person for shift in brief.relief] == [third]


def test_ones_own_addresses_are_shown_with_whether_they_answer(people, rotation, as_user):
    outgoing, incoming, _ = people
    handoff = open_for(rotation, outgoing, incoming)
    assert describe_brief(handoff, incoming, AT).problems == (f"{incoming} has never confirmed a test message.",)
    Address.objects.filter(person=incoming).update(answered_at=AT - dt.timedelta(days=3))
    brief = describe_brief(handoff, incoming, AT)
    assert [(address.target, address.is_fresh) for address in brief.addresses] == [("ben@example.com", True)]
    assert brief.problems == ()


def test_nobody_else_sees_the_addresses(people, rotation, as_user):
    outgoing, incoming, _ = people
    handoff = open_for(rotation, outgoing, incoming)
    assert describe_brief(handoff, outgoing, AT).addresses == ()
    text = as_user(outgoing).get(f"/handoffs/{handoff.pk}/brief/").text
    assert "Where a page reaches you" not in text
    assert incoming.email not in text
    assert f"Brief for {incoming}" in text


def test_the_page_says_the_shift_in_the_readers_zone_and_in_utc(people, rotation, as_user):
    ben = people[1]
    handoff = open_for(rotation, people[0], ben, urgent="Renew the <b>certificate</b>")
    text = re.sub(r"<[^>]+>", "", as_user(ben).get(f"/handoffs/{handoff.pk}/brief/").text)
    assert "Mon 23 Nov, 04:00 EST (Mon 23 Nov, 09:00 UTC)" in text
    assert "Renew the &lt;b&gt;certificate" in text
    assert "Your brief" in text


def test_confidential_entries_are_counted_for_others(people, rotation, as_user):
    handoff = open_for(rotation, people[0], people[1])
    add_incident(handoff, "Vault is open", classification=Classification.CONFIDENTIAL, name="Vault")
    address = f"/handoffs/{handoff.pk}/brief/"
    assert "Vault is open" in as_user(people[1]).get(address).text
    stranger = as_user(make_user("eve", role=READER)).get(address).text
    assert "Vault" not in stranger
    assert "1 entry is Confidential" in stranger


def test_my_brief_is_that_of_the_handoff_that_waits(people, rotation, as_user):
    ada, ben, _ = people
    later = open_for(rotation, ada, ben, MONDAY + dt.timedelta(days=7))
    soon = open_for(rotation, ada, ben)
    assert find_my_brief(ben) == soon
    Handoff.objects.filter(pk__in=[soon.pk, later.pk]).update(state="lapsed")
    assert as_user(ben).get("/handoffs/brief/")["Location"] == "/handoffs/mine/"


def test_after_acceptance_it_is_still_there(people, rotation, as_user):
    handoff = open_for(rotation, people[0], people[1])
    accept(submit(handoff))
    assert as_user(people[1]).get("/handoffs/brief/")["Location"] == f"/handoffs/{handoff.pk}/brief/"


def test_without_the_role_there_is_none(people, rotation, as_user):
    handoff = open_for(rotation, people[0], people[1])
    eve = make_user("eve", role=READER)
    eve.groups.clear()
    assert as_user(eve).get(f"/handoffs/{handoff.pk}/brief/").status_code == 404


def test_twenty_incidents_take_as_many_queries_as_one(
    people, rotation, django_assert_max_num_queries, django_assert_num_queries
):
    handoff = open_for(rotation, people[0], people[1])
    first = add_incident(handoff)
    describe_brief(handoff, people[1], NOW)
    with django_assert_max_num_queries(45) as few:
        describe_brief(handoff, people[1], NOW)
    for number in range(20):
        make_incident(f"More {number}", first.services.get())
    with django_assert_num_queries(len(few)):
        brief = describe_brief(handoff, people[1], NOW)
    assert (len(section(brief, "open-incidents").entries), section(brief, "open-incidents").more) == (6, 15)
