"""Anchors as GitHub makes them, and the numbers in front of headings."""

from __future__ import annotations

import pytest

from runbooks.reading.anchors import Slugger, normalise_fragment, slug, split_number


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Section 1: System Overview", "section-1-system-overview"),
        ("4.1 Deployment Steps", "41-deployment-steps"),
        ("🎯 Service Overview", "-service-overview"),
        ("🗄️ Database", "-database"),
        ("What's new?", "whats-new"),
        ("Monitoring & Alerts", "monitoring--alerts"),
        ("Clear Queue / Backlog", "clear-queue--backlog"),
        ("snake_case and-dash", "snake_case-and-dash"),
        ("Größe Überblick", "größe-überblick"),
        ("概要 一", "概要-一"),
        ("C++ & C#", "c--c"),
    ],
)
def test_slug_is_githubs(heading: str, anchor: str) -> None:
    assert slug(heading) == anchor


def test_repeats_are_numbered_from_one() -> None:
    slugger = Slugger()
    assert [slugger.assign("Steps") for _ in range(3)] == ["steps", "steps-1", "steps-2"]


def test_a_numbered_anchor_is_taken_too() -> None:
    slugger = Slugger()
    assert [slugger.assign(text) for text in ("A", "A-1", "A", "A")] == ["a", "a-1", "a-2", "a-3"]


def test_a_heading_of_emoji_only_has_an_address() -> None:
    assert Slugger().assign("🚨") == "section"


def test_fragments_typed_by_hand_are_understood() -> None:
    assert normalise_fragment("%EF%B8%8F-Gr%C3%B6%C3%9Fe") == "-größe"


@pytest.mark.parametrize(
    ("heading", "number", "title"),
    [
        ("4.1 Deployment Steps", "4.1", "Deployment Steps"),
        ("Section 4: Deployment", "4", "Deployment"),
        ("1. Detect and Assess", "1", "Detect and Assess"),
        ("A. Variables", "A", "Variables"),
        ("🚨 2. Alerts", "2", "Alerts"),
        ("📊 Monitoring", "", "Monitoring"),
        ("Step 1: Prepare", "", "Step 1: Prepare"),
        ("2026 plan", "", "2026 plan"),
        ("a. small", "", "a. small"),
        ("10 minutes", "", "10 minutes"),
    ],
)
def test_numbers_are_told_from_titles(heading: str, number: str, title: str) -> None:
    assert split_number(heading) == (number, title)
