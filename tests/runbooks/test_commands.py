"""`import_runbooks` and `export_runbooks`, as scripts and people call them; and both on the published collections."""

from __future__ import annotations

import json
from io import StringIO
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from accounts.models import Team
from accounts.roles import EDITOR
from oncall.models import Service
from runbooks.models import Image, Runbook, RunbookVersion, SourceImage
from tests.factories import make_published, make_user
from tests.runbooks.trees import make_picture, read_tree, runbook_at, write_tree

pytestmark = pytest.mark.django_db

SHARED = Path(settings.BASE_DIR).parent / "shared"
GATES = "# Gates\n\n**Service:** Pier gates\n**Team:** Harbour\n\n![The pier](pier.png)\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_tree(tmp_path / "docs", {"a.md": GATES, "b.md": "# B\n", "pier.png": make_picture()})


def run(command: str, *arguments: object, expect: int = 0) -> tuple[list[str], str]:
    """Lines of standard output, and standard error. `expect` is the exit status."""
    out, err = StringIO(), StringIO()
    status = 0
    try:
        call_command(command, *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as end:
        status = int(end.code or 0)
    assert status == expect
    return out.getvalue().splitlines(), err.getvalue()


def test_the_last_line_counts(folder: Path) -> None:
    assert run("import_runbooks", folder)[0][-1] == "created 2, updated 0, unchanged 0, rejected 0"
    assert run("import_runbooks", folder)[0][-1] == "created 0, updated 0, unchanged 2, rejected 0"


def test_a_rejected_file_is_named_and_the_exit_status_is_1(folder: Path) -> None:
    write_tree(folder, {"bad.md": b"\0"})
    lines, errors = run("import_runbooks", folder, expect=1)
    assert lines[-1] == "created 2, updated 0, unchanged 0, rejected 1"
    assert "rejected bad.md: This file holds a NUL byte" in errors
    assert Runbook.objects.count() == 2


def test_the_exit_status_is_1_as_long_as_a_file_is_rejected(folder: Path) -> None:
    write_tree(folder, {"bad.md": b"\0"})
    run("import_runbooks", folder, expect=1)
    assert run("import_runbooks", folder, expect=1)[0][-1] == "created 0, updated 0, unchanged 2, rejected 1"


def test_a_dry_run_says_what_would_happen_and_changes_nothing(folder: Path) -> None:
    assert run("import_runbooks", folder, "--dry-run")[0][-1] == "created 2, updated 0, unchanged 0, rejected 0"
    for model in (Runbook, RunbookVersion, Service, Team, Image, SourceImage):
        assert not model.objects.exists()


def test_a_dry_run_makes_no_service_that_is_named_for_all(folder: Path) -> None:
    run("import_runbooks", folder, "--service", "harbour", "--dry-run")
    assert not Service.objects.exists()


def test_a_dry_run_with_a_rejected_file_ends_with_1(folder: Path) -> None:
    write_tree(folder, {"bad.md": b"\0"})
    run("import_runbooks", folder, "--dry-run", expect=1)
    assert not Runbook.objects.exists()


def test_json_holds_names_and_reasons(folder: Path) -> None:
    write_tree(folder, {"bad.md": b"\0"})
    lines, _ = run("import_runbooks", folder, "--json", expect=1)
    result = json.loads("\n".join(lines))
    assert (result["created"], result["updated"], result["unchanged"]) == (["a.md", "b.md"], [], [])
    assert "NUL" in result["rejected"]["bad.md"]


def test_the_service_named_for_all_is_made(folder: Path) -> None:
    run("import_runbooks", folder, "--service", "harbour")
    assert {runbook.service.slug for runbook in Runbook.objects.all()} == {"harbour"}


def test_drafts_on_request_then_active(folder: Path) -> None:
    run("import_runbooks", folder, "--status", "draft")
    assert runbook_at("b.md").shown_version.status == "draft"
    assert run("import_runbooks", folder)[0][-1] == "created 0, updated 2, unchanged 0, rejected 0"
    assert runbook_at("b.md").shown_version.status == "active"


def test_the_author_is_found_by_address(folder: Path) -> None:
    ada = make_user("ada", role=EDITOR)
    run("import_runbooks", folder, "--author", "Ada@Example.com")
    assert runbook_at("b.md").shown_version.author == ada


def test_an_unknown_author_is_said_and_nothing_goes_in(folder: Path) -> None:
    with pytest.raises(CommandError, match=r"Nobody here has the e-mail address eve@example\.com"):
        run("import_runbooks", folder, "--author", "eve@example.com")
    assert not Runbook.objects.exists()


def test_an_unknown_status_is_refused(folder: Path) -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        run("import_runbooks", folder, "--status", "approved")


def test_a_path_with_nothing_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is nothing at"):
        run("import_runbooks", tmp_path / "nowhere", "--service", "harbour")
    assert not Service.objects.exists()


def test_an_image_that_is_left_out_is_named_and_is_no_failure(folder: Path) -> None:
    write_tree(folder, {"pier.png": b"<svg/>"})
    _, errors = run("import_runbooks", folder)
    assert "left out pier.png: This is no PNG" in errors


def test_export_says_how_many_files_it_wrote(folder: Path, tmp_path: Path) -> None:
    run("import_runbooks", folder)
    assert run("export_runbooks", tmp_path / "out")[0] == ["exported 3 files"]
    assert read_tree(tmp_path / "out") == read_tree(folder)


def test_export_of_one_service(folder: Path, tmp_path: Path) -> None:
    run("import_runbooks", folder)
    run("export_runbooks", tmp_path / "out", "--service", "pier-gates")
    assert set(read_tree(tmp_path / "out")) == {"a.md", "pier.png"}


def test_export_of_an_unknown_service_is_said(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="There is no service nowhere"):
        run("export_runbooks", tmp_path, "--service", "nowhere")


def test_export_to_a_place_that_can_t_be_written_is_said(tmp_path: Path) -> None:
    make_published()
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CommandError, match="The export stopped"):
        run("export_runbooks", tmp_path / "file")


def test_reread_makes_pages_again_and_leaves_texts(folder: Path) -> None:
    run("import_runbooks", folder)
    before = runbook_at("a.md").shown_version
    RunbookVersion.objects.update(html="old", schema=0)
    assert run("reread_runbooks")[0] == ["read 2 versions again"]
    after = runbook_at("a.md").shown_version
    assert (after.html, after.markdown) == (before.html, before.markdown)
    assert run("reread_runbooks")[0] == ["read 0 versions again"]


@pytest.mark.parametrize("name", ["corpus", "seeds"])
def test_published_collections_go_in_twice_and_come_back(tmp_path: Path, name: str) -> None:
    source = SHARED / name
    if not source.is_dir():
        pytest.skip(f"there is no {name} folder beside the project")
    first = run("import_runbooks", source)[0][-1]
    number = Runbook.objects.count()
    assert first == f"created {number}, updated 0, unchanged 0, rejected 0"
    assert run("import_runbooks", source)[0][-1] == f"created 0, updated 0, unchanged {number}, rejected 0"
    run("export_runbooks", tmp_path / "out")
    written = read_tree(tmp_path / "out")
    assert len([path for path in written if path.endswith(".md")]) == number > 4
    assert [path for path, content in written.items() if (source / path).read_bytes() != content] == []
