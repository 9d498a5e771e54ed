"""`export_to`: the same tree back, byte for byte, and nothing outside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from runbooks.models import Runbook, Status
from runbooks.transfer.exporting import export_to
from tests.factories import TEXT, make_active, make_draft, make_published, make_service
from tests.runbooks.trees import make_picture, read_tree, take_in

pytestmark = pytest.mark.django_db

ODD: dict[str, str | bytes] = {
    "bom.md": b"\xef\xbb\xbf# With a mark\n",
    "crlf.md": b"# Windows\r\n\r\ntext\r\n",
    "mixed.md": b"# Mixed\r\nlines\nand\rmore",
    "no-end.md": b"# No final newline",
    "empty.md": b"",
    "trailing.md": b"# Blanks   \n\n\n\t\n",
    "front.md": b"---\ntitle: Front\ntags: [a, b]\n---\n# Front\n",
    "separators.md": "# A\u2028B\x0cC\x85D\n".encode(),
    "with blanks.md": "# Blanks\n",
    "Öffnen/schließen.md": "# Umlauts\n",
    "пристань.md": "# Пристань\n",
    "🚢/🧭.md": "# Ships\n",
    "a#b%20c&d.md": "# Signs\n",
    "UPPER.MARKDOWN": "# Upper\n",
}


def test_the_bytes_come_back_under_the_same_names(tmp_path: Path) -> None:
    assert not take_in(tmp_path / "docs", ODD).rejected
    assert export_to(tmp_path / "out") == len(ODD)
    assert read_tree(tmp_path / "out") == read_tree(tmp_path / "docs")


def test_what_was_exported_goes_in_unchanged_again(tmp_path: Path) -> None:
    take_in(tmp_path / "docs", ODD)
    export_to(tmp_path / "out" / "docs")
    assert len(take_in(tmp_path / "out" / "docs").unchanged) == len(ODD)


def test_images_come_back_beside_the_text(tmp_path: Path) -> None:
    take_in(tmp_path / "docs", {"a.md": "![x](pics/x.png)\n", "pics/x.png": make_picture()})
    export_to(tmp_path / "out")
    assert read_tree(tmp_path / "out") == read_tree(tmp_path / "docs")


def test_one_service_comes_with_its_own_texts_and_images_only(tmp_path: Path) -> None:
    files = {
        "north/a.md": "![x](my%20pics/x.png)\n",
        "north/my pics/x.png": make_picture("navy"),
        "south/b.md": "![y](y.png)\n",
        "south/y.png": make_picture("teal"),
    }
    take_in(tmp_path / "docs", files)
    service = Runbook.objects.get(source_path="north/a.md").service
    export_to(tmp_path / "out", service=service)
    assert set(read_tree(tmp_path / "out")) == {"north/a.md", "north/my pics/x.png"}


def test_a_runbook_written_in_the_portal_goes_below_its_service(tmp_path: Path) -> None:
    make_published("Night boat", text=TEXT)
    export_to(tmp_path)
    assert read_tree(tmp_path) == {"ticket-desk/night-boat.md": TEXT.encode()}


def test_the_active_text_is_written_while_a_draft_goes_on(tmp_path: Path) -> None:
    take_in(tmp_path / "docs", {"a.md": "# Active\n"})
    take_in(tmp_path / "docs", {"a.md": "# Draft\n"}, status=Status.DRAFT)
    export_to(tmp_path / "out")
    assert read_tree(tmp_path / "out") == {"a.md": b"# Active\n"}


def test_a_runbook_that_is_still_a_draft_is_written_too(tmp_path: Path) -> None:
    make_draft(text="# Draft\n")
    export_to(tmp_path)
    assert list(read_tree(tmp_path).values()) == [b"# Draft\n"]


def test_equal_paths_of_two_sources_are_both_written(tmp_path: Path) -> None:
    take_in(tmp_path / "north", {"a.md": "# North\n"})
    take_in(tmp_path / "south", {"a.md": "# South\n"})
    export_to(tmp_path / "out")
    assert read_tree(tmp_path / "out") == {"a.md": b"# North\n", "south/a.md": b"# South\n"}


def test_no_text_is_lost_when_the_longer_path_is_taken_as_well(tmp_path: Path) -> None:
    take_in(tmp_path / "north", {"a.md": "# 1\n", "south/a.md": "# 2\n"})
    take_in(tmp_path / "south", {"a.md": "# 3\n"})
    assert export_to(tmp_path / "out") == 3
    assert sorted(read_tree(tmp_path / "out").values()) == [b"# 1\n", b"# 2\n", b"# 3\n"]


def test_one_folder_for_two_services_comes_back_twice(tmp_path: Path) -> None:
    take_in(tmp_path / "docs", {"a.md": "# A\n"}, service=make_service("North"))
    take_in(tmp_path / "docs", service=make_service("South"))
    export_to(tmp_path / "out")
    assert set(read_tree(tmp_path / "out")) == {"a.md", "south/docs/a.md"}


@pytest.mark.parametrize("path", ["../outside.md", "/tmp/outside-of-the-export.md", "a/../../outside.md"])
def test_nothing_is_written_outside(tmp_path: Path, path: str) -> None:
    make_active()
    Runbook.objects.update(source_path=path)
    with pytest.raises(OSError, match="outside the export folder"):
        export_to(tmp_path / "out")
    assert read_tree(tmp_path) == {}


def test_a_link_in_the_export_folder_is_not_followed_out_of_it(tmp_path: Path) -> None:
    make_published()
    (tmp_path / "private").mkdir()
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "ticket-desk").symlink_to(tmp_path / "private")
    with pytest.raises(OSError, match="outside the export folder"):
        export_to(tmp_path / "out")
    assert read_tree(tmp_path / "private") == {}
