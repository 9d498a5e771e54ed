"""From a file of rules to the alert that leads nowhere, to a runbook for it; and from a cell of coverage to its section."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from accounts.roles import EDITOR
from runbooks.models import Runbook
from tests.factories import make_published, make_service, make_user
from tests.journeys.axe import find_by_day_and_night
from tests.journeys.conftest import OpenPage
from tests.runbooks.coverage.rules import PIER

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]

TEXT = "# Runbook: Ticket desk\n\n" + "Words.\n\n" * 80 + "## Rollback\n\nPress the button.\n\n" + "Words.\n\n" * 80


def test_a_pasted_file_of_rules_leads_to_a_stub(open_page: OpenPage):
    make_service("Ticket desk")
    page = open_page(make_user("ben", role=EDITOR), "/coverage/alerts/")
    page.get_by_role("link", name="Add a file of rules").click()
    page.get_by_label("Or paste it").fill(PIER.decode())
    page.get_by_label("Name of the file").fill("pier.yaml")
    page.get_by_role("button", name="Take in").click()
    expect(page.get_by_text("pier.yaml holds 2 alerts.")).to_be_visible()
    assert not find_by_day_and_night(page)
    page.get_by_role("button", name="Start a stub: TicketDeskSlow").click()
    page.wait_for_url("**/runbooks/ticket-desk/ticket-desk-slow/edit/")
    assert "TicketDeskSlow" in page.locator("textarea[name=markdown]").input_value()
    assert Runbook.objects.get().title == "TicketDeskSlow"


def test_a_cell_leads_to_its_section_and_a_gap_to_the_editor(open_page: OpenPage):
    make_published("Ticket desk", text=TEXT)
    page = open_page(make_user("ben", role=EDITOR), "/coverage/")
    assert not find_by_day_and_night(page)
    page.get_by_role("link", name="Rollback: there, in Ticket desk").click()
    expect(page.get_by_role("heading", name="Rollback")).to_be_in_viewport()
    page.go_back()
    page.get_by_role("link", name="Scaling: missing. Write it for Ticket desk").click()
    page.wait_for_url("**/runbooks/ticket-desk/ticket-desk/edit/")
