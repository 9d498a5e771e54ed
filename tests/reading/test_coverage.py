"""Which parts a document holds, and where: what the coverage page is made of."""

import pytest

from runbooks.reading import read
from runbooks.reading.coverage import CODES, COLUMNS, find_parts

WHOLE = """\
# Runbook: Ticket desk

## Overview

Sells tickets at the pier.

## Health checks

Look at `/healthz`.

## Monitoring

One dashboard.

## Deployment

### Staging

Push to main.

### Production

Press the button.

## Rollback

Press the other button.

## Scaling

Add pods.

## Common operations

Restart it on Mondays.

## Troubleshooting

Look at the log.

## Contacts

- **Owner:** Ada Winter, ada@example.com

## Escalation

Call Ben after ten minutes.

## Disaster recovery

**RTO:** 4 hours
**RPO:** 15 minutes
"""


def parts_of(text, path="runbooks/desk.md"):
    return find_parts(read(text, path=path))


def with_section(heading, text="Some words.\n"):
    return parts_of(f"# Runbook: Desk\n\n{heading}\n\n{text}")


def test_a_whole_runbook_holds_every_part_in_its_own_section():
    assert parts_of(WHOLE) == {
        "overview": "overview",
        "health-checks": "health-checks",
        "monitoring": "monitoring",
        "deployment-staging": "staging",
        "deployment-production": "production",
        "rollback": "rollback",
        "scaling": "scaling",
        "common-operations": "common-operations",
        "troubleshooting": "troubleshooting",
        "contacts": "contacts",
        "escalation": "escalation",
        "disaster-recovery": "disaster-recovery",
        "rto": "disaster-recovery",
        "rpo": "disaster-recovery",
    }


def test_codes_are_those_of_the_columns_and_the_two_objectives():
    assert (*(column.code for column in COLUMNS), "rto", "rpo") == CODES


@pytest.mark.parametrize("text", ["", "\n\n", "# \n", "---\na: b\n---\n", "```\nx\n```", "| a |\n|-|\n"])
def test_a_text_without_any_part_holds_none(text):
    assert parts_of(text) == {}


def test_every_anchor_is_one_of_the_document_or_the_page_itself():
    anchors = {section.anchor for section in read(WHOLE).sections} | {""}
    assert set(parts_of(WHOLE).values()) <= anchors


@pytest.mark.parametrize(
    ("heading", "code", "anchor"),
    [
        ("## Section 1: System Overview", "overview", "section-1-system-overview"),
        ("## 🎯 Service Overview", "overview", "-service-overview"),
        ("### Health Check Endpoints", "health-checks", "health-check-endpoints"),
        ("## 5. Monitoring and Alerting", "monitoring", "5-monitoring-and-alerting"),
        ("### 8.3 Backup and Recovery Details", "disaster-recovery", "83-backup-and-recovery-details"),
        ("## 7. Rollback Procedures", "rollback", "7-rollback-procedures"),
        ("### Scale Service", "scaling", "scale-service"),
        ("## Section 6: Routine Operations", "common-operations", "section-6-routine-operations"),
        ("## 📞 Escalation Path", "escalation", "-escalation-path"),
        ("## 9. Emergency Contacts", "contacts", "9-emergency-contacts"),
        ("## Business Continuity", "disaster-recovery", "business-continuity"),
    ],
)
def test_headings_in_the_forms_of_templates(heading, code, anchor):
    assert with_section(heading)[code] == anchor


def test_a_heading_with_nothing_below_it_holds_nothing():
    assert "rollback" not in parts_of("# Runbook: Desk\n\n## Rollback\n\n## Scaling\n\nAdd pods.\n")


def test_a_lead_in_line_counts_with_the_section_it_stands_in():
    assert with_section("## How we work", "Rollback:\n\n1. Press the button.\n")["rollback"] == "how-we-work"


def test_a_heading_counts_before_a_lead_in_line_above_it():
    text = "# Runbook: Desk\n\n## Notes\n\nRollback:\n\n- Press.\n\n## Rollback\n\nPress the other one.\n"
    assert parts_of(text)["rollback"] == "rollback"


def test_a_command_that_does_it_counts():
    text = "# Runbook: Desk\n\n## Tricks\n\n```bash\nkubectl rollout undo deploy/desk\n```\n"
    assert parts_of(text)["rollback"] == "tricks"


