"""Pages of maintenance."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import RESPONDER
from incidents.models import MaintenanceWindow
from incidents.services.maintenance import cancel_window
from tests.factories import NOW, make_published, make_service, make_team, make_user
from tests.incidents.test_maintenance import STEPS
from tests.incidents.updates import HOUR, make_channel, make_window

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def ben():
    return make_user("ben", role=RESPONDER, time_zone="Europe/Berlin")


@pytest.fixture
def as_ben(ben, as_user):
    return as_user(ben)


@pytest.fixture
def desk():
    return make_service(team=make_team())


def words(desk, **values: object) -> dict[str, object]:
    return {
        "title": "New winch",
        "services": [desk.pk],
        "start": "2026-11-24T10:00",
        "end": "2026-11-24T12:00",
        "impact": "Gates stay shut.",
    } | values


def test_times_are_typed_on_the_readers_clock(as_ben, desk):
    page = as_ben.post("/maintenance/new/", words(desk), follow=True)
    window = MaintenanceWindow.objects.get()
    assert window.during.lower == dt.datetime(2026, 11, 24, 9, tzinfo=dt.UTC)
    assert page.redirect_chain == [(f"/maintenance/{window.pk}/", 302)]
    assert b"Tue 24 Nov, 10:00" in page.content
    assert b"(09:00 WET for the team)" in page.content
    assert b"Tue 24 Nov, 09:00 UTC" in page.content
    assert b"It will be announced by itself." in page.content


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"end": "2026-11-24T10:00"}, b"The end must come after the start."),
        ({"start": "2026-11-16T10:00"}, b"The start lies in the past."),
        ({"start": "2027-03-28T02:30", "end": "2027-03-28T05:00"}, b"The clocks skip 02:30"),
        ({"start": "soon"}, b"Give a day and a time"),
        ({"services": []}, b"Choose at least one service."),
        ({"services": ["x"]}, b"is not a valid value"),
        ({"anchor": "nowhere"}, b"is not one of the available choices"),
    ],
)
def test_what_can_t_be_is_refused_and_the_words_stay(as_ben, desk, values, said):
    page = as_ben.post("/maintenance/new/", words(desk, **values))
    assert page.status_code == 422
    assert said in page.content
    assert b"Gates stay shut." in page.content
    assert not MaintenanceWindow.objects.exists()


def test_conflicts_are_shown_and_nothing_is_refused(as_ben, ben, desk):
    make_window(ben, desk, start=dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC), title="Old winch")
    page = as_ben.post("/maintenance/new/", words(desk), follow=True)
    assert b"Something else is planned at the same time" in page.content
    assert b"the same service, Ticket desk" in page.content


def test_the_steps_of_a_runbook_can_be_chosen_without_scripts(as_ben, desk):
    runbook = make_published(text=STEPS, service=desk)
    looked = as_ben.post("/maintenance/new/", words(desk, runbook=runbook.pk, look="1"))
    assert looked.status_code == 200
    key = looked.context["form"].sections[0][0]
    assert b"Replace the winch (3 steps)" in looked.content
    as_ben.post("/maintenance/new/", words(desk, runbook=runbook.pk, anchor=key))
    window = MaintenanceWindow.objects.get()
    started = as_ben.post(f"/maintenance/{window.pk}/run/")
    window.refresh_from_db()
    assert window.run is not None
    assert started["Location"] == window.run.get_absolute_url()
    assert window.run.title.encode() in as_ben.get(f"/maintenance/{window.pk}/").content


def test_a_run_that_can_t_be_started_says_why(as_ben, ben, desk):
    window = make_window(ben, desk, runbook=make_published(text="# Desk\n\nNothing.\n", service=desk))
    page = as_ben.post(f"/maintenance/{window.pk}/run/", follow=True)
    assert b"The runbook has no steps" in page.content


def test_it_is_changed_and_called_off(as_ben, ben, desk):
    window = make_window(ben, desk)
    path = f"/maintenance/{window.pk}/"
    assert b"New winch" in as_ben.get(f"{path}edit/").content
    assert as_ben.post(f"{path}edit/", words(desk, title="Other winch")).status_code == 302
    assert as_ben.post(f"{path}cancel/", {"reason": " "}).status_code == 422
    page = as_ben.post(f"{path}cancel/", {"reason": "Storm"}, follow=True)
    assert b"Storm" in page.content
    assert b"Start the run" not in page.content


def test_the_list_is_by_days_of_the_readers_calendar(as_ben, ben, desk):
    make_window(ben, desk, start=dt.datetime(2026, 11, 24, 23, 30, tzinfo=dt.UTC), title="Late")
    make_window(ben, desk, start=NOW + dt.timedelta(seconds=5), title="Now")
    page = as_ben.get("/maintenance/")
    assert [day.day for day in page.context["coming"]] == [dt.date(2026, 11, 17), dt.date(2026, 11, 25)]
    assert b"Wednesday 25 November 2026" in page.content


def test_the_list_tells_now_from_past_and_called_off(as_ada, ben, desk, monkeypatch):
    make_window(ben, desk, start=NOW + HOUR, title="On")
    make_window(ben, desk, start=NOW + HOUR / 2, end=NOW + HOUR, title="Over")
    cancel_window(make_window(ben, desk, title="Off"), "Storm", user=ben, now=NOW)
    monkeypatch.setattr(timezone, "now", lambda: NOW + 2 * HOUR)
    context = as_ada.get("/maintenance/?service=ticket-desk").context
    assert [line.window.title for line in context["on"]] == ["On"]
    assert [line.window.title for line in context["past"].object_list] == ["Over"]
    assert [line.window.title for day in context["coming"] for line in day.lines] == ["Off"]
    assert as_ada.get("/maintenance/?service=nothing&page=x").status_code == 200


def test_a_stranger_gets_404_and_a_reader_403(as_ada, as_ben, ben, desk):
    cy = make_user("cy", role=RESPONDER)
    vault = make_service("Vault", classification="confidential", team=make_team("Guards"))
    secret, window = make_window(cy, vault), make_window(ben, desk)
    for name in ("", "edit/", "cancel/"):
        assert as_ben.get(f"/maintenance/{secret.pk}/{name}").status_code == 404
    assert as_ben.post(f"/maintenance/{secret.pk}/run/").status_code == 404
    assert as_ada.get(f"/maintenance/{window.pk}/").status_code == 200
    for name in ("edit/", "cancel/"):
        assert as_ada.get(f"/maintenance/{window.pk}/{name}").status_code == 403
    assert as_ada.get("/maintenance/new/").status_code == 403
    assert b"Vault" not in as_ben.get("/maintenance/new/").content


def test_hostile_words_are_only_words(as_ben, desk):
    page = as_ben.post("/maintenance/new/", words(desk, title="<script>x</script>", impact="<b>x</b>"), follow=True)
    assert b"<script>x" not in page.content
    assert b"<b>x</b>" not in page.content


def test_the_form_begins_with_what_the_address_says(as_ben, desk):
    form = as_ben.get("/maintenance/new/?service=ticket-desk&runbook=9&start=2026-11-24T09:00:00Z").context["form"]
    assert form.initial["services"] == [desk.pk]
    assert as_ben.get("/maintenance/new/?service=%00&runbook=x&start=x").status_code == 200


def test_a_channel_without_an_address_is_not_offered(as_ben, desk):
    make_channel("Radio 12", mail="")
    channel = make_channel()
    page = as_ben.get("/maintenance/new/")
    assert b"#harbour (Incidents)" in page.content
    assert b"Radio 12" not in page.content
    as_ben.post("/maintenance/new/", words(desk, channels=[channel.pk]))
    assert MaintenanceWindow.objects.get().channels.get() == channel


@pytest.mark.parametrize("count", [2, 20])
def test_the_list_takes_the_same_number_of_queries(as_ada, ben, desk, count, django_assert_num_queries):
    for number in range(count):
        make_window(ben, desk, title=f"Number {number}")
    with django_assert_num_queries(5):
        as_ada.get("/maintenance/")


def test_a_window_takes_a_fixed_number_of_queries(as_ada, ben, desk, django_assert_max_num_queries):
    for _ in range(5):
        window = make_window(ben, desk)
    with django_assert_max_num_queries(12):
        as_ada.get(f"/maintenance/{window.pk}/")
