"""The number itself: never fresher for being older, or for more being said against it."""

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runbooks.upkeep.freshness import Facts, explain, freshness_tone, freshness_word

TODAY = dt.date(2026, 11, 17)
days = st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1))
perhaps = st.none() | days
facts = st.builds(
    Facts,
    period_days=st.integers(1, 3650),
    last_reviewed_on=perhaps,
    activated_on=perhaps,
    next_review_on=perhaps,
    last_used_on=perhaps,
    open_flags=st.integers(0, 9),
    dead_links=st.integers(0, 9),
    open_evidence=st.integers(0, 9),
    service_changed=st.booleans(),
    need_changed_on=perhaps,
)


def ago(number):
    return TODAY - dt.timedelta(days=number)


def points(**known):
    return explain(Facts(**({"period_days": 90} | known)), TODAY).points


def sentences(**known):
    return [reason.text for reason in explain(Facts(**({"period_days": 90} | known)), TODAY).reasons]


@given(facts, days)
def test_it_is_a_number_of_a_hundred_with_its_reasons(known, today):
    found = explain(known, today)
    assert 0 <= found.points <= 100
    assert found.points == max(0, min(100, 100 + sum(reason.points for reason in found.reasons)))


@given(facts, days, st.integers(1, 2000))
def test_no_runbook_gets_fresher_by_waiting(known, today, later):
    assert explain(known, today + dt.timedelta(days=later)).points <= explain(known, today).points


@given(facts, days, st.sampled_from(["open_flags", "dead_links", "open_evidence"]), st.integers(1, 5))
def test_more_that_speaks_against_it_never_makes_it_fresher(known, today, what, more):
    worse = replace(known, **{what: getattr(known, what) + more})
    assert explain(worse, today).points <= explain(known, today).points


@given(facts, days, st.sampled_from(["last_reviewed_on", "last_used_on"]), st.integers(1, 2000))
def test_a_newer_review_or_use_never_makes_it_staler(known, today, what, later):
    day = getattr(known, what) or dt.date(2020, 1, 1)
    newer = replace(known, **{what: day + dt.timedelta(days=later)})
    assert explain(newer, today).points >= explain(replace(known, **{what: day}), today).points


@pytest.mark.parametrize(
    ("number", "word", "tone"),
    [
        (100, "Fresh", "good"),
        (75, "Fresh", "good"),
        (74, "Ageing", "warn"),
        (45, "Ageing", "warn"),
        (44, "Stale", "danger"),
        (0, "Stale", "danger"),
    ],
)
def test_the_number_has_a_word_and_a_tone(number, word, tone):
    assert (freshness_word(number), freshness_tone(number)) == (word, tone)


def test_a_runbook_at_the_end_of_its_period_is_fresh_still_and_ageing_once_it_is_overdue():
    assert points(last_reviewed_on=ago(90), next_review_on=TODAY) == 75
    assert points(last_reviewed_on=ago(91), next_review_on=ago(1)) < 75


def test_the_reasons_say_what_counts_the_weightiest_first():
    assert sentences(last_reviewed_on=ago(40), last_used_on=ago(12), open_flags=2, dead_links=1) == [
        "2 flags wait for an answer.",
        "Reviewed 40 days ago; reviews are every 90 days.",
        "1 dead link.",
        "Run or drilled with success 12 days ago.",
    ]


def test_what_was_never_reviewed_counts_from_the_day_it_became_active():
    assert points(activated_on=ago(90)) == points(last_reviewed_on=ago(90))
    assert sentences(activated_on=ago(90)) == ["Never reviewed; active for 90 days, and reviews are every 90 days."]


def test_what_never_was_active_cannot_have_aged():
    assert points(next_review_on=ago(300)) == 100


def test_a_use_makes_up_for_time_but_not_for_flags():
    assert points(last_reviewed_on=ago(50), last_used_on=TODAY) == 100
    assert points(last_reviewed_on=TODAY, last_used_on=TODAY, open_flags=1) == 88


def test_what_its_service_needs_counts_when_it_changed_after_the_review():
    before, after = (points(last_reviewed_on=ago(5), need_changed_on=ago(day)) for day in (5, 4))
    assert before == points(last_reviewed_on=ago(5)) == after + 5


def test_a_service_that_changed_counts_until_somebody_reviews():
    assert points(last_reviewed_on=TODAY, service_changed=True) == 90


def test_days_in_the_future_do_no_harm():
    assert points(last_reviewed_on=ago(-30), last_used_on=ago(-3)) == 100
