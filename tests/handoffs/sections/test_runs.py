"""Runs that go on, in a handoff."""

import pytest

from handoffs.sections.runs import find_open_runs
from incidents.models import Run
from incidents.services.runs import settle_step
from oncall.models import Classification
from tests.factories import NOW, make_incident, make_published, make_service
from tests.handoffs.sections.making import EVIL, HOUR
from tests.incidents.runs import CHECKLIST, go_through, make_run

pytestmark = pytest.mark.django_db


def test_a_run_says_how_far_it_is_and_who_began_it(pier):
    run = make_run(pier.ada, now=NOW - HOUR)
    settle_step(run.steps.order_by("position")[0], user=pier.ada, now=NOW)
    entry = pier.only(find_open_runs)
    assert (entry.key, entry.url, entry.tag) == (f"run:{run.pk}", f"/runs/{run.pk}/", "Drill")
    assert entry.facts == ("1 of 4 steps", "now: Drain the queue", "begun by Ada")
    assert dict(entry.times) == {"since": "2026-11-17T02:14:00+00:00", "last touched": "2026-11-17T03:14:00+00:00"}


def test_a_run_in_an_incident_of_the_team_names_it_whoever_owns_the_runbook(pier):
    incident = make_incident("No tickets", pier.desk)
    elsewhere = make_published("Lamps", text=CHECKLIST, service=make_service("Lamps", team=pier.others))
    make_run(pier.ada, runbook=elsewhere, incident=incident)
    assert incident.reference in pier.only(find_open_runs).facts


def test_a_run_that_is_done_or_of_others_is_not_told_of(pier):
    go_through(make_run(pier.ada), pier.ada)
    make_run(pier.cy, runbook=make_published("Lamps", text=CHECKLIST, service=make_service("Lamps", team=pier.others)))
    assert pier.find(find_open_runs) == []


def test_one_that_went_quiet_says_so(pier):
    run = make_run(pier.ada, now=NOW - HOUR)
    Run.objects.filter(pk=run.pk).update(asked_at=NOW)
    entry = pier.only(find_open_runs)
    assert (entry.tone, entry.facts[-1]) == ("amber", "quiet: it was asked whether it still goes on")


def test_a_run_of_a_confidential_runbook_or_incident_is_marked(pier):
    make_run(pier.ada, runbook=make_published("Keys", text=CHECKLIST, service=pier.vault))
    make_run(pier.ada, runbook=make_published("Tickets", text=CHECKLIST), incident=make_incident("Open", pier.vault))
    assert [entry.secret for entry in pier.find(find_open_runs)] == [True, True]


def test_a_run_of_a_confidential_runbook_of_others_is_left_out(pier):
    foreign = make_published("Locks", text=CHECKLIST, service=pier.locker)
    hidden = make_published(
        "Hidden",
        text=CHECKLIST,
        service=make_service("Lamps", team=pier.others),
        team=pier.others,
        classification=Classification.CONFIDENTIAL,
    )
    incident = make_incident("No tickets", pier.desk)
    for runbook in (foreign, hidden):
        Run.objects.filter(pk=make_run(pier.cy, runbook=runbook).pk).update(incident=incident)
    assert pier.find(find_open_runs) == []


def test_a_run_in_a_confidential_incident_of_others_is_left_out(pier):
    run = make_run(pier.ada)
    Run.objects.filter(pk=run.pk).update(incident=make_incident("Theirs", pier.locker))
    assert pier.find(find_open_runs) == []


def test_hostile_words_stay_words(pier):
    run = make_run(pier.ada, text=CHECKLIST.replace("Tell the pier", EVIL))
    Run.objects.filter(pk=run.pk).update(title=EVIL)
    entry = pier.only(find_open_runs)
    assert entry.title == EVIL


def test_twenty_runs_take_the_one_query_that_two_take(pier, django_assert_num_queries):
    for _ in range(20):
        make_run(pier.ada, runbook=pier.desk.runbooks.first() or make_published(text=CHECKLIST))
    scope = pier.scope
    with django_assert_num_queries(1):
        assert len(find_open_runs(scope)) == 20
