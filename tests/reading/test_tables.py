from __future__ import annotations

import pytest

from runbooks.reading.tables import severity_level
from tests.reading.structure_of import document_of


def table(header: str, *rows: str, before: str = "# A\n\n") -> str:
    columns = header.count("|") - 1
    return before + "\n".join([header, "|" + "---|" * columns, *rows]) + "\n"


def test_metrics_with_their_ranges_and_levels_are_read():
    text = table(
        "| Metric | Normal Range | Warning | Critical |", "| **Lag** | <1s | >2s | >9s |", "| Users | [x] | | |"
    )
    first, second = document_of(text).metrics
    assert (first.name, first.normal, first.warning, first.critical) == ("Lag", "<1s", ">2s", ">9s")
    assert (second.name, second.normal) == ("Users", "")


def test_metrics_with_a_target_and_a_threshold_are_read():
    (metric,) = document_of(
        table("| Metric | SLO Target | Alert Threshold | Panel |", "| Lag | <1s | >2s | 4 |")
    ).metrics
    assert (metric.slo_target, metric.alert_threshold) == ("<1s", ">2s")


def test_error_codes_are_read():
    text = table(
        "| Error Code | Description | Resolution | Severity |", "| E17 | no money | top up | High |", "| | | | |"
    )
    (code,) = document_of(text).error_codes
    assert (code.code, code.description, code.resolution, code.severity) == ("E17", "no money", "top up", "High")


def test_a_table_of_country_codes_holds_no_error_codes():
    assert document_of(table("| Code | Description |", "| de | Germany |", "| fr | France |")).error_codes == ()


@pytest.mark.parametrize("levels", [("SEV-1", "SEV-2"), ("P0", "P1"), ("Critical", "Low")])
def test_severity_levels_are_read(levels):
    rows = [f"| **{level}** | bad | 15 min | site down |" for level in levels]
    found = document_of(table("| Level | Description | Response Time | Examples |", *rows)).severities
    assert tuple(severity.level for severity in found) == levels
    assert (found[0].description, found[0].response_time, found[0].examples) == ("bad", "15 min", "site down")


@pytest.mark.parametrize(
    ("text", "level"), [("sev1", "SEV-1"), ("Sev 2: major", "SEV-2"), ("p3", "P3"), ("L1", ""), ("", "")]
)
def test_severity_levels_have_one_spelling(text, level):
    assert severity_level(text) == level


@pytest.mark.parametrize(("title", "level"), [("Severity", "SEV-1"), ("Priority", "P1")])
def test_bare_numbers_are_levels_of_their_column(title, level):
    (severity,) = document_of(table(f"| {title} | Description |", "| 1 | all is down |")).severities
    assert severity.level == level


def test_decision_rows_are_read_with_and_without_an_owner():
    owned = document_of(
        table(
            "| Condition | Action | Owner |", "| data lost | restore | DBA |", "| [Condition 2] | [Action] | [Role] |"
        )
    )
    plain = document_of(table("| Situation | Action |", "| one user | wait |"))
    assert [(d.condition, d.action, d.owner) for d in owned.decisions] == [("data lost", "restore", "DBA")]
    assert [(d.condition, d.action, d.owner) for d in plain.decisions] == [("one user", "wait", "")]


def test_change_logs_are_read_in_both_forms():
    versions = document_of(
        table("| Version | Date | Author | Changes |", "| 1.1 | 2026-01-02 | Ann | new pager |", "| | | | |")
    )
    tickets = document_of(
        table("| Date | Change | Performed By | Ticket/Reference |", "| 2026-02-03 | moved | Bo | OPS-1 |")
    )
    (first,), (second,) = versions.changes, tickets.changes
    assert (first.version, first.date, first.author, first.text) == ("1.1", "2026-01-02", "Ann", "new pager")
    assert (second.author, second.reference) == ("Bo", "OPS-1")


def test_a_timeline_is_no_change_log():
    assert (
        document_of(
            table("| Date | Description |", "| 2026-01-02 | it broke |", before="# A\n\n## Timeline\n\n")
        ).changes
        == ()
    )


def test_a_row_without_its_name_is_reported_with_its_line():
    document = document_of(table("| Metric | Warning |", "| | >2s |"))
    assert document.metrics == ()
    assert [note.line for note in document.not_understood] == [5]


def test_a_change_without_date_and_text_is_a_line_of_a_template() -> None:
    table = "| Date | Version | Change | Author |\n|---|---|---|---|\n| [Date] | 1.1 | [Change] | [Author] |\n"
    assert (
        document_of(f"# A\n\n## Change log\n\n{table}| 2026-01-02 | 1.0 | [Change] | |\n").changes[0].version == "1.0"
    )
