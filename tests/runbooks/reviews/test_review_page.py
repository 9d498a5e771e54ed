"""The page on which one runbook is reviewed, and its three answers."""

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import APPROVER, EDITOR, READER, RESPONDER
from oncall.models import Classification
from runbooks.models import DraftSave, Review, ReviewTask, RunbookVersion
from runbooks.rendering import understand
from runbooks.services import publish_text
from runbooks.services.evidence import Noticed, notice
from runbooks.services.flags import raise_flag
from tests.factories import NOW, TEXT, make_published, make_service, make_team, make_user

pytestmark = pytest.mark.django_db
HOME = "/runbooks/ticket-desk/ticket-desk/"
PATH = f"{HOME}review/"


@pytest.fixture
def runbook():
    return make_published()


@pytest.fixture
def ben():
    return make_user("ben", role=EDITOR)


@pytest.fixture
def as_ben(ben, as_user):
    return as_user(ben)


def say_right(client, runbook, **extra):
    return client.post(PATH, {"answer": "right", "version": runbook.shown_version_id} | extra)


def supersede(runbook):
    text, now = TEXT.replace("pier", "quay"), timezone.now()
    return publish_text(runbook, text, understand(text), status="active", author=None, now=now, change_summary="Quay")


def fix(runbook, **extra):
    base = f"{runbook.shown_version_id}.1"
    words = {"answer": "fixed", "version": runbook.shown_version_id, "base": base, "change_summary": "The quay"}
    return words | {"markdown": TEXT.replace("pier", "quay")} | extra


def test_the_page_shows_the_text_and_the_three_answers(as_ben, runbook):
    html = as_ben.get(PATH).content.decode()
    assert "Sells tickets at the pier" in html
    assert all(f'name="answer" value="{answer}"' in html for answer in ("right", "fixed", "work"))


def test_a_reader_sees_the_page_without_answers(as_ada, runbook):
    response = as_ada.get(PATH)
    assert response.status_code == 200 and 'name="answer"' not in response.content.decode()
    assert say_right(as_ada, runbook).status_code == 403
    assert not Review.objects.exists()


def test_a_responder_confirms_and_flags_but_does_not_edit(as_user, runbook):
    client = as_user(make_user("cy", role=RESPONDER))
    html = client.get(PATH).content.decode()
    assert 'value="right"' in html and 'value="fixed"' not in html and f"{HOME}flag/" in html
    assert client.post(PATH, fix(runbook)).status_code == 403


def test_a_stranger_to_a_confidential_runbook_gets_404(as_ben, runbook):
    runbook.classification = Classification.CONFIDENTIAL
    runbook.save()
    for place in ("", "snooze/", "not-mine/", "owner/"):
        assert as_ben.get(f"{PATH}{place}").status_code == 404
    assert say_right(as_ben, runbook).status_code == 404


def test_still_right_is_recorded_with_the_version_that_was_read(as_ben, ben, runbook):
    response = say_right(as_ben, runbook, note="Ran it")
    assert response.status_code == 302 and response["Location"] == PATH
    review = Review.objects.get()
    assert (review.reviewed_by, review.answer, review.note, review.version_number) == (ben, "right", "Ran it", "1.0")
    html = as_ben.get(PATH).content.decode()
    assert "Recorded: Ticket desk is still right. Next review" in html and "Take back" in html


def test_it_leads_back_to_where_the_button_stood(as_ben, runbook):
    assert say_right(as_ben, runbook, next="/reviews/?mine=1")["Location"] == "/reviews/?mine=1"


@pytest.mark.parametrize(
    "address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)", "/\\evil.example"]
)
def test_it_never_leads_out_of_the_portal(as_ben, runbook, address):
    assert say_right(as_ben, runbook, next=address)["Location"] == PATH


def test_another_text_meanwhile_is_said_and_keeps_the_words(as_ben, runbook):
    before = runbook.shown_version_id
    new = supersede(runbook)
    response = as_ben.post(PATH, {"answer": "right", "version": before, "note": "my own words"})
    html = response.content.decode()
    assert response.status_code == 409 and not Review.objects.exists()
    assert "The text changed while you were reading" in html and "my own words" in html and "at the quay" in html
    assert f'name="version" value="{new.pk}"' in html


