"""Checklists of teams: saving one, going back to the default, and taking one from a runbook."""

import datetime as dt

import pytest

from accounts.models import Membership
from accounts.roles import EDITOR, READER, RESPONDER
from handoffs.errors import ListChanged, NotAllowed, Refused
from handoffs.models import Checklist, ChecklistItem, Facts
from handoffs.services.checklist_sources import compare_with_runbook, find_lists, guess_facts, take_from_runbook
from handoffs.services.checklists import Item, items_for, reset_items, save_items, state_of
from oncall.models import Classification
from runbooks.models import Status
from runbooks.rendering import understand
from runbooks.services import publish_text
from tests.factories import NOW, make_handoff, make_published, make_rotation, make_team, make_user

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(minutes=5)
TEXT = """\
# Pier

## Before a deployment

- [ ] Read the plan

## On-Call Handoff

**Handoff Checklist:**
- [ ] Review open incidents
- [ ] Check the alerts that are still firing
- [ ] Note scheduled maintenance
- [ ] Water the plants (optional)
"""


@pytest.fixture
def editor():
    return make_user("ada", role=EDITOR)


@pytest.fixture
def team():
    return make_team("Harbour")


def say(team):
    return [item.text for item in items_for(team)]


def write(runbook, text):
    """Another text of the runbook, active at once."""
    publish_text(
        runbook, text, understand(text), status=Status.ACTIVE, author=None, now=LATER, change_summary="Changed"
    )
    runbook.refresh_from_db()


def test_a_team_without_a_list_has_the_default_one(team):
    assert say(team)[0] == "Review open incidents"
    assert len(say(team)) == 5


def test_the_list_that_was_saved_is_what_the_next_handoff_begins_with(editor, team):
    save_items(
        team, [Item("Look at the tide", is_required=False), Item("Review changes", Facts.CHANGES)], user=editor, now=NOW
    )
    handoff = make_handoff(editor, make_user("ben"), rotation=make_rotation(team, editor))
    assert list(handoff.ticks.values_list("text", "facts", "is_required")) == [
        ("Look at the tide", "", False),
        ("Review changes", "changes", True),
    ]


def test_an_open_handoff_keeps_its_items(editor, team):
    handoff = make_handoff(editor, make_user("ben"), rotation=make_rotation(team, editor))
    save_items(team, [Item("Look at the tide")], user=editor, now=NOW)
    assert handoff.ticks.count() == 5


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "needs at least one item"),
        ([Item("  ")], "Item 1 says nothing"),
        ([Item("x" * 301)], "longer than 300"),
        ([Item("a")] * 41, "40 items at most"),
        ([Item("a", "weather")], "does not have"),
    ],
)
def test_a_list_that_is_none_is_refused_and_the_old_one_stays(editor, team, rows, sentence):
    save_items(team, [Item("Look at the tide")], user=editor, now=NOW)
    with pytest.raises(Refused, match=sentence):
        save_items(team, rows, user=editor, now=NOW)
    assert say(team) == ["Look at the tide"]


def test_line_breaks_and_nul_become_plain_words(editor, team):
    save_items(team, [Item("Look\x00 at\n the  tide")], user=editor, now=NOW)
    assert say(team) == ["Look at the tide"]


def test_what_somebody_else_saved_meanwhile_is_not_written_over(editor, team):
    began_with = state_of(None)
    save_items(team, [Item("Theirs")], user=editor, now=NOW)
    with pytest.raises(ListChanged, match="Ada changed this list"):
        save_items(team, [Item("Mine")], user=editor, now=LATER, began_with=began_with)
    assert say(team) == ["Theirs"]


def test_a_responder_may_not_change_it_and_a_lead_may(team):
    ben = make_user("ben", role=RESPONDER)
    Membership.objects.create(team=team, user=ben)
    with pytest.raises(NotAllowed):
        save_items(team, [Item("Mine")], user=ben, now=NOW)
    Membership.objects.filter(user=ben).update(is_lead=True)
    save_items(team, [Item("Mine")], user=ben, now=NOW)
    assert say(team) == ["Mine"]


