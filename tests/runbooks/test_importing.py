"""`import_path`: what goes in, what is refused, and that a second time changes only what changed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.conf import settings

from accounts.models import Team
from accounts.roles import EDITOR
from oncall.models import Service
from runbooks.models import Runbook, RunbookVersion, Status
from runbooks.services import EditBase, save_edit
from runbooks.transfer.importing import import_path
from tests.factories import NOW, make_service, make_user
from tests.runbooks.trees import runbook_at, take_in, write_tree

pytestmark = pytest.mark.django_db

GATES = "# Gates\n\n**Service:** Pier gates\n\nOpen and shut.\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "docs"


def numbers(runbook: Runbook) -> list[tuple[str, str]]:
    return [(version.number, version.status) for version in runbook.versions.order_by("major", "minor")]


def test_a_document_becomes_an_active_version_1_0(folder: Path) -> None:
    outcome = take_in(folder, {"gates.md": GATES})
    assert str(outcome) == "created 1, updated 0, unchanged 0, rejected 0"
    runbook = runbook_at("gates.md")
    assert numbers(runbook) == [("1.0", "active")]
    assert (runbook.title, runbook.service.name) == ("Gates", "Pier gates")
    assert runbook.shown_version.activated_at == NOW
    assert runbook.shown_version.change_summary == "Imported from gates.md"


def test_both_endings_of_markdown_files_are_taken_and_nothing_else(folder: Path) -> None:
    outcome = take_in(folder, {"a.md": GATES, "b.MARKDOWN": GATES, "c.txt": GATES, "d.mdx": GATES, "Makefile": "x"})
    assert outcome.created == ["a.md", "b.MARKDOWN"]


def test_hidden_folders_and_installed_packages_are_left_alone(folder: Path) -> None:
    outcome = take_in(folder, {".git/x.md": GATES, "node_modules/pkg/README.md": GATES, "a.md": GATES})
    assert outcome.created == ["a.md"]


def test_nothing_at_the_path_is_said() -> None:
    with pytest.raises(FileNotFoundError, match="nothing at /nowhere"):
        import_path(Path("/nowhere/at/all"), now=NOW)


def test_the_second_import_changes_nothing(folder: Path) -> None:
    take_in(folder, {"a.md": GATES, "b/c.md": GATES})
    outcome = take_in(folder)
    assert outcome.unchanged == ["a.md", "b/c.md"]
    assert RunbookVersion.objects.count() == 2


def test_a_changed_file_becomes_the_next_version_and_the_others_stay(folder: Path) -> None:
    take_in(folder, {"a.md": GATES, "b.md": GATES})
    outcome = take_in(folder, {"a.md": GATES + "And lock.\n"})
    assert (outcome.updated, outcome.unchanged) == (["a.md"], ["b.md"])
    assert numbers(runbook_at("a.md")) == [("1.0", "superseded"), ("1.1", "active")]
    assert "And lock." in runbook_at("a.md").shown_version.markdown


def test_a_change_of_line_endings_alone_is_a_change(folder: Path) -> None:
    take_in(folder, {"a.md": GATES})
    assert take_in(folder, {"a.md": GATES.replace("\n", "\r\n")}).updated == ["a.md"]


def test_a_text_changed_only_in_the_portal_is_not_overwritten(folder: Path) -> None:
    take_in(folder, {"a.md": GATES})
    runbook = runbook_at("a.md")
    ada = make_user("ada", role=EDITOR)
    base = EditBase(runbook.shown_version.pk, 1)
    save_edit(runbook, base=base, markdown=GATES + "By hand.\n", author=ada, now=NOW)
    assert take_in(folder).unchanged == ["a.md"]
    assert numbers(runbook) == [("1.0", "active"), ("1.1", "draft")]


def test_a_draft_that_somebody_works_on_stays_when_the_file_changes(folder: Path) -> None:
    take_in(folder, {"a.md": GATES})
    runbook = runbook_at("a.md")
    base = EditBase(runbook.shown_version.pk, 1)
    save_edit(runbook, base=base, markdown="Ada's words\n", author=make_user("ada", role=EDITOR), now=NOW)
    take_in(folder, {"a.md": GATES + "New.\n"})
    assert numbers(runbook) == [("1.0", "superseded"), ("1.1", "draft"), ("1.2", "active")]
    assert runbook.versions.open().get().markdown == "Ada's words\n"


def test_a_title_given_by_people_survives_the_next_import(folder: Path) -> None:
    take_in(folder, {"a.md": GATES})
    Runbook.objects.update(title="The pier gates")
    take_in(folder, {"a.md": GATES + "More.\n"})
    assert runbook_at("a.md").title == "The pier gates"


REJECTED: dict[str, tuple[bytes, str]] = {
    "nul.md": (b"# A\n\nb\0c\n", "NUL byte on line 3"),
    "utf16.md": ("# Bergen\n".encode("utf-16"), "UTF-16"),
    "utf32.md": ("# Bergen\n".encode("utf-32"), "UTF-32"),
    "latin.md": ("# Troms\xf8\n".encode("latin-1"), "line 1 holds an invalid byte"),
    "surrogate.md": (b"# \xed\xa0\x80\n", "not UTF-8"),
    "large.md": (b"# Large\n" + b"x" * settings.MAX_IMPORT_BYTES, "5,000,000 is the most"),
}


@pytest.mark.parametrize("name", REJECTED)
def test_a_file_that_is_no_text_is_rejected_by_name_and_the_rest_goes_in(folder: Path, name: str) -> None:
    content, reason = REJECTED[name]
    outcome = take_in(folder, {"a.md": GATES, name: content, "z.md": GATES})
    assert outcome.created == ["a.md", "z.md"]
    assert list(outcome.rejected) == [name]
    assert reason in outcome.rejected[name]


def test_a_file_of_exactly_the_limit_goes_in(folder: Path) -> None:
    text = "# Long\n\n" + "sea\n" * ((settings.MAX_IMPORT_BYTES - 8) // 4)
    assert len(text) == settings.MAX_IMPORT_BYTES
    assert take_in(folder, {"a.md": text}).created == ["a.md"]


def test_a_rejected_file_leaves_no_service_or_team(folder: Path) -> None:
    take_in(folder, {"a.md": "# A\n\n**Service:** Ghost\n**Team:** Ghosts\n" + "\0"})
    assert not Service.objects.exists() and not Team.objects.exists()


def test_something_that_is_no_file_is_rejected(folder: Path) -> None:
    write_tree(folder, {"a.md": GATES})
    os.mkfifo(folder / "pipe.md")
    outcome = take_in(folder)
    assert outcome.rejected == {"pipe.md": "it is no ordinary file"}
    assert outcome.created == ["a.md"]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_files_and_folders_that_may_not_be_read_are_rejected(folder: Path) -> None:
    write_tree(folder, {"a.md": GATES, "secret.md": GATES, "vault/b.md": GATES})
    (folder / "secret.md").chmod(0)
    (folder / "vault").chmod(0)
    try:
        outcome = take_in(folder)
    finally:
        (folder / "vault").chmod(0o700)
    assert outcome.created == ["a.md"]
    assert set(outcome.rejected) == {"secret.md", "vault"}


def test_a_link_to_a_file_outside_is_rejected_and_never_read(folder: Path, tmp_path: Path) -> None:
    write_tree(tmp_path, {"private.md": "# Private\n", "docs/a.md": GATES})
    (folder / "link.md").symlink_to(tmp_path / "private.md")
    outcome = take_in(folder)
    assert outcome.rejected == {"link.md": "it is a link to a place outside the folder"}
    assert not Runbook.objects.filter(title="Private").exists()


def test_a_link_to_a_folder_outside_is_rejected_by_name(folder: Path, tmp_path: Path) -> None:
    write_tree(tmp_path, {"elsewhere/private.md": "# Private\n", "docs/a.md": GATES})
    (folder / "more").symlink_to(tmp_path / "elsewhere")
    outcome = take_in(folder)
    assert outcome.rejected == {"more": "it is a link to a place outside the folder"}
    assert outcome.created == ["a.md"]


def test_a_folder_whose_name_starts_alike_is_outside(folder: Path, tmp_path: Path) -> None:
    write_tree(tmp_path, {"docs-private/x.md": "# Private\n", "docs/a.md": GATES})
    (folder / "link.md").symlink_to("../docs-private/x.md")
    assert "outside" in take_in(folder).rejected["link.md"]


def test_a_link_inside_the_folder_is_a_document_like_any_other(folder: Path) -> None:
    write_tree(folder, {"a.md": GATES, "sub/x.txt": ""})
    (folder / "sub" / "same.md").symlink_to("../a.md")
    (folder / "loop").symlink_to(".")
    outcome = take_in(folder)
    assert outcome.created == ["a.md", "sub/same.md"]
    assert outcome.rejected == {}


def test_a_link_to_nothing_is_rejected(folder: Path) -> None:
    folder.mkdir()
    (folder / "gone.md").symlink_to("nowhere.md")
    assert "can't be read" in take_in(folder).rejected["gone.md"]


def test_a_name_that_is_no_utf_8_is_rejected_so_that_it_can_be_printed(folder: Path) -> None:
    folder.mkdir()
    Path(os.fsdecode(os.fsencode(folder) + b"/sm\xf8r.md")).write_text(GATES)
    assert take_in(folder).rejected == {"sm\\udcf8r.md": "its name is not valid UTF-8"}


def test_names_with_blanks_emoji_and_other_alphabets_go_in(folder: Path) -> None:
    names = ["Öffnen & schließen.md", "пристань/ворота.md", "🚢 ships.md", "a#b%20c.md"]
    outcome = take_in(folder, dict.fromkeys(names, GATES))
    assert sorted(outcome.created) == sorted(names)
    assert not outcome.rejected


def test_a_path_that_is_too_long_is_rejected(folder: Path) -> None:
    path = "/".join(["deep" * 50] * 4) + "/a.md"
    assert "longer than 600" in take_in(folder, {path: GATES}).rejected[path]


def test_one_service_can_be_named_for_all(folder: Path) -> None:
    service = make_service("Harbour")
    take_in(folder, {"a.md": GATES, "b/c.md": "# C\n"}, service=service)
    assert set(Runbook.objects.values_list("service", flat=True)) == {service.pk}
    assert not Service.objects.exclude(pk=service.pk).exists()


def test_the_same_folder_for_two_services_is_two_sets_of_documents(folder: Path) -> None:
    take_in(folder, {"a.md": GATES}, service=make_service("North"))
    outcome = take_in(folder, service=make_service("South"))
    assert outcome.created == ["a.md"]
    assert sorted(Runbook.objects.values_list("service__slug", flat=True)) == ["north", "south"]


def test_drafts_go_in_as_drafts_and_become_active_when_that_is_wanted(folder: Path) -> None:
    take_in(folder, {"a.md": GATES}, status=Status.DRAFT)
    assert numbers(runbook_at("a.md")) == [("1.0", "draft")]
    assert take_in(folder, status=Status.DRAFT).unchanged == ["a.md"]
    assert take_in(folder).updated == ["a.md"]
    assert numbers(runbook_at("a.md")) == [("1.0", "draft"), ("1.1", "active")]
    assert take_in(folder).unchanged == ["a.md"]


def test_a_changed_draft_is_the_next_save_of_the_same_draft(folder: Path) -> None:
    take_in(folder, {"a.md": GATES}, status=Status.DRAFT)
    take_in(folder, {"a.md": GATES + "More.\n"}, status=Status.DRAFT)
    draft = runbook_at("a.md").versions.get()
    assert (draft.number, draft.revision) == ("1.0", 2)
    assert list(draft.saves.values_list("markdown", flat=True)) == [GATES, GATES + "More.\n"]


def test_a_draft_beside_an_active_version_leaves_its_review_dates(folder: Path) -> None:
    take_in(folder, {"a.md": GATES + "\n**Next Review:** 2027-01-31\n"})
    take_in(folder, {"a.md": GATES + "\n**Next Review:** 2029-01-31\n"}, status=Status.DRAFT)
    assert str(runbook_at("a.md").next_review_on) == "2027-01-31"


def test_the_author_is_named_and_owns_what_names_no_owner(folder: Path) -> None:
    ada = make_user("ada", role=EDITOR)
    take_in(folder, {"a.md": GATES}, author=ada)
    runbook = runbook_at("a.md")
    assert (runbook.owner, runbook.shown_version.author) == (ada, ada)


def test_one_file_imported_alone_is_called_by_its_name(folder: Path) -> None:
    write_tree(folder, {"a.md": GATES, "b.md": GATES})
    assert import_path(folder / "b.md", now=NOW).created == ["b.md"]
    assert import_path(folder, now=NOW).unchanged == ["b.md"]


def test_in_a_work_tree_a_file_and_its_folder_are_the_same_document(tmp_path: Path) -> None:
    tree = write_tree(tmp_path / "ops", {"docs/pier/gates.md": GATES, ".git/HEAD": "ref: refs/heads/main\n"})
    import_path(tree / "docs/pier/gates.md", now=NOW)
    outcome = import_path(tree, now=NOW)
    assert outcome.unchanged == ["docs/pier/gates.md"]
    assert Runbook.objects.get().source_id == "ops/docs/pier/gates.md"


@pytest.mark.parametrize(
    ("title", "stored"),
    [
        ("\\<script>alert(1)\\</script>", "<script>alert(1)</script>"),
        ("Ferries 🧭 and piers", "Ferries 🧭 and piers"),
        ("إعادة تشغيل الخدمة", "إعادة تشغيل الخدمة"),
        ("T" * 400, "T" * 300),
        ("a " * 300, "a " * 150),
    ],
    ids=["script", "emoji", "right to left", "one long word", "many words"],
)
def test_odd_titles_go_in_as_text(folder: Path, title: str, stored: str) -> None:
    take_in(folder, {"a.md": f"# {title}\n\nText.\n"})
    assert runbook_at("a.md").title == stored
    assert "<script" not in runbook_at("a.md").shown_version.html


def test_two_titles_alike_get_two_addresses(folder: Path) -> None:
    take_in(folder, {"one/gates.md": GATES, "two/gates.md": GATES})
    assert sorted(Runbook.objects.values_list("slug", flat=True)) == ["gates", "gates-2"]


def test_an_empty_file_is_a_runbook_called_like_the_file(folder: Path) -> None:
    take_in(folder, {"open-the-gates.md": ""})
    assert runbook_at("open-the-gates.md").title == "Open the gates"
