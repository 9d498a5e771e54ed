"""A run that shows that the runbook is right counts as a review."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.roles import EDITOR, READER
from incidents.services.runs import settle_step, stop_run
from runbooks.models import Review, Runbook, Status
from runbooks.rendering import understand
from runbooks.services import publish_text
from tests.factories import NOW, make_published, make_user
from tests.incidents.runs import CHECKLIST, go_through, make_run

pytestmark = pytest.mark.django_db
BUTTON = "shows that the runbook is right"
TWO = CHECKLIST.replace("Nothing.", "- [ ] Write it down\n")


@pytest.fixture
def ben():
    return make_user("ben", role=EDITOR)


@pytest.fixture
def client(ben, as_user):
    return as_user(ben)


def summary(client, run):
    return client.get(f"/runs/{run.pk}/summary/").content.decode()


def say(client, run):
    return client.post(f"/runs/{run.pk}/confirm/", follow=True).content.decode()


def test_a_drill_of_a_part_counts_when_somebody_says_so(client, ben):
    run = go_through(make_run(ben, text=TWO), ben)
    assert f"This drill {BUTTON}" in summary(client, run)
    assert not Review.objects.exists()
    page = say(client, run)
    review = Review.objects.get()
    assert (review.way, review.run_url, review.reviewed_by) == ("drill", f"/runs/{run.pk}/summary/", ben)
    assert "it counts as a review" in page
    assert "<button" not in page[page.index("counts as a review") :].split("</section>")[0]


def test_a_run_of_the_whole_runbook_counts(client, ben):
    run = go_through(make_run(ben, purpose="deployment"), ben)
    assert f"This run {BUTTON}" in summary(client, run)
    say(client, run)
    assert Review.objects.get().way == "run"


def test_a_run_of_a_part_does_not(client, ben):
    run = go_through(make_run(ben, purpose="deployment", text=TWO), ben)
    assert BUTTON not in summary(client, run)
    assert "went through a part of the runbook" in say(client, run)
    assert not Review.objects.exists()


def test_a_run_in_which_something_was_wrong_does_not(client, ben):
    run = go_through(make_run(ben), ben, flag={2: ("The queue is gone", "")})
    assert BUTTON not in summary(client, run)
    assert "said to be wrong" in say(client, run)
    assert not Review.objects.exists()


def test_one_that_was_stopped_or_goes_on_does_not(client, ben):
    run = make_run(ben)
    assert "Only a run that was finished" in say(client, run)
    settle_step(run.steps.first(), user=ben, now=NOW)
    stop_run(run, "The phone", user=ben, now=NOW)
    assert BUTTON not in summary(client, run)
    assert not Review.objects.exists()


def test_a_run_of_the_former_text_says_nothing_of_the_new_one(client, ben):
    runbook = make_published(text=CHECKLIST)
    run = go_through(make_run(ben, runbook=runbook), ben)
    text = CHECKLIST + "\nMore.\n"
    publish_text(runbook, text, understand(text), status=Status.ACTIVE, author=None, now=NOW, change_summary="")
    assert BUTTON not in summary(client, run)
    assert "another text by now" in say(client, run)
    assert not Review.objects.exists()


def test_a_reader_is_neither_asked_nor_heard(as_user, ben):
    run = go_through(make_run(ben), ben)
    reader = as_user(make_user("cy", role=READER))
    assert BUTTON not in summary(reader, run)
    assert reader.post(f"/runs/{run.pk}/confirm/").status_code == 403


def test_a_stranger_to_a_confidential_runbook_finds_no_run(as_user, ben):
    run = go_through(make_run(ben), ben)
    Runbook.objects.update(classification="confidential")
    assert as_user(make_user("cy", role=EDITOR)).post(f"/runs/{run.pk}/confirm/").status_code == 404


def test_a_link_opens_nothing(client, ben):
    run = go_through(make_run(ben), ben)
    assert client.get(f"/runs/{run.pk}/confirm/").status_code == 405


def test_asking_costs_a_few_queries_however_long_the_run_is(client, ben):
    run = go_through(make_run(ben, purpose="deployment"), ben)
    summary(client, run)
    with CaptureQueriesContext(connection) as queries:
        summary(client, run)
    assert len(queries) <= 12
