"""Relative links between imported documents lead to their pages in the portal."""

from __future__ import annotations

from pathlib import Path

import pytest

from runbooks.models import RunbookVersion
from runbooks.sources import SourceMap, resolver_for
from tests.factories import make_published
from tests.runbooks.trees import runbook_at, take_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "docs"


def shown(path: str) -> RunbookVersion:
    return runbook_at(path).shown_version


def leads_to(path: str, target: str, anchor: str = "") -> bool:
    return f'href="{runbook_at(target).get_absolute_url()}{anchor}"' in shown(path).html


def broken(path: str) -> list[str]:
    return [link["target"] for link in shown(path).document["links"] if link["is_broken"]]


def test_a_link_to_a_document_that_came_before_leads_there(folder: Path) -> None:
    take_in(folder, {"a.md": "# A\n", "b.md": "[A](a.md)\n"})
    assert leads_to("b.md", "a.md")


def test_a_link_to_a_document_that_comes_later_leads_there_too(folder: Path) -> None:
    take_in(folder, {"a.md": "[Z](sub/z.md#open-the-gate)\n", "sub/z.md": "# Z\n\n[A](../a.md)\n"})
    assert leads_to("a.md", "sub/z.md", "#open-the-gate")
    assert leads_to("sub/z.md", "a.md")
    assert broken("a.md") == []


def test_a_link_to_a_document_of_the_next_import_is_mended(folder: Path) -> None:
    take_in(folder, {"a.md": "[Z](z.md) [never](never.md)\n"})
    assert broken("a.md") == ["z.md", "never.md"]
    outcome = take_in(folder, {"z.md": "# Z\n"})
    assert outcome.unchanged == ["a.md"]
    assert leads_to("a.md", "z.md")
    assert broken("a.md") == ["never.md"]


def test_a_mended_link_does_not_count_against_readiness(folder: Path) -> None:
    take_in(folder, {"a.md": "# A\n\n[Z](z.md)\n"})
    before = [finding["code"] for finding in shown("a.md").findings]
    take_in(folder, {"z.md": "# Z\n"})
    after = [finding["code"] for finding in shown("a.md").findings]
    assert len(after) == len(before) - 1


def test_a_draft_beside_the_active_version_is_mended_as_well(folder: Path) -> None:
    take_in(folder, {"a.md": "# A\n"})
    take_in(folder, {"a.md": "# A\n\n[Z](z.md)\n"}, status="draft")
    take_in(folder, {"z.md": "# Z\n"})
    draft = runbook_at("a.md").versions.get(status="draft")
    assert not any(link["is_broken"] for link in draft.document["links"])


def test_documents_of_another_folder_are_not_linked(tmp_path: Path) -> None:
    take_in(tmp_path / "north", {"a.md": "# A\n"})
    take_in(tmp_path / "south", {"b.md": "[A](a.md) [A](../north/a.md)\n"})
    assert broken("b.md") == ["a.md", "../north/a.md"]


@pytest.mark.parametrize(
    "target",
    ["x.md", "./x.md", "x", "../pier/x.md", "x.md?plain=1", "%78.md", "../pier/x/"],
)
def test_the_usual_ways_to_write_a_target_are_understood(folder: Path, target: str) -> None:
    take_in(folder, {"pier/x.md": "# X\n", "pier/y.md": f"[X]({target})\n"})
    assert leads_to("pier/y.md", "pier/x.md")


def test_a_link_from_the_root_of_a_site_finds_the_root_above_the_document(folder: Path) -> None:
    take_in(folder, {"docs/before/roles.md": "# Roles\n", "docs/during/call.md": "[Roles](/before/roles/#deputy)\n"})
    assert leads_to("docs/during/call.md", "docs/before/roles.md", "#deputy")


@pytest.mark.parametrize("index", ["README.md", "index.md", "_index.md"])
def test_a_link_to_a_folder_leads_to_its_front_page(folder: Path, index: str) -> None:
    take_in(folder, {f"pier/{index}": "# The pier\n", "a.md": "[Pier](pier/) [again](pier)\n"})
    assert broken("a.md") == []
    assert leads_to("a.md", f"pier/{index}")


@pytest.mark.parametrize("target", ["../../etc/passwd", "..", "\0", "%00", "?x", "a" * 3000])
def test_odd_targets_lead_nowhere(target: str) -> None:
    assert SourceMap({"docs/x.md": "/runbooks/x/x/"}).resolver("docs/y.md")(target) is None


def test_a_runbook_written_in_the_portal_stands_beside_nothing() -> None:
    assert resolver_for(make_published())("other.md") is None


def test_links_of_a_forced_service_stay_within_it(folder: Path) -> None:
    from_service = make_published().service
    take_in(folder, {"a.md": "[B](b.md)\n", "b.md": "# B\n"}, service=from_service)
    assert leads_to("a.md", "b.md")
