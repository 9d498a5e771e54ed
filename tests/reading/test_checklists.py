from __future__ import annotations

import pytest

from runbooks.reading.checklists import find_cadence
from tests.reading.structure_of import document_of


def test_task_items_are_grouped_under_their_heading():
    first, second = document_of("# A\n\n## One\n\n- [ ] a\n- [x] b\n\n## Two\n\n- [ ] c\n").checklists
    assert (first.name, [item.text for item in first.items]) == ("One", ["a", "b"])
    assert [item.checked for item in first.items] == [False, True]
    assert (second.name, second.section, second.line) == ("Two", "two", 10)


@pytest.mark.parametrize("lead_in", ["Before a release:", "**Before a release:**", "**Before a release**:"])
def test_the_lead_in_names_the_checklist(lead_in):
    (found,) = document_of(f"# A\n\n## Release\n\n{lead_in}\n\n- [ ] tell support\n").checklists
    assert found.name == "Before a release"


def test_two_lead_ins_in_one_section_make_two_checklists():
    found = document_of("# A\n\n## B\n\n**Before:**\n- [ ] a\n\n**After:**\n- [ ] b\n").checklists
    assert [checklist.name for checklist in found] == ["Before", "After"]


def test_nested_items_keep_their_depth():
    (found,) = document_of("# A\n\n- [ ] a\n  - [ ] b\n    - [x] c\n- [ ] d\n").checklists
    assert [item.depth for item in found.items] == [0, 1, 2, 0]


def test_tasks_below_an_ordinary_item_are_named_by_it():
    found = document_of("# A\n\n1. Prepare\n   - [ ] a\n2. Finish\n   - [ ] b\n").checklists
    assert [(checklist.name, checklist.items[0].depth) for checklist in found] == [("Prepare", 0), ("Finish", 0)]


def test_code_inside_an_item_does_not_split_the_checklist():
    (found,) = document_of("# A\n\n- [ ] a\n  ```bash\n  ls\n  ```\n- [ ] b\n").checklists
    assert len(found.items) == 2


def test_ordinary_lists_are_no_checklists():
    assert document_of("# A\n\n- a\n- b\n").checklists == ()


def test_subsections_of_a_daily_section_are_daily():
    (found,) = document_of("# A\n\n## Daily checks\n\n### Database\n\n- [ ] a\n").checklists
    assert found.cadence == "daily"


def test_a_lead_in_may_say_the_cadence():
    (found,) = document_of("# A\n\n## Care\n\n**Weekly:**\n- [ ] a\n").checklists
    assert found.cadence == "weekly"


@pytest.mark.parametrize(
    ("title", "cadence"),
    [
        ("Daily", "daily"),
        ("Weekly Tasks", "weekly"),
        ("Monthly", "monthly"),
        ("Quarterly review", "quarterly"),
        ("Annual tasks", "annually"),
        ("Routine tasks (weekly)", "weekly"),
        ("Every month", "monthly"),
        ("How the daily batch works", ""),
        ("Dailymotion", ""),
    ],
)
def test_headings_tell_the_cadence_only_when_they_are_about_it(title, cadence):
    assert find_cadence(title) == cadence
