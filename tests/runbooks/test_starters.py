"""The templates that come with the portal: the portal's own reader finds in each what it is supposed to hold."""

import re

import pytest

from runbooks.filling import NAMES, Known, fill
from runbooks.models import Kind
from runbooks.reading import read
from runbooks.reading.readiness import score
from runbooks.secrets import find_secrets
from runbooks.starters import FOLDER, STARTERS

KNOWN = {name: Known(meaning) for name, meaning in NAMES.items()} | {
    "title": Known("Ticket desk at night"),
    "alert": Known("TicketDeskDown"),
    "service_name": Known("Ticket desk"),
    "service_slug": Known("ticket-desk"),
    "team": Known("Harbour"),
    "owner": Known("Ada Winter"),
    "today": Known("2026-11-17"),
    "next_review": Known("2027-02-15"),
    "dashboard_url": Known("https://grafana.example.net/d/desk", is_address=True),
    "production_url": Known("https://desk.example.com", is_address=True),
    "links": Known("Overview", ("- **Dashboard:** https://grafana.example.net/d/desk",)),
    "contacts": Known("Ada Winter", ("| Team lead | Ada Winter | ada@example.com | [hours] |",)),
    "escalation": Known(
        "Harbour",
        (
            "| L1 | On-call engineer, #harbour | [5 minutes] | [no answer] |",
            "| L2 | [who decides, with a number] | [30 minutes] | [last step] |",
        ),
    ),
}
_GAP = re.compile(r"\[(?![ x]\])[^\[\]\n]+\](?!\()")
BY_SLUG = {starter.slug: starter for starter in STARTERS}
DOCUMENTS = {slug: read(fill(starter.read_text(), KNOWN)) for slug, starter in BY_SLUG.items()}
RUNBOOKS = ("service-runbook", "feature-runbook", "system-runbook", "operational-runbook")


def finish(text):
    """Every gap filled in, with words by which somebody can also be reached."""
    return _GAP.sub("+44 20 7946 0123", text)


def test_there_is_a_starter_for_every_kind_of_page():
    assert [*BY_SLUG] == [
        *RUNBOOKS,
        "procedure",
        "incident-response",
        "post-mortem",
        "alert",
        "blank",
    ]
    assert {path.stem for path in FOLDER.glob("*.md")} == BY_SLUG.keys()


@pytest.mark.parametrize("starter", STARTERS, ids=lambda starter: starter.slug)
class TestEvery:
    def test_is_read_as_the_kind_it_makes(self, starter):
        assert starter.kind in Kind.values
        assert DOCUMENTS[starter.slug].kind == starter.kind

    def test_names_only_what_can_be_filled_in(self, starter):
        assert "{{" not in fill(starter.read_text(), KNOWN)
        assert "{{" not in fill(starter.read_text(), {})

    def test_states_service_team_owner_and_review(self, starter):
        document = DOCUMENTS[starter.slug]
        assert document.value("service") or document.value("system") == "Ticket desk"
        assert (document.value("team"), document.value("owner")) == ("Harbour", "Ada Winter")
        assert document.value("next_review") == "2027-02-15"

    def test_has_no_fault_but_its_gaps(self, starter):
        codes = {finding.code for finding in DOCUMENTS[starter.slug].findings}
        assert codes <= {
            "unfilled-placeholder",
            "escalation-level-missing",
            "contact-missing",
            *(["missing-part"] if starter.slug == "blank" else []),
        }

    def test_is_understood_without_remainder(self, starter):
        assert DOCUMENTS[starter.slug].not_understood == ()

    def test_names_its_gaps_when_nothing_is_known(self, starter):
        findings = read(fill(starter.read_text(), {})).findings
        assert {"unfilled-placeholder", "no-owner"} & {finding.code for finding in findings}

    def test_once_filled_in_is_ready(self, starter):
        document = read(finish(fill(starter.read_text(), KNOWN)))
        assert score(document.findings) >= (40 if starter.slug == "blank" else 98)

    def test_holds_nothing_that_looks_like_a_secret(self, starter):
        assert find_secrets(starter.read_text()) == ()

    def test_every_command_says_its_language(self, starter):
        blocks = [command for command in DOCUMENTS[starter.slug].commands if not command.inline]
        assert all(command.language for command in blocks)

    def test_a_comment_for_the_writer_is_never_shown(self, starter):
        assert "<!--" not in DOCUMENTS[starter.slug].html


