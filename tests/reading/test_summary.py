"""What stands beside a title in lists."""

from __future__ import annotations

import pytest

from runbooks.reading import read


@pytest.mark.parametrize(
    ("text", "summary"),
    [
        ("# A\n\nSome prose about nothing.\n\n## Overview\n\n**Purpose:** Sells the tickets\n", "Sells the tickets"),
        ("# A\n\n## 1. Start\n\n### 1.1 Purpose\nSells the tickets of all ships.\n", "Sells the tickets of all ships."),
        ("# A\n\n## Meaning\n\nThe disk is nearly full.\n", "The disk is nearly full."),
        (
            "# A\n\nSells the tickets of all ships.\n\n## Overview\n\nTwo pods and a queue.\n",
            "Sells the tickets of all ships.",
        ),
        ("---\ndescription: Sells the tickets\n---\n# A\n\nSome prose about nothing.\n", "Sells the tickets"),
        (
            "# A\n\nKnows the tide. Tells which ships may sail.\n",
            "Knows the tide. Tells which ships may sail.",
        ),
    ],
)
def test_a_summary_says_what_it_is_about(text: str, summary: str) -> None:
    assert read(text).summary == summary


@pytest.mark.parametrize(
    "line",
    [
        "Author: {{WRITER}}, {{WRITER_MAIL}}",
        "Edition {{EDITION}}, of {{EDITION_DATE}}",
        "[What does this service do for whom?]",
        "**Operational documentation of track A**",
        "[The guide to everything around here](guide.md)",
        "Before you start, have these things ready:",
        "_(e.g. a sentence that shows what to write)_",
        "> A quotation from somebody important.",
    ],
)
def test_what_is_no_prose_is_no_summary(line: str) -> None:
    assert read(f"# A\n\n{line}\n\nOpens the gates of the harbour in the morning.\n").summary.startswith(
        "Opens the gates"
    )


def test_a_sentence_deep_in_the_text_is_no_summary() -> None:
    assert read("# A\n\n## B\n\n- c\n\n### D\n\nLook at the log of the gate first.\n").summary == ""


@pytest.mark.parametrize(
    ("text", "path", "title"),
    [
        ("# Runbook\n\n**Feature Name:** Group bookings\n**Service:** Booking\n", "a.md", "Group bookings"),
        ("# Service Runbook\n\n**Service:** Booking\n", "a.md", "Booking"),
        ("# Runbook\n\n**Service:** [Service Name]\n", "services/disk_full.md", "Disk full"),
        ("# Runbook\n", "", "Runbook"),
        ("# Runbook: [Service Name]\n\n**Service:** Booking\n", "a.md", "Runbook: [Service Name]"),
    ],
)
def test_a_title_that_names_no_subject_gives_way_to_the_subject(text: str, path: str, title: str) -> None:
    assert read(text, path=path).title == title
