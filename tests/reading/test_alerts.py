from __future__ import annotations

import pytest

from tests.reading.structure_of import document_of

TABLE = """# Ledger

## Alerts

| Alert Name | Condition | Severity | Notification | Runbook Section |
|---|---|---|---|---|
| Ledger Slow | p99 > 2s | Warning | #ledger | 4.1 |
| Ledger Down | no pods | Critical | pager | [what to do](#it-is-down) |
| Ledger Full | disk > 90% | Warning | #ledger | Disk is full |
| Ledger Late | lag > 5m | Warning | #ledger | |
| Ledger Odd | ? | Warning | #ledger | |

## It is down

## 4.1 Slowness

### Disk is full

### Issue: Ledger is late
"""


def test_rows_of_an_alert_table_are_alerts():
    first = document_of(TABLE).alerts[0]
    assert (first.name, first.severity, first.condition, first.response) == (
        "Ledger Slow",
        "Warning",
        "p99 > 2s",
        "#ledger",
    )
    assert (first.source, first.line) == ("table", 7)


def test_an_alert_leads_to_its_section_by_number_link_title_or_name():
    assert [alert.section for alert in document_of(TABLE).alerts] == [
        "41-slowness",
        "it-is-down",
        "disk-is-full",
        "issue-ledger-is-late",
        "alerts",
    ]


def test_the_columns_may_stand_in_any_order():
    text = "# A\n\n| Alert | Severity | Threshold | Response |\n|-|-|-|-|\n| Down | High | 0 pods | page |\n"
    (alert,) = document_of(text).alerts
    assert (alert.severity, alert.condition, alert.response) == ("High", "0 pods", "page")


def test_an_alert_heading_is_read_with_its_labels():
    text = "# A\n\n## 🚨 Alert: QueueStuck\n\n**Severity**: Critical\n**Trigger**: depth > 10\n**Impact**: mails are late\n"
    (alert,) = document_of(text).alerts
    assert (alert.name, alert.severity, alert.condition, alert.impact) == (
        "QueueStuck",
        "Critical",
        "depth > 10",
        "mails are late",
    )
    assert alert.source == "heading"
    assert alert.section == "-alert-queuestuck"


@pytest.mark.parametrize(
    "heading", ["Alert: [Alert Name]", "Alert response", "Alerts: how they work today", "On alert: stay calm"]
)
def test_other_headings_are_no_alerts(heading):
    assert document_of(f"# A\n\n## {heading}\n\nText.\n").alerts == ()


def test_a_row_without_a_name_is_reported_and_empty_rows_are_not():
    document = document_of("# A\n\n| Alert | Severity |\n|-|-|\n| | High |\n| | |\n| [Alert 1] | [High/Low] |\n")
    assert document.alerts == ()
    assert [note.line for note in document.not_understood] == [5]


ALERT_PAGE = "# {0}\n\n## Meaning\n\nQueues do not move.\n\n## Impact\n\nMails are late.\n\n## Diagnosis\n\nLook.\n"


@pytest.mark.parametrize("name", ["QueueStuck", "etcdNoLeader", "KubeAPIDown", "Watchdog"])
def test_a_page_named_like_an_alert_answers_that_alert(name):
    (alert,) = document_of(ALERT_PAGE.format(name), f"runbooks/queue/{name}.md").alerts
    assert (alert.name, alert.source, alert.impact) == (name, "document", "Mails are late.")
    assert alert.condition == "Queues do not move."


def test_the_title_alone_may_be_the_alert():
    assert [a.name for a in document_of(ALERT_PAGE.format("QueueStuck"), "notes/queue.md").alerts] == ["QueueStuck"]


def test_front_matter_may_name_the_alert():
    (alert,) = document_of("---\nalert: QueueStuck\nseverity: page\n---\n# Mails do not go out\n").alerts
    assert (alert.name, alert.severity) == ("QueueStuck", "page")


def test_a_folder_of_alerts_is_hint_enough():
    assert [a.name for a in document_of("# Stuck\n\nText.\n", "alerts/QueueStuck.md").alerts] == ["QueueStuck"]


@pytest.mark.parametrize(
    ("path", "title"), [("README.md", "README"), ("docs/GitHub.md", "GitHub"), ("a/notes.md", "Notes")]
)
def test_ordinary_names_are_no_alerts(path, title):
    assert document_of(f"# {title}\n\nText about it.\n\n## Impact\n\nNone.\n", path).alerts == ()


def test_a_row_and_a_heading_about_the_same_alert_are_one_alert():
    table = "| Alert | Severity | Response |\n|-|-|-|\n| QueueStuck | High | page |\n"
    (alert,) = document_of(f"# A\n\n## All\n\n{table}\n## Alert: QueueStuck\n\n**Impact:** mails are late\n").alerts
    assert (alert.source, alert.severity, alert.response, alert.impact) == ("heading", "High", "page", "mails are late")


def test_a_link_in_the_response_leads_to_the_section():
    table = "| Alert | Severity | Response |\n|-|-|-|\n| QueueStuck | High | see [here](#what-helps) |\n"
    assert document_of(f"# A\n\n## All\n\n{table}\n## What helps\n\nx\n").alerts[0].section == "what-helps"


def test_a_row_answers_where_a_link_in_any_of_its_cells_leads() -> None:
    table = (
        "| Alert | Severity | First look |\n|---|---|---|\n| TicketsOld | High | [Stale tickets](#Stale-tickets) |\n"
    )
    document = document_of(f"# A\n\n## Alerts\n\n{table}\n## Stale tickets\n\nb\n")
    assert document.alerts[0].section == "stale-tickets"
