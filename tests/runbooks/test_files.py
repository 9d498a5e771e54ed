"""`SourceFolder`: what is in a folder, in which order, and never anything beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from runbooks.transfer.files import FileRefused, SourceFolder
from tests.runbooks.trees import write_tree


@pytest.fixture
def folder(tmp_path: Path) -> SourceFolder:
    return SourceFolder.at(write_tree(tmp_path / "docs", {"b.md": "b", "a/c.md": "c", "a/x.png": "x"}))


def test_documents_come_in_a_fixed_order_with_slashes(folder: SourceFolder) -> None:
    assert list(folder.list_documents()) == ["b.md", "a/c.md"]


def test_ids_start_with_the_name_of_the_folder(folder: SourceFolder) -> None:
    assert folder.id_of("a/c.md") == "docs/a/c.md"


def test_a_given_name_takes_the_place_of_the_folder_s_own(tmp_path: Path) -> None:
    assert SourceFolder.at(tmp_path, "example").id_of("c.md") == "example/c.md"


def test_in_a_work_tree_the_name_holds_the_way_from_its_top(tmp_path: Path) -> None:
    write_tree(tmp_path / "ops", {"docs/pier/a.md": "a", ".git": "gitdir: elsewhere\n"})
    assert SourceFolder.at(tmp_path / "ops/docs/pier").name == "ops/docs/pier"
    assert SourceFolder.at(tmp_path / "ops/docs/pier/a.md").id_of("a.md") == "ops/docs/pier/a.md"


@pytest.mark.parametrize("path", ["../other.md", "/etc/hostname", "a/../../other.md"])
def test_a_path_out_of_the_folder_is_not_read(folder: SourceFolder, path: str) -> None:
    write_tree(folder.root.parent, {"other.md": "private"})
    with pytest.raises(FileRefused, match="outside"):
        folder.read(path, 100)


def test_a_file_above_the_limit_is_refused_with_both_sizes(folder: SourceFolder) -> None:
    write_tree(folder.root, {"big.md": "x" * 2001})
    with pytest.raises(FileRefused, match="2,001 bytes; 2,000 is the most"):
        folder.read("big.md", 2000)


def test_a_file_that_is_gone_is_refused_with_the_reason(folder: SourceFolder) -> None:
    with pytest.raises(FileRefused, match="can't be read: No such file"):
        folder.read("gone.md", 10)


@pytest.mark.parametrize("target", ["x.png", "./x.png", "../a/x.png"])
def test_what_a_document_points_to_is_found(folder: SourceFolder, target: str) -> None:
    assert folder.find("a/c.md", target) == "a/x.png"


@pytest.mark.parametrize("target", ["gone.png", "../../x.png", "/etc/hostname", "x\0.png", ".", "x" * 5000])
def test_what_is_not_there_or_outside_is_not_found(folder: SourceFolder, target: str) -> None:
    assert folder.find("a/c.md", target) is None
