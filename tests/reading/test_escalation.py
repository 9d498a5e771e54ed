from __future__ import annotations

import pytest

from tests.reading.structure_of import document_of


def test_a_table_of_levels_is_a_ladder():
    text = (
        "# A\n\n## Escalation Path\n\n| Level | Contact | Response Time SLA |\n|-|-|-|\n| **L1** | On-call (#a) | 5 min |\n"
        "| L2 | [Name] | 15 min |\n\n**Escalation Triggers**:\n- data at risk\n- no answer in 15 min\n"
    )
    (path,) = document_of(text).escalations
    assert (path.form, path.section, path.line, path.end_line) == ("table", "escalation-path", 5, 8)
    first, second = path.levels
    assert (first.label, first.contact, first.response_time, first.missing) == ("L1", "On-call (#a)", "5 min", False)
    assert (second.contact, second.missing) == ("", True)
    assert path.triggers == ("data at risk", "no answer in 15 min")


def test_a_table_may_have_more_than_four_levels_and_other_words():
    rows = "".join(f"| Tier {n} | Person {n} | {n} h | it burns |\n" for n in range(1, 7))
    (path,) = document_of(f"# A\n\n| Tier | Who | Response Time | Escalate if |\n|-|-|-|-|\n{rows}").escalations
    assert [rung.label for rung in path.levels] == ["L1", "L2", "L3", "L4", "L5", "L6"]
    assert path.levels[5].escalates_if == "it burns"


@pytest.mark.parametrize(
    "table",
    [
        "| Level | Description | Response Time | Examples |\n|-|-|-|-|\n| SEV-1 | bad | 5 min | down |\n",
        "| Level | Role | Response Time |\n|-|-|-|\n| SEV-1 | Ann | 5 min |\n",
        "| Level | Colour |\n|-|-|\n| 1 | red |\n",
    ],
)
def test_tables_of_severities_or_other_levels_are_no_ladders(table):
    assert document_of(f"# A\n\n{table}").escalations == ()


def test_role_name_and_phone_columns_together_say_who_is_called():
    text = "# A\n\n| Level | Role | Name | Phone | Response Time |\n|-|-|-|-|-|\n| 1 | On-call | Ann | 555-0100 | 5 min |\n"
    (path,) = document_of(text).escalations
    assert [(rung.label, rung.contact, rung.missing) for rung in path.levels] == [
        ("L1", "On-call, Ann, 555-0100", False)
    ]


BLOCKS = """# A

## Escalation

**Level 1: On-Call Engineer**
- Handles: slow pages
- Response Time: 5 minutes
- Escalates to: Level 2 if it lasts 30 minutes

**Level 2: Ann Lee, Lead**
- Handles: [Issues]
- Response Time: 15 minutes

After that, nobody is left.
"""


def test_bold_blocks_with_their_lists_are_a_ladder():
    (path,) = document_of(BLOCKS).escalations
    assert (path.form, path.line, path.end_line) == ("blocks", 5, 12)
    first, second = path.levels
    assert (first.contact, first.handles, first.response_time) == ("On-Call Engineer", "slow pages", "5 minutes")
    assert first.escalates_if == "it lasts 30 minutes"
    assert (second.contact, second.handles) == ("Ann Lee, Lead", "")


def test_headings_and_labels_are_a_ladder_too():
    text = (
        "# A\n\n## Escalation\n\n### Level 1: Support\n\n**Response Time:** 1 h\n\n### Level 2: Lead\n\n"
        "**Escalate to:** the board when money is lost\n\n## Next\n"
    )
    (path,) = document_of(text).escalations
    assert [rung.contact for rung in path.levels] == ["Support", "Lead"]
    assert (path.section, path.levels[0].response_time) == ("escalation", "1 h")
    assert path.levels[1].escalates_if == "money is lost"


def test_a_list_of_levels_is_a_ladder():
    (path,) = document_of(
        "# A\n\n## Escalation\n\n- **Level 1:** Support (15 min)\n- **Level 2:** Lead (1 hour)\n"
    ).escalations
    assert [(rung.contact, rung.response_time) for rung in path.levels] == [("Support", "15 min"), ("Lead", "1 hour")]


def test_a_block_whose_contact_is_a_placeholder_is_missing():
    (path,) = document_of("# A\n\n## Escalation\n\n**Level 1: [Name]**\n\n**Level 2: Lead**\n").escalations
    assert [rung.missing for rung in path.levels] == [True, False]


def test_levels_of_something_else_are_no_ladder():
    assert document_of("# A\n\n## Log levels\n\n**Level 1: errors**\n\n**Level 2: warnings**\n").escalations == ()


DRAWING = """# A

## Who is called

```
Level 1: On-Call (answers in 5 min)
    |
    v (if not fixed in 30 min)
Level 2: [Team Lead]
    |
    v (if customers notice (many))
Level 3: Board
```
"""


def test_a_drawing_of_levels_is_a_ladder_with_its_conditions():
    (path,) = document_of(DRAWING).escalations
    assert (path.form, path.line, path.end_line) == ("drawing", 5, 13)
    assert [rung.line for rung in path.levels] == [6, 9, 12]
    assert [rung.escalates_if for rung in path.levels] == ["not fixed in 30 min", "customers notice (many)", ""]
    assert [rung.contact for rung in path.levels] == ["On-Call", "", "Board"]
    assert path.levels[0].response_time == "answers in 5 min"
    assert [rung.missing for rung in path.levels] == [False, True, False]


def test_a_drawing_without_levels_is_reported():
    document = document_of("# A\n\n## Escalation\n\n```\nOn-call -> Lead -> Board\n```\n")
    assert document.escalations == ()
    assert [note.line for note in document.not_understood] == [5]


def test_triggers_go_to_the_ladder_before_them():
    text = BLOCKS + "\n### When to escalate\n\n- money is lost\n"
    assert document_of(text).escalations[0].triggers == ("money is lost",)


def test_two_ladders_stay_two():
    day = "### Day\n\n**Level 1: a**\n\n**Level 2: b**\n\n"
    night = "### Night\n\n**Level 1: c**\n\n**Level 2: d**\n"
    text = f"# A\n\n## Escalation\n\n{day}{night}"
    assert [[rung.contact for rung in path.levels] for path in document_of(text).escalations] == [
        ["a", "b"],
        ["c", "d"],
    ]


def test_lines_of_one_paragraph_are_a_ladder():
    (path,) = document_of("# A\n\n## Escalation\n\n**L1:** Support\n**L2:** Lead (15 min)\n").escalations
    assert [(rung.contact, rung.response_time, rung.line) for rung in path.levels] == [
        ("Support", "", 5),
        ("Lead", "15 min", 6),
    ]
