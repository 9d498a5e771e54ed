"""axe finds nothing serious on any page, by day and by night."""

from __future__ import annotations

import pytest

from accounts.models import User
from accounts.roles import ADMINISTRATOR, EDITOR
from runbooks.services import submit_version
from tests.factories import NOW, TEXT, make_draft, make_published, make_user
from tests.journeys.axe import find_by_day_and_night
from tests.journeys.conftest import OpenPage, Watch
from tests.journeys.places import PLACES, find_living_places
from tests.journeys.texts import COMMANDS, HOSTILE, WIDE

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
# What runbooks are drawn with: each of these is on one of the pages, so that axe has seen it.
COMPONENTS = (
    *(f"article .{name}" for name in ("ladder", "callout", "tasks", "table", "drawing", "cmd", "icmd", "docfacts")),
    *(
        "article var",
        "article img",
        "article a[href^='tel:']",
        "#portal-values",
        "#portal-index",
        "#portal-gaps",
        ".facts",
        ".outline",
    ),
)
DESK = "/runbooks/ticket-desk/ticket-desk/"


@pytest.fixture
def boss(transactional_db: None) -> User:
    """Somebody who is offered everything."""
    return make_user("dee", role=ADMINISTRATOR, is_staff=True)


def test_the_pages_of_a_living_portal(example, boss: User, open_page: OpenPage):
    page = open_page(boss, reduced_motion="reduce")
    found: list[str] = []
    unseen = set(COMPONENTS)
    for path in (*PLACES.values(), *find_living_places().values()):
        page.goto(path)
        unseen -= {component for component in unseen if page.locator(component).count()}
        found += find_by_day_and_night(page)
    assert (found, unseen) == ([], set())


def test_the_pages_of_an_empty_portal(boss: User, open_page: OpenPage):
    page = open_page(boss)
    found: list[str] = []
    for path in ("/", "/runbooks/", "/services/"):
        page.goto(path)
        found += find_by_day_and_night(page)
    assert found == []


@pytest.mark.parametrize("text", [COMMANDS, WIDE, HOSTILE], ids=["commands", "wide", "hostile"])
def test_a_reading_page(ada: User, open_page: OpenPage, text: str):
    make_published(text=text)
    assert find_by_day_and_night(open_page(ada, DESK)) == []


def test_a_reading_page_with_values_filled_in(ada: User, open_page: OpenPage):
    make_published(text=COMMANDS)
    page = open_page(ada, DESK)
    page.locator("[data-fills]").first.fill("pier")
    page.locator("[data-copy]").first.click()
    assert find_by_day_and_night(page) == []


def test_the_login_with_and_without_a_mistake(open_page: OpenPage, transactional_db: None):
    page = open_page(path="/accounts/login/")
    found = find_by_day_and_night(page)
    page.get_by_label("Email").fill("nobody@example.com")
    page.get_by_label("Password").fill("wrong")
    page.get_by_role("button", name="Log in").click()
    page.get_by_role("alert").wait_for()
    assert found + find_by_day_and_night(page) == []


def test_refusals(ada: User, open_page: OpenPage, watch: Watch):
    watch.expect(403, 404)
    make_published()
    page = open_page(ada, f"{DESK}edit/")
    found = find_by_day_and_night(page)
    page.goto("/runbooks/none/none/")
    assert found + find_by_day_and_night(page) == []


def test_a_version_in_review_with_its_steps_open(ben: User, cy: User, open_page: OpenPage):
    submit_version(make_draft(ben), user=ben, now=NOW)
    page = open_page(cy, f"{DESK}versions/1.0/")
    page.get_by_text("Send back…").click()
    assert find_by_day_and_night(page) == []


def test_the_account_menu_and_the_list_of_keys(boss: User, open_page: OpenPage):
    page = open_page(boss, "/services/")
    page.locator("details.menu > summary").click()
    found = find_by_day_and_night(page)
    page.keyboard.press("Escape")
    page.keyboard.press("?")
    page.get_by_role("dialog", name="Keys").wait_for()
    assert found + find_by_day_and_night(page) == []


def test_a_refused_save_and_the_merge(ben: User, open_page: OpenPage, watch: Watch):
    watch.expect(409, 422)
    make_draft(ben)
    first = open_page(ben, f"{DESK}edit/")
    second = open_page(make_user("dee", role=EDITOR), f"{DESK}edit/")
    for page, text in ((first, "quay"), (second, "hall"), (second, "\ufffd")):
        page.get_by_label("Text", exact=True).fill(TEXT.replace("pier", text))
        page.get_by_role("button", name="Save").first.click()
        page.wait_for_load_state()
        assert find_by_day_and_night(page) == []
