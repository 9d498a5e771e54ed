"""What a run writes into its incident's timeline, and how the incident's page tells of it."""

import pytest

from accounts.roles import RESPONDER
from incidents.models import EntryKind
from incidents.pages.runs import describe_incident_runs
from incidents.services.runs import (
    add_step,
    finish_run,
    flag_step,
    note_step,
    settle_step,
    skip_step,
    stop_run,
    take_back_step,
)
from oncall.models import Classification
from tests.factories import NOW, make_incident, make_published, make_service, make_user
from tests.incidents.run_texts import STEPS, make_run

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER)


@pytest.fixture
def incident():
    return make_incident()


def told(incident):
    return [entry.text for entry in incident.timeline.filter(kind=EntryKind.RUN).order_by("pk")]


def test_everything_is_told_with_the_way_to_it(ben, incident):
    run = make_run(ben, incident=incident)
    first, second, third, fourth = run.steps.all()
    settle_step(first, user=ben, now=NOW, note="the pier knows")
    skip_step(second, "no ship", user=ben, now=NOW)
    note_step(third, "odd", user=ben, now=NOW)
    flag_step(third, "wrong link", user=ben, now=NOW)
    add_step(run, "Ring the bell", after=third, user=ben, now=NOW)
    take_back_step(second, user=ben, now=NOW)
    note_step(fourth, "", output="a\nb", user=ben, now=NOW)
    finish_run(run, user=ben, now=NOW)
    assert told(incident) == [
        "started the run “Ticket desk: Restart”, 4 steps",
        "did “Tell the pier (required)”: the pier knows",
        "skipped “Restart the desk: kubectl -n desk rollout restart deploy/[service-name]”: no ship",
        "noted at “Look at the dashboard”: odd",
        "says that “Look at the dashboard” is wrong: wrong link",
        "added the step “Ring the bell”",
        "took back that “Restart the desk: kubectl -n desk rollout restart deploy/[service-name]” was skipped",
        "kept the output of “Tell the pier again”, 2 lines",
        "finished the run “Ticket desk: Restart”, 4 steps left open",
    ]
    entry = incident.timeline.get(text__startswith="did")
    assert entry.person == ben
    assert entry.url == f"/runs/{run.pk}/?step={first.pk}#step-{first.pk}"
    assert entry.data == {"run": run.pk, "step": first.pk, "do": "done"}


def test_a_stop_is_told_with_its_reason(ben, incident):
    stop_run(make_run(ben, incident=incident), "wrong runbook", user=ben, now=NOW)
    assert told(incident)[-1] == "stopped the run “Ticket desk: Restart”: wrong runbook"


def test_a_second_tick_tells_nothing_new(ben, incident):
    run = make_run(ben, incident=incident)
    settle_step(run.steps.first(), user=ben, now=NOW)
    settle_step(run.steps.first(), user=make_user("ada", role=RESPONDER), now=NOW)
    assert len(told(incident)) == 2


def test_a_tick_is_news_for_the_incident_s_page(ben, incident):
    run = make_run(ben, incident=incident)
    incident.refresh_from_db()
    before = incident.revision
    settle_step(run.steps.first(), user=ben, now=NOW)
    incident.refresh_from_db()
    assert incident.revision > before


def test_a_drill_tells_nobody(ben):
    run = make_run(ben)
    settle_step(run.steps.first(), user=ben, now=NOW)
    assert run.steps.first().state == "done"


def test_the_incident_s_page_shows_how_far_each_run_is(ben, incident, django_assert_num_queries):
    run = make_run(ben, incident=incident)
    settle_step(run.steps.first(), user=ben, now=NOW)
    over = make_run(ben, incident=incident, runbook=run.runbook, key="before-boarding")
    stop_run(over, "no need", user=ben, now=NOW)
    ben.get_team_ids()
    with django_assert_num_queries(1):
        going, stopped = describe_incident_runs(incident, ben)
    assert (going.settled, going.count, going.now_title[:7], going.who) == (1, 4, "Restart", "Ben")
    assert (stopped.run, stopped.is_going) == (over, False)


def test_the_incident_s_page_prints_them(ben, incident, as_user):
    make_run(ben, incident=incident)
    page = as_user(ben).get(f"/incidents/{incident.number}/").content.decode()
    assert "Ticket desk: Restart" in page
    assert "0 of 4" in page


def test_runs_of_confidential_runbooks_are_not_told_to_strangers(ben, incident):
    service = make_service("Vault", classification=Classification.CONFIDENTIAL)
    admin = make_user("ada", role="Administrator")
    make_run(admin, incident=incident, runbook=make_published("Vault", text=STEPS, service=service))
    assert describe_incident_runs(incident, ben) == []
    assert told(incident) == ["started a run of a Confidential runbook"]
    assert len(describe_incident_runs(incident, admin)) == 1
