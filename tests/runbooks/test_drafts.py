"""Writing: drafts, saves that meet, restored texts."""

import pytest
from django.db import DatabaseError, transaction

from accounts.roles import APPROVER, EDITOR, READER
from runbooks.comparing import merge
from runbooks.errors import EditConflict, NotAllowed, OpenVersionExists, Refused, TextRefused, WrongStatus
from runbooks.models import DraftSave, Runbook, Status
from runbooks.services import EditBase, discard_draft, restore_version, save_edit, submit_version
from tests.factories import NOW, TEXT, go_active, make_active, make_draft, make_user

pytestmark = pytest.mark.django_db


def base_of(version):
    return EditBase(version.pk, version.revision)


def save(version, author, text, **extra):
    return save_edit(version.runbook, base=base_of(version), markdown=text, author=author, now=NOW, **extra)


def test_the_first_version_is_a_draft_numbered_one():
    version = make_draft()
    assert (version.number, version.status, version.runbook.shown_version) == ("1.0", Status.DRAFT, version)


def test_editing_the_active_version_starts_a_minor_draft():
    ada = make_user("ada", role=EDITOR)
    assert save(make_active(ada), ada, TEXT + "\nx\n").number == "1.1"


def test_a_new_edition_is_numbered_two():
    ada = make_user("ada", role=EDITOR)
    assert save(make_active(ada), ada, TEXT + "\nx\n", bump="major").number == "2.0"


def test_saving_again_keeps_the_number_and_counts_the_revision():
    ada = make_user("ada", role=EDITOR)
    draft = save(make_draft(ada), ada, TEXT + "\nx\n")
    assert (draft.number, draft.revision) == ("1.0", 2)


def test_every_save_is_kept():
    ada = make_user("ada", role=EDITOR)
    draft = save(make_draft(ada), ada, "# Two\n")
    assert list(draft.saves.values_list("markdown", flat=True)) == [TEXT, "# Two\n"]


def test_a_save_cannot_be_altered_afterwards():
    make_draft()
    with pytest.raises(DatabaseError), transaction.atomic():
        DraftSave.objects.update(markdown="x")


def test_an_edit_of_a_version_in_review_takes_it_back_to_draft():
    ada = make_user("ada", role=EDITOR)
    version = submit_version(make_draft(ada), user=ada, now=NOW)
    assert save(version, ada, "# Two\n").status == Status.DRAFT


def test_the_second_of_two_saves_is_refused_with_all_three_texts():
    ada, cy = make_user("ada", role=EDITOR), make_user("cy", role=EDITOR)
    draft = make_draft(ada)
    save(draft, ada, TEXT + "\nFrom Ada.\n")
    with pytest.raises(EditConflict) as caught:
        save_edit(draft.runbook, base=EditBase(draft.pk, 1), markdown=TEXT + "\nFrom Cy.\n", author=cy, now=NOW)
    conflict = caught.value
    assert conflict.base == TEXT
    assert conflict.mine == TEXT + "\nFrom Cy.\n"
    assert conflict.version.markdown == TEXT + "\nFrom Ada.\n"


def test_the_refused_text_is_kept():
    ada, cy = make_user("ada", role=EDITOR), make_user("cy", role=EDITOR)
    draft = make_draft(ada)
    save(draft, ada, "# Ada\n")
    with pytest.raises(EditConflict):
        save_edit(draft.runbook, base=EditBase(draft.pk, 1), markdown="# Cy\n", author=cy, now=NOW)
    late = DraftSave.objects.get(is_accepted=False)
    assert (late.markdown, late.author) == ("# Cy\n", cy)


def test_two_drafts_started_from_the_same_active_version_meet():
    ada, cy = make_user("ada", role=EDITOR), make_user("cy", role=EDITOR)
    active = make_active(ada)
    save(active, ada, TEXT + "\nFrom Ada.\n")
    with pytest.raises(EditConflict) as caught:
        save(active, cy, TEXT.replace("pier", "quay"))
    merged = merge(caught.value.base, caught.value.mine, caught.value.version.markdown)
    assert not merged.has_conflicts
    assert "quay" in merged.text and "From Ada." in merged.text


