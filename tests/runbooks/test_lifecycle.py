"""Draft → In review → Approved → Active → Superseded: who may, in which order, and what holds in the database."""

import pytest
from django.db import DatabaseError, transaction

from accounts.roles import APPROVER, EDITOR, READER
from runbooks.errors import FourEyes, NotAllowed, Refused, WrongStatus
from runbooks.models import Runbook, RunbookVersion, Status
from runbooks.services import (
    EditBase,
    activate_version,
    approve_version,
    reinstate_runbook,
    retire_runbook,
    save_edit,
    send_back_version,
    submit_version,
)
from tests.factories import NOW, TEXT, go_active, make_active, make_draft, make_published, make_user

pytestmark = pytest.mark.django_db


def next_draft(runbook, author, text):
    current = runbook.versions.open().first() or runbook.versions.active().get()
    return save_edit(runbook, base=EditBase(current.pk, current.revision), markdown=text, author=author, now=NOW)


def test_two_people_take_a_draft_to_active():
    ada, ben = make_user("ada", role=EDITOR), make_user("ben", role=APPROVER)
    version = make_draft(ada)
    submit_version(version, user=ada, now=NOW)
    approve_version(version, user=ben, now=NOW)
    activate_version(version, user=ben, now=NOW)
    stored = RunbookVersion.objects.get()
    assert (stored.status, stored.approved_by, stored.activated_at) == (Status.ACTIVE, ben, NOW)


def test_whoever_wrote_a_version_cannot_approve_it():
    ben = make_user("ben", role=APPROVER)
    version = submit_version(make_draft(ben), user=ben, now=NOW)
    with pytest.raises(FourEyes):
        approve_version(version, user=ben, now=NOW)


def test_whoever_saved_one_revision_of_it_cannot_approve_it():
    ada, ben = make_user("ada", role=EDITOR), make_user("ben", role=APPROVER)
    version = make_draft(ada)
    version = next_draft(version.runbook, ben, TEXT + "\nOne more line.\n")
    version = next_draft(version.runbook, ada, TEXT + "\nAnother line.\n")
    submit_version(version, user=ada, now=NOW)
    with pytest.raises(FourEyes):
        approve_version(version, user=ben, now=NOW)


def test_four_eyes_can_be_switched_off(settings):
    settings.FOUR_EYES = False
    ben = make_user("ben", role=APPROVER)
    version = submit_version(make_draft(ben), user=ben, now=NOW)
    assert approve_version(version, user=ben, now=NOW).status == Status.APPROVED


def test_an_editor_cannot_approve():
    ada, cy = make_user("ada", role=EDITOR), make_user("cy", role=EDITOR)
    version = submit_version(make_draft(ada), user=ada, now=NOW)
    with pytest.raises(NotAllowed):
        approve_version(version, user=cy, now=NOW)


def test_a_reader_cannot_submit():
    version = make_draft()
    with pytest.raises(NotAllowed):
        submit_version(version, user=make_user("cy", role=READER), now=NOW)


def test_a_draft_cannot_skip_review():
    version, ben = make_draft(), make_user("ben", role=APPROVER)
    with pytest.raises(WrongStatus):
        activate_version(version, user=ben, now=NOW)


def test_the_database_refuses_a_status_that_skips_steps():
    version = make_draft()
    with pytest.raises(DatabaseError), transaction.atomic():
        RunbookVersion.objects.filter(pk=version.pk).update(status=Status.ACTIVE, activated_at=NOW)


def test_activating_supersedes_the_last_active_version():
    ada, ben = make_user("ada", role=EDITOR), make_user("ben", role=APPROVER)
    first = make_active(ada, ben)
    second = go_active(next_draft(first.runbook, ada, TEXT + "\nNew.\n"), ben)
    first.refresh_from_db()
    assert (first.status, first.superseded_at, second.status) == (Status.SUPERSEDED, NOW, Status.ACTIVE)


