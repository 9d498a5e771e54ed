"""The five templates that the portal was conceived from: counts made with an independent parser."""

from __future__ import annotations

from pathlib import Path

import pytest

from runbooks.reading import decode, encode, read
from tests.reading.safe import find_unsafe

SEEDS = Path(__file__).resolve().parents[3] / "shared" / "seeds"
pytestmark = pytest.mark.skipif(not SEEDS.is_dir(), reason="../shared/seeds is not here")

COUNTS = {  # headings h1..h4, task items, code blocks, tables
    "feature-runbook": ((1, 15, 31, 19), 40, 10, 5),
    "system-runbook": ((1, 14, 45, 23), 52, 24, 26),
    "operational-runbook": ((1, 12, 20, 0), 5, 11, 1),
    "operations-readme": ((1, 7, 3, 0), 0, 3, 0),
    "service-runbook": ((1, 12, 24, 0), 10, 17, 4),
}


@pytest.mark.parametrize("name", COUNTS)
def test_counts_hold(name: str) -> None:
    counts = read((SEEDS / f"{name}.md").read_bytes()).counts
    assert (counts.headings[:4], counts.task_items, counts.code_blocks, counts.tables) == COUNTS[name]


@pytest.mark.parametrize("name", COUNTS)
def test_every_task_block_and_section_is_on_the_page(name: str) -> None:
    document = read((SEEDS / f"{name}.md").read_bytes())
    headings, tasks, codes, _ = COUNTS[name]
    assert document.html.count('<input type="checkbox"') == tasks
    drawn = sum(path.form == "drawing" for path in document.escalations)
    assert document.html.count("<pre ") == codes - drawn
    assert len(document.sections) == sum(headings)


@pytest.mark.parametrize("name", COUNTS)
def test_links_within_lead_somewhere(name: str) -> None:
    assert [link for link in read((SEEDS / f"{name}.md").read_bytes()).links if link.is_broken] == []


@pytest.mark.parametrize("name", COUNTS)
def test_bytes_come_back(name: str) -> None:
    data = (SEEDS / f"{name}.md").read_bytes()
    assert encode(decode(data)) == data


@pytest.mark.parametrize("name", COUNTS)
def test_the_page_is_safe(name: str) -> None:
    assert find_unsafe(read((SEEDS / f"{name}.md").read_bytes()).html) == []


def test_the_systems_table_of_contents_works() -> None:
    document = read((SEEDS / "system-runbook.md").read_bytes())
    anchors = {section.anchor for section in document.sections}
    assert {link.target[1:] for link in document.links if link.kind == "anchor"} <= anchors
