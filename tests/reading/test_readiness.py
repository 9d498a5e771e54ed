from __future__ import annotations

from datetime import date

import pytest

from runbooks.reading import read
from runbooks.reading.document import Document, Finding, Link
from runbooks.reading.readiness import WEIGHTS, find_overdue, find_problems, level, score
from tests.reading.structure_of import document_of

HEAD = "# Runbook: Ledger\n\n**Owner:** Payments\n**Review Frequency:** Quarterly\n\n"
COMPLETE = (
    HEAD + "## Health Checks\n\nLook at the page.\n\n## Monitoring\n\nGraphs.\n\n"
    "## Deployment\n\nShip it.\n\n## Rollback\n\nUndo it.\n\n"
    "## Scaling\n\nAdd pods.\n\n## Common Operations\n\nRestart it.\n\n## Troubleshooting\n\nLook at the log.\n\n## Contacts\n\n"
    "- **Owner:** Ann Lee, ann@example.org\n\n## Escalation\n\n"
    "| Level | Contact | Response Time |\n|-|-|-|\n| L1 | Ann | 5 min |\n"
)


def problems_of(text: str, path: str = "runbooks/ledger.md") -> list[Finding]:
    return list(find_problems(document_of(text, path)))


def codes_of(text: str, path: str = "runbooks/ledger.md") -> set[str]:
    return {finding.code for finding in problems_of(text, path)}


def messages_of(text: str, code: str, path: str = "runbooks/ledger.md") -> list[str]:
    return [finding.message for finding in problems_of(text, path) if finding.code == code]


def test_a_complete_runbook_has_no_problems_and_the_full_score():
    assert problems_of(COMPLETE) == []
    assert score([]) == 100


@pytest.mark.parametrize("part", ["Health Checks", "Rollback", "Scaling", "Troubleshooting", "Escalation"])
def test_a_part_that_is_missing_is_named(part):
    text = COMPLETE.replace(f"## {part}\n", "## Other\n").replace(
        "| Level | Contact | Response Time |", "| A | B | C |"
    )
    assert any(f"No section on {part.lower()}" in message for message in messages_of(text, "missing-part"))


def test_an_empty_heading_is_not_the_part():
    text = COMPLETE.replace("## Scaling\n\nAdd pods.\n", "## Scaling\n")
    assert len(messages_of(text, "missing-part")) == 1


def test_a_command_or_a_structure_can_be_the_part():
    text = COMPLETE.replace(
        "## Scaling\n\nAdd pods.", "## More\n\n```bash\nkubectl scale deployment ledger --replicas=5\n```"
    )
    text = text.replace("## Troubleshooting\n\nLook at the log.", "## Issue: slow\n\n**Symptoms:** slow")
    assert messages_of(text, "missing-part") == []


def test_a_page_about_one_alert_needs_no_deployment():
    text = HEAD.replace("Runbook: Ledger", "QueueStuck") + "## Meaning\n\nx\n\n## Diagnosis\n\ny\n"
    messages = messages_of(text, "missing-part", "runbooks/QueueStuck.md")
    assert len(messages) == 1
    assert "mitigation" in messages[0]


def test_a_document_of_unknown_kind_misses_nothing():
    assert "missing-part" not in codes_of("# Notes\n\nText.\n", "notes.md")


def test_placeholders_in_prose_are_one_finding_for_each_name():
    text = HEAD + "Ask [Team Name].\n\nOr call [Team Name] again, and [Other].\n"
    messages = messages_of(text, "unfilled-placeholder")
    assert len(messages) == 2
    assert "here and on 1 more line" in messages[0]
    first = next(finding for finding in problems_of(text) if finding.code == "unfilled-placeholder")
    assert (first.line, first.severity, first.section) == (6, "warning", "runbook-ledger")


