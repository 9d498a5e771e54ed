"""“Still right”: dates, evidence, snoozes, and everything that stands against it."""

import datetime as dt

import pytest

from accounts.roles import EDITOR, READER, RESPONDER
from runbooks.errors import NotAllowed, Refused, WrongStatus
from runbooks.models import Evidence, Review, Runbook, Status
from runbooks.rendering import understand
from runbooks.services import publish_text, retire_runbook
from runbooks.services.evidence import Noticed, notice
from runbooks.services.flags import raise_flag
from runbooks.services.policies import change_policy
from runbooks.services.reviews import confirm_runbook, snooze_runbook
from tests.factories import NOW, TEXT, make_published, make_team, make_user
from tests.runbooks.reviews.rows import PLAIN, ask

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=30)


@pytest.fixture
def ada():
    return make_user("ada", role=RESPONDER)


def fresh(runbook):
    return Runbook.objects.get(pk=runbook.pk)


def test_the_next_review_is_one_period_after_the_day_of_the_answer(ada):
    runbook = make_published(text=PLAIN)
    review = confirm_runbook(runbook, user=ada, now=NOW)
    assert (fresh(runbook).last_reviewed_on, fresh(runbook).next_review_on) == (
        dt.date(2026, 11, 17),
        dt.date(2027, 2, 15),
    )
    assert (review.answer, review.way, review.version_number) == ("right", "page", "1.0")
    assert review.due_after == dt.date(2027, 2, 15)


def test_the_day_is_that_of_whoever_answers():
    honolulu = make_user("ada", role=RESPONDER, time_zone="Pacific/Honolulu")
    runbook = make_published(text=PLAIN)
    confirm_runbook(runbook, user=honolulu, now=NOW)
    assert fresh(runbook).last_reviewed_on == dt.date(2026, 11, 16)


def test_a_review_west_of_the_last_one_does_not_set_it_back(ada):
    runbook = make_published(text=PLAIN)
    confirm_runbook(runbook, user=ada, now=NOW)
    west = make_user("ben", role=RESPONDER, time_zone="Pacific/Honolulu")
    confirm_runbook(runbook, user=west, now=LATER)
    assert fresh(runbook).last_reviewed_on == dt.date(2026, 11, 17)


def test_the_period_is_that_of_the_text_then_of_the_team(ada):
    team = make_team()
    change_policy(team, review_days=30, gates=[], user=make_user("boss", role="Approver"))
    own = make_published("Own", text=TEXT, team=team, slug="own")
    of_team = make_published("Team", text=PLAIN, team=team, slug="team")
    for runbook, days in ((own, 90), (of_team, 30)):
        confirm_runbook(runbook, user=ada, now=NOW)
        assert fresh(runbook).next_review_on == dt.date(2026, 11, 17) + dt.timedelta(days=days)


def test_it_answers_what_asked_and_ends_a_snooze(ada):
    runbook = make_published(text=PLAIN)
    ask(runbook)
    snooze_runbook(runbook, until=dt.date(2026, 12, 1), reason="The migration first", user=ada, now=NOW)
    review = confirm_runbook(runbook, user=ada, now=LATER)
    assert Evidence.objects.get().answered_by == review
    assert not Evidence.objects.open().exists()
    assert runbook.snoozes.get().ended_at == LATER


def test_what_is_noticed_later_asks_again(ada):
    runbook = make_published(text=PLAIN)
    confirm_runbook(runbook, user=ada, now=NOW)
    ask(runbook, now=LATER)
    assert Evidence.objects.open().count() == 1


def test_pressed_twice_it_is_one_answer(ada):
    runbook = make_published(text=PLAIN)
    first = confirm_runbook(runbook, user=ada, now=NOW)
    assert confirm_runbook(runbook, user=ada, now=NOW + dt.timedelta(seconds=2)) == first
    assert Review.objects.count() == 1


def test_the_second_of_two_people_is_told(ada):
    runbook = make_published(text=PLAIN)
    confirm_runbook(runbook, user=ada, now=NOW)
    with pytest.raises(WrongStatus, match="Ada answered at the same time: still right"):
        confirm_runbook(runbook, user=make_user("ben", role=RESPONDER), now=NOW + dt.timedelta(seconds=20))


def test_the_second_may_answer_when_something_has_happened_since(ada):
    runbook = make_published(text=PLAIN)
    confirm_runbook(runbook, user=ada, now=NOW)
    ben = make_user("ben", role=RESPONDER)
    raise_flag(runbook, version=None, text="The host is gone", user=ben, now=NOW + dt.timedelta(seconds=5))
    confirm_runbook(runbook, user=ben, now=NOW + dt.timedelta(seconds=20))
    assert Review.objects.count() == 2


def test_another_text_than_the_one_that_was_read_is_refused(ada):
    runbook = make_published(text=PLAIN)
    read = runbook.shown_version_id
    text = PLAIN + "\nMore.\n"
    publish_text(runbook, text, understand(text), status=Status.ACTIVE, author=None, now=NOW, change_summary="More")
    with pytest.raises(WrongStatus, match=r"Meanwhile version 1\.1 is active"):
        confirm_runbook(runbook, user=ada, now=LATER, version_id=read)
    assert not Review.objects.exists()


def test_a_reader_may_not(ada):
    with pytest.raises(NotAllowed):
        confirm_runbook(make_published(text=PLAIN), user=make_user("cy", role=READER), now=NOW)


def test_a_retired_runbook_has_no_reviews(ada):
    runbook = make_published(text=PLAIN)
    retire_runbook(runbook, user=make_user("boss", role="Approver"), now=NOW)
    with pytest.raises(WrongStatus, match="retired"):
        confirm_runbook(runbook, user=ada, now=LATER)


@pytest.mark.parametrize("note", ["x" * 1001, "password=" + "Tr0ub4dor" + "&3xyzzy"])
def test_a_note_that_can_not_be_kept_is_refused(ada, note):
    with pytest.raises(Refused):
        confirm_runbook(make_published(text=PLAIN), user=ada, now=NOW, note=note)


def test_a_note_of_several_lines_with_a_nul_becomes_one_line(ada):
    review = confirm_runbook(make_published(text=PLAIN), user=ada, now=NOW, note=" Read\0 it\r\n all ")
    assert review.note == "Read it all"


def test_a_run_is_named_when_it_is_one(ada):
    runbook = make_published(text=PLAIN)
    with pytest.raises(Refused, match="which run"):
        confirm_runbook(runbook, user=ada, now=NOW, way="drill")
    with pytest.raises(Refused, match="which run"):
        confirm_runbook(runbook, user=ada, now=NOW, run_url="/runs/1/")


def test_evidence_that_asks_for_nothing_stays_as_it_was(ada):
    runbook = make_published(text=PLAIN)
    notice([Noticed(runbook.pk, Evidence.Kind.RUN, "run:1", "Run of version 1.0.", asks=False, succeeded=True)], NOW)
    confirm_runbook(runbook, user=make_user("ed", role=EDITOR), now=LATER)
    assert Evidence.objects.get().answered_by is None