def test_two_active_versions_are_refused_by_the_database():
    ada, ben = make_user("ada", role=EDITOR), make_user("ben", role=APPROVER)
    first = make_active(ada, ben)
    second = next_draft(first.runbook, ada, TEXT + "\nNew.\n")
    submit_version(second, user=ada, now=NOW)
    approve_version(second, user=ben, now=NOW)
    with pytest.raises(DatabaseError, match="version_one_active"), transaction.atomic():
        RunbookVersion.objects.filter(pk=second.pk).update(status=Status.ACTIVE, activated_at=NOW)


def test_readers_see_the_active_version_while_a_draft_goes_on():
    ada, ben = make_user("ada", role=EDITOR), make_user("ben", role=APPROVER)
    first = make_active(ada, ben)
    next_draft(first.runbook, ada, TEXT + "\nNew.\n")
    assert Runbook.objects.get().shown_version == first


def test_sending_back_needs_a_reason():
    ada, ben = make_user("ada", role=EDITOR), make_user("ben", role=APPROVER)
    version = submit_version(make_draft(ada), user=ada, now=NOW)
    with pytest.raises(Refused, match="Say what is missing"):
        send_back_version(version, user=ben, note="  ", now=NOW)


def test_sent_back_version_is_a_draft_with_the_reason():
    ada, ben = make_user("ada", role=EDITOR), make_user("ben", role=APPROVER)
    version = submit_version(make_draft(ada), user=ada, now=NOW)
    send_back_version(version, user=ben, note="Where is the rollback?", now=NOW)
    version.refresh_from_db()
    assert (version.status, version.review_note) == (Status.DRAFT, "Where is the rollback?")


@pytest.mark.parametrize(
    "change",
    [{"markdown": "x"}, {"major": 9}, {"change_summary": "x"}, {"author": None}, {"sha256": "x"}, {"revision": 9}],
)
def test_an_active_version_cannot_be_changed_even_by_sql(change):
    version = make_active()
    with pytest.raises(DatabaseError, match="can't be changed"), transaction.atomic():
        RunbookVersion.objects.filter(pk=version.pk).update(**change)


def test_an_active_version_cannot_be_deleted():
    version = make_active()
    with pytest.raises(DatabaseError, match="can't be deleted"), transaction.atomic():
        RunbookVersion.objects.filter(pk=version.pk).delete()


def test_a_superseded_version_cannot_be_changed_or_deleted():
    ada, ben = make_user("ada", role=EDITOR), make_user("ben", role=APPROVER)
    first = make_active(ada, ben)
    go_active(next_draft(first.runbook, ada, TEXT + "\nNew.\n"), ben)
    with pytest.raises(DatabaseError), transaction.atomic():
        RunbookVersion.objects.filter(pk=first.pk).update(markdown="x")
    with pytest.raises(DatabaseError), transaction.atomic():
        RunbookVersion.objects.filter(pk=first.pk).delete()


def test_what_the_reader_found_may_be_made_again_for_an_active_version():
    version = make_active()
    assert RunbookVersion.objects.filter(pk=version.pk).update(html="<p>again</p>") == 1


def test_a_retired_runbook_takes_no_edits_until_it_is_reinstated():
    ada, ben = make_user("ada", role=EDITOR), make_user("ben", role=APPROVER)
    runbook = make_active(ada, ben).runbook
    retire_runbook(runbook, user=ben, now=NOW)
    with pytest.raises(WrongStatus, match="retired"):
        next_draft(runbook, ada, TEXT + "\nNew.\n")
    reinstate_runbook(runbook, user=ben, now=NOW)
    assert next_draft(runbook, ada, TEXT + "\nNew.\n").number == "1.1"


def test_activation_takes_the_review_dates_from_the_text():
    ada, ben = make_user("ada", role=EDITOR), make_user("ben", role=APPROVER)
    text = "# X\n\n**Last Review:** 2026-10-01\n**Review Frequency:** Monthly\n\nWords.\n"
    runbook = make_active(ada, ben, text=text).runbook
    runbook.refresh_from_db()
    assert (str(runbook.last_reviewed_on), str(runbook.next_review_on)) == ("2026-10-01", "2026-10-31")


def test_an_imported_runbook_is_active_without_an_author():
    version = make_published().versions.get()
    assert (version.status, version.author, version.number) == (Status.ACTIVE, None, "1.0")
