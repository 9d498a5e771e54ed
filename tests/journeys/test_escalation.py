"""Escalation paths: asked who would be called, made by hand, and adopted out of a runbook."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from accounts.roles import EDITOR
from oncall.models import Channel, Contact, EscalationPath, Way
from runbooks.models import Runbook
from tests.factories import make_path, make_published, make_rotation, make_service, make_team, make_user
from tests.journeys.axe import find_by_day_and_night, find_violations
from tests.journeys.conftest import OpenPage, Watch
from tests.ladders.candidates import DRAWING, TABLE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def harbour(transactional_db: None) -> Runbook:
    """A team with two people taking turns, a directory, and a runbook with a ladder."""
    team = make_team("Booking and Fares")
    make_rotation(team, make_user("ann", display_name="Ann Lee"), make_user("bob", display_name="Bob Ray"), name="Rota")
    morag = Contact.objects.create(name="Morag Sinclair", role="Booking lead", team=team)
    Way.objects.create(contact=morag, kind="phone", value="+44 20 7946 0112")
    Contact.objects.create(name="Desmond Oakes", role="Platform lead")
    Channel.objects.create(purpose="On call", channel="#booking-oncall")
    return make_published(text=TABLE, service=make_service(team=team))


def test_who_would_be_called_at_any_moment(harbour: Runbook, ben: User, open_page: OpenPage):
    layer = harbour.service.team.rotations.get().layers.get()
    make_path([layer, Channel.objects.get()], [Contact.objects.first()], minutes=(5, 15), team=harbour.service.team)
    page = open_page(ben, "/escalation/")
    found = find_by_day_and_night(page)
    page.get_by_role("link", name="Harbour path").click()
    page.get_by_role("textbox", name="At (UTC)").fill("2026-01-07T03:00")
    page.get_by_role("button", name="Ask").click()
    ladder = page.get_by_role("list", name="Whom Harbour path calls")
    expect(ladder).to_contain_text("Ann Lee")
    expect(page.get_by_text("Wednesday 7 January 2026, 03:00 UTC")).to_be_visible()
    page.get_by_role("textbox", name="At (UTC)").fill("2026-01-14T03:00")
    page.get_by_role("button", name="Ask").click()
    expect(ladder).to_contain_text("Bob Ray")
    expect(ladder).to_contain_text("after 5 min")
    expect(page.get_by_role("region", name="What is wrong")).to_contain_text("Bob Ray has neither a telephone number")
    assert found + find_by_day_and_night(page) == []


@pytest.mark.parametrize("has_scripts", [True, False], ids=["script", "no script"])
def test_a_path_is_made_by_hand(harbour: Runbook, ben: User, open_page: OpenPage, watch: Watch, has_scripts: bool):
    watch.expect(422)
    page = open_page(ben, "/escalation/", java_script_enabled=has_scripts)
    page.get_by_role("link", name="Make the first one").click()
    page.get_by_label("Name", exact=True).fill("Tickets")
    page.get_by_label("Calls", exact=True).nth(0).fill("Primary, Rota (Booking and Fares)")
    page.get_by_label("and 2", exact=True).nth(0).fill("#booking-oncall")
    page.get_by_label("Minutes to answer").nth(0).fill("5")
    page.get_by_label("Calls", exact=True).nth(1).fill("Morag Sinclear")
    page.get_by_role("button", name="Save the path").click()
    expect(page.get_by_text("“Morag Sinclear” is not known")).to_be_visible()
    page.get_by_label("Calls", exact=True).nth(1).fill("Morag Sinclair")
    page.get_by_role("button", name="One more level").click()
    page.get_by_label("Calls", exact=True).nth(3).fill("Desmond Oakes")
    page.get_by_role("button", name="Save the path").click()
    expect(page.get_by_role("heading", name="Tickets")).to_be_visible()
    assert [level.label for level in EscalationPath.objects.get().levels.all()] == ["L1", "L2", "L3"]
    page.get_by_label("Another service").select_option("Ticket desk")
    page.get_by_role("button", name="Let it follow this path").click()
    expect(page.get_by_text("Ticket desk follows this path now.")).to_be_visible()


def test_a_ladder_is_adopted_out_of_a_runbook(harbour: Runbook, ben: User, open_page: OpenPage):
    page = open_page(ben, harbour.get_absolute_url())
    page.get_by_role("link", name="Who would be called now?").click()
    expect(page.get_by_text("follows no escalation path")).to_be_visible()
    found = find_by_day_and_night(page)
    page.get_by_role("button", name="Adopt as a path").click()
    expect(page.get_by_text("was made out of Ticket desk")).to_be_visible()
    page.get_by_role("link", name="Change the path").click()
    found += find_by_day_and_night(page)
    page.get_by_label("Minutes to answer").nth(1).fill("45")
    page.get_by_role("button", name="Save the path").click()
    page.goto(f"{harbour.get_absolute_url()}escalation/")
    expect(page.get_by_text("L2: the text says “15 minutes”, the path waits 45 minutes.")).to_be_visible()
    found += find_by_day_and_night(page)
    page.goto(f"{harbour.get_absolute_url()}readiness/")
    expect(page.get_by_text("the path waits 45 minutes")).to_be_visible()
    assert found == []


def test_what_a_drawing_does_not_say_is_asked(open_page: OpenPage, watch: Watch, harbour: Runbook):
    watch.expect(422)
    other = make_published("Gates", text=DRAWING, service=make_service("Gates", team=harbour.service.team))
    page = open_page(make_user("dee", role=EDITOR), f"{other.get_absolute_url()}escalation/")
    page.get_by_role("link", name=re.compile("^Adopt as a path")).click()
    expect(page.get_by_text("Not found: Harbour on-call, +44 20 7946 0131.")).to_be_visible()
    page.get_by_role("button", name="Save the path").click()
    expect(page.get_by_text("How many minutes has this level to answer?")).to_be_visible()
    assert find_violations(page) == []
    page.get_by_label("Calls", exact=True).nth(0).fill("Primary, Rota (Booking and Fares)")
    page.get_by_label("Minutes to answer").nth(1).fill("20")
    page.get_by_role("button", name="Save the path").click()
    expect(page.get_by_text("L1 there also says: Harbour on-call, +44 20 7946 0131.")).to_be_visible()


def test_the_ladder_fits_a_phone(harbour: Runbook, ben: User, open_page: OpenPage):
    layer = harbour.service.team.rotations.get().layers.get()
    make_path([layer, Channel.objects.get()], [Contact.objects.first()], team=harbour.service.team)
    page = open_page(ben, viewport={"width": 390, "height": 844})
    for path in ("/escalation/", "/escalation/harbour-path/", "/escalation/harbour-path/edit/", "/escalation/new/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