@pytest.mark.parametrize(
    "command",
    [
        "kubectl delete pod <pod-name>",
        "kubectl -n $NAMESPACE get pod ${POD}",
        "psql -h [db-host]",
        "git revert [commit-hash]",
        "docker restart [name of the container]",
    ],
)
def test_values_a_reader_fills_in_are_not_unfilled(command):
    assert "unfilled-placeholder" not in codes_of(f"{HEAD}```bash\n{command}\n```\n\nSee `{command}`.\n")


@pytest.mark.parametrize("command", ["[restart command]", "[Command]", "$ [Command 1] [options]"])
def test_a_placeholder_that_stands_for_a_command_is_unfilled(command):
    assert "unfilled-placeholder" in codes_of(f"{HEAD}```bash\n# Restart\n{command}\n```\n")


def test_the_same_value_in_prose_counts_only_where_it_is_prose():
    text = f"{HEAD}For [Service Name].\n\n```bash\nkubectl get deploy/[service-name]\n```\n"
    (message,) = messages_of(text, "unfilled-placeholder")
    assert "more line" not in message


def test_prose_may_speak_of_a_one_word_value_of_a_command():
    text = f"{HEAD}- [ ] You know `[target-time]`, or [target-time]\n\n```bash\npgbackrest --target=[target-time] restore\n```\n"
    assert "unfilled-placeholder" not in codes_of(text)


def test_a_lead_in_line_can_name_a_part():
    text = COMPLETE.replace("## Rollback\n\nUndo it.", "**Rollback:**\n\nUndo it.")
    assert messages_of(text, "missing-part") == []


def test_message_templates_are_meant_to_have_placeholders():
    text = f"{HEAD}## Initial Notification\n\n```\n[SYSTEM NAME] is down since [TIME]\n```\n"
    assert "unfilled-placeholder" not in codes_of(text)


def test_a_template_as_a_whole_has_no_unfilled_placeholders():
    assert codes_of("# Status [X]\n\n[What] is down.\n", "templates/status.md") == set()


def test_a_broken_anchor_is_an_error_on_its_line():
    (finding,) = [f for f in problems_of(HEAD + "See [below](#nowhere).\n") if f.code == "broken-anchor"]
    assert (finding.severity, finding.line) == ("error", 6)
    assert "#nowhere" in finding.message


def test_a_broken_link_to_another_document_is_an_error_of_its_own():
    link = Link("more", "./more.md", 4, "relative", is_broken=True)
    codes = {finding.code: finding.severity for finding in find_problems(Document(links=(link,)))}
    assert codes["broken-link"] == "error"
    assert "broken-anchor" not in codes


def test_a_command_without_a_language_is_said_and_text_is_not():
    assert "command-without-language" in codes_of(HEAD + "```\nkubectl get pods\n```\n")
    assert "command-without-language" not in codes_of(HEAD + "```text\nkubectl get pods\n```\n")


def test_a_ladder_that_reaches_nobody_is_an_error():
    text = (
        HEAD
        + "## Escalation\n\n| Level | Contact | Response Time |\n|-|-|-|\n| L1 | | 5 min |\n| L2 | [Name] | 1 h |\n"
    )
    (finding,) = [f for f in problems_of(text) if f.code == "escalation-reaches-nobody"]
    assert (finding.severity, finding.section) == ("error", "escalation")


def test_a_ladder_with_a_gap_names_the_level():
    text = (
        HEAD + "## Escalation\n\n| Level | Contact | Response Time |\n|-|-|-|\n| L1 | Ann | 5 min |\n| L2 | | 1 h |\n"
    )
    assert "level L2" in messages_of(text, "escalation-level-missing")[0]


def test_contacts_that_are_missing_or_unreachable_are_told_apart():
    text = HEAD + "## Contacts\n\n- **Lead:** [Name]\n- **DBA:** Bo\n- **Boss:** Di, di@example.org\n"
    assert "“Lead”" in messages_of(text, "contact-missing")[0]
    assert "“DBA”" in messages_of(text, "contact-unreachable")[0]


