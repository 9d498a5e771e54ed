"""System changes: written down once, shown where somebody asks “what changed?”."""

import datetime as dt
import threading

import pytest
from django.db import connection

from accounts.roles import RESPONDER
from incidents.errors import BadTime, NotAllowed, Refused
from incidents.models import SystemChange
from incidents.pages.changes import describe_incident_changes
from incidents.services.changes import NewChange, record_change
from oncall.models import Dependency
from tests.factories import NOW, make_incident, make_service, make_team, make_user

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)


def responder(name="ada", **extra):
    return make_user(name, role=RESPONDER, **extra)


def test_a_change_is_its_person_s_and_of_now_unless_something_else_is_said():
    change = record_change(NewChange("Desk 2.4.1"), user=responder(), now=NOW)
    assert (change.by, change.at, change.kind) == ("Ada", NOW, "deployment")


def test_a_reader_records_nothing():
    with pytest.raises(NotAllowed):
        record_change(NewChange("Desk 2.4.1"), user=make_user(), now=NOW)


def test_a_change_says_what_was_changed():
    with pytest.raises(Refused, match="what was changed"):
        record_change(NewChange(" \0 "), user=responder(), now=NOW)


@pytest.mark.parametrize("at", [NOW + HOUR, NOW - dt.timedelta(days=400)])
def test_a_moment_that_can_t_be_is_refused(at):
    with pytest.raises(BadTime):
        record_change(NewChange("Desk 2.4.1", at=at), user=responder(), now=NOW)


def test_the_same_message_of_a_pipeline_twice_is_one_change():
    ada = responder()
    first = record_change(NewChange("Desk 2.4.1", external_id="run-71"), user=ada, now=NOW)
    assert record_change(NewChange("Desk 2.4.1", external_id="run-71"), user=ada, now=NOW + HOUR) == first
    assert SystemChange.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_that_come_at_the_same_moment_are_one_change():
    ada, gate, made = responder(), threading.Barrier(2), []

    def send():
        gate.wait(10)
        made.append(record_change(NewChange("Desk 2.4.1", external_id="run-71"), user=ada, now=NOW).pk)
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert made[0] == made[1]
    assert SystemChange.objects.count() == 1


def test_it_stands_in_the_timeline_of_an_open_incident_of_its_service():
    desk = make_service()
    incident = make_incident("No tickets", desk)
    record_change(NewChange("Desk 2.4.2", desk, at=NOW + HOUR), user=responder(), now=NOW + HOUR)
    assert incident.timeline.get(kind="change").text == "Ticket desk: Desk 2.4.2, by Ada"


def test_what_was_changed_before_the_incident_is_no_entry_of_it():
    desk = make_service()
    incident = make_incident("No tickets", desk)
    record_change(NewChange("Desk 2.4.1", desk, at=NOW - HOUR), user=responder(), now=NOW + HOUR)
    assert not incident.timeline.filter(kind="change").exists()


def test_an_incident_shows_a_day_of_changes_of_its_services_and_of_what_they_need():
    desk, base, other = make_service(), make_service("Database"), make_service("Lamp")
    Dependency.objects.create(service=desk, needs=base)
    ada = responder()
    for service, hours in [(desk, 2), (base, 23), (other, 1), (desk, 25)]:
        record_change(NewChange(f"{service} {hours}", service, at=NOW - hours * HOUR), user=ada, now=NOW)
    incident = make_incident("No tickets", desk)
    assert [change.what for change in describe_incident_changes(incident, ada)] == ["Ticket desk 2", "Database 23"]


def test_changes_of_a_confidential_service_stay_with_its_team(as_user):
    ada, cy = responder(), make_user("cy")
    vault = make_service("Vault", team=make_team("Harbour", ada), classification="confidential")
    record_change(NewChange("Vault key turned", vault), user=ada, now=NOW)
    assert "Vault key turned" not in as_user(cy).get("/changes/").content.decode()


def test_the_list_takes_as_many_queries_for_twenty_as_for_two(as_user, django_assert_num_queries):
    ada, desk = responder(), make_service()
    for number in range(20):
        record_change(NewChange(f"Desk {number}", desk), user=ada, now=NOW)
    client = as_user(ada)
    client.get("/changes/")
    with django_assert_num_queries(4):
        client.get("/changes/")


def test_the_form_records_and_leads_to_the_list(as_user):
    make_service()
    client = as_user(responder())
    answer = client.post("/changes/new/", {"what": "<b>Desk</b> 2.4.1", "kind": "deployment", "service": "ticket-desk"})
    assert (answer.status_code, answer["Location"]) == (302, "/changes/")
    assert "&lt;b&gt;Desk&lt;/b&gt; 2.4.1" in client.get("/changes/").content.decode()


def test_a_form_without_words_comes_back(as_user):
    assert as_user(responder()).post("/changes/new/", {"kind": "deployment"}).status_code == 422


def test_somebody_who_only_reads_gets_no_form(as_user):
    assert as_user(make_user("cy")).get("/changes/new/").status_code == 403
