"""Links in a message: one click for the person who was asked, and nothing for anybody else."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import EDITOR, READER
from oncall.models import Classification
from runbooks.models import Review
from runbooks.rendering import understand
from runbooks.review_links import BadToken, OldToken, make_answer_path, read_answer_token
from runbooks.services import publish_text
from runbooks.services.evidence import Noticed, notice
from runbooks.services.reviews import confirm_runbook
from tests.factories import TEXT, make_published, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return make_user("ben", role=EDITOR)


@pytest.fixture
def as_ben(ben, as_user):
    return as_user(ben)


@pytest.fixture
def runbook(ben):
    runbook = make_published(owner=ben)
    runbook.next_review_on = timezone.localdate() - dt.timedelta(days=3)
    runbook.save()
    return runbook


def link(runbook, user, what="right"):
    return make_answer_path(user.pk, runbook.pk, runbook.shown_version_id, what, runbook.next_review_on)


def test_a_token_says_what_it_was_made_with(ben, runbook):
    token = link(runbook, ben).split("/")[3]
    answer = read_answer_token(token)
    assert (answer.person_id, answer.runbook_id, answer.version_id) == (ben.pk, runbook.pk, runbook.shown_version_id)
    assert (answer.what, answer.due) == ("right", runbook.next_review_on)


def test_a_runbook_without_a_day_has_links_too(ben, runbook):
    token = make_answer_path(ben.pk, runbook.pk, None, "snooze", None).split("/")[3]
    assert read_answer_token(token).due is None


def test_no_other_answer_is_signed():
    with pytest.raises(ValueError, match="no answer called"):
        make_answer_path(1, 1, 1, "delete", None)


@pytest.mark.parametrize("token", ["", "x", "W10:1abc:xyz", "a" * 5000, "é", "WzEsMiwzLCJyaWdodCIsIiJd"])
def test_a_forged_token_is_none(token):
    with pytest.raises(BadToken):
        read_answer_token(token)


def test_a_changed_token_is_none(ben, runbook):
    token = link(runbook, ben).split("/")[3]
    with pytest.raises(BadToken):
        read_answer_token("A" + token[1:])


def test_a_token_holds_for_its_lifetime(ben, runbook):
    token = link(runbook, ben).split("/")[3]
    with pytest.raises(OldToken):
        read_answer_token(token, lifetime=dt.timedelta(seconds=-1))


def test_opening_the_link_changes_nothing(as_ben, ben, runbook):
    response = as_ben.get(link(runbook, ben))
    html = response.content.decode()
    assert response.status_code == 200 and "data-answer-now" in html and "Ticket desk" in html
    assert "Overdue since" in html and "no-store" in response["Cache-Control"]
    assert as_ben.head(link(runbook, ben)).status_code == 200
    assert not Review.objects.exists()


@pytest.mark.parametrize("header", ["Sec-Purpose", "Purpose"])
def test_a_browser_that_looks_ahead_gets_nothing(as_ben, ben, runbook, header):
    response = as_ben.get(link(runbook, ben), headers={header: "prefetch;prerender"})
    assert response.status_code == 204 and not response.content


def test_the_button_records_and_shows_what_was_recorded(as_ben, ben, runbook):
    response = as_ben.post(link(runbook, ben), follow=True)
    review = Review.objects.get()
    assert (review.reviewed_by, review.way, review.answer) == (ben, "mail", "right")
    html = response.content.decode()
    assert response.redirect_chain[-1] == (f"/reviews/{review.pk}/", 302)
    assert "Recorded" in html and "Next review" in html and "Take it back" in html


def test_it_is_taken_back_where_it_was_recorded(as_ben, ben, runbook):
    as_ben.post(link(runbook, ben))
    review = Review.objects.get()
    page = as_ben.post(f"/reviews/{review.pk}/take-back/", {"next": f"/reviews/{review.pk}/"}, follow=True)
    assert "took that back" in page.content.decode()


def test_what_else_is_mine_follows(as_ben, ben, runbook):
    other = make_published("Gate", owner=ben)
    other.next_review_on = timezone.localdate()
    other.save()
    html = as_ben.post(link(runbook, ben), follow=True).content.decode()
    assert "Next of yours" in html and other.get_absolute_url() in html


def test_a_stranger_logs_in_first_and_comes_back(client, ben, runbook):
    path = link(runbook, ben)
    response = client.get(path)
    assert response.status_code == 302 and response["Location"].startswith("/accounts/login/?next=/reviews/answer/")


def test_another_person_is_told_whose_it_is(as_user, ben, runbook):
    client = as_user(make_user("cy", role=EDITOR))
    for response in (client.get(link(runbook, ben)), client.post(link(runbook, ben))):
        assert response.status_code == 403
        html = response.content.decode()
        assert "This link is Ben’s" in html and f"{runbook.get_absolute_url()}review/" in html
    assert not Review.objects.exists()


def test_another_person_learns_nothing_of_a_confidential_runbook(as_user, ben, runbook):
    runbook.classification = Classification.CONFIDENTIAL
    runbook.save()
    html = as_user(make_user("cy", role=EDITOR)).get(link(runbook, ben)).content.decode()
    assert "Ticket desk" not in html and "ticket-desk" not in html


def test_who_may_not_see_it_any_more_finds_nothing(as_ben, ben, runbook):
    runbook.classification, runbook.owner = Classification.CONFIDENTIAL, None
    runbook.save()
    response = as_ben.post(link(runbook, ben))
    assert response.status_code == 404 and "Ticket desk" not in response.content.decode()


def test_a_retired_runbook_needs_no_answer(as_ben, ben, runbook):
    runbook.retired_at = timezone.now()
    runbook.save()
    assert as_ben.get(link(runbook, ben)).status_code == 404


@pytest.mark.parametrize("token", ["x", "a:b:c", "%00", "%F0%9F%92%A5"])
def test_a_forged_link_is_a_page_with_a_way_on(as_ben, token):
    response = as_ben.get(f"/reviews/answer/{token}/")
    assert response.status_code == 404 and "/reviews/?mine=1" in response.content.decode()


def test_an_old_link_says_so(as_ben, ben, runbook, monkeypatch):
    path = link(runbook, ben)
    monkeypatch.setattr("django.core.signing.time.time", lambda: timezone.now().timestamp() + 91 * 86400)
    response = as_ben.get(path)
    assert response.status_code == 410 and "too old" in response.content.decode()


def test_another_text_since_is_said_and_not_sent_by_itself(as_ben, ben, runbook):
    path = link(runbook, ben)
    text = TEXT.replace("pier", "quay")
    publish_text(
        runbook, text, understand(text), status="active", author=None, now=timezone.now(), change_summary="Quay"
    )
    html = as_ben.get(path).content.decode()
    assert "data-answer-now" not in html and "The text is another one by now" in html
    assert as_ben.post(path).status_code == 409
    assert not Review.objects.exists()


def test_an_answer_meanwhile_is_said_and_not_given_twice(as_ben, ben, runbook):
    path = link(runbook, ben)
    confirm_runbook(runbook, user=make_user("cy", role=EDITOR), now=timezone.now())
    html = as_ben.get(path).content.decode()
    assert "Cy answered meanwhile" in html and "data-answer-now" not in html
    assert as_ben.post(path).status_code == 409
    assert Review.objects.count() == 1


def test_the_link_works_again_when_the_answer_was_taken_back(as_ben, ben, runbook):
    path = link(runbook, ben)
    as_ben.post(path)
    as_ben.post(f"/reviews/{Review.objects.get().pk}/take-back/")
    assert "data-answer-now" in as_ben.get(path).content.decode()


def test_what_speaks_against_it_is_told_before_the_click(as_ben, ben, runbook):
    notice([Noticed(runbook.pk, "flag", "flag:1", "The pod has another name")], timezone.now())
    assert "The pod has another name" in as_ben.get(link(runbook, ben)).content.decode()


def test_a_snooze_asks_why_and_for_how_long(as_ben, ben, runbook):
    path = link(runbook, ben, "snooze")
    html = as_ben.get(path).content.decode()
    assert "data-answer-now" not in html and 'value="30"' in html
    assert as_ben.post(path, {"days": "7", "reason": " "}).status_code == 422
    assert as_ben.post(path, {"days": "7", "reason": "The pump comes next week"})["Location"] == "/reviews/?mine=1"
    assert runbook.snoozes.get().reason == "The pump comes next week"


def test_not_mine_takes_a_note_or_none(as_ben, ben, runbook):
    path = link(runbook, ben, "not-mine")
    assert "data-answer-now" not in as_ben.get(path).content.decode()
    assert as_ben.post(path, {"note": ""})["Location"] == "/reviews/?mine=1"
    runbook.refresh_from_db()
    assert runbook.owner is None


def test_an_owner_who_only_reads_is_told_so(as_user):
    rea = make_user("rea", role=READER)
    runbook = make_published(owner=rea)
    client = as_user(rea)
    html = client.get(link(runbook, rea)).content.decode()
    assert "Your role does not include answering reviews" in html and "data-answer-now" not in html
    assert client.post(link(runbook, rea)).status_code == 409
    assert client.post(link(runbook, rea, "snooze"), {"days": "7", "reason": "x"}).status_code in (403, 422)
    assert client.post(link(runbook, rea, "not-mine")).status_code == 302
