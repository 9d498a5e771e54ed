"""A post-mortem from the first word to publishing, action items, numbers: with scripts, without, and on a phone."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from accounts.services import add_member
from incidents.models import ActionItem, Incident, PostMortem
from incidents.services.postmortems import base_of, save_postmortem
from tests.factories import NOW, make_published, make_service, make_team
from tests.incidents.postmortems import HOUR, make_action, make_postmortem, make_resolved
from tests.incidents.postmortems import make_published as make_published_postmortem
from tests.journeys.axe import find_by_day_and_night
from tests.journeys.conftest import OpenPage, Watch
from tests.journeys.editor import GIVE, png
from tests.journeys.narrow import find_wide

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
PLAIN = {"java_script_enabled": False}
PHONE = {"viewport": {"width": 390, "height": 780}}


@pytest.fixture(autouse=True)
def _now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timezone, "now", lambda: NOW + HOUR * 6)


@pytest.fixture
def incident(ben: User, cy: User) -> Incident:
    team = make_team("Harbour", ben)
    add_member(team, cy, is_lead=True)
    return make_resolved("Tickets can't be sold", make_service(), team=team, summary="The disk was full.")


def write(page: Page, **texts: str) -> None:
    for name, text in texts.items():
        page.locator(f"[name={name}]").fill(text)


@pytest.mark.parametrize("options", [{}, PLAIN], ids=["scripts", "plain"])
def test_from_the_first_word_to_publishing(open_page: OpenPage, ben: User, cy: User, incident: Incident, options):
    runbook = make_published()
    page = open_page(ben, incident.get_absolute_url(), **options)
    page.get_by_role("button", name="Begin the post-mortem").click()
    expect(page.get_by_label("Summary")).to_have_value("The disk was full.")
    write(page, root_cause="Nobody watched it.", impact="Queues at the pier.", resolution="We made room.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Root cause")).to_be_visible()
    page.get_by_label("What is to be done").fill("Watch the disk")
    page.get_by_label("Owner").select_option("Ben Tidewell")
    page.get_by_label("Due").fill("2026-12-01")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("link", name="Watch the disk")).to_be_visible()
    page.get_by_text("Tie a lesson to a runbook").click()
    page.get_by_label("What the runbook should tell").fill("How to make room")
    page.get_by_label("Runbook", exact=True).select_option(str(runbook.pk))
    page.get_by_role("button", name="Tie").click()
    expect(page.get_by_text("not in any version yet")).to_be_visible()
    page.get_by_role("button", name="Give to review").click()
    expect(page.get_by_text("It is in review. Its team is told.")).to_be_visible()
    reviewer = open_page(cy, f"/postmortems/{incident.pk}/", **options)
    reviewer.get_by_role("button", name="Publish").click()
    expect(reviewer.get_by_text("Published by Cy Roper")).to_be_visible()
    assert PostMortem.objects.get().status == "published"
    assert ActionItem.objects.get().due_on == dt.date(2026, 12, 1)


def test_a_part_is_previewed_while_it_is_written(open_page: OpenPage, ben: User, incident: Incident):
    make_postmortem(ben, incident)
    page = open_page(ben, f"/postmortems/{incident.pk}/edit/")
    part = page.locator("[data-field=root_cause]")
    part.get_by_text("Preview").click()
    part.get_by_role("textbox").fill("A **full** disk <script>alert(1)</script>")
    expect(part.locator(".preview strong")).to_have_text("full")
    assert part.locator(".preview script").count() == 0


def test_a_graph_is_pasted_where_it_belongs(open_page: OpenPage, ben: User, incident: Incident):
    make_postmortem(ben, incident)
    page = open_page(ben, f"/postmortems/{incident.pk}/edit/")
    text = page.locator("[name=impact]")
    text.fill("As the graph shows: ")
    text.evaluate(GIVE, ["paste", [["graph.png", "image/png", png()]], ""])
    expect(text).to_have_value(re.compile(r"^As the graph shows: !\[.+\]\(/runbooks/images/.+\.png\)$"))


def test_words_survive_a_lost_connection(open_page: OpenPage, ben: User, incident: Incident, watch: Watch):
    postmortem = make_postmortem(ben, incident)
    page = open_page(ben, f"/postmortems/{incident.pk}/edit/")
    page.get_by_label("Root cause").fill("Nobody watched it.")

    def cut(route: Route) -> None:
        route.abort() if route.request.method == "POST" else route.continue_()

    page.route("**/edit/", cut)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Your words stay here")).to_be_visible()
    expect(page.get_by_label("Root cause")).to_have_value("Nobody watched it.")
    page.unroute("**/edit/")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Root cause")).to_be_visible()
    postmortem.refresh_from_db()
    assert postmortem.root_cause == "Nobody watched it."


@pytest.mark.parametrize("options", [{}, PLAIN], ids=["scripts", "plain"])
def test_two_who_write_the_same_part_see_both_texts(
    open_page: OpenPage, ben: User, cy: User, incident: Incident, watch: Watch, options
):
    watch.expect(422)
    postmortem = make_postmortem(ben, incident)
    page = open_page(ben, f"/postmortems/{incident.pk}/edit/", **options)
    save_postmortem(postmortem, base_of(postmortem), user=cy, now=NOW, root_cause="The disk was small.", lucky="Yes")
    page.get_by_label("Root cause").fill("Nobody watched it.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("region", name="Root cause, as saved meanwhile")).to_have_text("The disk was small.")
    expect(page.get_by_label("Root cause").first).to_have_value("Nobody watched it.")
    expect(page.get_by_label("Where we were lucky")).to_have_value("Yes")
    page.get_by_role("textbox", name="Root cause").fill("The disk was small, and nobody watched it.")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("The disk was small, and nobody watched it.")).to_be_visible()


@pytest.mark.parametrize("options", [{}, PHONE], ids=["desk", "phone"])
def test_the_pages_are_for_everybody(open_page: OpenPage, cy: User, incident: Incident, options):
    postmortem = make_published_postmortem(cy, incident)
    make_action(cy, postmortem, owner=cy, due_on=dt.date(2026, 11, 1))
    make_postmortem(cy, make_resolved("Gates stay shut"))
    make_resolved("Lamp is dark")
    page = open_page(cy, "/postmortems/", **options)
    for path in (
        "/postmortems/",
        f"/postmortems/{incident.pk}/",
        f"/postmortems/{incident.pk + 1}/edit/",
        "/actions/",
        f"/actions/{ActionItem.objects.get().pk}/",
        "/incidents/numbers/",
    ):
        page.goto(path)
        assert (find_by_day_and_night(page), find_wide(page)) == ([], []), path


def test_a_chart_has_a_name_and_its_numbers_stand_in_a_table(open_page: OpenPage, ben: User, incident: Incident):
    page = open_page(ben, "/incidents/numbers/")
    expect(page.get_by_role("img", name="Incidents by severity")).to_be_visible()
    expect(page.get_by_role("region", name="By severity").get_by_role("row", name="SEV-2")).to_be_visible()
