from __future__ import annotations

from tests.reading.structure_of import document_of


def test_lists_behind_labels_are_the_parts_of_an_issue():
    text = (
        "# A\n\n## Known\n\n### Issue 2: Mails are late\n\n**Symptoms:**\n- queue grows\n- users ask\n\n"
        "**Diagnostic Steps**:\n1. look at `mailq`\n2. ask the relay\n\n**Resolution:**\n"
        "- restart it\n\n**Prevention:**\n- add workers\n"
    )
    (issue,) = document_of(text).issues
    assert (issue.title, issue.line, issue.section) == ("Mails are late", 5, "issue-2-mails-are-late")
    assert issue.symptoms == ("queue grows", "users ask")
    assert issue.diagnosis == ("look at mailq", "ask the relay")
    assert (issue.resolution, issue.prevention) == (("restart it",), ("add workers",))


def test_values_may_stand_behind_the_labels():
    (issue,) = document_of(
        "# A\n\n### Issue: Full\n**Symptoms:** writes fail  \n**Cause:** logs  \n**Solution:** rotate\n"
    ).issues
    assert (issue.symptoms, issue.causes, issue.resolution) == (("writes fail",), ("logs",), ("rotate",))


def test_subheadings_open_the_parts_too():
    (issue,) = document_of("# A\n\n## Issue: Full\n\n### Symptoms\n\nWrites fail.\n\n### Root cause\n\n- logs\n").issues
    assert (issue.symptoms, issue.causes) == (("Writes fail.",), ("logs",))


def test_numbered_causes_with_code_are_causes_and_their_code_the_resolution():
    text = "# A\n\n## Issue: Down\n\n**Common Causes & Solutions:**\n\n**Cause 1: No disk**\n```bash\ndf -h\n```\n"
    (issue,) = document_of(text).issues
    assert issue.causes == ("No disk",)
    assert issue.resolution == ("df -h",)


def test_the_next_heading_ends_an_issue():
    first, second = document_of("# A\n\n## Issue: X\n\n**Symptoms:**\n- a\n\n## Issue: Y\n\n- b\n").issues
    assert first.symptoms == ("a",)
    assert second.symptoms == ()


def test_an_issue_whose_title_is_a_placeholder_is_none():
    assert document_of("# A\n\n## Issue: [Problem Description]\n\n**Symptoms:** [What you see]\n").issues == ()


def test_headings_that_only_mention_issues_are_none():
    assert document_of("# A\n\n## Issue tracker\n\n## Common Issues\n\n## Issues: overview of the week\n").issues == ()


def test_plain_lines_may_state_the_parts():
    (issue,) = document_of("# A\n\n## Problem: Full\n\nSymptoms: writes fail\nCause: logs\nFix: rotate\nthem\n").issues
    assert (issue.symptoms, issue.causes, issue.resolution) == (("writes fail",), ("logs",), ("rotate", "them"))
