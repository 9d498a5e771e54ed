"""Several people in one run at the same moment: nothing is lost, nothing is done twice, nobody waits for ever."""

import threading

import pytest
from django.db import close_old_connections

from accounts.roles import RESPONDER
from incidents.models import Incident, Run, RunStep, Status
from incidents.services.changing import change_status
from incidents.services.runs import add_step, note_step, set_value, settle_step, start_run
from tests.factories import NOW, make_incident, make_published, make_user
from tests.incidents.run_texts import STEPS, make_run

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*changes):
    """Run them side by side, from one starting shot; the exceptions that came of it."""
    ready = threading.Barrier(len(changes), timeout=20)
    problems = []

    def work(change):
        try:
            ready.wait()
            change()
        except Exception as problem:
            problems.append(problem)
        finally:
            close_old_connections()

    threads = [threading.Thread(target=work, args=(change,)) for change in changes]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return problems


@pytest.fixture
def people():
    return [make_user(name, role=RESPONDER) for name in ("ada", "ben")]


def test_two_who_tick_the_same_step_are_one_tick_and_both_notes_stay(people):
    ada, ben = people
    run = make_run(ada, incident=make_incident())
    step = run.steps.first()
    problems = at_once(
        lambda: settle_step(step, user=ada, now=NOW, note="by ada"),
        lambda: settle_step(step, user=ben, now=NOW, note="by ben"),
    )
    assert problems == []
    assert step.events.filter(kind="done").count() == 1
    assert set(step.events.filter(kind="note").values_list("text", flat=True)) == {"by ada", "by ben"}


def test_ticks_notes_values_and_a_change_of_status_go_side_by_side(people):
    ada, ben = people
    incident = make_incident()
    run = make_run(ada, incident=incident)
    steps = list(run.steps.all())
    for _ in range(3):
        problems = at_once(
            lambda: settle_step(steps[0], user=ada, now=NOW),
            lambda: note_step(steps[0], "seen", user=ben, now=NOW),
            lambda: settle_step(steps[1], user=ben, now=NOW),
            lambda: change_status(incident, Status.MITIGATING, user=ada, now=NOW),
            lambda: set_value(run, "namespace", "pier", user=ada, now=NOW),
            lambda: add_step(run, "Ring the bell", after=steps[0], user=ben, now=NOW),
            lambda: change_status(incident, Status.INVESTIGATING, user=ben, now=NOW),
        )
        assert [problem for problem in problems if "deadlock" in str(problem).lower()] == []
    assert RunStep.objects.filter(run=run, state="done").count() == 2
    assert Run.objects.get(pk=run.pk).values["namespace"] == "pier"
    assert run.steps.filter(is_added=True).count() == 3


def test_two_who_start_the_same_place_share_one_run(people):
    ada, ben = people
    incident = make_incident()
    version = make_published(text=STEPS).shown_version
    runs = []

    def start(person):
        runs.append(start_run(version, "restart", purpose="incident", incident=incident, user=person, now=NOW))

    assert at_once(lambda: start(ada), lambda: start(ben)) == []
    assert runs[0] == runs[1]
    assert Incident.objects.get(pk=incident.pk).runs.count() == 1