def test_owner_and_review_date_are_asked_for():
    assert {"no-owner", "no-review-date"} <= codes_of("# Ledger Runbook\n\nText.\n")
    assert not {"no-owner", "no-review-date"} & codes_of(
        "# Ledger Runbook\n\n**Team:** Pay\n**Next Review:** 2026-05-01\n"
    )


TODAY = date(2026, 3, 15)


@pytest.mark.parametrize(
    ("lines", "codes"),
    [
        ("**Next Review:** 2026-03-14", ["review-overdue"]),
        ("**Next Review:** 2026-03-15", ["review-due-soon"]),
        ("**Next Review:** 2026-03-29", ["review-due-soon"]),
        ("**Next Review:** 2026-03-30", []),
        ("**Last Review:** 2025-12-01\n**Review Frequency:** Quarterly", ["review-overdue"]),
        ("**Last Updated:** 2026-03-01\n**Review Frequency:** Quarterly", []),
        ("**Last Updated:** 2020-01-01", []),
        ("**Next Review:** [Date]", []),
        ("**Last Updated:** 9999-12-31\n**Review Frequency:** Quarterly", []),
    ],
)
def test_reviews_are_overdue_by_date_or_by_frequency(lines, codes):
    found = find_overdue(document_of(f"# Ledger\n\n{lines}\n"), TODAY)
    assert [finding.code for finding in found] == codes


def test_an_overdue_review_says_since_when():
    (finding,) = find_overdue(document_of("# Ledger\n\n**Next Review:** 13 March 2026\n"), TODAY)
    assert finding.line == 3
    assert "2026-03-13, 2 days ago" in finding.message


def test_findings_of_one_code_cost_no_more_than_its_limit():
    many = [Finding("warning", "unfilled-placeholder", line, "x") for line in range(100)]
    assert score(many) == 100 - WEIGHTS["unfilled-placeholder"][1]


def test_unknown_codes_cost_what_their_severity_costs():
    assert (
        score([Finding("error", "something-new", 1, "x")]) < score([Finding("warning", "something-new", 1, "x")]) < 100
    )
    assert score([Finding("info", "something-new", 1, "x")]) == 100


def test_the_score_never_leaves_its_range():
    everything = [Finding("error", code, 1, "x") for code in WEIGHTS for _ in range(50)]
    assert score(everything) == 0


@pytest.mark.parametrize(
    ("points", "name"), [(100, "ready"), (85, "ready"), (84, "gaps"), (60, "gaps"), (59, "not ready"), (0, "not ready")]
)
def test_levels_follow_from_points(points, name):
    assert level(points) == name


def test_findings_stand_in_the_order_of_their_lines():
    lines = [finding.line for finding in problems_of("# Ledger Runbook\n\n[a b]\n\n[x](#y)\n\n[c d]\n")]
    assert lines == sorted(lines)


def test_an_empty_document_is_no_error():
    assert {finding.severity for finding in find_problems(Document())} <= {"warning", "info"}


def _missing(text: str) -> set[str]:
    found = [finding.message for finding in read(text, path="runbooks/a.md").findings if finding.code == "missing-part"]
    return {message.split(":")[0].removeprefix("No section on ") for message in found}


def test_a_bold_lead_in_with_something_below_it_is_a_part() -> None:
    text = "# Runbook: A\n\n## How to\n\n**Normal Deployment:**\n\n- push\n\n**Rollback:**\n\n```bash\n./old.sh\n```\n"
    assert not {"deployment", "rollback"} & _missing(text)


def test_a_lead_in_with_nothing_below_it_is_no_part() -> None:
    assert "rollback" in _missing("# Runbook: A\n\n## How to\n\npush\n\n**Rollback:**\n")


def test_who_to_escalate_to_among_the_contacts_is_an_escalation() -> None:
    assert "escalation" not in _missing("# Runbook: A\n\n## Contacts\n\n**Escalation:** Ada Byron, ada@a.example\n")
