"""Watch items in the admin: through the services of the pages."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.roles import RESPONDER
from accounts.services import add_member
from incidents.models import WatchChange, WatchItem
from incidents.services.watch import close_item, prolong
from tests.factories import NOW, make_service, make_team, make_user, reload_user
from tests.incidents.watch.items import DAY, TEXT, light_one

pytestmark = pytest.mark.django_db
EMPTY = {"changes-TOTAL_FORMS": "0", "changes-INITIAL_FORMS": "0"}


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def team():
    return make_team()


@pytest.fixture
def ben(team):
    ben = make_user("ben", role=RESPONDER, is_staff=True, time_zone="UTC")
    add_member(team, ben)
    return reload_user(ben)


@pytest.fixture
def browser(ben, as_user):
    return as_user(ben)


def form_of(team, **changes):
    given = {"text": TEXT, "kind": "watch", "alert_name": "DeskDown", "service": "", "team": team.pk, "owner": ""}
    return EMPTY | given | {"url": "", "expires_at_0": "2026-11-18", "expires_at_1": "03:14:00"} | changes


def test_it_is_lit_and_changed_by_the_services(browser, ben, team):
    assert browser.post(reverse("admin:incidents_watchitem_add"), form_of(team)).status_code == 302
    item = WatchItem.objects.get()
    assert (item.created_by, item.expires_at) == (ben, NOW + DAY)
    address = reverse("admin:incidents_watchitem_change", args=[item.pk])
    assert browser.post(address, form_of(team, text="Ratio above 0.2")).status_code == 302
    assert WatchChange.objects.get().text.startswith("changed the text")


def test_what_the_service_refuses_comes_back_on_the_form(browser, team):
    response = browser.post(reverse("admin:incidents_watchitem_add"), form_of(team, alert_name=""))
    assert response.status_code == 422
    assert "Name the alert or the service" in response.text


def test_a_closed_item_is_shown_with_its_history_and_stays(browser, ben, team):
    item = light_one(ben, team)
    prolong(item, NOW + 2 * DAY, user=ben, now=NOW)
    close_item(item, "All quiet", user=ben, now=NOW)
    page = browser.get(reverse("admin:incidents_watchitem_change", args=[item.pk])).text
    assert "prolonged it" in page
    assert 'name="_save"' not in page
    assert browser.get(reverse("admin:incidents_watchitem_delete", args=[item.pk])).status_code == 403


def test_a_stranger_finds_nothing_confidential(ben, team, as_user):
    vault = make_service("Vault", team=team, classification="confidential")
    light_one(ben, team, service=vault)
    stranger = as_user(make_user("cy", role=RESPONDER, is_staff=True))
    assert TEXT not in stranger.get(reverse("admin:incidents_watchitem_changelist")).text
