"""What nobody found, counted."""

import datetime as dt

import pytest

from runbooks.models import UnansweredQuestion
from runbooks.search import count_unanswered
from tests.factories import NOW

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=1)


def test_the_same_words_are_counted_once_more():
    count_unanswered("Flux  capacitor", "search", NOW)
    count_unanswered("flux CAPACITOR ", "search", LATER)
    question = UnansweredQuestion.objects.get()
    assert (question.words, question.times) == ("flux capacitor", 2)
    assert (question.first_asked_at, question.last_asked_at) == (NOW, LATER)


def test_searches_and_alert_links_are_counted_apart():
    count_unanswered("GateJam", "search", NOW)
    count_unanswered("GateJam", UnansweredQuestion.Kind.ALERT, NOW)
    assert UnansweredQuestion.objects.count() == 2


@pytest.mark.parametrize("words", ["", " ", "?!", "\x00", "🔥"])
def test_what_has_no_letter_is_not_counted(words):
    count_unanswered(words, "search", NOW)
    assert not UnansweredQuestion.objects.exists()


@pytest.mark.parametrize("words", ["x" * 10_000, "a\x00b", "a\ud800b", "'; --a", "ß" * 300])
def test_any_words_can_be_counted(words):
    count_unanswered(words, "search", NOW)
    assert len(UnansweredQuestion.objects.get().words) <= 200
