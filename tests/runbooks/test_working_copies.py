"""Words kept on the server while somebody writes: theirs alone, no save, gone when they save or discard."""

import datetime as dt

import pytest
from django.test import Client

from accounts.roles import APPROVER, EDITOR
from runbooks.errors import EditConflict, NotAllowed, Refused, SecretFound, TextRefused, WrongStatus
from runbooks.models import DraftSave, RunbookVersion, WorkingCopy
from runbooks.services import (
    EditBase,
    discard_draft,
    discard_working_copy,
    find_working_copy,
    keep_working_copy,
    save_edit,
)
from tests.factories import NOW, TEXT, make_active, make_draft, make_service, make_user

pytestmark = pytest.mark.django_db
PATH = "/runbooks/ticket-desk/ticket-desk/"
LATER = NOW + dt.timedelta(minutes=5)
RESTART = "## Restart\n\nAsk first."


@pytest.fixture
def ben():
    return make_user("ben", role=EDITOR)


@pytest.fixture
def as_ben(ben, as_user):
    return as_user(ben)


def base_of(version):
    return EditBase(version.pk, version.revision)


def keep(version, author, markdown, *, now=NOW, **extra):
    return keep_working_copy(version.runbook, base=base_of(version), markdown=markdown, author=author, now=now, **extra)


def send(client, version, markdown, **extra):
    data = {"markdown": markdown, "change_summary": "", "bump": "minor", "base": str(base_of(version))} | extra
    return client.post(f"{PATH}edit/keep/", data)


class TestKeeping:
    def test_words_are_kept_and_the_version_stays_as_it_is(self, ben):
        version = make_draft(ben)
        keep(version, ben, TEXT + "\nMore.\n", change_summary="why")
        copy = WorkingCopy.objects.get()
        assert (copy.markdown, copy.change_summary, copy.saved_at) == (TEXT + "\nMore.\n", "why", NOW)
        version.refresh_from_db()
        assert (version.markdown, version.revision, DraftSave.objects.count()) == (TEXT, 1, 1)

    def test_kept_again_they_are_one_copy_with_the_newest_words(self, ben):
        version = make_draft(ben)
        keep(version, ben, "# One\n")
        keep(version, ben, "# Two\n", now=LATER)
        copy = WorkingCopy.objects.get()
        assert (copy.markdown, copy.saved_at) == ("# Two\n", LATER)

    def test_each_writer_has_their_own(self, ben):
        version, cy = make_draft(ben), make_user("cy", role=EDITOR)
        keep(version, ben, "# Ben\n")
        keep(version, cy, "# Cy\n")
        assert find_working_copy(version.runbook, cy).markdown == "# Cy\n"
        assert find_working_copy(version.runbook, ben).markdown == "# Ben\n"

    def test_words_that_are_saved_already_need_no_keeping(self, ben):
        version = make_draft(ben)
        keep(version, ben, "# Other\n")
        assert keep(version, ben, TEXT.replace("\n", "\r\n")) is None
        assert not WorkingCopy.objects.exists()

    def test_a_request_that_comes_after_its_save_brings_nothing_back(self, ben):
        version = make_draft(ben)
        save_edit(version.runbook, base=base_of(version), markdown="# New\n", author=ben, now=NOW)
        assert keep(version, ben, "# New\n") is None

    def test_only_the_summary_was_changed_and_is_kept_too(self, ben):
        version = make_draft(ben)
        assert keep(version, ben, TEXT, change_summary="Said better").change_summary == "Said better"

    def test_line_endings_are_those_of_the_text(self, ben):
        version = make_draft(ben, text="# A\n\nwords\n")
        assert keep(version, ben, "# A\r\n\r\nothers\r\n").markdown == "# A\n\nothers\n"

    def test_a_section_is_kept_inside_its_whole_text(self, ben):
        version = make_draft(ben)
        copy = keep(version, ben, RESTART, section="restart")
        assert copy.markdown == TEXT[: TEXT.index("## Restart")] + RESTART + "\n"

    def test_a_section_that_is_not_there_is_refused(self, ben):
        with pytest.raises(WrongStatus, match="not there any more"):
            keep(make_draft(ben), ben, "words", section="nowhere")

    @pytest.mark.parametrize("text", ["a\x00b", "x" * 1_000_001, "half \ud800"])
    def test_what_could_not_be_saved_is_not_kept(self, ben, text):
        with pytest.raises(TextRefused):
            keep(make_draft(ben), ben, text)
        assert not WorkingCopy.objects.exists()

    def test_a_credential_is_not_kept_and_its_line_is_that_of_the_section(self, ben):
        secret = "hunter2" + "Xq9rT4"
        with pytest.raises(SecretFound, match=r"line 3 \(") as refusal:
            keep(make_draft(ben), ben, f"## Restart\n\npostgres://desk:{secret}@db.internal/desk", section="restart")
        assert secret not in str(refusal.value) and not WorkingCopy.objects.exists()

    def test_a_section_may_not_make_the_whole_too_long(self, ben, settings):
        settings.MAX_RUNBOOK_BYTES = len(TEXT) + 100
        with pytest.raises(TextRefused):
            keep(make_draft(ben), ben, "## Restart\n\n" + "x" * 300, section="restart")

    def test_a_reader_may_not(self, ben, ada):
        with pytest.raises(NotAllowed):
            keep(make_draft(ben), ada, "words")


