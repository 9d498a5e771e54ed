"""Who is on call, on the reading page of a runbook: as it is now, although the page is cached."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import RESPONDER
from oncall.models import Absence, Classification, Contact, Override, Service, Way
from runbooks.pages import ReadingPage
from tests.factories import make_published, make_rotation, make_service, make_team, make_user

pytestmark = pytest.mark.django_db
PATH = "/runbooks/ticket-desk/ticket-desk/"
NUMBER = "+44 20 7946 0213"


@pytest.fixture
def people():
    return [make_user(name) for name in ("dee", "eve")]


@pytest.fixture
def rotation(people):
    """Somebody is on call whatever the day: both in turn, since January."""
    rotation = make_rotation(make_team("Harbour"), people[0])
    make_published(service=make_service(team=rotation.team))
    return rotation


def page(client, path=PATH):
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def test_who_is_on_call_stands_on_the_page_with_the_way_to_reach_them(rotation, as_ada):
    html = page(as_ada)
    assert "On call now" in html and "Dee" in html
    assert 'href="mailto:dee@example.com"' in html and 'href="/oncall/harbour/"' in html


def test_a_shift_that_was_taken_shows_on_the_next_look(rotation, people, as_ada):
    assert "Eve" not in page(as_ada)
    now = timezone.now()
    Override.objects.create(
        layer=rotation.layers.get(),
        person=people[1],
        during=(now - dt.timedelta(hours=1), now + dt.timedelta(hours=1)),
        created_at=now,
    )
    assert "Eve" in page(as_ada)


def test_an_absence_shows_on_the_next_look(rotation, people, as_ada):
    page(as_ada)
    now = timezone.now()
    Absence.objects.create(
        person=people[0], during=(now - dt.timedelta(hours=1), now + dt.timedelta(days=1)), created_at=now
    )
    assert "is away until" in page(as_ada)


def test_a_hand_over_gives_the_page_another_key(rotation, people, as_ada):
    start = dt.datetime(2027, 3, 1, 12, tzinfo=dt.UTC)
    Override.objects.create(
        layer=rotation.layers.get(), person=people[1], during=(start, start + dt.timedelta(hours=1)), created_at=start
    )

    def key(at):
        found = ReadingPage.find(people[0], "ticket-desk", "ticket-desk", at)
        return found.context()["page_key"]

    before, after = key(start - dt.timedelta(seconds=1)), key(start)
    assert before != after
    assert key(start + dt.timedelta(minutes=30)) == after


def test_a_personal_number_is_shown_to_responders_and_kept_from_readers(rotation, people, as_user):
    contact = Contact.objects.create(name="Dee", user=people[0])
    Way.objects.create(contact=contact, kind="phone", value=NUMBER, is_personal=True)
    reader, responder = as_user(make_user("ada")), as_user(make_user("ben", role=RESPONDER))
    owner = as_user(people[0])
    for _ in range(2):  # the second time from the cache
        assert NUMBER in page(responder)
        assert NUMBER not in page(reader)
        assert NUMBER not in page(owner)  # one page for all readers; their own number stands on their own pages


def test_a_number_that_changed_shows_on_the_next_look(rotation, people, as_ada):
    contact = Contact.objects.create(name="Dee", user=people[0])
    way = Way.objects.create(contact=contact, kind="phone", value="+44 20 7946 0100")
    assert "+44 20 7946 0100" in page(as_ada)
    Way.objects.filter(pk=way.pk).update(value="+44 20 7946 0101")
    html = page(as_ada)
    assert "+44 20 7946 0101" in html and "0100" not in html


def test_a_service_that_nobody_is_on_call_for_says_nothing(as_ada):
    make_published(service=make_service(team=make_team("Quay")))
    assert "On call now" not in page(as_ada)


def test_the_filled_page_says_it_too(rotation, as_ada):
    assert "On call now" in page(as_ada, f"{PATH}?instance=web-1")


def test_a_warm_page_asks_two_queries(rotation, as_ada, django_assert_num_queries):
    page(as_ada)
    page(as_ada)
    with django_assert_num_queries(2):
        page(as_ada)


def test_a_confidential_service_stays_unknown(rotation, as_ada):
    Service.objects.update(classification=Classification.CONFIDENTIAL)
    assert as_ada.get(PATH).status_code == 404
    assert as_ada.get("/services/ticket-desk/").status_code == 404


def test_the_page_of_a_service_says_who_is_on_call(rotation, as_ada):
    html = page(as_ada, "/services/ticket-desk/")
    assert "Dee" in html and 'href="/oncall/harbour/"' in html


def test_the_page_of_a_service_says_when_there_is_no_rotation(as_ada):
    make_service(team=make_team("Quay"))
    assert "Quay has no rotation yet" in page(as_ada, "/services/ticket-desk/")


def test_names_are_shown_as_text(rotation, people, as_ada):
    people[0].display_name = "<script>alert(1)</script>"
    people[0].save()
    assert "<script>alert" not in page(as_ada) + page(as_ada, "/services/ticket-desk/")
