"""Runs that went quiet: asked about once, never ended by themselves."""

import datetime as dt

import pytest

from accounts.roles import RESPONDER
from incidents.errors import NotAllowed, WrongState
from incidents.models import Run
from incidents.services.abandoned import ask_about_runs, keep_going
from incidents.services.changing import change_status
from incidents.services.runs import finish_run, settle_step
from oncall.models import Notification
from tests.factories import NOW, make_incident, make_published, make_service, make_team, make_user
from tests.incidents.runs import CHECKLIST, make_run

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=4)


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


def told():
    return sorted(str(one.person) for one in Notification.objects.filter(kind="incident"))


def test_a_quiet_run_is_asked_about_once(ben):
    run = make_run(ben)
    assert [ask_about_runs(LATER), ask_about_runs(LATER), ask_about_runs(LATER + dt.timedelta(days=9))] == [1, 0, 0]
    notification = Notification.objects.get()
    assert (notification.person, notification.url) == (ben, f"/runs/{run.pk}/")
    run.refresh_from_db()
    assert run.is_going and run.is_asked and run.asked_at == LATER


def test_before_its_time_nobody_is_asked(ben):
    make_run(ben)
    assert ask_about_runs(LATER - dt.timedelta(seconds=1)) == 0


def test_the_hours_are_a_setting(ben, settings):
    settings.RUN_QUIET_HOURS = 1
    make_run(ben)
    assert ask_about_runs(NOW + dt.timedelta(hours=1)) == 1


def test_whoever_worked_on_it_last_is_asked_too(ben):
    cy = make_user("cy", role=RESPONDER)
    run = make_run(ben)
    settle_step(run.steps.first(), user=cy, now=NOW)
    ask_about_runs(LATER)
    assert told() == ["Ben", "Cy"]


def test_a_step_is_an_answer_and_another_silence_another_question(ben):
    run = make_run(ben)
    ask_about_runs(LATER)
    settle_step(run.steps.first(), user=ben, now=LATER + dt.timedelta(minutes=1))
    run.refresh_from_db()
    assert not run.is_asked
    assert ask_about_runs(LATER + dt.timedelta(minutes=2)) == 0
    assert ask_about_runs(LATER + dt.timedelta(hours=5)) == 1
    assert Notification.objects.count() == 2


def test_saying_that_it_goes_on_is_an_answer(ben):
    run = make_run(ben)
    ask_about_runs(LATER)
    assert not keep_going(run, user=ben, now=LATER).is_asked
    assert ask_about_runs(LATER + dt.timedelta(hours=3)) == 0
    assert ask_about_runs(LATER + dt.timedelta(hours=4)) == 1


def test_readers_can_t_say_so(ben, ada):
    with pytest.raises(NotAllowed):
        keep_going(make_run(ben), user=ada, now=NOW)


def test_a_run_that_is_over_can_t_go_on(ben):
    run = make_run(ben)
    finish_run(run, user=ben, now=NOW)
    with pytest.raises(WrongState):
        keep_going(run, user=ben, now=NOW)
    assert ask_about_runs(LATER) == 0


def test_where_the_incident_is_over_an_hour_is_enough(ben):
    incident = make_incident()
    make_run(ben, incident=incident)
    hour = dt.timedelta(hours=1)
    assert ask_about_runs(NOW + hour) == 0
    change_status(incident, "resolved", user=ben, now=NOW + hour)
    assert ask_about_runs(NOW + hour + hour - dt.timedelta(seconds=1)) == 0
    assert ask_about_runs(NOW + 2 * hour) == 1


def test_whoever_has_left_is_not_asked_but_the_team(ben):
    cy = make_user("cy")
    service = make_service(team=make_team("Harbour", cy))
    make_run(ben, runbook=make_published(text=CHECKLIST, service=service))
    ben.is_active = False
    ben.save()
    ask_about_runs(LATER)
    assert told() == ["Cy"]


def test_nobody_learns_of_a_runbook_that_became_confidential(ben):
    cy = make_user("cy", role=RESPONDER)
    run = make_run(ben)
    settle_step(run.steps.first(), user=cy, now=NOW)
    run.runbook.classification = "confidential"
    run.runbook.save()
    ask_about_runs(LATER)
    assert told() == ["Ben"]


def test_the_run_page_asks_and_a_click_answers(ben, as_user):
    run = make_run(ben)
    client = as_user(ben)
    Run.objects.filter(pk=run.pk).update(asked_at=LATER)
    assert "Is this run still going on?" in client.get(f"/runs/{run.pk}/").content.decode()
    assert client.post(f"/runs/{run.pk}/go-on/")["Location"] == f"/runs/{run.pk}/"
    assert "Is this run still going on?" not in client.get(f"/runs/{run.pk}/").content.decode()


def test_strangers_and_readers(ben, ada, as_user):
    run = make_run(ben)
    assert as_user(ada).post(f"/runs/{run.pk}/go-on/").status_code == 403
    run.runbook.classification = "confidential"
    run.runbook.save()
    assert as_user(ada).post(f"/runs/{run.pk}/go-on/").status_code == 404
    assert as_user(ben).get(f"/runs/{run.pk}/go-on/").status_code == 405
