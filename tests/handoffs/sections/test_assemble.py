"""All sections together: what was made in a shift is there by itself, and costs the same however much there is."""

import json

import pytest
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from handoffs.sections import SECTIONS, Filled, assemble, coming, describe_facts
from handoffs.sections.base import make_scope
from incidents.models import ActionItem, WatchItem
from incidents.services.changes import NewChange, record_change
from oncall.models import Absence, Classification, Override, Service, Swap
from runbooks.models import Runbook
from tests.factories import NOW, make_incident, make_path, make_published, make_service, make_watch_item
from tests.handoffs.sections.making import DAY, EVIL, HOUR, make_alert
from tests.handoffs.sections.test_changes import make_change, plan
from tests.handoffs.sections.test_pages import call
from tests.handoffs.sections.test_runbooks import flag, make_old, publish
from tests.incidents.postmortems import make_action, make_postmortem, make_resolved
from tests.incidents.runs import CHECKLIST, make_run
from tests.incidents.updates import make_window
from tests.runbooks.routine.texts import make_routine

pytestmark = pytest.mark.django_db
KEYS = [
    "open-incidents", "runs", "alerts", "watch", "temporary", "resolved-incidents", "changes", "maintenance", "runbooks",
    "reviews", "routine", "deferred", "schedule", "levels", "pages",
]  # fmt: skip


def make_everything(pier, number, words="Thing"):
    """One more of each kind of thing."""
    at, layer = NOW + DAY + number * HOUR, pier.rotation.layers.get()
    incident = make_incident(f"{words} {number}", pier.desk, pier.vault)
    make_run(pier.ada, runbook=make_published(f"Steps {number}", text=CHECKLIST, service=pier.desk), incident=incident)
    make_alert(f"{words}{number}", pier.desk)
    for kind in WatchItem.Kind.values:
        make_watch_item(f"{words} {number}", team=pier.team, user=pier.ada, kind=kind, service=pier.desk)
    postmortem = make_postmortem(pier.ada, make_resolved(f"{words} {number}", pier.desk, now=NOW - DAY))
    ActionItem.objects.filter(pk=make_action(pier.ada, postmortem, words).pk).update(owner=pier.ben, due_on=NOW.date())
    make_change(f"{words} {number}", pier.desk)
    plan(f"{words} {number}", pier.desk, pier.vault, start=at)
    runbook = make_old(f"Runbook {number}", service=pier.desk, owner=pier.ada)
    publish(runbook)
    Runbook.objects.filter(pk=runbook.pk).update(next_review_on=NOW.date())
    flag(runbook, pier.ada, words)
    make_routine(f"Checks {number}", service=pier.desk)
    Override.objects.create(layer=layer, person=pier.cy, during=(at, at + HOUR), reason=words, created_at=NOW)
    Swap.objects.create(asker=pier.ben, colleague=pier.ada, layer=layer, during=(at, at + HOUR), asked_at=NOW)
    Absence.objects.create(person=pier.cy, during=(at, at + HOUR), created_at=NOW)
    service = make_service(f"Service {number}", team=pier.team)
    service.escalation_path = make_path([layer], [layer], name=f"Path {number}")
    service.save()
    call(pier.desk, NOW - HOUR)


def count_queries(pier):
    cache.clear()
    coming._kept.clear()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        scope = make_scope(pier.handoff, NOW)
        filled = assemble(scope)
        describe_facts(filled, scope)
    assert [section.key for section in filled if not section.entries] == []
    return len(queries)


def test_the_keys_and_their_order_are_fixed():
    assert [section.key for section in SECTIONS] == KEYS


def test_what_was_made_in_the_shift_is_there_by_itself(pier):
    incident = make_incident("No tickets", pier.desk)
    run = make_run(pier.ada, incident=incident)
    make_alert("DeskDown", pier.desk, incident=incident)
    make_window(pier.ada, pier.desk, start=NOW + DAY)
    record_change(NewChange("Desk 2.4.1", service=pier.desk), user=pier.ada, now=NOW)
    found = {section.key: [entry.title for entry in section.entries] for section in assemble(pier.scope)}
    assert found["open-incidents"] == ["No tickets"]
    assert found["runs"] == [run.title]
    assert found["alerts"] == ["DeskDown", "DeskDown"]  # it fires, and no runbook answers it
    assert found["maintenance"] == ["New winch"]
    assert found["changes"] == ["Desk 2.4.1"]


def test_a_quiet_shift_of_a_new_team_fills_no_section(pier):
    assert [section.key for section in assemble(pier.scope) if section.entries] == []


def test_twenty_of_everything_take_as_many_queries_as_two(pier):
    for number in range(2):
        make_everything(pier, number)
    two = count_queries(pier)
    for number in range(2, 20):
        make_everything(pier, number)
    assert count_queries(pier) == two
    assert two <= 27


def test_what_is_kept_of_the_schedule_and_of_comparisons_saves_half_of_the_queries(pier, django_assert_max_num_queries):
    make_everything(pier, 0)
    assemble(pier.scope)
    with django_assert_max_num_queries(16):
        assemble(pier.scope)


def test_each_key_stands_once_and_is_short(pier):
    for number in range(3):
        make_everything(pier, number)
    keys = [entry.key for section in assemble(pier.scope) for entry in section.entries]
    assert len(keys) == len(set(keys))
    assert max(map(len, keys)) <= 120


def test_hostile_words_come_out_as_they_are_and_never_as_an_address(pier):
    make_everything(pier, 0, words=EVIL)
    entries = [entry for section in assemble(pier.scope) for entry in section.entries]
    assert sum(EVIL in " ".join([entry.title, *entry.facts, *entry.lines]) for entry in entries) >= 12
    assert all(entry.url.startswith("/") for entry in entries)
    assert not [entry for entry in entries if "<" in entry.url + entry.key]


def test_everything_goes_through_json_and_back(pier):
    make_everything(pier, 0)
    for section in assemble(pier.scope):
        assert Filled.from_dict(json.loads(json.dumps(section.to_dict()))) == section


def test_nothing_of_a_confidential_service_of_others_is_told(pier):
    make_everything(pier, 0)
    Service.objects.filter(pk__in=[pier.desk.pk, pier.vault.pk]).update(
        team=pier.others, classification=Classification.CONFIDENTIAL
    )
    told = {section.key for section in assemble(pier.scope) if section.entries}
    assert told == {"schedule", "levels"}


def test_what_touches_a_confidential_service_of_the_team_is_marked(pier):
    make_everything(pier, 0)
    Service.objects.filter(pk=pier.desk.pk).update(classification=Classification.CONFIDENTIAL)
    open_to_all = {section.key for section in assemble(pier.scope) for entry in section.entries if not entry.secret}
    assert open_to_all == {"schedule", "levels", "pages"}