@pytest.mark.parametrize("version", ["", "x", "0", "-1", "9" * 30, "٣"])
def test_a_form_without_a_real_version_is_no_answer(as_ben, runbook, version):
    response = as_ben.post(PATH, {"answer": "right", "version": version, "note": "kept"})
    assert response.status_code in (409, 422) and "kept" in response.content.decode()
    assert not Review.objects.exists()


@pytest.mark.parametrize("answer", ["", "maybe", "right\0"])
def test_no_answer_at_all_asks_again(as_ben, runbook, answer):
    assert as_ben.post(PATH, {"answer": answer}).status_code == 302
    assert not Review.objects.exists()


def test_hostile_words_are_only_words(as_ben, runbook):
    say_right(as_ben, runbook, note="<script>alert(1)</script>\0")
    say_right(as_ben, runbook, note="<script>alert(1)</script>")
    html = as_ben.get(PATH).content.decode()
    assert "<script>alert" not in html


def test_a_credential_in_the_note_comes_back(as_ben, runbook):
    response = say_right(as_ben, runbook, note="password: tr0ub4dor-and-3-more-words")
    assert response.status_code == 422 and not Review.objects.exists()


def test_a_small_fix_is_saved_and_sent_on_its_way(as_ben, runbook):
    response = as_ben.post(PATH, fix(runbook))
    assert response.status_code == 302
    review = Review.objects.get()
    assert review.answer == "fixed" and review.fix.status == "review" and "quay" in review.fix.markdown


def test_a_fix_of_one_section_leaves_every_other_byte(as_ben, runbook):
    html = as_ben.get(f"{PATH}?section=overview").content.decode()
    assert "Only the section “Overview”" in html
    as_ben.post(PATH, fix(runbook, section="overview", markdown="## Overview\r\n\r\nSells tickets at the quay."))
    assert Review.objects.get().fix.markdown == TEXT.replace("pier", "quay")


def test_a_fix_over_a_text_that_changed_leads_to_the_merge_with_nothing_lost(as_ben, runbook):
    data = fix(runbook, markdown=TEXT.replace("Sells tickets", "Sells day tickets"))
    supersede(runbook)
    response = as_ben.post(PATH, data)
    html = response.content.decode()
    assert response.status_code == 409 and "Somebody saved while you were writing" in html
    assert "Sells day tickets" in html and "at the quay" in html
    assert DraftSave.objects.filter(is_accepted=False, markdown__contains="day tickets").exists()
    assert not Review.objects.exists()


@pytest.mark.parametrize("data", [{"change_summary": ""}, {"markdown": "x\ufffd"}, {"base": "nonsense"}])
def test_a_fix_that_can_t_be_taken_comes_back_with_its_words(as_ben, runbook, data):
    response = as_ben.post(PATH, fix(runbook, markdown=TEXT + "my own words") | data)
    html = response.content.decode()
    assert response.status_code == 422 and not Review.objects.exists()
    assert data.get("markdown", "my own words") in html


def test_a_fix_with_a_credential_is_refused_with_its_line(as_ben, runbook):
    secret = TEXT + "\npassword: tr0ub4dor-and-3-more-words\n"
    response = as_ben.post(PATH, fix(runbook, markdown=secret))
    assert response.status_code == 422 and "looks like a credential" in response.content.decode()
    assert RunbookVersion.objects.count() == 1


def test_needs_work_gives_a_task_and_opens_a_draft(as_ben, ben, runbook):
    day = timezone.localdate() + dt.timedelta(days=10)
    data = {"answer": "work", "version": runbook.shown_version_id, "text": "Write the rollback", "owner": ben.pk}
    assert as_ben.post(PATH, data | {"due_on": day.isoformat()}).status_code == 302
    task = ReviewTask.objects.get()
    assert (task.owner, task.due_on, task.text) == (ben, day, "Write the rollback")
    assert runbook.versions.open().exists()
    assert "Write the rollback" in as_ben.get(PATH).content.decode()


@pytest.mark.parametrize("data", [{}, {"text": "kept words"}, {"text": "kept words", "owner": "999999"}])
def test_needs_work_without_everything_comes_back(as_ben, runbook, data):
    response = as_ben.post(PATH, {"answer": "work", "version": runbook.shown_version_id, "due_on": "nonsense"} | data)
    html = response.content.decode()
    assert response.status_code == 422 and data.get("text", "") in html and 'id="portal-work" open' in html


