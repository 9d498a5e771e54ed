"""Two people answer at the same moment, and an answer meets a new version."""

import datetime as dt

import pytest

from accounts.roles import APPROVER, EDITOR, RESPONDER
from runbooks.errors import WrongStatus
from runbooks.models import Review, RunbookVersion
from runbooks.services import activate_version, approve_version, restore_version, submit_version
from runbooks.services.reviews import confirm_runbook, snooze_runbook
from tests.at_once import at_once
from tests.factories import NOW, make_published, make_user
from tests.runbooks.reviews.rows import PLAIN

pytestmark = pytest.mark.django_db(transaction=True)


def test_one_of_two_answers_counts_and_the_other_is_told():
    runbook, people = make_published(text=PLAIN), [make_user(name, role=RESPONDER) for name in ("ada", "ben")]
    answers = at_once(*(lambda who=who: confirm_runbook(runbook, user=who, now=NOW) for who in people))
    assert sorted(isinstance(answer, WrongStatus) for answer in answers) == [False, True]
    assert Review.objects.count() == 1


def test_an_answer_to_the_former_text_never_counts_for_the_new_one():
    runbook = make_published(text=PLAIN)
    ada, boss = make_user("ada", role=RESPONDER), make_user("boss", role=APPROVER)
    read = runbook.shown_version_id
    draft = restore_version(RunbookVersion.objects.get(pk=read), author=make_user("ed", role=EDITOR), now=NOW)
    approve_version(submit_version(draft, user=boss, now=NOW), user=boss, now=NOW)
    answer, _ = at_once(
        lambda: confirm_runbook(runbook, user=ada, now=NOW, version_id=read),
        lambda: activate_version(draft, user=boss, now=NOW),
    )
    if isinstance(answer, Review):
        assert answer.version_number == "1.0"
    else:
        assert "version 1.1 is active" in str(answer)


def test_two_snoozes_at_once_leave_one():
    runbook, people = make_published(text=PLAIN), [make_user(name, role=RESPONDER) for name in ("ada", "ben")]
    until = NOW.date() + dt.timedelta(days=5)
    at_once(*(lambda who=who: snooze_runbook(runbook, until=until, reason="x", user=who, now=NOW) for who in people))
    assert runbook.snoozes.filter(ended_at__isnull=True).count() == 1
