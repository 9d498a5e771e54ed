"""Sending an update: what is kept, who is told, what is refused."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import ProgrammingError, transaction

from accounts.roles import RESPONDER
from incidents.errors import BadTime, NotAllowed, Refused, UnfilledGaps, WrongState
from incidents.models import IncidentUpdate, Status
from incidents.services.changing import change_status
from oncall.models import Notification
from tests.factories import NOW, make_incident, make_user
from tests.incidents.updates import HOUR, make_channel, send

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


def test_an_update_is_kept_as_it_was_sent_with_its_status(ben):
    incident = make_incident()
    update = send(incident, ben, new_status="identified")
    incident.refresh_from_db()
    assert (update.status, incident.status) == ("identified", "identified")
    assert update.html == "<p>We are <strong>on it</strong>.</p>"
    assert incident.next_update_at == NOW + HOUR
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        IncidentUpdate.objects.filter(pk=update.pk).update(subject="Another")


def test_channels_with_an_address_are_told_in_plain_words(ben):
    channel, silent = make_channel(), make_channel("Radio 12", mail="")
    update = send(make_incident(), ben, channels=[channel, silent], markdown="A **word**\\* and\n\n- one\n- two")
    told = Notification.objects.get(key=f"update:{update.pk}:channel:{channel.pk}")
    assert told.text == "A word* and\n\n- one\n- two"
    assert told.deliveries.count() == 1
    assert (update.sent_to, update.channels.count()) == (["#harbour"], 2)
    assert not Notification.objects.filter(channel=silent).exists()


def test_customers_get_no_link_into_the_portal(ben):
    channel = make_channel()
    send(make_incident(), ben, channels=[channel], audience="customers")
    assert Notification.objects.get(channel=channel).url == ""


def test_engineers_are_led_to_the_incident_and_others_to_the_status_page(ben):
    incident, channel = make_incident(), make_channel()
    send(incident, ben, channels=[channel], audience="engineers")
    send(incident, ben, channels=[channel], audience="business")
    urls = Notification.objects.filter(channel=channel).order_by("pk").values_list("url", flat=True)
    assert list(urls) == [incident.get_absolute_url(), "/status/"]


def test_the_timeline_says_where_it_went_and_leads_to_it(ben):
    incident = make_incident()
    update = send(incident, ben, channels=[make_channel()])
    entry = incident.timeline.get(kind="update")
    assert entry.text == "sent an update for everybody to #harbour, the status page: Tickets"
    assert entry.url == f"/incidents/{incident.pk}/updates/#update-{update.pk}"


def test_the_last_update_promises_no_next_one(ben):
    incident = make_incident()
    update = send(incident, ben, kind="resolved", new_status="resolved")
    incident.refresh_from_db()
    assert (incident.status, incident.next_update_at, update.next_update_at) == ("resolved", None, None)


def test_that_it_is_over_can_t_be_said_while_it_is_open(ben):
    incident = make_incident()
    with pytest.raises(WrongState, match="is still Investigating"):
        send(incident, ben, kind="resolved")
    assert not incident.updates.exists()


def test_brackets_that_nobody_filled_are_named(ben):
    with pytest.raises(UnfilledGaps, match=r"\[what people notice\], \[TIME\] are still") as refused:
        send(make_incident(), ben, markdown="Impact: [what people notice] since [TIME].")
    assert refused.value.gaps == ("what people notice", "TIME")


@pytest.mark.parametrize(
    "markdown", ["[a page](/status/)", "- [x] done", r"\[sic\]", "`[code]`", "```\n[code]\n```", "see [1]"]
)
def test_brackets_that_are_meant_are_no_gaps(ben, markdown):
    assert send(make_incident(), ben, markdown=markdown).pk


def test_a_credential_is_refused(ben):
    with pytest.raises(Refused, match="credential"):
        send(make_incident(), ben, markdown="The key is AKIA" + "IOSFODNN7EXAMPLQ and it leaked")


@pytest.mark.parametrize("values", [{"subject": " "}, {"markdown": " \n"}, {"subject": "x" * 201}])
def test_words_are_needed(ben, values):
    with pytest.raises(Refused):
        send(make_incident(), ben, **values)


@pytest.mark.parametrize("values", [{"kind": "gossip"}, {"audience": "nobody"}])
def test_kind_and_audience_must_be_known(ben, values):
    with pytest.raises(Refused, match="Choose what kind"):
        send(make_incident(), ben, **values)


@pytest.mark.parametrize("due", [NOW, NOW - HOUR, NOW + dt.timedelta(days=40)])
def test_the_next_update_is_due_within_a_month(ben, due):
    with pytest.raises(BadTime):
        send(make_incident(), ben, next_update_at=due)


def test_no_further_update_can_be_planned(ben):
    incident = make_incident()
    send(incident, ben, next_update_at=None)
    incident.refresh_from_db()
    assert incident.next_update_at is None


def test_a_reader_may_not_send(ada):
    with pytest.raises(NotAllowed):
        send(make_incident(), ada)


def test_whoever_saw_another_status_does_not_reopen_what_was_resolved(ben):
    incident = make_incident()
    change_status(incident, Status.RESOLVED, user=ben, now=NOW)
    with pytest.raises(WrongState, match="changed the status to Resolved meanwhile"):
        send(incident, ben, new_status="monitoring", status_seen="investigating")
    incident.refresh_from_db()
    assert incident.status == "resolved"
    assert not incident.updates.exists()


def test_a_hostile_text_is_only_text(ben):
    update = send(
        make_incident(), ben, markdown="<script>alert(1)</script> [x](javascript:alert(1)) <img src=x onerror=y>"
    )
    assert "<script" not in update.html
    assert "<img" not in update.html
    assert 'href="javascript' not in update.html


def test_a_nul_is_refused(ben):
    with pytest.raises(Refused, match="NUL"):
        send(make_incident(), ben, markdown="a\0b")
