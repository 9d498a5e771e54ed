"""The status page: what was meant for others, and nothing else."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import RESPONDER
from incidents.models import Incident, Status
from incidents.services.changing import change_status
from tests.factories import NOW, make_incident, make_service, make_user
from tests.incidents.updates import HOUR, make_window, send

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


def test_a_reader_sees_the_last_public_update_and_no_internal_words(as_ada, ben):
    incident = make_incident("No tickets", make_service())
    Incident.objects.filter(pk=incident.pk).update(summary="Ben pulled the plug")
    send(incident, ben, markdown="We know of it.")
    send(incident, ben, markdown="Only for us.", is_public=False)
    page = as_ada.get("/status/").content.decode()
    assert "No tickets" in page
    assert "Ticket desk" in page
    assert "We know of it." in page
    assert "Only for us." not in page
    assert "pulled the plug" not in page


def test_what_was_resolved_within_seven_days_is_there(as_ada, ben):
    for title, days in (("Lately", 6), ("Long ago", 8)):
        incident = make_incident(title, now=NOW - days * DAY)
        change_status(incident, Status.RESOLVED, user=ben, now=NOW - days * DAY)
    page = as_ada.get("/status/").context["page"]
    assert [one.title for one in page.over] == ["Lately"]
    assert page.open == []


def test_the_worst_comes_first(as_ada):
    for level in ("SEV-3", "SEV-1", "SEV-2"):
        make_incident(level, level=level)
    assert [one.title for one in as_ada.get("/status/").context["page"].open] == ["SEV-1", "SEV-2", "SEV-3"]


def test_what_touches_a_confidential_service_is_not_there(as_ada, ben):
    vault = make_service("Vault", classification="confidential")
    make_incident("Leak", vault)
    page = as_ada.get("/status/")
    assert b"Leak" not in page.content
    assert b"Everything works" in page.content


def test_maintenance_of_the_next_days_is_there(as_ada, ben):
    make_window(ben, make_service(), start=NOW + DAY)
    make_window(ben, make_service("Lamp"), start=NOW + 9 * DAY, title="Later")
    page = as_ada.get("/status/").content
    assert b"New winch" in page
    assert b"Later" not in page


def test_it_is_asked_for_again_at_no_cost(as_ada, ben, django_assert_max_num_queries):
    incident = make_incident()
    first = as_ada.get("/status/live/")
    tag = first["ETag"]
    with django_assert_max_num_queries(3):
        assert as_ada.get("/status/live/", headers={"If-None-Match": tag}).status_code == 304
    send(incident, ben, markdown="News.")
    again = as_ada.get("/status/live/", headers={"If-None-Match": tag})
    assert again.status_code == 200
    assert b"News." in again.content
    assert f'"{as_ada.get("/status/").context["page"].tag}"' == again["ETag"]


@pytest.mark.parametrize("count", [2, 20])
def test_it_takes_the_same_number_of_queries(as_ada, ben, count, django_assert_num_queries):
    desk = make_service()
    for number in range(count):
        send(make_incident(f"Number {number}", desk), ben)
    with django_assert_num_queries(6):
        assert as_ada.get("/status/").status_code == 200


def test_a_promise_that_has_passed_is_not_repeated(as_ada, ben, monkeypatch):
    send(make_incident(), ben)
    assert b"next update" in as_ada.get("/status/").content
    monkeypatch.setattr(timezone, "now", lambda: NOW + 2 * HOUR)
    assert b"next update" not in as_ada.get("/status/").content
