"""What is looked at before a version becomes active, and what it takes to open each gate."""

import datetime as dt
import hashlib

import pytest

from oncall.models import Contact, Way
from runbooks.errors import GatesClosed
from runbooks.models import ExternalLink, Gate, LinkHost, ReviewPolicy, RunbookVersion, Status
from runbooks.services import activate_version, approve_version, save_edit, submit_version
from runbooks.services.bases import EditBase
from runbooks.services.gates import check_gates, find_gates, tick_gate
from tests.factories import NOW, TEXT, go_active, make_active, make_draft, make_path, make_service, make_team, make_user

pytestmark = pytest.mark.django_db
ALL = [gate.value for gate in Gate]
PLAIN = "# Desk\n\n**Owner:** Ada\n**Review Frequency:** Quarterly\n\n## Overview\n\nSells tickets.\n"


@pytest.fixture
def ada(db):
    return make_user("ada", role="Editor")


@pytest.fixture
def ben(db):
    return make_user("ben", role="Approver")


def draft(ada, text=TEXT, gates=None, **extra):
    """A draft whose team asks for these gates; None is the portal's own rules."""
    team = make_team("Harbour", ada)
    service = make_service("Ticket desk", team=team, **extra.pop("service_fields", {}))
    if gates is not None:
        ReviewPolicy.objects.create(team=team, gates=gates)
    return make_draft(ada, text=text, service=service, **extra)


def state(version, gate, now=NOW):
    version.refresh_from_db()
    return next(one for one in find_gates(version, now=now) if one.gate == gate)


def say(state):
    return " ".join(reason.text for reason in state.reasons)


class TestRequired:
    def test_without_a_policy_links_and_placeholders_are_required(self, ada):
        version = draft(ada)
        assert [one.gate.value for one in find_gates(version, now=NOW) if one.is_required] == ["links", "placeholders"]

    def test_a_policy_says_which_are_required(self, ada):
        version = draft(ada, gates=["oncall"])
        assert [one.gate.value for one in find_gates(version, now=NOW) if one.is_required] == ["oncall"]

    def test_every_gate_is_shown_those_that_are_required_first(self, ada):
        version = draft(ada, gates=["security"], text=PLAIN + "Ask for the password.\n")
        gates = find_gates(version, now=NOW)
        assert gates[0].gate == "security" and {one.gate.value for one in gates} == set(ALL)

    def test_a_gate_that_is_not_required_keeps_nothing_closed(self, ada, ben):
        version = draft(ada, gates=[], text="# Desk\n\n[Look](#nowhere) at [Team Name].\n")
        assert go_active(version, ben).status == Status.ACTIVE

    def test_the_team_of_the_runbook_comes_before_that_of_its_service(self, ada):
        version = draft(ada, gates=["oncall"])
        own = make_team("Pier")
        ReviewPolicy.objects.create(team=own, gates=["rollback"])
        version.runbook.team = own
        assert [one.gate.value for one in find_gates(version, now=NOW) if one.is_required] == ["rollback"]


class TestLinks:
    def test_a_link_to_no_heading_closes_it(self, ada):
        found = state(draft(ada, text=PLAIN + "[Below](#nowhere)\n"), Gate.LINKS)
        assert found.is_closed and "#nowhere" in say(found)

    def test_a_link_to_a_document_that_is_not_here_closes_it(self, ada):
        version = draft(ada, text=PLAIN + "[Other](./other.md)\n")
        finding = {"severity": "error", "code": "broken-link", "line": 9, "message": "It leads nowhere.", "section": ""}
        RunbookVersion.objects.update(findings=[finding])
        assert state(version, Gate.LINKS).is_closed

    def test_a_dead_link_that_leads_out_closes_it(self, ada):
        version = draft(ada, text=PLAIN + "[Board](https://board.example/a#top)\n")
        host = LinkHost.objects.create(name="board.example", next_at=NOW)
        url = "https://board.example/a"
        fields = {"host": host, "url": url, "sha256": hashlib.sha256(url.encode()).hexdigest(), "next_check_at": NOW}
        link = ExternalLink.objects.create(state="dead", dead_since=NOW, **fields)
        dead = state(version, Gate.LINKS)
        ExternalLink.objects.filter(pk=link.pk).update(state="alive", dead_since=None)
        alive = state(version, Gate.LINKS)
        assert dead.is_closed and url in say(dead)
        assert alive.holds and not alive.reasons

    def test_one_that_was_not_asked_yet_is_fine_and_said(self, ada):
        found = state(draft(ada, text=PLAIN + "[Board](https://board.pier-tickets.com/)\n"), Gate.LINKS)
        assert found.holds and "not asked yet" in say(found)

    def test_a_text_without_links_has_no_need_of_it(self, ada):
        assert not state(draft(ada, text=PLAIN), Gate.LINKS).is_needed


