"""“Needs work”: a task, a draft, a day, and how it ends."""

import datetime as dt

import pytest

from accounts.roles import APPROVER, EDITOR, READER, RESPONDER
from accounts.services import add_member
from oncall.models import Notification
from runbooks.errors import NotAllowed, Refused, WrongStatus
from runbooks.models import ReviewTask, Runbook, Status
from runbooks.rendering import understand
from runbooks.services import activate_version, approve_version, publish_text, submit_version
from runbooks.services.bases import EditBase
from runbooks.services.drafts import save_edit
from runbooks.services.reviews import ask_for_work, finish_task
from tests.factories import NOW, make_published, make_team, make_user, reload_user
from tests.runbooks.reviews.rows import PLAIN

pytestmark = pytest.mark.django_db
DUE = dt.date(2026, 12, 1)
LATER = NOW + dt.timedelta(days=2)


@pytest.fixture
def ada():
    return make_user("ada", role=RESPONDER)


@pytest.fixture
def ed():
    return make_user("ed", role=EDITOR)


def ask(runbook, user, owner, **fields):
    given = {"text": "Write down the new hosts", "due_on": DUE, "now": NOW} | fields
    return ask_for_work(runbook, user=user, owner=owner, **given)


def test_it_is_due_again_on_the_day_of_the_task_and_was_not_reviewed(ada, ed):
    runbook = make_published(text=PLAIN)
    review = ask(runbook, ada, ed)
    fresh = Runbook.objects.get(pk=runbook.pk)
    assert (fresh.last_reviewed_on, fresh.next_review_on) == (None, DUE)
    assert (review.answer, review.task.owner, review.task.due_on) == ("work", ed, DUE)


def test_a_draft_is_opened_for_whoever_does_it(ada, ed):
    review = ask(make_published(text=PLAIN), ada, ed)
    assert (review.fix.number, review.fix.status, review.fix.author) == ("1.1", "draft", ed)
    assert review.fix.change_summary == "Needs work: Write down the new hosts"


def test_a_draft_that_is_on_its_way_is_used(ada, ed):
    runbook = make_published(text=PLAIN)
    draft = save_edit(runbook, base=EditBase(runbook.shown_version_id, 1), markdown=PLAIN + "\nx\n", author=ed, now=NOW)
    assert ask(runbook, ada, ed).fix == draft


def test_its_owner_is_told_but_not_of_what_they_took_themselves(ada, ed):
    ask(make_published(text=PLAIN), ada, ed)
    told = Notification.objects.get()
    assert (told.person, told.subject) == (ed, "Needs work: Ticket desk")
    assert "until 1 December 2026" in told.text
    ask(make_published("Own", text=PLAIN), ed, ed)
    assert Notification.objects.count() == 1


def test_a_newer_text_does_the_task_and_its_author_is_told(ada, ed):
    runbook = make_published(text=PLAIN)
    review = ask(runbook, ada, ed)
    boss = make_user("boss", role=APPROVER)
    submit_version(review.fix, user=ed, now=LATER)
    approve_version(review.fix, user=boss, now=LATER)
    activate_version(review.fix, user=boss, now=LATER)
    task = ReviewTask.objects.get()
    assert (task.done_at, task.done_by) == (LATER, boss)
    assert Notification.objects.filter(person=ada, subject="Done: Ticket desk").count() == 1
    assert Runbook.objects.get(pk=runbook.pk).next_review_on == DUE


def test_a_text_from_outside_does_it_too(ada, ed):
    runbook = make_published(text=PLAIN)
    ask(runbook, ada, ed)
    text = PLAIN + "\nMore.\n"
    publish_text(runbook, text, understand(text), status=Status.ACTIVE, author=None, now=LATER, change_summary="")
    task = ReviewTask.objects.get()
    assert (task.done_at, task.done_by) == (LATER, None)


def test_it_can_be_done_by_hand_once(ada, ed):
    task = ask(make_published(text=PLAIN), ada, ed).task
    finish_task(task, user=ed, now=LATER)
    assert Notification.objects.get(person=ada).text.startswith("Ed says that it is done.")
    with pytest.raises(WrongStatus, match="done before by Ed"):
        finish_task(task, user=ada, now=LATER)


def test_a_reader_may_not_say_that_it_is_done(ada, ed):
    task = ask(make_published(text=PLAIN), ada, ed).task
    with pytest.raises(NotAllowed):
        finish_task(task, user=make_user("cy", role=READER), now=LATER)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"text": " \0 "}, "Say in a sentence"),
        ({"text": "x" * 501}, "at most 500"),
        ({"text": "use password=" + "Tr0ub4dor" + "&3xyzzy"}, "credential"),
        ({"due_on": dt.date(2026, 11, 16)}, "is over"),
        ({"due_on": dt.date(2027, 11, 18)}, "more than a year"),
    ],
)
def test_words_and_days_that_make_no_sense_are_refused(ada, ed, fields, says):
    runbook = make_published(text=PLAIN)
    with pytest.raises(Refused, match=says):
        ask(runbook, ada, ed, **fields)
    assert not runbook.reviews.exists()


def test_whoever_shall_do_it_must_be_there_and_able(ada, ed):
    runbook = make_published(text=PLAIN)
    with pytest.raises(Refused, match="may not edit runbooks"):
        ask(runbook, ada, ada)
    ed.is_active = False
    with pytest.raises(Refused, match="not here any more"):
        ask(runbook, ada, ed)


def test_whoever_may_not_know_of_it_is_given_nothing(ada, ed):
    team = make_team("Harbour", ada)
    runbook = make_published(text=PLAIN, team=team, classification="confidential")
    with pytest.raises(Refused, match="may not know of this runbook"):
        ask(runbook, ada, ed)
    add_member(team, ed)
    assert ask(runbook, ada, reload_user(ed)).task.owner == ed


def test_whoever_may_not_know_of_it_any_more_is_not_told(ada, ed):
    team = make_team("Harbour", ada, ed)
    runbook = make_published(text=PLAIN, team=team, classification="confidential")
    task = ask(runbook, ada, ed).task
    ada.memberships.all().delete()
    finish_task(task, user=ed, now=LATER)
    assert not Notification.objects.filter(person=ada).exists()