class TestForgetting:
    def test_saving_forgets(self, ben):
        version = make_draft(ben)
        keep(version, ben, "# New\n")
        save_edit(version.runbook, base=base_of(version), markdown="# New\n", author=ben, now=NOW)
        assert not WorkingCopy.objects.exists()

    def test_saving_leaves_what_others_write(self, ben):
        version, cy = make_draft(ben), make_user("cy", role=EDITOR)
        keep(version, cy, "# Cy\n")
        save_edit(version.runbook, base=base_of(version), markdown="# New\n", author=ben, now=NOW)
        assert find_working_copy(version.runbook, cy) is not None

    def test_a_save_that_came_too_late_forgets_nothing(self, ben):
        version, cy = make_draft(ben), make_user("cy", role=EDITOR)
        keep(version, cy, "# Cy\n")
        save_edit(version.runbook, base=base_of(version), markdown="# New\n", author=ben, now=NOW)
        with pytest.raises(EditConflict):
            save_edit(version.runbook, base=base_of(version), markdown="# Cy\n", author=cy, now=NOW)
        assert find_working_copy(version.runbook, cy).markdown == "# Cy\n"

    def test_a_refused_save_forgets_nothing(self, ben):
        version = make_draft(ben)
        keep(version, ben, "# New\n")
        with pytest.raises(Refused):
            save_edit(version.runbook, base=base_of(version), markdown="a\x00b", author=ben, now=NOW)
        assert WorkingCopy.objects.exists()

    def test_discarding_the_draft_forgets(self, ben):
        version = make_active(ben, make_user("cy", role=APPROVER))
        draft = save_edit(version.runbook, base=base_of(version), markdown="# New\n", author=ben, now=NOW)
        keep(draft, ben, "# Newer\n")
        discard_draft(draft, user=ben)
        assert not WorkingCopy.objects.exists()

    def test_discarding_the_words_leaves_those_of_others(self, ben):
        version, cy = make_draft(ben), make_user("cy", role=EDITOR)
        keep(version, ben, "# Ben\n")
        keep(version, cy, "# Cy\n")
        assert discard_working_copy(version.runbook, ben) is True
        assert discard_working_copy(version.runbook, ben) is False
        assert WorkingCopy.objects.get().author == cy


class TestKeepingAddress:
    def test_it_says_when_in_the_writer_s_own_time(self, as_ben, ben):
        response = send(as_ben, make_draft(ben), "# New\n")
        at = WorkingCopy.objects.get().saved_at
        assert response.json() == {"told": f"Kept {at:%H:%M:%S} on the server, not saved yet"}

    @pytest.mark.parametrize(
        ("text", "reason"),
        [("a\x00b", "NUL"), ("x" * 1_000_001, "is the most"), ("bytes \ufffd", "not valid UTF-8"), ("", "required")],
    )
    def test_it_says_why_words_are_not_kept(self, as_ben, ben, text, reason):
        response = send(as_ben, make_draft(ben), text)
        error = response.json()["error"]
        assert response.status_code == 422 and reason in error and "<" not in error

    def test_a_base_that_is_none_is_refused(self, as_ben, ben):
        assert send(as_ben, make_draft(ben), "words", base="garbage").status_code == 422

    def test_a_stranger_to_a_confidential_runbook_gets_404(self, as_ben):
        writer = make_user("dee", role=EDITOR, is_superuser=True)
        version = make_draft(writer, service=make_service("Ticket desk", classification="confidential"))
        assert send(as_ben, version, "words").status_code == 404
        assert as_ben.post(f"{PATH}edit/forget/").status_code == 404

    def test_a_reader_gets_403(self, as_ada, ben):
        version = make_draft(ben)
        assert send(as_ada, version, "words").status_code == 403
        assert as_ada.post(f"{PATH}edit/forget/").status_code == 403

    @pytest.mark.parametrize("address", ["keep", "forget"])
    def test_a_get_changes_nothing(self, as_ben, ben, address):
        make_draft(ben)
        assert as_ben.get(f"{PATH}edit/{address}/").status_code == 405

    def test_the_token_is_asked_for(self, ben):
        version = make_draft(ben)
        client = Client(enforce_csrf_checks=True)
        client.force_login(ben)
        assert send(client, version, "words").status_code == 403
        assert not WorkingCopy.objects.exists()