def test_the_merged_text_can_be_saved_on_top():
    ada, cy = make_user("ada", role=EDITOR), make_user("cy", role=EDITOR)
    draft = make_draft(ada)
    newest = save(draft, ada, "# Ada\n")
    assert save(newest, cy, "# Ada and Cy\n").revision == 3


def test_an_untouched_text_comes_back_from_the_browser_byte_for_byte():
    ada = make_user("ada", role=EDITOR)
    text = "# Mixed\r\n\nunix line\nwindows line\r\nno end"
    draft = make_draft(ada, text=text)
    browser = text.replace("\r\n", "\n").replace("\n", "\r\n")
    assert save(draft, ada, browser).markdown == text


def test_a_reader_cannot_edit():
    draft = make_draft()
    with pytest.raises(NotAllowed):
        save(draft, make_user("cy", role=READER), "# x\n")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a\nb\x00c", "Line 2 holds a NUL"),
        ("x" * 1_000_001, "1,000,000 is the most"),
        ("a\n\nb\ud800", "Line 3 holds half"),
    ],
)
def test_a_text_that_cannot_be_stored_is_refused_with_the_reason(text, reason):
    ada = make_user("ada", role=EDITOR)
    draft = make_draft(ada)
    with pytest.raises(TextRefused, match=reason):
        save(draft, ada, text)


def test_an_earlier_text_is_restored_as_a_new_draft():
    ada, ben = make_user("ada", role=EDITOR), make_user("ben", role=APPROVER)
    first = make_active(ada, ben)
    go_active(save(first, ada, "# Other\n"), ben)
    draft = restore_version(first, author=ada, now=NOW)
    assert (draft.number, draft.markdown, draft.status) == ("1.2", TEXT, Status.DRAFT)


def test_restoring_waits_for_the_version_on_its_way():
    ada, ben = make_user("ada", role=EDITOR), make_user("ben", role=APPROVER)
    first = make_active(ada, ben)
    save(first, ada, "# Other\n")
    with pytest.raises(OpenVersionExists, match=r"1\.1 is already draft"):
        restore_version(first, author=ada, now=NOW)


def test_discarding_the_only_draft_takes_the_runbook_with_it():
    ada = make_user("ada", role=EDITOR)
    discard_draft(make_draft(ada), user=ada)
    assert not Runbook.objects.exists()


def test_a_stranger_cannot_discard_a_draft():
    draft = make_draft(make_user("ada", role=EDITOR))
    with pytest.raises(NotAllowed):
        discard_draft(draft, user=make_user("cy", role=EDITOR))


def test_an_active_version_cannot_be_discarded():
    ben = make_user("ben", role=APPROVER)
    with pytest.raises(WrongStatus):
        discard_draft(make_active(None, ben), user=ben)


def test_an_edit_of_a_discarded_draft_is_refused_not_lost_in_a_new_one():
    ada, ben = make_user("ada", role=EDITOR), make_user("ben", role=APPROVER)
    active = make_active(ada, ben)
    draft = save(active, ada, "# Draft\n")
    base = base_of(draft)
    discard_draft(draft, user=ada)
    with pytest.raises(EditConflict):
        save_edit(active.runbook, base=base, markdown="# Draft, more\n", author=ada, now=NOW)


@pytest.mark.parametrize("text", ["", "1", "1.", ".1", "x.y", "1.2.3", "-1.0", "١.٢"])
def test_a_form_that_does_not_say_where_it_started_is_refused(text):
    with pytest.raises(Refused):
        EditBase.parse(text)


def test_titles_that_slug_alike_get_addresses_of_their_own():
    ada = make_user("ada", role=EDITOR)
    slugs = [make_draft(ada, title=title).runbook.slug for title in ("Ticket desk", "ticket  desk!", "🚢", "新しい")]
    assert slugs == ["ticket-desk", "ticket-desk-2", "runbook", "runbook-2"]


def test_a_title_never_hides_a_page_of_the_portal():
    assert make_draft(title="Versions").runbook.slug == "versions-2"