@pytest.mark.parametrize("slug", RUNBOOKS)
class TestRunbooks:
    def test_has_alerts_that_lead_to_their_answers(self, slug):
        document = DOCUMENTS[slug]
        anchors = {section.anchor for section in document.sections}
        assert len(document.alerts) >= 2
        assert all(alert.section in anchors - {"alerts"} for alert in document.alerts)

    def test_has_metrics_contacts_ladder_and_known_issues(self, slug):
        document = DOCUMENTS[slug]
        assert len(document.metrics) >= 3
        assert any(contact.email for contact in document.contacts)
        assert [rung.label for rung in document.escalations[0].levels] == ["L1", "L2"]
        issues = read(finish(fill(BY_SLUG[slug].read_text(), KNOWN))).issues
        assert issues
        assert all(issue.symptoms and issue.diagnosis and issue.resolution for issue in issues)

    def test_has_checklists_and_routine_tasks(self, slug):
        checklists = DOCUMENTS[slug].checklists
        assert {"weekly"} <= {checklist.cadence for checklist in checklists}
        assert any("erif" in checklist.name for checklist in checklists)

    def test_says_of_its_commands_whether_they_change_anything(self, slug):
        commands = [
            command for command in DOCUMENTS[slug].commands if "kubectl" in command.code or "curl" in command.code
        ]
        assert {"read", "write"} <= {command.effect for command in commands}
        assert all(command.effect for command in commands)

    def test_names_its_values_in_commands(self, slug):
        names = {placeholder.name for placeholder in DOCUMENTS[slug].placeholders if placeholder.in_command}
        assert "namespace" in names

    def test_has_a_procedure_of_several_steps(self, slug):
        assert max(len(procedure.steps) for procedure in DOCUMENTS[slug].procedures) >= 3


def test_the_service_runbook_begins_with_five_numbered_steps_and_has_triggers():
    document = DOCUMENTS["service-runbook"]
    first = document.procedures[0]
    assert (first.title, [step.number for step in first.steps]) == ("In the first five minutes", [1, 2, 3, 4, 5])
    assert document.escalations[0].triggers
    assert {objective.kind for objective in document.objectives} == {"RTO", "RPO"}


def test_the_feature_runbook_has_rollout_decisions_and_a_switch():
    document = DOCUMENTS["feature-runbook"]
    assert len(document.decisions) >= 3
    assert [len(procedure.steps) for procedure in document.procedures] == [4, 4]
    assert next(command for command in document.commands if not command.inline).effect == "write"


def test_the_system_runbook_has_severities_messages_channels_and_objectives():
    document = DOCUMENTS["system-runbook"]
    assert [severity.level for severity in document.severities] == ["SEV-1", "SEV-2", "SEV-3", "SEV-4"]
    assert [template.kind for template in document.templates] == ["communication", "communication"]
    assert document.channels and len(document.objectives) == 2
    assert {"daily", "weekly", "monthly"} <= {checklist.cadence for checklist in document.checklists}


def test_the_operational_runbook_has_the_worst_day_and_the_start_of_a_shift():
    document = DOCUMENTS["operational-runbook"]
    assert document.checklists[0].name == "At the start of a shift"
    titles = {procedure.title: len(procedure.steps) for procedure in document.procedures}
    assert titles["Complete outage"] == 6 and titles["Wrong or lost data"] == 5


def test_the_procedure_shows_what_each_step_gives():
    (procedure,) = [one for one in DOCUMENTS["procedure"].procedures if one.title == "Steps"]
    assert len(procedure.steps) == 4
    finished = read(finish(fill(BY_SLUG["procedure"].read_text(), KNOWN)))
    steps = next(one for one in finished.procedures if one.title == "Steps").steps
    assert all(step.expected or step.checklist for step in steps)
    assert all(step.commands for step in steps)


def test_incident_response_has_severities_decisions_messages_and_a_form_for_looking_back():
    document = DOCUMENTS["incident-response"]
    assert len(document.severities) == 4 and len(document.decisions) >= 5
    assert [template.kind for template in document.templates] == [*["communication"] * 3, "post-incident"]
    assert {"timeline", "root cause", "went well", "improve", "action items"} <= set(document.templates[-1].parts)
    assert len(document.procedures[0].steps) == 5


def test_the_post_mortem_has_all_its_parts():
    titles = {section.title for section in DOCUMENTS["post-mortem"].sections}
    assert titles >= {
        *("Summary", "Impact", "Timeline", "Root cause", "Resolution"),
        *("What went well", "What could be improved", "Action items", "Lessons learned"),
    }


def test_the_alert_page_answers_exactly_that_alert():
    document = DOCUMENTS["alert"]
    assert [(alert.name, alert.source) for alert in document.alerts] == [("TicketDeskDown", "document")]
    assert {"Meaning", "Impact", "Diagnosis", "Mitigation"} <= {section.title for section in document.sections}
    assert {"namespace", "pod"} <= {one.name for one in document.placeholders if one.in_command}


def test_an_alert_page_without_a_name_answers_none():
    assert read(fill(BY_SLUG["alert"].read_text(), {})).alerts == ()
