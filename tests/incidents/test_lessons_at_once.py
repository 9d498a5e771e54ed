"""Two people, or two workers, at the same moment: one draft, one question, one answer."""

import datetime as dt

import pytest

from accounts.roles import EDITOR
from incidents.models import Run
from incidents.services.abandoned import ask_about_runs
from incidents.services.drafting import draft_lessons
from incidents.services.runs import settle_step
from oncall.models import Notification
from runbooks.models import Flag, RunbookVersion
from runbooks.services.flags import answer_flag, raise_flag
from tests.at_once import at_once
from tests.factories import NOW, make_published, make_user
from tests.incidents.runs import go_through, make_run, minutes

pytestmark = pytest.mark.django_db(transaction=True)
LATER = NOW + dt.timedelta(hours=5)


@pytest.fixture
def people():
    return [make_user(name, role=EDITOR) for name in ("ada", "ben", "cy")]


def test_one_draft_for_all_who_click(people):
    run = go_through(make_run(people[0]), people[0], skip={1})
    versions = at_once(*(lambda one=one: draft_lessons(run, user=one, now=minutes(60)) for one in people))
    assert len({version.pk for version in versions}) == 1
    assert RunbookVersion.objects.count() == 2


def test_drafts_of_two_runs_meet_in_one(people):
    first = make_run(people[0])
    second = make_run(people[1], runbook=first.runbook)
    go_through(first, people[0], flag={1: ("Name", "Tell the whole pier")})
    go_through(second, people[1], flag={4: ("Name", "Look at both boards")})
    at_once(
        lambda: draft_lessons(first, user=people[0], now=minutes(60)),
        lambda: draft_lessons(second, user=people[1], now=minutes(60)),
    )
    draft = first.runbook.versions.open().get()
    assert "- [ ] Tell the whole pier\n" in draft.markdown and "- [ ] Look at both boards\n" in draft.markdown


def test_two_workers_ask_once(people):
    for number in range(6):
        make_run(people[number % 3], runbook=make_published(f"Desk {number}", text="# A\n\n## Restart\n\n- [ ] a\n"))
    asked = at_once(*(lambda: ask_about_runs(LATER) for _ in range(3)))
    assert sum(asked) == 6
    assert Notification.objects.count() == 6
    assert Run.objects.filter(asked_at=LATER).count() == 6


def test_a_step_at_the_same_moment_is_not_lost(people):
    run = make_run(people[0])
    step = run.steps.first()
    at_once(lambda: ask_about_runs(LATER), lambda: settle_step(step, user=people[0], now=LATER))
    run.refresh_from_db()
    step.refresh_from_db()
    assert step.state == "done" and run.last_activity_at == LATER


def test_one_answer_counts(people):
    runbook = make_published()
    flag = raise_flag(runbook, version=runbook.shown_version, text="Name", user=people[0], now=NOW)
    results = at_once(
        lambda: answer_flag(flag, "changed", user=people[1], now=NOW),
        lambda: answer_flag(flag, "right", "It is so", user=people[2], now=NOW),
    )
    assert sorted(type(result).__name__ for result in results) == ["Flag", "WrongStatus"]
    assert Notification.objects.filter(key__startswith="flag-answered").count() == 1


def test_the_same_words_sent_twice_are_one_flag(people):
    runbook = make_published()
    words = {"version": runbook.shown_version, "text": "Name", "user": people[0], "now": NOW}
    at_once(*(lambda: raise_flag(runbook, **words) for _ in range(3)))
    assert Flag.objects.count() == 1
