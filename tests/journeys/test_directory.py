"""The directory on a phone and on a desk: written down, taken over out of a runbook, and told when somebody leaves."""

import pytest
from playwright.sync_api import expect

from oncall.models import Contact
from tests.factories import make_published, make_service, make_team
from tests.journeys.axe import find_by_day_and_night, find_violations

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "is_mobile": True}
TEXT = """# Gates

**Owner:** Sigrid Haugen

## Contacts

| Role | Name | Phone | Email | Availability |
|---|---|---|---|---|
| Harbour master | Edda Brekke | +44 20 7946 0150 | edda@skerry.example | Always |
| Bosun | [Name] | | | |
"""


@pytest.fixture
def runbook(transactional_db):
    return make_published("Gates", text=TEXT, service=make_service("Gates", team=make_team("Harbour")))


def test_a_contact_is_written_down_on_a_phone_and_called_with_a_thumb(open_page, watch, ben):
    watch.expect(422)
    page = open_page(ben, "/contacts/", **PHONE)
    page.get_by_role("link", name="Add a contact").click()
    page.get_by_label("Name").fill("Edda Brekke")
    page.get_by_label("Number or address, line 1").fill("020 7946 0150")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Begin with + and the code of the country")).to_be_visible()
    page.get_by_label("Number or address, line 1").fill("+44 20 7946 0150")
    page.get_by_label("Number or address, line 2").fill("edda@skerry.example")
    page.get_by_role("button", name="Save").click()
    call = page.get_by_role("link", name="Call Edda Brekke: +44 20 7946 0150")
    expect(call).to_have_attribute("href", "tel:+442079460150")
    box = call.bounding_box()
    assert box["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert find_violations(page) == []
    page.goto("/contacts/")
    assert page.get_by_role("link", name="Call Edda Brekke").bounding_box()["height"] >= 44
    assert find_violations(page) == []


def test_whom_a_runbook_names_is_adopted_and_missed_when_they_leave(open_page, ben, runbook):
    page = open_page(ben, runbook.get_absolute_url())
    page.get_by_role("link", name="People named here").click()
    page.get_by_role("button", name="Adopt Edda Brekke").click()
    expect(page.get_by_text("In the directory now: Edda Brekke")).to_be_visible()
    expect(page.get_by_role("button", name="Adopt Edda Brekke")).to_have_count(0)
    page.get_by_role("link", name="Edda Brekke").click()
    expect(page.get_by_role("link", name="Gates", exact=True)).to_be_visible()
    page.get_by_text("Has left…").click()
    expect(page.get_by_text("1 runbook names them")).to_be_visible()
    page.get_by_role("button", name="Mark as left").click()
    expect(page.get_by_text("1 runbook still names them")).to_be_visible()
    page.goto(f"{runbook.get_absolute_url()}readiness/")
    expect(page.get_by_text("Edda Brekke has left: name somebody else as “Harbour master”.")).to_be_visible()
    assert Contact.objects.departed().count() == 1


def test_more_lines_come_without_scripts(open_page, ben):
    page = open_page(ben, "/contacts/new/", java_script_enabled=False)
    page.get_by_label("Name").fill("Edda Brekke")
    page.get_by_label("Number or address, line 3").fill("@edda")
    page.get_by_role("button", name="More lines").click()
    expect(page.get_by_label("Number or address, line 6")).to_be_visible()
    expect(page.get_by_label("Number or address, line 3")).to_have_value("@edda")
    page.get_by_label("Kind, line 6").select_option("web")
    page.get_by_label("Number or address, line 6").fill("https://skerry.example/edda")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Edda Brekke")).to_be_visible()
    assert Contact.objects.get().ways.count() == 2


@pytest.mark.parametrize("look", [{}, PHONE], ids=["desk", "phone"])
def test_everybody_can_use_the_pages(open_page, ben, runbook, look):
    page = open_page(ben, f"{runbook.get_absolute_url()}people/", **look)
    assert find_by_day_and_night(page) == []
    page.get_by_role("button", name="Adopt all").click()
    contact = Contact.objects.get()
    places = ["people/", "readiness/"]
    addresses = [f"{runbook.get_absolute_url()}{place}" for place in places]
    addresses += ["/contacts/", "/contacts/found/", "/contacts/new/", f"/contacts/{contact.pk}/"]
    addresses += [f"/contacts/{contact.pk}/edit/", "/contacts/vendors/new/", "/contacts/channels/new/"]
    for address in addresses:
        page.goto(address)
        assert find_by_day_and_night(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
