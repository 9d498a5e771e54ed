"""`lint_runbooks PATH`: the findings of files outside the portal."""

import datetime as dt
import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from runbooks.transfer.linting import lint_path
from tests.secrets.cases import WORD

ROOT = Path(__file__).resolve().parents[2]
TODAY = dt.date(2026, 11, 17)
GOOD = "# Desk\n\n**Owner:** Ada Winter\n**Next Review:** 2027-01-31\n\nSells tickets.\n"
BAD = GOOD + "\nSee [the end](#the-end).\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "good.md").write_text(GOOD)
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "bad.md").write_text(BAD)
    return tmp_path


def lint(path):
    return lint_path(path, today=TODAY, limit=5_000_000).problems


def codes(path):
    return [problem.code for problem in lint(path)]


def run(*arguments):
    """Output, messages and exit status of the command."""
    out, err = StringIO(), StringIO()
    try:
        call_command("lint_runbooks", *map(str, arguments), stdout=out, stderr=err)
    except SystemExit as end:
        return out.getvalue(), err.getvalue(), end.code
    return out.getvalue(), err.getvalue(), 0


def test_a_finding_is_one_line_with_path_line_severity_code_and_sentence(folder):
    out, _, status = run(folder)
    assert out == (
        f"{folder}/deep/bad.md:8: error broken-anchor The link “#the-end” leads to no heading of this document: "
        "correct the link or the heading.\n"
    )
    assert status == 1


def test_without_errors_the_exit_status_is_zero(folder):
    assert run(folder / "good.md") == ("", "1 file: 0 errors, 0 warnings, 0 notes\n", 0)


def test_warnings_alone_do_not_fail(tmp_path):
    (tmp_path / "a.md").write_text("# Desk\n\nAsk [Team Name] first.\n")
    out, err, status = run(tmp_path)
    assert "warning unfilled-placeholder" in out
    assert "0 errors" in err
    assert status == 0


def test_the_summary_goes_to_the_messages_and_not_to_the_output(folder):
    out, err, _ = run(folder)
    assert "2 files: 1 error, 0 warnings, 0 notes" in err
    assert "2 files" not in out


def test_json_is_an_array_of_objects(folder):
    out, _, status = run(folder, "--json")
    (problem,) = json.loads(out)
    assert problem.keys() == {"path", "line", "severity", "code", "message"}
    assert (problem["line"], problem["severity"], problem["code"]) == (8, "error", "broken-anchor")
    assert status == 1


def test_json_of_nothing_is_an_empty_array(folder):
    assert json.loads(run(folder / "good.md", "--json")[0]) == []


def test_findings_are_sorted_by_path_and_line(folder):
    (folder / "a.md").write_text("[x](#x)\n\n[y](#y)\n")
    places = [(problem.path, problem.line) for problem in lint(folder)]
    assert places == sorted(places)
    assert len({path for path, _ in places}) == 2


def test_a_credential_is_an_error_and_never_repeated(tmp_path):
    (tmp_path / "a.md").write_text(f"{GOOD}\n`PGPASSWORD={WORD} psql`\n")
    out, err, status = run(tmp_path)
    assert "a.md:8: error secret This looks like a credential (password)" in out
    assert WORD not in out + err
    assert status == 1


def test_an_overdue_review_is_a_warning(tmp_path):
    (tmp_path / "a.md").write_text(GOOD.replace("2027-01-31", "2026-11-01"))
    assert codes(tmp_path) == ["review-overdue"]


def test_a_review_that_comes_up_is_a_note(tmp_path):
    (tmp_path / "a.md").write_text(GOOD.replace("2027-01-31", "2026-11-20"))
    assert codes(tmp_path) == ["review-due-soon"]


@pytest.mark.parametrize("content", [b"\xff\xfea\x00", b"a\0b", b"caf\xe9", "# Desk".encode("utf-32")])
def test_a_file_that_is_no_text_is_an_error_and_the_others_are_read(folder, content):
    (folder / "broken.md").write_bytes(content)
    assert codes(folder) == ["unreadable", "broken-anchor"] or codes(folder) == ["broken-anchor", "unreadable"]


def test_a_link_out_of_the_folder_is_not_followed(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "secret.md").write_text("x")
    (tmp_path / "in" / "a.md").symlink_to(tmp_path / "secret.md")
    assert codes(tmp_path / "in") == ["unreadable"]


def test_too_large_a_file_is_an_error(tmp_path):
    (tmp_path / "a.md").write_text(GOOD)
    assert [p.code for p in lint_path(tmp_path, today=TODAY, limit=10).problems] == ["unreadable"]


@pytest.mark.parametrize(
    "target",
    ["deep/bad.md", "deep/bad", "./deep/bad.md#desk", "deep/", "/deep/bad.md", "map.png", "a%20b.md", "run.sh"],
)
def test_a_link_to_a_file_of_the_folder_is_not_broken(folder, target):
    (folder / "map.png").write_bytes(b"")
    (folder / "run.sh").write_text("")
    (folder / "a b.md").write_text(GOOD)
    (folder / "links.md").write_text(f"{GOOD}\n[x]({target}) ![y](map.png)\n")
    assert codes(folder / "links.md") == []


@pytest.mark.parametrize("target", ["nowhere.md", "../../../../etc/passwd", "/etc/passwd", "deep/nowhere.md"])
def test_a_link_to_nowhere_is_broken(folder, target):
    (folder / "links.md").write_text(f"{GOOD}\n[x]({target})\n")
    assert codes(folder / "links.md") == ["broken-link"]


def test_in_a_repository_links_may_leave_the_folder(folder):
    (folder / ".git").mkdir()
    (folder / "deep" / "bad.md").write_text(f"{GOOD}\n[x](../good.md)\n")
    assert codes(folder / "deep") == []


def test_what_was_not_understood_is_a_note(tmp_path):
    (tmp_path / "a.md").write_text("---\nowner: [\n---\n" + GOOD)
    assert codes(tmp_path) == ["not-understood"]


def test_nothing_at_the_path_is_an_error_of_its_own(tmp_path):
    with pytest.raises(CommandError, match="There is nothing at") as error:
        call_command("lint_runbooks", str(tmp_path / "nowhere"))
    assert error.value.returncode == 2


def test_hidden_folders_and_other_files_are_left_out(folder):
    (folder / ".cache").mkdir()
    (folder / ".cache" / "x.md").write_text(BAD)
    (folder / "notes.txt").write_text(BAD)
    assert len(lint(folder)) == 1


def test_it_needs_no_database_and_starts_none(folder, tmp_path):
    data = tmp_path / "data"
    unreachable = "postgres://localhost:1/nothing"
    done = subprocess.run(
        [sys.executable, str(ROOT / "manage.py"), "lint_runbooks", str(folder / "good.md")],
        env={
            "PATH": "/usr/bin:/bin",
            "PORTAL_DATA": str(data),
            "DATABASE_URL": unreachable,
            "REDIS_URL": "redis://localhost:1",
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "1 file" in done.stderr
    assert not (data / "postgres").exists()
