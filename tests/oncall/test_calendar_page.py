"""The page of calendar addresses."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import EDITOR
from oncall.models import CalendarFeed, PublishedShift
from oncall.pages.calendar_text import write_feed
from oncall.services.calendars import MOST_FEEDS, create_feed
from tests.factories import NOW, make_rotation, make_team, make_user

pytestmark = pytest.mark.django_db
PAGE = "/me/calendars/"


@pytest.fixture
def rotation(ada):
    return make_rotation(make_team("Harbour", ada), ada)


def test_a_reader_makes_an_address_of_their_own_shifts(as_ada, ada):
    response = as_ada.post(PAGE, {"rotation": "me"}, follow=True)
    feed = CalendarFeed.objects.get()
    assert (feed.person, feed.rotation, feed.created_by) == (ada, None, ada)
    assert f"http://testserver/calendars/{feed.secret}.ics" in response.text
    assert f"webcal://testserver/calendars/{feed.secret}.ics" in response.text


def test_a_reader_makes_an_address_of_a_rotation(as_ada, ada, rotation):
    as_ada.post(PAGE, {"rotation": rotation.pk})
    assert CalendarFeed.objects.get().rotation == rotation


def test_a_new_address_shows_shifts_from_the_first_fetch_on(ada, rotation):
    PublishedShift.objects.all().delete()
    for shown in (None, rotation):
        feed = create_feed(user=ada, now=NOW, rotation=shown)
        assert b"SUMMARY:Harbour: Primary" in write_feed(feed, NOW).text
        PublishedShift.objects.all().delete()


def test_a_link_chooses_the_rotation(as_ada, rotation):
    assert (
        f'<option value="{rotation.pk}" selected>Harbour: On call</option>'
        in as_ada.get(f"{PAGE}?rotation={rotation.pk}").text
    )


@pytest.mark.parametrize("value", ["", "0", "x", "99999999999999999999"])
def test_a_rotation_that_is_none_is_refused_in_the_form(as_ada, value):
    response = as_ada.post(PAGE, {"rotation": value})
    assert response.status_code == 422
    assert not CalendarFeed.objects.exists()


def test_an_ended_rotation_is_not_offered(as_ada, rotation):
    rotation.ended_at = NOW
    rotation.save()
    assert as_ada.post(PAGE, {"rotation": rotation.pk}).status_code == 422


def test_addresses_are_not_made_without_end(as_ada, ada):
    for _ in range(MOST_FEEDS):
        create_feed(user=ada, now=NOW)
    response = as_ada.post(PAGE, {"rotation": "me"})
    assert response.status_code == 422
    assert "Revoke one" in response.text


def test_revoking_closes_the_address(as_ada, ada):
    feed = create_feed(user=ada, now=NOW)
    response = as_ada.post(reverse("oncall:revoke_calendar", args=[feed.pk]), follow=True)
    assert "The address is closed" in response.text
    assert feed.secret not in response.text
    assert not CalendarFeed.objects.open().exists()


def test_other_people_s_addresses_are_neither_seen_nor_revoked(as_ada, rotation):
    ben = make_user("ben")
    own, of_rotation = create_feed(user=ben, now=NOW), create_feed(user=ben, now=NOW, rotation=rotation)
    assert "Addresses in use" not in as_ada.get(PAGE).text
    for feed in (own, of_rotation):
        assert as_ada.post(reverse("oncall:revoke_calendar", args=[feed.pk])).status_code == 404


def test_an_editor_may_revoke_the_address_of_a_rotation_and_does_not_see_it(as_user, rotation):
    feed = create_feed(user=make_user("ben"), now=NOW, rotation=rotation)
    client = as_user(make_user("cy", role=EDITOR))
    page = client.get(PAGE).text
    assert "Harbour: On call" in page
    assert feed.secret not in page
    client.post(reverse("oncall:revoke_calendar", args=[feed.pk]))
    assert not CalendarFeed.objects.open().exists()


def test_an_editor_knows_nothing_of_a_person_s_address(as_user):
    feed = create_feed(user=make_user("ben"), now=NOW)
    client = as_user(make_user("cy", role=EDITOR))
    assert client.post(reverse("oncall:revoke_calendar", args=[feed.pk])).status_code == 404


def test_revoking_is_a_post(as_ada, ada):
    feed = create_feed(user=ada, now=NOW)
    assert as_ada.get(reverse("oncall:revoke_calendar", args=[feed.pk])).status_code == 405


@pytest.mark.parametrize("count", [2, 18])
def test_the_page_takes_the_same_number_of_queries(as_ada, ada, count, django_assert_max_num_queries):
    for number in range(count):
        rotation = make_rotation(make_team(f"Team {number}"), ada)
        create_feed(user=ada, now=NOW + dt.timedelta(minutes=number), rotation=rotation)
    as_ada.get(PAGE)
    with django_assert_max_num_queries(6):
        as_ada.get(PAGE)
