"""Runbooks in a handoff that changed, or that somebody said are wrong."""

import datetime as dt

import pytest
from django.core.cache import cache

from handoffs.sections.runbooks import find_changed_runbooks
from oncall.models import Classification
from runbooks.models import Flag, Runbook, Status
from runbooks.rendering import understand
from runbooks.services import publish_text
from runbooks.services.flags import raise_flag
from tests.factories import NOW, TEXT, make_service
from tests.handoffs.sections.making import DAY, EVIL, HOUR

pytestmark = pytest.mark.django_db
NEWER = TEXT.replace("rollout restart deploy", "rollout restart --timeout=60s deploy").replace("Winter", "Summer")


def publish(runbook: Runbook, text: str = NEWER, *, at: dt.datetime = NOW - HOUR, summary: str = "A limit of time"):
    return publish_text(
        runbook, text, understand(text), status=Status.ACTIVE, author=None, now=at, change_summary=summary
    )


def make_old(title="Ticket desk", text=TEXT, *, service, **fields) -> Runbook:
    """A runbook whose first version is from long before the shift."""
    runbook = Runbook.objects.create(service=service, title=title, slug=title.lower().replace(" ", "-"), **fields)
    publish(runbook, text, at=NOW - 90 * DAY, summary="First version")
    runbook.refresh_from_db()
    return runbook


def flag(runbook, user, text="The host is another", **fields) -> Flag:
    version = runbook.shown_version
    return raise_flag(runbook, version=version, text=text, user=user, now=fields.pop("now", NOW - HOUR), **fields)


def test_a_new_version_is_told_of_with_the_line_that_tells_most(pier):
    runbook = make_old(service=pier.desk)
    publish(runbook)
    entry = pier.only(find_changed_runbooks)
    assert (entry.key, entry.title, entry.tag) == (f"runbook:{runbook.pk}", "Ticket desk", "Changed")
    assert entry.url == runbook.get_absolute_url()
    assert entry.facts == ("version 1.1", "Ticket desk", "A limit of time")
    assert entry.lines == (
        "- kubectl -n desk rollout restart deploy/[service-name]",
        "+ kubectl -n desk rollout restart --timeout=60s deploy/[service-name]",
    )
    assert entry.times == (("active since", "2026-11-17T02:14:00+00:00"),)


def test_two_versions_in_the_shift_are_one_entry_against_what_held_before_it(pier):
    runbook = make_old(service=pier.desk)
    publish(runbook, NEWER, at=NOW - 2 * HOUR)
    publish(runbook, NEWER.replace("60s", "90s"), at=NOW - HOUR)
    entry = pier.only(find_changed_runbooks)
    assert entry.facts[0] == "version 1.2"
    assert "--timeout=90s" in entry.lines[1]
    assert "--timeout" not in entry.lines[0]


def test_a_runbook_that_is_new_has_no_lines(pier):
    runbook = Runbook.objects.create(service=pier.desk, title="New", slug="new")
    publish(runbook, TEXT)
    entry = pier.only(find_changed_runbooks)
    assert (entry.tag, entry.lines, entry.facts[0]) == ("New", (), "new, version 1.0")


def test_what_changed_before_the_shift_and_drafts_are_not_told_of(pier):
    runbook = make_old(service=pier.desk)
    publish_text(runbook, NEWER, understand(NEWER), status=Status.DRAFT, author=pier.ada, now=NOW, change_summary="")
    assert pier.find(find_changed_runbooks) == []


def test_a_flag_of_the_shift_tells_what_is_wrong_and_what_would_be_right(pier):
    runbook = make_old(service=pier.desk)
    said = flag(runbook, pier.ada, step="kubectl -n desk", suggestion="kubectl -n pier")
    flag(runbook, pier.ada, "Long ago", now=NOW - 60 * DAY)
    entry = pier.only(find_changed_runbooks)
    assert (entry.key, entry.url, entry.tag) == (f"flag:{said.pk}", f"/flags/{said.pk}/", "Flagged")
    assert entry.facts == ("The host is another", "said by Ada", "of version 1.0")
    assert entry.lines == ("- kubectl -n desk", "+ kubectl -n pier")


def test_a_flag_that_was_answered_says_so(pier):
    said = flag(make_old(service=pier.desk), pier.ada)
    Flag.objects.filter(pk=said.pk).update(answer="right", answered_by=pier.ben, answered_at=NOW)
    entry = pier.only(find_changed_runbooks)
    assert (entry.tone, entry.facts[-1]) == ("green", "answered: the runbook is right")


def test_confidential_ones_of_the_team_are_marked_and_those_of_others_left_out(pier):
    lamps = make_service("Lamps", team=pier.others)
    for title, service, fields in (
        ("In the vault", pier.vault, {}),
        ("Kept close", pier.desk, {"classification": Classification.CONFIDENTIAL}),
        ("In the locker", pier.locker, {"team": pier.others}),
        ("Of others", lamps, {}),
    ):
        publish(make_old(title, service=service, **fields))
    assert {(entry.title, entry.secret) for entry in pier.find(find_changed_runbooks)} == {
        ("In the vault", True),
        ("Kept close", True),
    }


def test_a_retired_runbook_is_not_told_of(pier):
    runbook = make_old(service=pier.desk)
    publish(runbook)
    Runbook.objects.filter(pk=runbook.pk).update(retired_at=NOW)
    assert pier.find(find_changed_runbooks) == []


def test_hostile_words_stay_words(pier):
    runbook = make_old("Evil", service=pier.desk)
    Runbook.objects.filter(pk=runbook.pk).update(title=EVIL)
    publish(runbook, TEXT.replace("Sells tickets at the pier.", EVIL), summary=EVIL)
    flag(runbook, pier.ada, EVIL, step=EVIL, suggestion=EVIL)
    change, said = pier.find(find_changed_runbooks)
    assert change.title == said.title == EVIL
    assert change.lines[1] == f"+ {EVIL}"
    assert said.lines == (f"- {EVIL}", f"+ {EVIL}")


def test_twenty_take_two_queries_like_two_and_one_when_they_were_compared_before(pier, django_assert_num_queries):
    for number in range(22):
        runbook = make_old(f"Runbook {number}", service=pier.desk)
        publish(runbook)
        flag(runbook, pier.ada)
        if number == 1:
            cold = pier.scope
            with django_assert_num_queries(2):
                assert len(find_changed_runbooks(cold)) == 4
            cache.clear()
    scope = pier.scope
    with django_assert_num_queries(2):
        entries = find_changed_runbooks(scope)
    assert len(entries) == 44
    assert sum(bool(entry.lines) for entry in entries if entry.key.startswith("runbook:")) == 20
    scope = pier.scope
    with django_assert_num_queries(1):
        assert find_changed_runbooks(scope) == entries
