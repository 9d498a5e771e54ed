"""The stored number: when it changes, and what stays as it is."""

import datetime as dt

import pytest

from oncall.models import Classification, Dependency
from runbooks.models import Evidence, ExternalLink, LinkHost, LinkUse, ReviewPolicy, Runbook
from runbooks.services import freshness
from runbooks.services.evidence import Noticed, notice, settle
from runbooks.services.flags import answer_flag, raise_flag
from runbooks.services.freshness import load_facts, refresh_freshness
from tests.factories import NOW, make_published, make_service, make_team, make_user

pytestmark = pytest.mark.django_db
TODAY = NOW.date()
EDITOR = "Editor"


@pytest.fixture
def runbook():
    return make_published()


def days_later(days):
    return NOW + dt.timedelta(days=days)


def number(runbook):
    runbook.refresh_from_db()
    return runbook.freshness


def make_dead_link(*runbooks, url="https://gone.example/"):
    host, _ = LinkHost.objects.get_or_create(name="gone.example", defaults={"next_at": NOW})
    dead = ExternalLink.objects.create(
        host=host, url=url, sha256=url[:64], state="dead", dead_since=NOW, next_check_at=NOW
    )
    for line, one in enumerate(runbooks, start=1):
        LinkUse.objects.create(runbook=one, link=dead, line=line)


def test_a_runbook_that_became_active_today_is_as_fresh_as_can_be(runbook):
    refresh_freshness([runbook.pk], NOW)
    assert number(runbook) == 100


def test_it_ages_by_the_day(runbook):
    refresh_freshness(None, days_later(46))
    middle = number(runbook)
    refresh_freshness(None, days_later(400))
    assert 100 > middle > number(runbook)


def test_only_what_changed_is_written_and_has_the_time(runbook):
    assert refresh_freshness(None, days_later(46)) == 1
    assert refresh_freshness(None, days_later(46) + dt.timedelta(hours=1)) == 0
    runbook.refresh_from_db()
    assert runbook.freshness_at == days_later(46)


def test_a_runbook_that_ages_does_not_count_as_changed(runbook):
    before = Runbook.objects.get(pk=runbook.pk).updated_at
    refresh_freshness(None, days_later(100))
    assert Runbook.objects.get(pk=runbook.pk).updated_at == before


def test_retired_runbooks_keep_their_number(runbook):
    Runbook.objects.update(retired_at=NOW)
    assert refresh_freshness(None, days_later(300)) == 0
    assert refresh_freshness([runbook.pk], days_later(300)) == 0


def test_the_teams_period_counts_where_the_runbook_has_none():
    team = make_team()
    runbook = make_published(service=make_service("Desk", team=team), text="# Desk\n\nWords.\n")
    assert load_facts([runbook.pk])[runbook.pk].period_days == 90
    ReviewPolicy.objects.create(team=team, review_days=30)
    assert load_facts([runbook.pk])[runbook.pk].period_days == 30
    Runbook.objects.update(review_days=7)
    assert load_facts([runbook.pk])[runbook.pk].period_days == 7


def test_a_flag_lowers_it_at_once_and_its_answer_lifts_it(runbook):
    ada = make_user("ada", role=EDITOR)
    flag = raise_flag(runbook, version=None, text="It is the other gate", user=ada, now=NOW)
    lowered = number(runbook)
    answer_flag(flag, "right", "It is this gate", user=ada, now=NOW)
    assert lowered < 100 == number(runbook)


def test_evidence_lowers_it_at_once_and_settling_lifts_it(runbook):
    notice([Noticed(runbook.pk, Evidence.Kind.INCIDENT, "incident:1", "It was used.")], NOW)
    lowered = number(runbook)
    settle(["incident:1"], NOW)
    assert lowered < 100 == number(runbook)


def test_a_run_that_asks_for_nothing_lowers_nothing(runbook):
    notice([Noticed(runbook.pk, Evidence.Kind.RUN, "run:1", "It went well.", asks=False, succeeded=True)], NOW)
    assert number(runbook) == 100


def test_a_dead_link_counts_once_for_a_runbook_however_often_it_stands_there(runbook):
    make_dead_link(runbook, runbook)
    assert load_facts([runbook.pk])[runbook.pk].dead_links == 1


def test_a_link_that_answers_counts_nothing(runbook):
    make_dead_link(runbook)
    ExternalLink.objects.update(state="alive", dead_since=None)
    assert load_facts([runbook.pk])[runbook.pk].dead_links == 0


def test_a_newer_runbook_of_what_the_service_needs_counts(runbook):
    needed = make_service("Till")
    Dependency.objects.create(service=runbook.service, needs=needed)
    make_published("Till", service=needed)
    assert load_facts([runbook.pk])[runbook.pk].need_changed_on == TODAY


@pytest.mark.parametrize("what", ["service", "runbook"])
def test_nothing_confidential_counts_for_what_others_see(runbook, what):
    needed = make_service("Till")
    Dependency.objects.create(service=runbook.service, needs=needed)
    secret = make_published("Till", service=needed)
    place = needed if what == "service" else secret
    place.classification = Classification.CONFIDENTIAL
    place.save()
    assert load_facts([runbook.pk])[runbook.pk].need_changed_on is None


def test_many_are_done_in_the_same_queries_as_few(django_assert_num_queries):
    make_published("One")
    for n in range(20):
        make_published(f"More {n}")
    Runbook.objects.update(freshness=0)
    with django_assert_num_queries(7):  # ids, savepoint, hold, facts, write, release, no more ids
        assert refresh_freshness(None, NOW) == 21


def test_more_than_a_handful_are_done_piece_by_piece(monkeypatch):
    monkeypatch.setattr(freshness, "AT_ONCE", 2)
    ids = [make_published(f"Book {n}").pk for n in range(5)]
    assert refresh_freshness(None, days_later(100)) == 5
    assert refresh_freshness(ids, days_later(200)) == 5
