"""The recognisers on text that is nearly one of the known forms: nothing raises, and every line number is in the text."""

from __future__ import annotations

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from runbooks.reading.readiness import find_overdue, find_problems, score
from tests.reading.structure_of import document_of

PIECES = [
    *(
        "# Alert: x",
        "## Issue 1:",
        "### Step 99999: y",
        "#### 1. z",
        "## Escalation",
        "## Contacts",
        "### 6.1 Daily Tasks",
    ),
    *("**Level 1: a**", "**Level ²: b**", "- Escalates to: Level 2 if", "L1: a", "Level ١: c", "- **Level 3:** [x]"),
    *(
        "| Alert | Severity |",
        "| Level | Contact | SLA |",
        "| Error Code |",
        "| Date | Change |",
        "|---|---|",
        "|--|--|--|",
        "| | |",
    ),
    *("| L² | a | b |", "| a | b |", "| [Name] | [x] | |", "```", "```bash", "  v (if", "Level 1: a", "Level 2:", "->"),
    *(
        "1. a",
        "   - [ ] b",
        "- [x] c",
        "٣. d",
        "> **Owner:** [x]",
        "---",
        "**Owner:**",
        "*Next Review: 9999-12-31*",
        "",
    ),
    *(
        "**Review Frequency:** every 9999 years",
        "RTO/RPO: 4h / [1 hour]",
        "**Symptoms:**",
        "Cause: x",
        "SEV-² SEV-1 P٣",
        "+١ ٢٣٤ ٥٦٧٨",
    ),
]
LINES = st.one_of(st.sampled_from(PIECES), st.text(max_size=40))


@settings(max_examples=300, deadline=None)
@given(
    st.lists(LINES, max_size=40), st.sampled_from(["", "runbooks/KubeX.md", "a/README.md", "x.y.z", "/", "alerts/..md"])
)
def test_nothing_raises_and_every_line_is_in_the_text(lines, path):
    text = "\n".join(lines)
    document = document_of(text, path)
    problems = (*find_problems(document), *find_overdue(document, date(2026, 3, 15)))
    assert 0 <= score(problems) <= 100
    last = text.count("\n") + text.count("\r") + 1
    named = (
        *document.facts,
        *document.alerts,
        *document.contacts,
        *document.escalations,
        *document.procedures,
        *problems,
    )
    assert all(1 <= found.line <= last for found in named)


def test_every_section_that_is_named_exists():
    text = "# A\n\n## Alerts\n\n| Alert | Severity |\n|-|-|\n| Down | High |\n\n## Issue: Down\n\n1. a\n2. b\n"
    document = document_of(text)
    anchors = {section.anchor for section in document.sections}
    named = (*document.alerts, *document.issues, *document.procedures)
    assert {found.section for found in named} <= anchors
