"""Whoever has not been relieved is named wherever the portal says who is on call, with the way to the handoff."""

import datetime as dt

import pytest

from accounts.roles import EDITOR
from oncall.models import Absence, Contact, OncallChange, Override, Way
from oncall.pages.board import describe_board
from oncall.pages.contact import find_turns
from oncall.pages.front import describe_front
from oncall.pages.kept import get_oncall
from oncall.pages.my_shifts import describe_my_oncall
from oncall.pages.service_oncall import describe_service_oncall
from oncall.pages.team import describe_team
from oncall.services.held import hold, release
from tests.factories import NOW, add_layer, make_rotation, make_service, make_team, make_user
from tests.oncall.test_who_is_oncall import ask

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
REMARK = "stays responsible until Ada accepts the handoff"
URL = "/handoffs/7/"


@pytest.fixture
def people():
    return [make_user(name) for name in ("ada", "ben", "cy")]


@pytest.fixture
def dan():
    """On call before Ada, whose shift it is at NOW."""
    return make_user("dan", display_name="Dan <i>Deck</i>")


@pytest.fixture
def rotation(people):
    rotation = make_rotation(make_team("Harbour", *people), *people)
    add_layer(rotation, people[2])
    return rotation


@pytest.fixture
def held(rotation, people, dan):
    return hold(rotation, dan, people[0], NOW - HOUR, URL, now=NOW - HOUR)


@pytest.fixture
def held_for_long(rotation, people, dan):
    """From the rotation's beginning on, so that it is so whatever the clock says."""
    return hold(rotation, dan, people[0], dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC), URL, now=NOW)


def lines(reader, at=NOW):
    return describe_board(reader, at).teams[0].lines


class TestBoard:
    def test_they_stand_before_whoever_is_on_call_now(self, held, people):
        before, now, backup = lines(people[1])
        assert (before.label, before.person.name) == ("Not relieved", "Dan <i>Deck</i>")
        assert (before.remark, before.remark_url, before.until) == (REMARK, URL, "")
        assert (now.label, now.person.name, now.remark) == ("Primary", "Ada", "")
        assert (backup.label, backup.person.name, backup.remark) == ("Backup", "Cy", "")

    def test_it_alone_is_nothing_to_look_into(self, held, people):
        assert not describe_board(people[1], NOW).teams[0].has_trouble

    def test_held_and_away_is(self, held, people, dan):
        Absence.objects.create(person=dan, during=(NOW - HOUR, NOW + HOUR), created_at=NOW)
        assert describe_board(people[1], NOW).teams[0].has_trouble

    def test_before_the_change_and_after_acceptance_nobody_else_is_named(self, held, rotation, people):
        release(rotation, URL, now=NOW + HOUR)
        for at in (NOW - 2 * HOUR, NOW + HOUR):
            assert [line.label for line in lines(people[1], at)] == ["Primary", "Backup"]

    def test_whoever_is_on_call_again_is_named_once(self, held, rotation, people, dan):
        layer = rotation.layers.get(rank=1)
        Override.objects.create(layer=layer, person=dan, during=(NOW, NOW + HOUR), created_at=NOW, created_by=dan)
        assert [line.person.name for line in lines(people[1])] == ["Dan <i>Deck</i>", "Cy"]

    def test_whoever_stands_behind_now_is_still_responsible(self, rotation, people):
        hold(rotation, people[2], people[0], NOW - HOUR, URL, now=NOW)
        assert [line.label for line in lines(people[1])] == ["Not relieved", "Primary", "Backup"]

    def test_they_are_found_by_their_name(self, held, people):
        assert describe_board(people[1], NOW, question="dan").teams

    def test_the_page_prints_it_as_a_link_and_no_name_as_markup(self, held_for_long, people, as_user):
        page = as_user(people[1]).get("/oncall/").content.decode()
        assert f'<a href="{URL}">{REMARK}</a>' in page
        assert "Dan &lt;i&gt;Deck&lt;/i&gt;" in page
        assert "<i>Deck" not in page

    def test_it_costs_no_query(self, held_for_long, people, dan, as_user, django_assert_max_num_queries):
        client = as_user(people[1])
        with django_assert_max_num_queries(10) as few:
            client.get("/oncall/")
        for number in range(5):
            other = make_rotation(make_team(f"Pier {number}"), people[0])
            hold(other, dan, people[0], dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC), URL, now=NOW)
        with django_assert_max_num_queries(len(few)):
            assert client.get("/oncall/").content.decode().count("Not relieved") == 6


