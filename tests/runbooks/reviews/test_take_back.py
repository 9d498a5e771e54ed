"""An answer is taken back: by its author for a day, by an approver, and what becomes of everything it had changed."""

import datetime as dt

import pytest

from accounts.roles import APPROVER, EDITOR, RESPONDER
from oncall.models import Notification
from runbooks.errors import NotAllowed, WrongStatus
from runbooks.models import Evidence, Review, ReviewTask, Runbook
from runbooks.services import change_runbook
from runbooks.services.reviews import ask_for_work, confirm_runbook, snooze_runbook, take_back_review
from tests.factories import NOW, make_published, make_user
from tests.runbooks.reviews.rows import PLAIN, ask

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=2)


@pytest.fixture
def ada():
    return make_user("ada", role=RESPONDER)


@pytest.fixture
def runbook():
    dates = {"last_reviewed_on": dt.date(2026, 8, 1), "next_review_on": dt.date(2026, 10, 30)}
    runbook = make_published(text=PLAIN)
    Runbook.objects.filter(pk=runbook.pk).update(**dates)
    runbook.refresh_from_db()
    return runbook


def dates(runbook):
    fresh = Runbook.objects.get(pk=runbook.pk)
    return fresh.last_reviewed_on, fresh.next_review_on


def test_the_dates_become_what_they_were_and_evidence_asks_again(runbook, ada):
    ask(runbook)
    review = confirm_runbook(runbook, user=ada, now=NOW)
    taken = take_back_review(review, user=ada, now=LATER)
    assert dates(runbook) == (dt.date(2026, 8, 1), dt.date(2026, 10, 30))
    assert not Runbook.objects.get(pk=runbook.pk).next_review_stated
    assert not taken.kept_dates
    assert Evidence.objects.open().count() == 1
    assert not Review.objects.standing().exists()


def test_a_day_that_somebody_had_stated_stays_a_stated_one(runbook, ada):
    Runbook.objects.filter(pk=runbook.pk).update(next_review_on=dt.date(2026, 12, 24), next_review_stated=True)
    take_back_review(confirm_runbook(runbook, user=ada, now=NOW), user=ada, now=LATER)
    fresh = Runbook.objects.get(pk=runbook.pk)
    assert (fresh.next_review_on, fresh.next_review_stated) == (dt.date(2026, 12, 24), True)


def test_dates_that_somebody_changed_since_stay(runbook, ada):
    review = confirm_runbook(runbook, user=ada, now=NOW)
    change_runbook(runbook, user=make_user("ed", role=EDITOR), now=NOW, next_review_on=dt.date(2026, 12, 24))
    assert take_back_review(review, user=ada, now=LATER).kept_dates
    assert dates(runbook) == (dt.date(2026, 11, 17), dt.date(2026, 12, 24))


def test_a_snooze_that_the_answer_ended_stays_ended(runbook, ada):
    snooze_runbook(runbook, until=dt.date(2026, 12, 1), reason="Migration", user=ada, now=NOW)
    take_back_review(confirm_runbook(runbook, user=ada, now=NOW), user=ada, now=LATER)
    assert not runbook.snoozes.filter(ended_at__isnull=True).exists()


def test_a_task_is_called_off_and_its_owner_is_told(runbook, ada):
    ed = make_user("ed", role=EDITOR)
    review = ask_for_work(runbook, user=ada, now=NOW, text="New hosts", owner=ed, due_on=dt.date(2026, 12, 1))
    take_back_review(review, user=ada, now=LATER)
    assert ReviewTask.objects.get().done_by == ada
    assert Notification.objects.filter(person=ed, subject="Called off: Ticket desk").count() == 1
    assert dates(runbook) == (dt.date(2026, 8, 1), dt.date(2026, 10, 30))


def test_its_author_has_a_day_for_it(runbook, ada):
    review = confirm_runbook(runbook, user=ada, now=NOW)
    with pytest.raises(WrongStatus, match="for a day"):
        take_back_review(review, user=ada, now=NOW + dt.timedelta(hours=24))


def test_others_may_not_but_an_approver_may_at_any_time(runbook, ada):
    review = confirm_runbook(runbook, user=ada, now=NOW)
    with pytest.raises(NotAllowed, match="Only whoever gave an answer"):
        take_back_review(review, user=make_user("ben", role=RESPONDER), now=LATER)
    boss = make_user("boss", role=APPROVER)
    assert take_back_review(review, user=boss, now=NOW + dt.timedelta(days=30)).taken_back_by == boss


def test_only_the_newest_answer_can_be_taken_back(runbook, ada):
    first = confirm_runbook(runbook, user=ada, now=NOW)
    second = confirm_runbook(runbook, user=ada, now=LATER)
    with pytest.raises(WrongStatus, match="Only the newest"):
        take_back_review(first, user=ada, now=LATER)
    take_back_review(second, user=ada, now=LATER)
    take_back_review(first, user=ada, now=LATER)
    assert dates(runbook) == (dt.date(2026, 8, 1), dt.date(2026, 10, 30))


def test_it_is_taken_back_once(runbook, ada):
    review = confirm_runbook(runbook, user=ada, now=NOW)
    take_back_review(review, user=ada, now=LATER)
    with pytest.raises(WrongStatus, match="Ada took this back before"):
        take_back_review(review, user=ada, now=LATER)