def test_a_lead_of_another_team_may_not(team):
    cy = make_user("cy", role=READER)
    Membership.objects.create(team=make_team("Pier"), user=cy, is_lead=True)
    with pytest.raises(NotAllowed):
        reset_items(team, user=cy)


def test_going_back_to_the_default_twice_is_no_error(editor, team):
    save_items(team, [Item("Mine")], user=editor, now=NOW)
    reset_items(team, user=editor)
    reset_items(team, user=editor)
    assert len(say(team)) == 5
    assert not ChecklistItem.objects.exists()


def test_handoff_checklists_are_offered_before_other_lists():
    document = make_published(text=TEXT).shown_version.document
    assert [(one.title, one.is_meant) for one in find_lists(document)] == [
        ("On-Call Handoff", True),
        ("Before a deployment", False),
    ]


def test_a_list_taken_from_a_runbook_keeps_its_words_and_remembers_the_version(editor, team):
    runbook = make_published(text=TEXT)
    checklist = take_from_runbook(team, runbook, "on-call-handoff", user=editor, now=NOW)
    assert (checklist.runbook, checklist.version) == (runbook, "1.0")
    assert items_for(team) == [
        Item("Review open incidents", Facts.INCIDENTS),
        Item("Check the alerts that are still firing", Facts.HEALTH),
        Item("Note scheduled maintenance", Facts.MAINTENANCE),
        Item("Water the plants", "", is_required=False),
    ]


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("Review open incidents", "incidents"),
        ("Check system health", "health"),
        ("Review recent changes", "changes"),
        ("Look at today's deployments", "changes"),
        ("Note any scheduled maintenance", "maintenance"),
        ("Confirm contact information", "contacts"),
        ("Exchange the keys", ""),
    ],
)
def test_facts_are_guessed_from_the_words(text, facts):
    assert guess_facts(text) == facts


def test_a_section_without_a_list_is_refused(editor, team):
    with pytest.raises(Refused, match="no checklist"):
        take_from_runbook(team, make_published(text=TEXT), "nowhere", user=editor, now=NOW)


def test_a_confidential_runbook_is_not_copied_from(team):
    boss = make_user("ada", role="Administrator")
    runbook = make_published(text=TEXT, classification=Classification.CONFIDENTIAL)
    with pytest.raises(Refused, match="Confidential"):
        take_from_runbook(team, runbook, "on-call-handoff", user=boss, now=NOW)


def test_a_change_of_the_runbooks_list_is_noticed(editor, team):
    runbook = make_published(text=TEXT)
    checklist = take_from_runbook(team, runbook, "on-call-handoff", user=editor, now=NOW)
    assert compare_with_runbook(checklist) is None
    write(runbook, TEXT.replace("Note scheduled maintenance", "Note planned work"))
    found = compare_with_runbook(Checklist.objects.get())
    assert found.has_changed
    assert (found.version, found.added, found.gone) == ("1.1", ("Note planned work",), ("Note scheduled maintenance",))


def test_a_change_elsewhere_in_the_runbook_is_none(editor, team):
    runbook = make_published(text=TEXT)
    take_from_runbook(team, runbook, "on-call-handoff", user=editor, now=NOW)
    write(runbook, TEXT.replace("Read the plan", "Read the whole plan"))
    assert not compare_with_runbook(Checklist.objects.get()).has_changed


def test_a_section_that_lost_its_list_is_said(editor, team):
    runbook = make_published(text=TEXT)
    take_from_runbook(team, runbook, "on-call-handoff", user=editor, now=NOW)
    write(runbook, "# Pier\n\nNothing here.\n")
    assert compare_with_runbook(Checklist.objects.get()).is_missing