def test_only_those_who_may_write_are_offered_the_task(as_ben, ben, runbook):
    reader = make_user("rea", role=READER)
    runbook.team = make_team("Harbour", ben, reader)
    runbook.save()
    html = as_ben.get(PATH).content.decode()
    assert f'<option value="{ben.pk}"' in html and f'<option value="{reader.pk}"' not in html


def test_what_happened_around_it_is_grouped(as_ben, ben, runbook):
    raise_flag(runbook, version=runbook.shown_version, text="Other name", user=ben, now=NOW)
    notice([Noticed(runbook.pk, "service", "s1", "Ticket desk: team was A, is B")], NOW)
    notice([Noticed(runbook.pk, "drill", "d1", "Drilled by Cy", asks=False, succeeded=True)], NOW)
    html = as_ben.get(PATH).content.decode()
    for words in ("Other name", "Ticket desk: team was A, is B", "Drilled by Cy", "went well"):
        assert words in html


def test_what_was_answered_is_not_told_again(as_ben, runbook):
    notice([Noticed(runbook.pk, "service", "s1", "Team was A, is B")], timezone.now() - dt.timedelta(days=1))
    say_right(as_ben, runbook)
    html = as_ben.get(PATH).content.decode()
    assert "Team was A, is B" not in html and "Nothing was noticed around it" in html


def test_a_retired_runbook_has_no_answers(as_ben, runbook):
    runbook.retired_at = NOW
    runbook.save()
    assert 'name="answer"' not in as_ben.get(PATH).content.decode()
    response = say_right(as_ben, runbook)
    assert response.status_code == 422 and "retired" in response.content.decode()


def test_a_runbook_without_a_text_has_no_review(as_ben, runbook):
    runbook.shown_version = None
    runbook.save()
    assert as_ben.get(PATH).status_code == 404


def make_busy(runbook, user, numbers):
    for n in numbers:
        notice([Noticed(runbook.pk, "incident", f"i{n}", "Used", url="/incidents/1/")], NOW)
        raise_flag(runbook, version=runbook.shown_version, text=f"Wrong {n}", user=user, now=NOW)


def test_the_number_of_queries_stays_the_same(as_ben, ben, runbook):
    counts = []
    for numbers in (range(2), range(2, 20)):
        make_busy(runbook, ben, numbers)
        as_ben.get(PATH)
        with CaptureQueriesContext(connection) as queries:
            as_ben.get(PATH)
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 20


def test_the_author_takes_an_answer_back(as_ben, runbook):
    say_right(as_ben, runbook)
    review = Review.objects.get()
    assert as_ben.post(f"/reviews/{review.pk}/take-back/").status_code == 302
    review.refresh_from_db()
    assert review.taken_back_at
    assert "taken back by" in as_ben.get(PATH).content.decode()


def test_others_may_not_take_it_back_but_approvers_may(as_ben, as_user, runbook):
    say_right(as_ben, runbook)
    review = Review.objects.get()
    path = f"/reviews/{review.pk}/take-back/"
    assert as_user(make_user("cy", role=RESPONDER)).post(path).status_code == 403
    assert as_user(make_user("dee", role=APPROVER)).post(path).status_code == 302
    assert as_user(make_user("eve", role=APPROVER)).post(path).status_code == 302  # told that it was before


def test_a_task_is_done_by_a_click(as_ben, ben, runbook):
    day = timezone.localdate() + dt.timedelta(days=3)
    data = {"answer": "work", "version": runbook.shown_version_id, "text": "Mend it", "owner": ben.pk, "due_on": day}
    as_ben.post(PATH, data)
    task = ReviewTask.objects.get()
    path = f"/reviews/tasks/{task.pk}/done/"
    assert as_ben.get(path).status_code == 405
    assert as_ben.post(path, {"next": "/"})["Location"] == "/"
    task.refresh_from_db()
    assert task.done_by == ben


def test_a_confidential_runbook_s_answers_and_tasks_are_404_for_strangers(as_ben, ben, as_user):
    team = make_team("Harbour", ben)
    runbook = make_published(service=make_service(), team=team, classification=Classification.CONFIDENTIAL)
    say_right(as_ben, runbook)
    review = Review.objects.get()
    stranger = as_user(make_user("cy", role=APPROVER))
    assert stranger.post(f"/reviews/{review.pk}/take-back/").status_code == 404
    assert stranger.get(f"/reviews/{review.pk}/").status_code == 404
    assert "Ticket desk" not in stranger.get("/reviews/").content.decode()
