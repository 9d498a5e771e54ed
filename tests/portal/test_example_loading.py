"""The example content comes and goes: at the first start, by command, twice, and never at the cost of others."""

from __future__ import annotations

import datetime as dt
from collections.abc import Generator
from io import StringIO
from typing import Any, NamedTuple

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.db import transaction

from accounts.models import Membership, Team, User
from accounts.roles import ADMINISTRATOR, EDITOR
from handoffs.models import Handoff, HandoffEvent, ItemAcceptance, Policy, Signature, Snapshot, Tick
from incidents.models import (
    ActionItem,
    Incident,
    IncidentUpdate,
    MaintenanceWindow,
    PostMortem,
    Run,
    RunStep,
    SystemChange,
    TimelineEntry,
    WatchItem,
)
from oncall.models import (
    Absence,
    Channel,
    Contact,
    Dependency,
    EscalationLevel,
    EscalationPath,
    EscalationTarget,
    HeldShift,
    Layer,
    Override,
    Plan,
    PlanMember,
    PlannedGap,
    PlanWindow,
    Rotation,
    Service,
    ServiceLink,
    Swap,
    Vendor,
    Way,
)
from portal.example.company import RUNBOOKS
from portal.example.loading import ExampleRefused, load_example
from portal.example.removing import remove_example
from runbooks.models import DraftSave, Image, Runbook, RunbookVersion, SourceImage
from runbooks.transfer.importing import Outcome
from tests.factories import NOW, make_published, make_service, make_team, make_user

pytestmark = pytest.mark.django_db

LATER = dt.datetime(2026, 12, 1, 9, 0, tzinfo=dt.UTC)
EVERYTHING = (
    Team,
    User,
    Membership,
    Service,
    ServiceLink,
    Dependency,
    Runbook,
    RunbookVersion,
    DraftSave,
    Image,
    SourceImage,
    Contact,
    Vendor,
    Way,
    Channel,
    Rotation,
    Layer,
    Plan,
    PlanMember,
    PlanWindow,
    Override,
    Swap,
    Absence,
    PlannedGap,
    EscalationPath,
    EscalationLevel,
    EscalationTarget,
    HeldShift,
    Incident,
    TimelineEntry,
    IncidentUpdate,
    Run,
    RunStep,
    PostMortem,
    ActionItem,
    MaintenanceWindow,
    SystemChange,
    WatchItem,
    Policy,
    Handoff,
    HandoffEvent,
    Tick,
    Snapshot,
    ItemAcceptance,
    Signature,
)


def count_rows() -> dict[str, int]:
    return {model.__name__: model.objects.count() for model in EVERYTHING}


class Loaded(NamedTuple):
    """The rows there were before the example was loaded, and what came of loading it."""

    before: dict[str, int]
    outcome: Outcome


@pytest.fixture(scope="class")
def loaded(django_db_setup: None, django_db_blocker: Any) -> Generator[Loaded]:
    """The example content, loaded once for all tests of a class; what a test changes is rolled back after it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield Loaded(count_rows(), load_example(LATER))
        transaction.set_rollback(True)


class TestLoaded:
    def test_every_file_becomes_a_runbook_and_none_is_rejected(self, loaded: Loaded) -> None:
        assert not loaded.outcome.rejected and not loaded.outcome.notes
        assert len(loaded.outcome.created) == len(list(RUNBOOKS.rglob("*.md"))) >= 12

    def test_loading_twice_changes_nothing(self, loaded: Loaded) -> None:
        before = count_rows()
        outcome = load_example(LATER + dt.timedelta(days=14))
        assert count_rows() == before
        assert not outcome.created and not outcome.updated

    def test_removing_leaves_no_row_of_the_example(self, loaded: Loaded) -> None:
        removal = remove_example()
        assert count_rows() == loaded.before
        assert removal.kept == []

    def test_it_can_be_loaded_again_after_it_was_removed(self, loaded: Loaded) -> None:
        rows = count_rows()
        remove_example()
        load_example(LATER)
        assert count_rows() == rows


def test_nothing_happened_after_it_was_loaded() -> None:
    early = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    load_example(early)
    assert not RunbookVersion.objects.filter(status_changed_at__gt=early).exists()


def test_a_service_of_ones_own_is_not_mixed_with_the_example() -> None:
    make_service("Shore Database").__class__.objects.update(name="The database by the shore")
    with pytest.raises(ExampleRefused, match="The database by the shore"):
        load_example(NOW)
    assert not Runbook.objects.exists() and not Team.objects.exists()


def test_removing_keeps_what_others_have() -> None:
    ada = make_user("ada", role=EDITOR)
    make_team("Ferrymen", ada)
    make_published()
    before = count_rows()
    load_example(LATER)
    remove_example()
    assert count_rows() == before
    assert Runbook.objects.get().title == "Ticket desk"


def test_the_commands_say_what_they_did() -> None:
    out = StringIO()
    call_command("load_example", stdout=out)
    call_command("load_example", stdout=out)
    call_command("remove_example", stdout=out)
    call_command("remove_example", stdout=out)
    first, second, third, fourth = out.getvalue().splitlines()
    number = len(list(RUNBOOKS.rglob("*.md")))
    assert first == f"Example content: created {number}, updated 0, unchanged 0, rejected 0"
    assert second == f"Example content: created 0, updated 0, unchanged {number}, rejected 0"
    handoffs, rest = third.split(", 2 watch items, ")
    assert handoffs in ("removed 1 handoffs", "removed 2 handoffs")  # at some hours nobody is there to hand over
    assert rest == (
        f"9 incidents, 1 maintenance windows, 5 system changes, {number} runbooks, 1 images, "
        "5 escalation paths, 4 rotations, 23 contacts, 5 vendors, 7 channels, 8 services, 16 users, 4 teams"
    )
    assert fourth == "removed nothing"


def test_the_load_command_refuses_in_words() -> None:
    make_service("Shore Database").__class__.objects.update(name="The database by the shore")
    with pytest.raises(CommandError, match="is in the way of the example's service Shore Database"):
        call_command("load_example")


def test_a_first_start_loads_the_example_and_makes_one_administrator(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_ADMIN_EMAIL", "chief@example.com")
    monkeypatch.setenv("PORTAL_ADMIN_PASSWORD", "six ships, eleven islands")
    monkeypatch.delenv("PORTAL_EXAMPLE", raising=False)
    call_command("prepare_portal", stdout=StringIO())
    chief = User.objects.get(is_superuser=True)
    assert chief.email == "chief@example.com" and Group.objects.get(name=ADMINISTRATOR) in chief.groups.all()
    assert Runbook.objects.filter(is_example=True).exists()


def test_the_example_does_not_come_back_at_a_second_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_ADMIN_PASSWORD", "six ships, eleven islands")
    call_command("prepare_portal", stdout=StringIO())
    remove_example()
    call_command("prepare_portal", stdout=StringIO())
    assert not Runbook.objects.exists()


def test_a_first_start_without_example_content_is_empty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORTAL_ADMIN_PASSWORD", "six ships, eleven islands")
    monkeypatch.setenv("PORTAL_EXAMPLE", "0")
    call_command("prepare_portal", stdout=StringIO())
    assert not Runbook.objects.exists() and not Team.objects.exists()