class TestPlaceholders:
    def test_one_in_prose_closes_it_with_its_line(self, ada):
        found = state(draft(ada, text=PLAIN + "Ask [Team Name].\n"), Gate.PLACEHOLDERS)
        assert found.is_closed and "Line 9" in say(found) and found.reasons[0].url.endswith("#overview")

    def test_values_that_are_filled_in_while_working_are_fine(self, ada):
        assert state(draft(ada), Gate.PLACEHOLDERS).holds

    def test_many_are_counted_not_listed(self, ada):
        text = PLAIN + "".join(f"\nAsk [Person number {n}].\n" for n in range(30))
        found = state(draft(ada, text=text), Gate.PLACEHOLDERS)
        assert len(found.reasons) == 5 and "26 more" in found.reasons[-1].text


class TestEscalation:
    def test_without_a_path_and_without_a_ladder_it_is_closed(self, ada):
        assert state(draft(ada, gates=["escalation"], text=PLAIN), Gate.ESCALATION).is_closed

    def test_a_path_that_reaches_nobody_is_closed(self, ada):
        path = make_path([])
        found = state(draft(ada, gates=["escalation"], service_fields={"escalation_path": path}), Gate.ESCALATION)
        assert found.is_closed and path.get_absolute_url() in [reason.url for reason in found.reasons]

    def test_a_path_that_reaches_somebody_holds(self, ada):
        contact = Contact.objects.create(name="Signe Holm", role="Harbour master")
        Way.objects.create(contact=contact, kind=Way.Kind.PHONE, value="+351210000001")
        service = {"escalation_path": make_path([contact])}
        found = state(draft(ada, gates=["escalation"], service_fields=service), Gate.ESCALATION)
        assert found.holds and "Signe Holm" in say(found)

    def test_somebody_without_any_way_to_reach_them_is_nobody(self, ada):
        contact = Contact.objects.create(name="Signe Holm", role="Harbour master")
        service = {"escalation_path": make_path([contact])}
        assert state(draft(ada, gates=["escalation"], service_fields=service), Gate.ESCALATION).is_closed

    def test_without_a_path_the_ladder_of_the_text_says_who(self, ada):
        ladder = "\n## Escalation\n\n| Level | Contact | Response Time |\n|---|---|---|\n| L1 | Ada Winter | 5 min |\n"
        found = state(draft(ada, gates=["escalation"], text=PLAIN + ladder), Gate.ESCALATION)
        assert found.holds and "Ada Winter" in say(found)

    def test_a_template_calls_nobody(self, ada):
        assert not state(draft(ada, gates=["escalation"], kind="template"), Gate.ESCALATION).is_needed


class TestNeed:
    def test_a_text_without_commands_has_none_to_try(self, ada):
        assert not state(draft(ada, gates=ALL, text=PLAIN), Gate.COMMANDS).is_needed

    @pytest.mark.parametrize(("kind", "is_needed"), [("service", True), ("template", False), ("incident", False)])
    def test_a_text_without_commands_may_have_nothing_to_roll_back(self, ada, kind, is_needed):
        assert state(draft(ada, gates=ALL, text=PLAIN, kind=kind), Gate.ROLLBACK).is_needed is is_needed

    def test_an_incident_response_with_commands_has(self, ada):
        assert state(draft(ada, gates=ALL, kind="incident"), Gate.ROLLBACK).is_needed

    def test_security_is_asked_only_where_credentials_are_mentioned(self, ada):
        version = draft(ada, gates=ALL, text=PLAIN)
        assert not state(version, Gate.SECURITY).is_needed
        base = EditBase(version.pk, version.revision)
        save_edit(version.runbook, base=base, markdown=PLAIN + "\nType the API key.\n", author=ada, now=NOW)
        found = state(version, Gate.SECURITY)
        assert found.is_closed and "Line 10 mentions “API key”." in say(found)


class TestActivation:
    def test_it_is_refused_with_each_closed_gate_and_what_to_do(self, ada, ben):
        version = draft(ada, gates=ALL, text=PLAIN + "[Below](#nowhere)\n")
        submit_version(version, user=ada, now=NOW)
        approve_version(version, user=ben, now=NOW)
        with pytest.raises(GatesClosed) as refusal:
            activate_version(version, user=ben, now=NOW)
        assert [gate for gate, _ in refusal.value.closed] == [
            "Links work",
            "The escalation reaches someone",
            "The rollback was tried",
            "The on-call team agreed",
        ]
        assert "#nowhere" in str(refusal.value) and "ticks this" in str(refusal.value)
        version.refresh_from_db()
        assert version.status == Status.APPROVED

    def test_it_goes_through_once_all_hold(self, ada, ben):
        version = draft(ada, gates=["commands", "oncall"])
        for gate in ("commands", "oncall"):
            tick_gate(version, gate, user=ben, now=NOW)
        assert go_active(version, ben).status == Status.ACTIVE

    def test_a_gate_that_opened_by_itself_lets_it_through(self, ada, ben):
        version = draft(ada, text=PLAIN + "[Board](https://board.pier-tickets.com/)\n")
        assert go_active(version, ben).status == Status.ACTIVE

    def test_only_what_is_required_is_looked_up(self, ada, django_assert_max_num_queries):
        version = draft(ada, gates=["placeholders"])
        with django_assert_max_num_queries(1):
            check_gates(version, NOW + dt.timedelta(days=1))

    def test_a_text_from_outside_was_agreed_on_elsewhere(self, ada):
        version = make_active(text=TEXT, author=ada)
        assert version.status == Status.ACTIVE
