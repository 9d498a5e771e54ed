"""What came of a run: the page, its Markdown, the times of the steps, and the way to a draft."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import EDITOR, RESPONDER
from incidents.models import Run
from incidents.pages.run_summary import RunSummary, find_usual
from incidents.services.runs import add_step, note_step, settle_step, stop_run, take_back_step
from runbooks.models import Flag
from runbooks.services.flags import answer_flag
from tests.factories import NOW, make_incident, make_published, make_user
from tests.incidents.runs import CHECKLIST, go_through, make_run, minutes

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return make_user("ben", role=EDITOR)


@pytest.fixture
def as_ben(ben, as_user):
    return as_user(ben)


def summarise(run, user):
    return RunSummary(Run.objects.select_related("runbook__service", "started_by").get(pk=run.pk), user, minutes(60))


def html(client, run, path="summary/"):
    response = client.get(f"/runs/{run.pk}/{path}")
    assert response.status_code == 200
    return response.content.decode()


def test_a_step_took_as_long_as_since_the_one_settled_before_it(ben):
    run = make_run(ben)
    first, second, third, fourth = run.steps.all()
    for step, minute in ((second, 1), (first, 4), (third, 5), (fourth, 15)):
        settle_step(step, user=ben, now=minutes(minute))
    took = {line.step.pk: line.took_text for line in summarise(run, ben).lines}
    assert [took[step.pk] for step in (first, second, third, fourth)] == ["3 min", "1 min", "1 min", "10 min"]


def test_what_was_taken_back_counts_from_the_last_time(ben):
    run = make_run(ben)
    first = run.steps.first()
    settle_step(first, user=ben, now=minutes(1))
    take_back_step(first, user=ben, now=minutes(2))
    assert summarise(run, ben).lines[0].took is None
    settle_step(first, user=ben, now=minutes(9))
    assert summarise(run, ben).lines[0].took_text == "9 min"


def test_a_clock_that_was_set_back_gives_no_time_below_nothing(ben):
    run = make_run(ben)
    first, second, *_ = run.steps.all()
    settle_step(first, user=ben, now=minutes(-5))
    settle_step(second, user=ben, now=minutes(2))
    assert [line.took_text for line in summarise(run, ben).lines[:2]] == ["0 s", "2 min"]


def test_the_usual_time_is_the_median_of_earlier_runs(ben):
    runbook = make_published(text=CHECKLIST)
    for number, every in enumerate((1, 3, 10)):
        start = NOW - dt.timedelta(days=9 - number)
        go_through(make_run(ben, runbook=runbook, now=start), ben, now=start, every=every)
    run = go_through(make_run(ben, runbook=runbook), ben, every=8)
    line = summarise(run, ben).lines[1]
    assert (line.took_text, line.usual_text, line.is_slow) == ("8 min", "3 min", True)


def test_skipped_steps_and_later_runs_do_not_count_as_usual(ben):
    runbook = make_published(text=CHECKLIST)
    run = make_run(ben, runbook=runbook)
    earlier = NOW - dt.timedelta(days=1)
    go_through(make_run(ben, runbook=runbook, now=earlier), ben, now=earlier, skip={2})
    later = NOW + dt.timedelta(days=1)
    go_through(make_run(ben, runbook=runbook, now=later), ben, now=later, every=30)
    usual = find_usual(run, ben)
    assert ("restart", "Drain the queue") not in usual
    assert usual["restart", "Tell the pier"] == dt.timedelta(minutes=2)


def test_the_page_tells_what_was_otherwise(ben, as_ben):
    run = make_run(ben)
    note_step(run.steps.first(), "The pier knows", output="ok\x1b[31m done", user=ben, now=minutes(1))
    add_step(run, "Wake the harbour master", user=ben, now=minutes(1))
    go_through(run, ben, skip={2}, flag={3: ("It has another name", "Restart `desk-api`")})
    page = html(as_ben, run)
    for words in (
        "Skipped: not needed today",
        "It has another name",
        "Restart `desk-api`",
        "Added by Ben",
        "The pier knows",
        "ok done",
        "Put it into a draft of the runbook",
    ):
        assert words in page


def test_a_run_as_the_runbook_says_offers_no_draft(ben, as_ben):
    page = html(as_ben, go_through(make_run(ben), ben))
    assert "Everything was done as the runbook says." in page and "/draft/" not in page


def test_a_run_that_goes_on_shows_how_far_it_came(ben, as_ben):
    run = make_run(ben)
    settle_step(run.steps.first(), user=ben, now=minutes(1))
    page = html(as_ben, run)
    assert "what it came to so far" in page and "1 of 4 done" in page and "/draft/" not in page


def test_a_stopped_run_says_why(ben, as_ben):
    run = make_run(ben)
    stop_run(run, "The wrong desk", user=ben, now=minutes(1))
    assert "Stopped: The wrong desk" in html(as_ben, run)


def test_who_took_part(ben):
    cy = make_user("cy", role=RESPONDER)
    run = make_run(ben)
    first, second, *_ = run.steps.all()
    settle_step(first, user=cy, now=minutes(1))
    note_step(second, "Hm", user=make_user("dee", role=RESPONDER), now=minutes(1))
    people = summarise(run, ben).people
    assert [(str(one.person), one.settled, one.started) for one in people] == [
        ("Ben", 0, True),
        ("Cy", 1, False),
        ("Dee", 0, False),
    ]


def test_an_answered_flag_is_shown_as_answered(ben, as_ben):
    run = go_through(make_run(ben), ben, flag={3: ("Name", "Restart `desk-api`")})
    answer_flag(Flag.objects.get(), "right", "It is an alias", user=ben, now=minutes(20))
    page = html(as_ben, run)
    assert "the runbook is right" in page and "/draft/" not in page


def test_responders_read_that_an_editor_can_make_the_draft(ben, as_user):
    run = go_through(make_run(ben), ben, skip={1})
    page = html(as_user(make_user("cy", role=RESPONDER)), run)
    assert "An editor can put this into a draft" in page and "/draft/" not in page


def test_hostile_words_are_words(ben, as_ben):
    bad = "<script>alert(1)</script>"
    run = make_run(ben)
    note_step(run.steps.first(), bad, output=bad, user=ben, now=minutes(1))
    add_step(run, bad, user=ben, now=minutes(1))
    go_through(run, ben, flag={1: (bad, bad)})
    assert "<script>alert" not in html(as_ben, run)
    text = html(as_ben, run, "summary.md")
    assert "\n- [x] \\<script\\>alert" in text


def test_the_markdown_is_complete_and_code_can_t_be_left(ben, as_ben):
    incident = make_incident()
    run = make_run(ben, incident=incident)
    note_step(run.steps.first(), "*loud*", output="```\nout\n````\n# no heading", user=ben, now=minutes(1))
    go_through(run, ben, skip={2})
    text = html(as_ben, run, "summary.md")
    assert f"- Incident: {incident.reference}" in text
    assert "- [ ] Drain the queue\n" in text and "Skipped: not needed today" in text
    assert "    `````\n    ```\n    out\n    ````\n    # no heading\n    `````" in text
    assert r"\*loud\*" in text


def test_the_draft_is_one_click_and_the_same_the_second_time(ben, as_ben):
    run = go_through(make_run(ben), ben, flag={3: ("Name", "Restart `desk-api`")})
    there = "/runbooks/ticket-desk/ticket-desk/diff/1.0/1.1/"
    assert as_ben.post(f"/runs/{run.pk}/draft/")["Location"] == there
    page = as_ben.get(there).content.decode()
    assert "desk-api" in page and "said to be wrong" in page
    assert "Draft 1.1 with what was otherwise" in html(as_ben, run)
    assert as_ben.post(f"/runs/{run.pk}/draft/")["Location"] == there


def test_a_clash_leads_to_the_merge_page_with_both_texts(ben, as_ben):
    run = go_through(make_run(ben), ben, flag={3: ("Name", "Restart `desk-api`")})
    edit = as_ben.get("/runbooks/ticket-desk/ticket-desk/edit/")
    base = edit.context["form"].initial["base"]
    mine = CHECKLIST.replace("Restart `desk`", "Restart both")
    as_ben.post("/runbooks/ticket-desk/ticket-desk/edit/", {"markdown": mine, "base": base, "bump": "minor"})
    response = as_ben.post(f"/runs/{run.pk}/draft/")
    assert response.status_code == 409
    page = response.content.decode()
    assert "Restart `desk-api`" in page and "Restart both" in page and "&lt;&lt;&lt;&lt;" in page


def test_a_refusal_is_said_on_the_summary(ben, as_ben):
    run = go_through(make_run(ben), ben)
    response = as_ben.post(f"/runs/{run.pk}/draft/", follow=True)
    assert "there is nothing to put into it" in response.content.decode()


def test_who_may_not_edit_gets_403(ben, as_user):
    run = go_through(make_run(ben), ben, skip={1})
    assert as_user(make_user("cy", role=RESPONDER)).post(f"/runs/{run.pk}/draft/").status_code == 403


@pytest.mark.parametrize("path", ["summary/", "summary.md"])
def test_strangers_get_404(ben, as_ada, path):
    run = make_run(ben, runbook=make_published(text=CHECKLIST, classification="confidential", owner=ben))
    assert as_ada.get(f"/runs/{run.pk}/{path}").status_code == 404
    assert as_ada.post(f"/runs/{run.pk}/draft/").status_code == 404


def test_the_page_costs_the_same_for_a_short_run_and_a_long_one(ben, as_ben):
    long = "# Long\n\n## Do\n\n" + "".join(f"- [ ] Step {number}\n" for number in range(60))
    short = go_through(make_run(ben), ben, skip={1})
    other = go_through(make_run(ben, runbook=make_published("Long", text=long), section="do"), ben, skip={1, 7})
    html(as_ben, short)
    counts = []
    for run in (short, other):
        with CaptureQueriesContext(connection) as queries:
            html(as_ben, run)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 9