class TestOpeningAgain:
    def open(self, client, query=""):
        return client.get(f"{PATH}edit/{query}")

    def test_the_kept_words_are_shown_with_when_they_were_kept(self, as_ben, ben):
        version = make_draft(ben)
        keep(version, ben, "# Kept words\n", change_summary="why")
        response = self.open(as_ben)
        form = response.context["form"]
        assert form["markdown"].value() == "# Kept words\n" and form["change_summary"].value() == "why"
        assert "17 Nov 2026, 03:14:00" in response.content.decode()

    def test_nobody_else_sees_them(self, ben, as_user):
        version = make_draft(ben)
        keep(version, ben, "# Kept words\n")
        for other in (make_user("cy", role=APPROVER), make_user("dee", role=EDITOR, is_superuser=True)):
            for page in ("edit/", "", "versions/", "versions/1.0/", "raw/"):
                assert "Kept words" not in as_user(other).get(f"{PATH}{page}").content.decode()

    def test_discarding_shows_the_saved_text_again(self, as_ben, ben):
        version = make_draft(ben)
        keep(version, ben, "# Kept words\n")
        response = as_ben.post(f"{PATH}edit/forget/", follow=True)
        assert response.context["form"]["markdown"].value() == TEXT
        assert "discarded" in response.content.decode()

    def test_after_somebody_else_saved_they_go_the_way_of_a_merge(self, as_ben, ben):
        version, cy = make_draft(ben), make_user("cy", role=EDITOR)
        keep(version, ben, TEXT + "\nOne more line.\n")
        save_edit(version.runbook, base=base_of(version), markdown=TEXT.replace("pier", "quay"), author=cy, now=LATER)
        opened = self.open(as_ben)
        assert "both texts are put together" in opened.content.decode()
        response = as_ben.post(f"{PATH}edit/", opened.context["form"].initial | {"bump": "minor"})
        assert response.status_code == 409
        merged = response.context["form"].initial["markdown"]
        assert "quay" in merged and "One more line." in merged

    def test_after_their_draft_was_discarded_they_can_still_be_saved(self, as_ben, ben):
        cy = make_user("cy", role=APPROVER)
        active = make_active(ben, cy)
        draft = save_edit(active.runbook, base=base_of(active), markdown="# Draft\n", author=cy, now=NOW)
        keep(draft, ben, "# Kept words\n")
        discard_draft(draft, user=cy)
        opened = self.open(as_ben)
        assert "was discarded" in opened.content.decode()
        response = as_ben.post(f"{PATH}edit/", opened.context["form"].initial | {"bump": "minor"})
        assert response.status_code == 302
        assert RunbookVersion.objects.get(minor=1).markdown == "# Kept words\n"

    def test_the_section_they_are_in_opens_alone(self, as_ben, ben):
        version = make_draft(ben)
        keep(version, ben, RESTART, section="restart")
        form = self.open(as_ben, "?section=restart").context["form"]
        assert (form["markdown"].value(), form["section"].value()) == (RESTART, "restart")

    def test_another_section_opens_the_whole_text_so_that_none_is_lost(self, as_ben, ben):
        version = make_draft(ben)
        keep(version, ben, RESTART, section="restart")
        response = self.open(as_ben, "?section=overview")
        assert not response.context["form"]["section"].value()
        assert RESTART in response.context["form"]["markdown"].value()
        assert "other sections too" in response.content.decode()
