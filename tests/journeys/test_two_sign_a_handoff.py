"""A change of shift from end to end: two people in two browsers and two zones, until both have signed."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import Team, User
from accounts.roles import EDITOR
from handoffs.models import Handoff, State
from handoffs.services.changes import open_due
from incidents.models import Incident
from incidents.services.changes import NewChange, record_change
from incidents.services.maintenance import WindowPlan, plan_window
from incidents.services.runs import start_run
from oncall.models import HeldShift, MailboxMail, Service
from oncall.outbox.delivering import deliver_due
from oncall.views.mailbox import BACKEND
from tests.factories import make_incident, make_published, make_rotation, make_team, make_user
from tests.incidents.payloads import make_alert, take
from tests.journeys.axe import find_violations
from tests.journeys.conftest import OpenPage

pytestmark = [pytest.mark.journey, pytest.mark.django_db(transaction=True)]
TEXT = "# Gates\n\n## Open by hand\n\n- [ ] Tell the mate\n- [ ] Release the gate\n"
FOLLOWS = 4_000  # milliseconds: three seconds, and a little for the browser


@pytest.fixture(autouse=True)
def _mailbox(settings) -> None:
    settings.EMAIL_BACKEND = BACKEND


@pytest.fixture
def ada(transactional_db: None) -> User:
    return make_user("ada", role=EDITOR, display_name="Ada Lantern", time_zone="Europe/Oslo")


@pytest.fixture
def ben(transactional_db: None) -> User:
    return make_user("ben", role=EDITOR, display_name="Ben Quay", time_zone="Pacific/Auckland")


@pytest.fixture
def team(ada: User, ben: User) -> Team:
    """Ada is on call since yesterday, and Ben follows in forty minutes."""
    team = make_team("Harbour", ada, ben)
    change = (timezone.now() + dt.timedelta(minutes=40)).replace(second=0, microsecond=0)
    turn = {"turn_unit": "days", "turn_length": 1, "time_zone": "UTC"}
    day = (change - dt.timedelta(days=1)).date()
    make_rotation(team, ada, ben, name="Harbour rota", anchor_on=day, handover_at=change.time(), **turn)
    return team


@pytest.fixture
def handoff(team: Team, ada: User) -> Handoff:
    """A shift in which everything happened, and the handoff that opened by itself."""
    now = timezone.now()
    runbook = make_published("Gates", text=TEXT)
    Service.objects.filter(pk=runbook.service_id).update(team=team)
    service = Service.objects.get(pk=runbook.service_id)
    incident = make_incident("Gates stay shut", service, now=now - dt.timedelta(hours=2))
    assert runbook.shown_version is not None
    start_run(runbook.shown_version, "open-by-hand", purpose="incident", incident=incident, user=ada, now=now)
    take(
        make_alert("GateSlow", startsAt=now.isoformat(), labels={"service": service.slug, "severity": "info"}), now=now
    )
    record_change(NewChange("gated 4.8.2", service, at=now), user=ada, now=now)
    window = WindowPlan(
        "New radio",
        (service,),
        now + dt.timedelta(hours=5),
        now + dt.timedelta(hours=6),
        impact="Slow scans",
        team=team,
    )
    plan_window(window, user=ada, now=now)
    open_due(now)
    return Handoff.objects.get()


def entry(page: Page, title: str) -> Locator:
    return page.locator(".entry").filter(has_text=title)


def do_step(page: Page, words: str, button: str) -> None:
    """The small page of a step: what is typed, and its button."""
    page.get_by_role("main").get_by_role("textbox").fill(words)
    page.get_by_role("main").get_by_role("button", name=button, exact=True).click()


def confirm_test_page(page: Page) -> None:
    """Ben finds the test page in his mail and says that it came."""
    deliver_due("mail", now=timezone.now)
    links = [re.search(r"/answer/[\w-]+/", mail.text) for mail in MailboxMail.objects.filter(to__contains="ben@")]
    path = next(link[0] for link in reversed(links) if link)
    page.goto(path)
    page.get_by_role("button", name="Yes, it reached me").click()
    expect(page.get_by_role("heading", name="It reached you")).to_be_visible()


def test_a_shift_is_handed_over(handoff: Handoff, ada: User, ben: User, open_page: OpenPage):
    out, inc = open_page(ada, "/handoffs/mine/"), open_page(ben, "/handoffs/mine/")
    path = f"/handoffs/{handoff.pk}/"
    for page in (out, inc):
        expect(page).to_have_url(re.compile(path))
        for title in ("Gates stay shut", "Open by hand", "GateSlow", "gated 4.8.2", "New radio"):
            expect(entry(page, title).first).to_be_visible()
        assert find_violations(page) == []

    # What one does, the other sees without loading the page again
    for position in range(1, 6):
        out.locator(f"#tick-{position}").get_by_role("button").click()
        expect(inc.locator(f"#tick-{position}")).to_contain_text("Ada Lantern", timeout=FOLLOWS)
    out.get_by_label("In one breath").fill("The gate at Grey Point waits for its radio.")
    expect(inc.get_by_text("The gate at Grey Point waits for its radio.").first).to_be_visible(timeout=2 * FOLLOWS)
    out.get_by_role("button", name="Sign and submit as Ada Lantern").click()
    expect(inc.get_by_role("button", name="Accept and sign as Ben Quay")).to_be_visible(timeout=FOLLOWS)

    # A question, its answer, and the way back
    entry(inc, "Gates stay shut").first.get_by_role("link", name=re.compile("^Ask")).click()
    do_step(inc, "Is the spare radio on the island?", "Ask")
    expect(out.get_by_text("Is the spare radio on the island?").first).to_be_visible(timeout=FOLLOWS)
    out.get_by_role("link", name=re.compile("^Answer")).click()
    do_step(out, "In the harbour office.", "Answer")
    expect(inc.get_by_text("In the harbour office.").first).to_be_visible(timeout=FOLLOWS)
    entry(inc, "gated 4.8.2").first.get_by_role("button", name=re.compile("^Accept")).click()
    expect(entry(inc, "gated 4.8.2").first).to_contain_text("Ben Quay accepted it")
    inc.get_by_role("link", name="Return it with a reason…").click()
    do_step(inc, "Say what comes next with the gate.", "Return it")
    expect(out.get_by_role("button", name="Sign and submit as Ada Lantern")).to_be_visible(timeout=FOLLOWS)

    # Again, with what was missing; what did not change stays accepted
    gate = entry(out, "Gates stay shut").first
    gate.get_by_text("Add a note").click()
    gate.get_by_label("Recommended next step").fill("Swap the radio at noon.")
    gate.get_by_role("button", name="Save").click()
    expect(inc.get_by_text("Swap the radio at noon.").first).to_be_visible(timeout=2 * FOLLOWS)
    out.get_by_role("button", name="Sign and submit as Ada Lantern").click()
    expect(entry(inc, "gated 4.8.2").first).to_contain_text("Ben Quay accepted it", timeout=FOLLOWS)
    confirm_test_page(inc)
    inc.goto(path)
    inc.get_by_label(re.compile("^I have read")).check()
    inc.get_by_role("button", name="Accept the rest").click()
    inc.get_by_role("button", name="Accept and sign as Ben Quay").click()
    expect(out.locator("#sign-incoming")).to_contain_text("Ben Quay", timeout=FOLLOWS)

    handoff.refresh_from_db()
    assert handoff.state == State.ACCEPTED and handoff.round == 2
    assert not HeldShift.objects.filter(released_at=None).exists()
    assert Incident.objects.get().is_open
    inc.get_by_role("link", name="Verify").click()
    expect(inc.get_by_text(re.compile("[Ii]ntact")).first).to_be_visible()
    assert find_violations(inc) == [] and find_violations(out) == []
