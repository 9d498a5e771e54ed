"""“Right with a small fix”: the text is saved and sent on its way, and with it the runbook is right."""

import datetime as dt

import pytest

from accounts.roles import APPROVER, EDITOR, RESPONDER
from runbooks.errors import EditConflict, NotAllowed, Refused, SecretFound
from runbooks.models import DraftSave, Review, Runbook
from runbooks.services import activate_version, approve_version, save_edit
from runbooks.services.bases import EditBase
from runbooks.services.reviews import confirm_with_fix
from tests.factories import NOW, make_published, make_user
from tests.runbooks.reviews.rows import PLAIN, ask

pytestmark = pytest.mark.django_db
FIXED = PLAIN.replace("pier", "north pier")


@pytest.fixture
def ed():
    return make_user("ed", role=EDITOR)


def fix(runbook, user, text=FIXED, now=NOW, **fields):
    version_id = fields.pop("version_id", runbook.shown_version_id)
    return confirm_with_fix(
        runbook, user=user, now=now, version_id=version_id, markdown=text, change_summary="The right pier", **fields
    )


def test_the_fix_waits_for_a_second_pair_of_eyes(ed):
    runbook = make_published(text=PLAIN)
    ask(runbook)
    review = fix(runbook, ed)
    assert (review.answer, review.fix.number, review.fix.status) == ("fixed", "1.1", "review")
    assert review.fix.markdown == FIXED
    assert review.fix.change_summary == "The right pier"
    fresh = Runbook.objects.get(pk=runbook.pk)
    assert (fresh.last_reviewed_on, fresh.next_review_on) == (dt.date(2026, 11, 17), dt.date(2027, 2, 15))
    assert review.evidence.count() == 1


def test_the_dates_stay_when_the_fix_becomes_active(ed):
    runbook = make_published(text=PLAIN)
    review = fix(runbook, ed)
    boss = make_user("boss", role=APPROVER)
    later = NOW + dt.timedelta(days=3)
    activate_version(approve_version(review.fix, user=boss, now=later), user=boss, now=later)
    fresh = Runbook.objects.get(pk=runbook.pk)
    assert (fresh.last_reviewed_on, fresh.next_review_on) == (dt.date(2026, 11, 17), dt.date(2027, 2, 15))


def test_where_one_pair_of_eyes_is_enough_it_is_active_at_once(settings):
    settings.FOUR_EYES = False
    runbook = make_published(text=PLAIN)
    review = fix(runbook, make_user("boss", role=APPROVER))
    assert review.fix.status == "active"
    fresh = Runbook.objects.get(pk=runbook.pk)
    assert fresh.shown_version == review.fix
    assert fresh.last_reviewed_on == dt.date(2026, 11, 17)


def test_where_one_pair_is_enough_an_editor_still_submits(settings, ed):
    settings.FOUR_EYES = False
    assert fix(make_published(text=PLAIN), ed).fix.status == "review"


def test_a_text_without_a_change_is_no_fix(ed):
    with pytest.raises(Refused, match="Nothing in the text has changed"):
        fix(make_published(text=PLAIN), ed, text=PLAIN.replace("\n", "\r\n"))


def test_what_a_save_refuses_leaves_no_answer(ed):
    runbook = make_published(text=PLAIN)
    with pytest.raises(SecretFound):
        fix(runbook, ed, text=FIXED + "\n```\nexport DB_PASSWORD=" + "Tr0ub4dor" + "&3xyzzy\n```\n")
    assert not Review.objects.exists()
    assert runbook.versions.count() == 1


def test_a_text_that_came_too_late_is_kept_and_goes_the_way_of_a_merge(ed):
    runbook = make_published(text=PLAIN)
    base = EditBase(runbook.shown_version_id, 1)
    save_edit(runbook, base=base, markdown=PLAIN + "\nMore.\n", author=make_user("ben", role=EDITOR), now=NOW)
    with pytest.raises(EditConflict) as caught:
        fix(runbook, ed)
    assert caught.value.mine == FIXED
    assert not Review.objects.exists()
    assert DraftSave.objects.get(is_accepted=False).markdown == FIXED


def test_a_draft_that_is_on_its_way_takes_the_fix(ed):
    runbook = make_published(text=PLAIN)
    base = EditBase(runbook.shown_version_id, 1)
    draft = save_edit(runbook, base=base, markdown=PLAIN + "\nMore.\n", author=ed, now=NOW)
    review = fix(runbook, ed, text=FIXED + "\nMore.\n", version_id=draft.pk, base=EditBase(draft.pk, 1))
    assert review.fix == draft
    assert review.fix.revision == 2


def test_a_responder_may_say_that_it_is_right_but_not_write():
    with pytest.raises(NotAllowed):
        fix(make_published(text=PLAIN), make_user("ada", role=RESPONDER))


def test_a_version_that_is_not_there_is_refused(ed):
    with pytest.raises(Refused, match="not there any more"):
        fix(make_published(text=PLAIN), ed, version_id=0)
