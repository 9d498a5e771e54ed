"""What the five templates hold, form by form. Their values are placeholders, so most of them count as missing."""

from __future__ import annotations

import pytest

from runbooks.reading.readiness import find_problems, level, score
from tests.reading.structure_of import CORPUS, document_of, seed

FEATURE, SYSTEM = "feature-runbook.md", "system-runbook.md"
OPERATIONAL, README, SERVICE = "operational-runbook.md", "operations-readme.md", "service-runbook.md"


@pytest.mark.parametrize(
    ("name", "kind"),
    [(FEATURE, "feature"), (SYSTEM, "service"), (OPERATIONAL, "service"), (README, ""), (SERVICE, "service")],
)
def test_each_template_is_known_for_what_it_is(name, kind):
    assert seed(name).kind == kind


@pytest.mark.parametrize(
    ("name", "tasks", "lists"),
    [(FEATURE, 40, 11), (SYSTEM, 52, 12), (OPERATIONAL, 5, 1), (README, 0, 0), (SERVICE, 10, 2)],
)
def test_every_task_item_is_in_one_checklist(name, tasks, lists):
    found = seed(name).checklists
    assert sum(len(checklist.items) for checklist in found) == tasks
    assert len(found) == lists


@pytest.mark.parametrize("name", [FEATURE, SYSTEM])
def test_daily_weekly_and_monthly_lists_become_routine_tasks(name):
    assert [c.cadence for c in seed(name).checklists if c.cadence] == ["daily", "weekly", "monthly"]


def test_lead_in_lines_name_the_checklists_of_the_system_runbook():
    names = {checklist.name for checklist in seed(SYSTEM).checklists}
    assert {"Before any deployment", "After deployment, verify", "After any rollback"} <= names


def test_the_table_of_the_service_runbook_is_a_ladder_of_four_levels():
    (path,) = seed(SERVICE).escalations
    assert path.form == "table"
    assert [rung.label for rung in path.levels] == ["L1", "L2", "L3", "L4"]
    assert [rung.response_time for rung in path.levels] == ["5 minutes", "15 minutes", "30 minutes", "1 hour (P0 only)"]
    assert len(path.triggers) == 4


def test_the_drawing_of_the_system_runbook_is_a_ladder_of_four_levels():
    (path,) = seed(SYSTEM).escalations
    assert path.form == "drawing"
    assert [rung.contact for rung in path.levels][0::3] == ["On-Call Engineer", "Executive Leadership"]
    conditions = [rung.escalates_if for rung in path.levels]
    assert conditions[:2] == ["not resolved in 30 min", "SEV-1 or customer impact"]
    assert conditions[2] and not conditions[3]


def test_the_blocks_of_the_feature_runbook_are_a_ladder_of_three_levels():
    (path,) = seed(FEATURE).escalations
    assert path.form == "blocks"
    assert [(rung.label, rung.contact) for rung in path.levels] == [
        ("L1", "On-Call Engineer"),
        ("L2", "Engineering Lead"),
        ("L3", "Management"),
    ]
    assert path.end_line - path.line == 12


def test_the_ladder_of_the_feature_runbook_reads_its_handles_once_they_are_filled_in():
    seed(FEATURE)
    text = (CORPUS.parent / "seeds" / FEATURE).read_text(encoding="utf-8")
    text = text.replace("[Issues]", "slow checkouts").replace("Level 2 if [Condition]", "Level 2 if it lasts an hour")
    first = document_of(text).escalations[0].levels[0]
    assert (first.handles, first.escalates_if) == ("slow checkouts", "it lasts an hour")


def test_alerts_are_counted_without_those_that_have_no_name_yet():
    assert len(seed(SYSTEM).alerts) == 6
    assert len(seed(OPERATIONAL).alerts) == 3
    assert seed(FEATURE).alerts == ()
    assert seed(SERVICE).alerts == ()


def test_alerts_of_the_operational_runbook_lead_to_the_issues_that_answer_them():
    assert [alert.section for alert in seed(OPERATIONAL).alerts] == [
        "issue-service-is-down--not-responding",
        "issue-high-error-rate",
        "issue-high-latency",
    ]


def test_known_issues_have_their_symptoms_diagnosis_and_resolution():
    for name, count in ((SYSTEM, 4), (OPERATIONAL, 3)):
        found = seed(name).issues
        assert len(found) == count
        assert all(issue.symptoms and issue.diagnosis and issue.resolution for issue in found)
    assert seed(OPERATIONAL).issues[0].causes[0].startswith("Database")


