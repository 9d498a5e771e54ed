from __future__ import annotations

import pytest

from tests.reading.structure_of import document_of


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("docs/operations/runbooks/api-service.md", "service"),
        ("docs/operations/incidents/incident-response.md", "incident"),
        ("docs/operations/incidents/post-mortem-template.md", "template"),
        ("docs/operations/monitoring/metrics.md", "monitoring"),
        ("docs/operations/procedures/rollback.md", "procedure"),
        ("playbooks/phishing.md", "procedure"),
        ("roles/scribe.md", "procedure"),
        ("runbooks/incidents/outage.md", "incident"),
        ("docs/operations/runbooks/README.md", ""),
        ("docs/add-runbook.md", ""),
        ("docs/ledger-runbook.md", "service"),
        ("notes.md", ""),
        ("", ""),
    ],
)
def test_the_folder_nearest_to_the_file_tells_the_kind(path, kind):
    assert document_of("# Notes\n\nText.\n", path).kind == kind


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Runbook: Ledger", "service"),
        ("Ledger Runbook", "service"),
        ("Playbook: Phishing", "procedure"),
        ("Incident Response: Ledger down", "incident"),
        ("Post-mortem of the ledger outage", "incident"),
        ("Status update template", "template"),
        ("Monitoring", "monitoring"),
        ("Adding a runbook", ""),
        ("Ledger", ""),
    ],
)
def test_the_title_tells_the_kind_where_the_folder_does_not(title, kind):
    assert document_of(f"# {title}\n\nText.\n").kind == kind


def test_facts_tell_the_kind():
    assert document_of("# Runbook\n\n**Feature Name:** Split bills\n", "runbooks/split.md").kind == "feature"
    assert document_of("# Ledger\n\n**Service:** Ledger\n").kind == "service"


def test_front_matter_has_the_last_word():
    assert document_of("---\nkind: procedure\n---\n# Ledger Runbook\n", "runbooks/ledger.md").kind == "procedure"


def test_a_page_about_one_alert_is_monitoring_wherever_it_lies():
    text = "# QueueStuck\n\n## Meaning\n\nx\n\n## Mitigation\n\ny\n"
    assert document_of(text, "runbooks/queue/QueueStuck.md").kind == "monitoring"
