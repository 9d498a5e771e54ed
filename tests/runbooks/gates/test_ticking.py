"""Ticks by name: who may give and take them, and for which text they count."""

import datetime as dt

import pytest
from django.db import DatabaseError, transaction

from runbooks.errors import NotAllowed, Refused, WrongStatus
from runbooks.models import Gate, GateTick, ReviewPolicy
from runbooks.services import save_edit
from runbooks.services.bases import EditBase
from runbooks.services.gates import find_gates, tick_gate, untick_gate
from tests.at_once import at_once
from tests.factories import NOW, TEXT, go_active, make_draft, make_user

pytestmark = pytest.mark.django_db
LATER = NOW + dt.timedelta(hours=1)


@pytest.fixture
def ada(db):
    return make_user("ada", role="Editor")


@pytest.fixture
def cy(db):
    return make_user("cy", role="Responder")


@pytest.fixture
def version(ada):
    return make_draft(ada)


def edit(version, text, author):
    version.refresh_from_db()
    save_edit(version.runbook, base=EditBase(version.pk, version.revision), markdown=text, author=author, now=NOW)
    version.refresh_from_db()


def state(version, gate=Gate.COMMANDS):
    return next(one for one in find_gates(version, now=NOW) if one.gate == gate)


def test_it_is_kept_by_name_with_time_and_note(version, cy):
    tick = tick_gate(version, "commands", user=cy, now=NOW, note="  On  staging. ")
    assert (tick.ticked_by, tick.ticked_at, tick.note, tick.sha256) == (cy, NOW, "On staging.", version.sha256)
    assert state(version).holds and state(version).tick == tick


def test_ticked_twice_it_stays_with_whoever_was_first(version, ada, cy):
    first = tick_gate(version, "commands", user=cy, now=NOW)
    assert tick_gate(version, "commands", user=ada, now=LATER) == first
    assert GateTick.objects.count() == 1


def test_another_text_has_to_be_ticked_again(version, ada, cy):
    tick = tick_gate(version, "commands", user=cy, now=NOW)
    edit(version, TEXT + "More.\n", ada)
    assert not state(version).holds and state(version).earlier == tick
    again = tick_gate(version, "commands", user=ada, now=LATER)
    assert again != tick and state(version).tick == again and state(version).earlier is None


def test_the_same_text_again_is_ticked_still(version, ada, cy):
    tick = tick_gate(version, "commands", user=cy, now=NOW)
    edit(version, TEXT + "More.\n", ada)
    edit(version, TEXT, ada)
    assert state(version).tick == tick


def test_the_tick_of_an_earlier_version_is_named_and_does_not_count(version, ada, cy):
    tick = tick_gate(version, "commands", user=cy, now=NOW)
    go_active(version, make_user("ben", role="Approver"))
    version.refresh_from_db()
    newer = save_edit(
        version.runbook, base=EditBase(version.pk, version.revision), markdown=TEXT + "x\n", author=ada, now=NOW
    )
    assert not state(newer).holds and state(newer).earlier == tick


def test_a_tick_for_the_text_that_was_on_the_screen_is_refused_once_it_changed(version, ada, cy):
    seen = version.sha256
    edit(version, TEXT + "More.\n", ada)
    with pytest.raises(WrongStatus, match="was changed since"):
        tick_gate(version, "commands", user=cy, now=NOW, sha256=seen)


@pytest.mark.parametrize("gate", ["links", "placeholders", "escalation"])
def test_what_the_portal_sees_by_itself_nobody_ticks(version, cy, gate):
    with pytest.raises(Refused, match="by the portal itself"):
        tick_gate(version, gate, user=cy, now=NOW)


def test_a_gate_that_is_none_is_refused(version, cy):
    with pytest.raises(Refused, match="no such gate"):
        tick_gate(version, "luck", user=cy, now=NOW)


@pytest.mark.parametrize("note", ["a\0b", "x" * 301, "AKIA" + "IOSFODNN7" + "QWERTYU"])
def test_a_note_that_cannot_be_kept_is_refused(version, cy, note):
    with pytest.raises(Refused):
        tick_gate(version, "commands", user=cy, now=NOW, note=note)
    assert not GateTick.objects.exists()


def test_a_reader_may_not(version):
    reader = make_user("dee")
    with pytest.raises(NotAllowed):
        tick_gate(version, "commands", user=reader, now=NOW)


def test_whoever_ticked_takes_it_back_and_it_stays_in_the_record(version, cy):
    tick = tick_gate(version, "commands", user=cy, now=NOW)
    tick = untick_gate(tick, user=cy, now=LATER)
    assert (tick.taken_back_by, tick.taken_back_at) == (cy, LATER)
    assert not state(version).holds and state(version).earlier is None
    with pytest.raises(WrongStatus, match="taken back before"):
        untick_gate(tick, user=cy, now=LATER)


def test_an_approver_takes_back_a_colleagues_tick_and_an_editor_does_not(version, ada, cy):
    tick = tick_gate(version, "commands", user=cy, now=NOW)
    with pytest.raises(NotAllowed, match="Cy ticked this"):
        untick_gate(tick, user=ada, now=LATER)
    ben = make_user("ben", role="Approver")
    assert untick_gate(tick, user=ben, now=LATER).taken_back_by == ben


def test_what_was_ticked_before_a_version_became_active_stays(version, cy):
    tick = tick_gate(version, "commands", user=cy, now=NOW)
    go_active(version, make_user("ben", role="Approver"))
    with pytest.raises(WrongStatus, match="stay as they are"):
        untick_gate(tick, user=cy, now=LATER)
    with pytest.raises(WrongStatus, match="stay as they are"):
        tick_gate(version, "rollback", user=cy, now=LATER)


def test_the_database_keeps_what_was_said(version, cy):
    tick = tick_gate(version, "commands", user=cy, now=NOW)
    with pytest.raises(DatabaseError), transaction.atomic():
        GateTick.objects.filter(pk=tick.pk).update(note="Something else")


@pytest.mark.django_db(transaction=True)
def test_two_who_tick_at_once_make_one_tick(version, ada, cy):
    first, second = at_once(
        lambda: tick_gate(version, "commands", user=ada, now=NOW),
        lambda: tick_gate(version, "commands", user=cy, now=NOW),
    )
    assert first == second and GateTick.objects.count() == 1


def test_a_policy_without_gates_needs_no_tick(version):
    assert ReviewPolicy.objects.count() == 0 and not state(version).is_closed