def test_alerts_in_a_table_are_monitoring():
    text = "# Runbook: Desk\n\n## What wakes us\n\n| Alert | Severity |\n|---|---|\n| DeskDown | critical |\n"
    assert parts_of(text)["monitoring"] == "what-wakes-us"


def test_what_stands_in_the_title_section_is_the_page_itself():
    assert parts_of("# Runbook: Desk\n\nRollback:\n\n- Press the button.\n")["rollback"] == ""


# --- Deployment -------------------------------------------------------------------------------------------------------


def test_a_deployment_that_names_no_environment_is_to_production():
    found = with_section("## Deployment", "Press the button.\n")
    assert found["deployment-production"] == "deployment" and "deployment-staging" not in found


def test_environments_are_found_in_the_commands_of_the_section():
    found = with_section("## Deployment", "```bash\n# Deploy to staging\nmake a\n# Deploy to production\nmake b\n```\n")
    assert found["deployment-staging"] == found["deployment-production"] == "deployment"


def test_a_deployment_to_staging_alone_leaves_production_out():
    found = with_section("## Deployment", "Every push goes to staging.\n")
    assert found["deployment-staging"] == "deployment" and "deployment-production" not in found


def test_preproduction_is_staging():
    found = with_section("## Release to pre-production", "Press.\n")
    assert found["deployment-staging"] == "release-to-pre-production" and "deployment-production" not in found


def test_what_is_checked_before_a_deployment_is_none():
    text = "# Runbook: Desk\n\n## Pre-deployment checklist\n\nIs production calm?\n\n## Deployment\n\nPress.\n"
    assert parts_of(text)["deployment-production"] == "deployment"


def test_going_back_is_no_deployment():
    found = with_section("## Deployment rollback", "On production press the other button.\n")
    assert found["rollback"] == "deployment-rollback" and "deployment-production" not in found


def test_words_about_production_elsewhere_are_no_deployment():
    assert "deployment-production" not in with_section("## Access", "Production needs a key.\n")


# --- Recovery ---------------------------------------------------------------------------------------------------------


def test_an_objective_in_brackets_is_promised_by_nobody():
    found = with_section("## Disaster recovery", "**RTO:** [4 hours]\n**RPO:** 15 minutes\n")
    assert "rto" not in found and found["rpo"] == "disaster-recovery"


def test_objectives_without_a_section_on_recovery_are_objectives_only():
    found = with_section("## Promises", "The RTO is 4 hours and the RPO is 5 minutes.\n")
    assert found["rto"] == found["rpo"] == "promises" and "disaster-recovery" not in found


def test_a_procedure_on_restoring_answers_recovery_as_a_page():
    found = parts_of("# Procedure: Restore the ledger\n\n1. Fetch the copy.\n", "procedures/restore.md")
    assert found["disaster-recovery"] == ""


def test_a_procedure_on_deploying_is_a_page_on_deploying():
    found = parts_of("# How to deploy the ledger\n\nPress the button.\n", "procedures/deploy.md")
    assert found["deployment-production"] == ""


def test_a_procedure_on_going_back_is_no_deployment():
    found = parts_of("# How to roll back a deployment\n\nPress.\n", "procedures/back.md")
    assert "deployment-production" not in found


# --- Kinds ------------------------------------------------------------------------------------------------------------


def test_the_overview_of_a_procedure_is_not_its_services():
    assert "overview" not in parts_of("# How to restart\n\n## Overview\n\nPress.\n", "procedures/restart.md")


def test_a_runbook_that_begins_with_what_it_is_about_has_its_overview_there():
    assert parts_of("# Runbook: Desk\n\nThe desk sells tickets at the pier.\n")["overview"] == ""


def test_a_template_holds_nothing():
    assert parts_of(WHOLE.replace("Runbook: Ticket desk", "Service runbook template")) == {}


@pytest.mark.parametrize("depth", [1, 2_000])
def test_hostile_texts_are_read_in_time(depth):
    text = (
        "# Runbook\n\n" + "## Deployment [" * depth + "staging\n\n" + "> " * depth + "production restore from backup\n"
    )
    assert isinstance(parts_of(text), dict)