def test_error_codes_metrics_severities_and_decisions_are_read():
    assert [code.code for code in seed(FEATURE).error_codes] == ["ERR-001", "ERR-002"]
    assert len(seed(SYSTEM).metrics) == 6
    assert [metric.slo_target for metric in seed(SERVICE).metrics][:2] == ["< 800ms", "< 0.1%"]
    assert [severity.level for severity in seed(SYSTEM).severities] == ["SEV-1", "SEV-2", "SEV-3", "SEV-4"]
    assert len(seed(SYSTEM).decisions) == 5
    assert seed(FEATURE).decisions == ()


def test_contacts_of_the_templates_are_all_missing():
    for name, count in ((SYSTEM, 5), (FEATURE, 4), (OPERATIONAL, 4)):
        found = seed(name).contacts
        assert len(found) == count
        assert all(contact.missing for contact in found)


def test_empty_vendor_rows_are_no_vendors_and_channels_keep_their_purpose():
    document = seed(SYSTEM)
    assert document.vendors == ()
    assert [channel.purpose for channel in document.channels][:1] == ["Incidents"]
    assert len(document.channels) == 4
    assert [channel.purpose for channel in seed(OPERATIONAL).channels] == ["Slack Channel"]


@pytest.mark.parametrize("name", [FEATURE, OPERATIONAL])
def test_both_recovery_objectives_are_found_and_still_open(name):
    found = seed(name).objectives
    assert {objective.kind for objective in found} == {"RTO", "RPO"}
    assert all(objective.missing for objective in found)


def test_step_headings_and_numbered_headings_are_procedures():
    deployment, rollback = (p for p in seed(FEATURE).procedures if len(p.steps) > 3)
    assert [step.number for step in deployment.steps] == [1, 2, 3, 4, 5]
    assert len(rollback.steps) == 4
    assert all(step.commands for step in deployment.steps)
    incident = next(p for p in seed(SYSTEM).procedures if len(p.steps) == 6)
    assert incident.steps[0].checklist


def test_numbered_list_with_code_in_its_items_gives_commands_to_its_steps():
    migration = next(p for p in seed(SYSTEM).procedures if p.title.startswith("Database Migration"))
    assert [len(step.commands) for step in migration.steps] == [1, 1, 0, 1, 0]


def test_message_and_review_templates_keep_their_placeholders_and_parts():
    initial, resolution, review = seed(SYSTEM).templates
    assert (initial.kind, resolution.kind, review.kind) == ("communication", "communication", "post-incident")
    assert initial.placeholders and initial.name == "Initial Notification"
    assert review.parts == ("timeline", "root cause", "impact", "went well", "improve", "action items")
    (response,) = seed(README).templates
    assert response.kind == "post-incident"
    assert "timeline" in response.parts and "lessons learned" in response.parts


def test_change_logs_are_read_without_their_empty_rows():
    assert [change.date for change in seed(SERVICE).changes] == ["2025-09-29"]
    assert [change.version for change in seed(FEATURE).changes] == ["1.0"]
    assert [change.version for change in seed(SYSTEM).changes] == ["1.0"]


def test_facts_of_the_templates_come_under_their_canonical_names():
    system = seed(SYSTEM)
    assert system.value("review_frequency") == "Quarterly"
    assert {"system", "owner", "classification", "next_review", "last_review", "approved_by"} <= {
        fact.name for fact in system.facts
    }
    names = {fact.name for fact in seed(SERVICE).facts}
    assert {"service", "team", "on_call", "last_updated", "slo"} <= names


@pytest.mark.parametrize("name", [FEATURE, SYSTEM, OPERATIONAL, SERVICE])
def test_a_template_nobody_has_filled_in_is_not_ready(name):
    document = seed(name)
    assert level(score(find_problems(document))) == "not ready"


def test_published_alert_pages_are_alerts_and_their_index_pages_are_not():
    if not CORPUS.exists():
        pytest.skip("../shared/corpus is not there")
    root = CORPUS / "prometheus-operator-runbooks" / "content"
    for path in sorted(root.glob("runbooks/*/*.md")):
        found = document_of(path.read_text(encoding="utf-8"), f"runbooks/{path.parent.name}/{path.name}").alerts
        assert [alert.name for alert in found] == ([] if path.stem == "_index" else [path.stem])


def test_published_prose_gives_no_false_contacts_vendors_or_metrics():
    if not CORPUS.exists():
        pytest.skip("../shared/corpus is not there")
    for path in sorted((CORPUS / "pagerduty-incident-response").rglob("*.md")):
        document = document_of(path.read_text(encoding="utf-8"), str(path.relative_to(CORPUS)))
        assert not document.contacts and not document.vendors and not document.metrics and not document.alerts
