"""When a runbook is due again: its text, its team, and what somebody stated."""

import datetime as dt

import pytest

from accounts.roles import APPROVER, EDITOR
from runbooks.models import Runbook, Status
from runbooks.rendering import understand
from runbooks.services import change_runbook, publish_text
from runbooks.services.policies import change_policy
from runbooks.services.reviews import confirm_runbook
from tests.factories import NOW, make_published, make_team, make_user
from tests.runbooks.reviews.rows import PLAIN

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


def day(text):
    return dt.date.fromisoformat(text)


def told(*lines):
    return PLAIN.replace("## Overview", "\n".join([*lines, "", "## Overview"]))


def publish(runbook, text, now=NOW):
    publish_text(runbook, text, understand(text), status=Status.ACTIVE, author=None, now=now, change_summary="")
    runbook.refresh_from_db()
    return runbook


def set_policy(team, days):
    boss = make_user("boss", role=APPROVER)
    return change_policy(team, review_days=days, gates=[], user=boss)


def due(runbook):
    return Runbook.objects.get(pk=runbook.pk).next_review_on


def test_without_a_word_it_is_ninety_days_after_it_became_active():
    runbook = make_published(text=PLAIN)
    assert (runbook.next_review_on, runbook.next_review_stated) == (TODAY + dt.timedelta(days=90), False)


def test_a_new_runbook_follows_its_team():
    team = make_team()
    set_policy(team, 30)
    assert make_published(text=PLAIN, team=team).next_review_on == TODAY + dt.timedelta(days=30)


def test_the_word_of_the_text_comes_before_the_team():
    team = make_team()
    set_policy(team, 30)
    runbook = make_published(text=told("**Review Frequency:** every 14 days"), team=team)
    assert runbook.next_review_on == TODAY + dt.timedelta(days=14)


def test_front_matter_with_a_period_and_the_last_review_is_understood():
    text = "---\nlast_reviewed_on: 2026-10-01\nreview_in: 6 months\n---\n" + PLAIN
    runbook = make_published(text=text)
    assert (runbook.review_days, runbook.last_reviewed_on) == (182, day("2026-10-01"))
    assert (runbook.next_review_on, runbook.next_review_stated) == (day("2027-04-01"), False)


def test_a_stated_day_wins_when_the_text_becomes_active():
    runbook = make_published(text=told("**Next Review:** 2026-12-24"))
    assert (runbook.next_review_on, runbook.next_review_stated) == (day("2026-12-24"), True)


def test_a_stated_day_that_was_answered_since_is_no_news():
    runbook = make_published(text=told("**Next Review:** 2026-11-17"))
    confirm_runbook(runbook, user=make_user("ed", role=EDITOR), now=NOW)
    publish(runbook, told("**Next Review:** 2026-11-17", "", "**Owner:** Ada"))
    assert (runbook.next_review_on, runbook.next_review_stated) == (day("2027-02-15"), False)


def test_an_older_review_in_the_text_does_not_undo_a_newer_one():
    runbook = make_published(text=told("**Last Reviewed:** 2026-01-02"))
    confirm_runbook(runbook, user=make_user("ed", role=EDITOR), now=NOW)
    publish(runbook, told("**Last Reviewed:** 2026-01-02", "", "**Owner:** Ada"))
    assert (runbook.last_reviewed_on, runbook.next_review_on) == (TODAY, day("2027-02-15"))


def test_a_review_in_the_future_was_none():
    assert make_published(text=told("**Last Reviewed:** 2027-01-02")).last_reviewed_on is None


def test_a_new_text_with_the_same_period_leaves_the_day_where_it_is():
    runbook = make_published(text=told("**Review Frequency:** Quarterly"))
    Runbook.objects.filter(pk=runbook.pk).update(next_review_on=day("2026-12-01"))
    publish(runbook, told("**Review Frequency:** Quarterly", "", "**Owner:** Ada"), NOW + dt.timedelta(days=3))
    assert runbook.next_review_on == day("2026-12-01")


def test_another_period_of_the_team_counts_reviewed_ones_again():
    team = make_team()
    runbook = make_published(text=PLAIN, team=team)
    confirm_runbook(runbook, user=make_user("ed", role=EDITOR), now=NOW)
    set_policy(team, 30)
    assert due(runbook) == TODAY + dt.timedelta(days=30)
    change_policy(team, review_days=None, gates=[], user=make_user("lead", role=APPROVER))
    assert due(runbook) == TODAY + dt.timedelta(days=90)


def test_it_counts_for_runbooks_of_the_teams_services_too():
    team, other = make_team(), make_team("Pier")
    runbook, elsewhere = make_published(text=PLAIN), make_published("Elsewhere", text=PLAIN, team=other)
    runbook.service.team = team
    runbook.service.save()
    set_policy(team, 30)
    assert due(runbook) == TODAY + dt.timedelta(days=30)
    assert due(elsewhere) == TODAY + dt.timedelta(days=90)


def test_what_was_stated_or_has_its_own_period_stays():
    team = make_team()
    stated = make_published("Stated", text=told("**Next Review:** 2026-12-24"), team=team)
    own = make_published("Own", text=told("**Review Frequency:** Quarterly"), team=team)
    chosen = make_published("Chosen", text=PLAIN, team=team)
    change_runbook(chosen, user=make_user("ed", role=EDITOR), now=NOW, next_review_on=day("2026-12-25"))
    set_policy(team, 7)
    assert [due(one) for one in (stated, own, chosen)] == [day("2026-12-24"), day("2027-02-15"), day("2026-12-25")]


def test_what_was_never_reviewed_does_not_wait_longer_because_of_it():
    team = make_team()
    runbook = make_published(text=PLAIN, team=team)
    set_policy(team, 365)
    assert due(runbook) == TODAY + dt.timedelta(days=90)


def test_the_same_period_again_moves_nothing():
    team = make_team()
    runbook = make_published(text=PLAIN, team=team)
    confirm_runbook(runbook, user=make_user("ed", role=EDITOR), now=NOW)
    Runbook.objects.filter(pk=runbook.pk).update(next_review_on=day("2026-12-01"))
    set_policy(team, 90)
    assert due(runbook) == day("2026-12-01")


def test_another_period_of_the_runbook_counts_again_and_a_chosen_day_stays():
    ed = make_user("ed", role=EDITOR)
    runbook = make_published(text=PLAIN)
    confirm_runbook(runbook, user=ed, now=NOW)
    change_runbook(runbook, user=ed, now=NOW, review_days=10)
    assert due(runbook) == TODAY + dt.timedelta(days=10)
    change_runbook(runbook, user=ed, now=NOW, next_review_on=day("2026-12-24"))
    change_runbook(runbook, user=ed, now=NOW, review_days=20)
    assert due(runbook) == day("2026-12-24")