class TestPages:
    def test_the_team_and_the_rotation(self, held_for_long, rotation, people, as_user):
        for address in ("/oncall/harbour/", rotation.get_absolute_url()):
            page = as_user(people[1]).get(address).content.decode()
            assert f'<a href="{URL}">{REMARK}</a>' in page, address

    def test_the_teams_people_say_in_what_they_were_not_relieved(self, rotation, people):
        hold(rotation, people[1], people[0], NOW - HOUR, URL, now=NOW)
        members = describe_team(rotation.team, people[0], NOW).members
        assert {one.person.display_name: one.on_call_in for one in members}["Ben"] == ["Primary, not relieved"]

    def test_the_front_page_of_the_team(self, held_for_long, people, as_user):
        page = as_user(people[1]).get("/").content.decode()
        assert f'<a href="{URL}">{REMARK}</a>' in page

    def test_their_own_front_page_and_shifts(self, rotation, people, as_user):
        """Ben was on call before Ada at NOW."""
        hold(rotation, people[1], people[0], NOW - HOUR, URL, now=NOW)
        assert [mine.held.url for mine in describe_front(people[1], NOW).held] == [URL]
        assert [mine.held.successor for mine in describe_my_oncall(people[1], NOW).held] == [people[0]]
        assert not describe_front(people[2], NOW).held
        assert not describe_my_oncall(people[2], NOW).held

    def test_their_own_pages_say_since_when_and_link_the_handoff(self, rotation, people, as_user):
        gwen = make_user("gwen")
        add_layer(rotation, gwen, name="Third", rank=3)
        hold(rotation, gwen, people[0], dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC), URL, now=NOW)
        for address in ("/", "/me/shifts/"):
            page = as_user(gwen).get(address).content.decode()
            assert "You are still responsible for Harbour" in page, address
            assert f'href="{URL}"' in page

    def test_the_page_of_a_contact(self, rotation, people):
        contact = Contact.objects.create(name="Ben", user=people[1])
        hold(rotation, people[1], people[0], NOW - HOUR, URL, now=NOW)
        (turn,) = find_turns(contact, NOW)
        assert (turn.shift, turn.held.remark) == (None, REMARK)

    def test_the_command(self, held, rotation, people, dan):
        Contact.objects.create(name="Dan", user=dan)
        Way.objects.create(contact=dan.contact, kind="phone", value="+351 210 000 101", is_personal=True)
        said = ask("harbour", "--at", "2026-11-17T03:14Z")
        assert f"  Dan <i>Deck</i> {REMARK}\n    Phone +351 210 000 101\n  Primary: Ada" in said


class TestService:
    def test_without_a_path_they_stand_in_the_first_level(self, held, rotation, people):
        oncall = describe_service_oncall(make_service(team=rotation.team), NOW, people[1])
        first, second = oncall.levels
        assert [(one.name, one.remark, one.remark_url) for one in first.people] == [
            ("Dan <i>Deck</i>", REMARK, URL),
            ("Ada", "", ""),
        ]
        assert [one.name for one in second.people] == ["Cy"]

    def test_what_is_kept_changes_at_once_with_acceptance(self, held, rotation, people):
        def names(at):
            number = OncallChange.objects.values_list("number", flat=True).get()
            oncall = get_oncall(None, rotation.team_id, number, people[1], at).oncall
            return [one.name for one in oncall.first.people]

        assert names(NOW) == ["Dan <i>Deck</i>", "Ada"]
        release(rotation, URL, now=NOW)
        assert names(NOW) == ["Ada"]

    def test_what_is_kept_changes_when_the_shift_does(self, rotation, people):
        change = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
        hold(rotation, people[0], people[1], change, URL, now=NOW)
        number = OncallChange.objects.values_list("number", flat=True).get()
        kept = get_oncall(None, rotation.team_id, number, people[2], change - dt.timedelta(seconds=1))
        assert [one.name for one in kept.oncall.first.people] == ["Ada"]
        assert kept.until <= change
        kept = get_oncall(None, rotation.team_id, number, people[2], change)
        assert [one.name for one in kept.oncall.first.people] == ["Ada", "Ben"]

    def test_the_page_of_the_service(self, held_for_long, rotation, as_user):
        make_service(team=rotation.team)
        page = as_user(make_user("ed", role=EDITOR)).get("/services/ticket-desk/").content.decode()
        assert f'<a href="{URL}">{REMARK}</a>' in page
