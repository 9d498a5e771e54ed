"""Opening a handoff by hand, and what is refused."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import ADMINISTRATOR, READER, RESPONDER
from handoffs.errors import AlreadyOpen, Gap, NotAllowed, Refused
from handoffs.models import Handoff, State
from handoffs.services.changes import When, open_by_hand, open_due
from tests.factories import add_layer, make_rotation, make_team, make_user, reload_user
from tests.handoffs.rotas import at, cover

pytestmark = pytest.mark.django_db
NOW = at("2026-11-18 14:00")  # a Wednesday of Ben's week
CHANGE = at("2026-11-23 09:00")
OFFICE = ([0, 1, 2, 3, 4], dt.time(9), dt.time(17))


@pytest.fixture
def people(db):
    return [make_user(name, role=RESPONDER) for name in ("ada", "ben", "cy")]


@pytest.fixture
def team(people):
    return make_team("Harbour", *people[:2])


@pytest.fixture
def rotation(team, people):
    return make_rotation(team, *people[:2])


@pytest.fixture
def ada(people, rotation):
    return reload_user(people[0])


def test_it_is_for_the_next_change_of_the_schedule(rotation, ada, people):
    handoff = open_by_hand(rotation, user=ada, now=NOW)
    assert (handoff.outgoing, handoff.incoming, handoff.changes_at) == (people[1], ada, CHANGE)
    assert (handoff.opened_by, handoff.follows_schedule) == (ada, True)


def test_the_sweep_opens_no_second_one_for_it(rotation, ada):
    open_by_hand(rotation, user=ada, now=NOW)
    assert open_due(CHANGE - dt.timedelta(minutes=30)) == 0


def test_right_now_is_from_who_is_on_call_to_who_is_next(rotation, ada, people):
    handoff = open_by_hand(rotation, user=ada, now=NOW, when=When.NOW)
    assert (handoff.outgoing, handoff.incoming) == (people[1], ada)
    assert (handoff.shift_starts_at, handoff.shift_ends_at, handoff.changes_at) == (at("2026-11-16 09:00"), NOW, NOW)
    assert handoff.follows_schedule is False


def test_the_change_that_has_just_been_can_be_handed_over_late(rotation, ada, people):
    now = CHANGE + dt.timedelta(hours=2)
    handoff = open_by_hand(rotation, user=ada, now=now, when=When.LAST)
    assert (handoff.outgoing, handoff.incoming, handoff.changes_at) == (people[1], ada, CHANGE)
    with pytest.raises(Refused, match="No shift of Harbour · On call changed in the last 24 hours"):
        open_by_hand(rotation, user=ada, now=now + dt.timedelta(days=2), when=When.LAST)


def test_who_takes_over_and_stands_by_can_be_chosen(rotation, ada, people):
    handoff = open_by_hand(rotation, user=ada, now=NOW, incoming=people[2], backup=ada)
    assert (handoff.incoming, handoff.backup, handoff.follows_schedule) == (people[2], ada, False)


def test_the_same_person_may_go_on_and_that_is_recorded(rotation, ada, people):
    handoff = open_by_hand(rotation, user=ada, now=NOW, incoming=people[1])
    assert handoff.continues
    assert handoff.events.last().text == "Ben goes on: the same person continues"


def test_the_incoming_person_is_no_backup(rotation, ada, people):
    with pytest.raises(Refused, match="Cy takes over, so somebody else has to be the backup"):
        open_by_hand(rotation, user=ada, now=NOW, incoming=people[2], backup=people[2])
    add_layer(rotation, people[2])
    assert open_by_hand(rotation, user=ada, now=NOW, incoming=people[2]).backup is None


def test_a_second_one_is_refused_and_leads_to_the_first(rotation, ada):
    first = open_by_hand(rotation, user=ada, now=NOW)
    for when in (When.NEXT, When.NOW):
        with pytest.raises(AlreadyOpen, match="The handoff from Ben to Ada is open already") as refusal:
            open_by_hand(rotation, user=ada, now=NOW, when=when)
        assert refusal.value.url == first.get_absolute_url()
    assert Handoff.objects.count() == 1


def test_one_that_was_called_off_makes_room_for_another(rotation, ada):
    open_by_hand(rotation, user=ada, now=NOW)
    Handoff.objects.update(state=State.LAPSED)
    assert open_by_hand(rotation, user=ada, now=NOW).pk


def test_a_gap_after_the_change_is_named_in_both_zones(team, people):
    rotation = make_rotation(team, *people[:2], windows=[OFFICE])
    sol = make_user("sol", role=ADMINISTRATOR, time_zone="Asia/Tokyo")
    with pytest.raises(Gap) as refusal:
        open_by_hand(rotation, user=sol, now=NOW)
    text = str(refusal.value)
    assert "After Ben's shift nobody is on call in Harbour · On call" in text
    assert "Sat 21 Nov, 02:00 – Mon 23 Nov 2026, 18:00 (Asia/Tokyo)" in text
    assert "Fri 20 Nov, 17:00 – Mon 23 Nov 2026, 09:00 (Europe/Lisbon)" in text
    assert refusal.value.url == reverse("oncall:gaps", args=["harbour", "on-call"])


def test_outside_the_hours_of_a_rotation_is_no_gap(team, people, ada):
    rotation = make_rotation(team, *people[:2], name="Office", windows=[OFFICE])
    rotation.expects = rotation.Expects.HOURS
    rotation.save()
    handoff = open_by_hand(rotation, user=ada, now=NOW)
    assert (handoff.shift_ends_at, handoff.changes_at) == (at("2026-11-20 17:00"), CHANGE)
    Handoff.objects.update(state=State.LAPSED)
    weekend = open_by_hand(rotation, user=ada, now=at("2026-11-21 12:00"))
    assert weekend.changes_at == CHANGE


def test_nobody_on_call_now_is_said_with_the_gap(team, people, ada):
    rotation = make_rotation(team, *people[:2], name="Office", windows=[OFFICE])
    with pytest.raises(Gap, match=r"Nobody is on call in Harbour · Office, so nobody can hand over: .*Fri 20 Nov"):
        open_by_hand(rotation, user=ada, now=at("2026-11-21 12:00"), when=When.NOW)


def test_without_a_successor_nobody_takes_over(team, people, ada):
    rotation = make_rotation(team, people[1], name="Alone")
    for when in (When.NEXT, When.NOW):
        with pytest.raises(Refused, match="Ben goes on in Harbour · Alone: nobody else is to take over"):
            open_by_hand(rotation, user=ada, now=NOW, when=when)
    assert open_by_hand(rotation, user=ada, now=NOW, when=When.NOW, incoming=ada).incoming == ada


def test_an_ended_rotation_and_one_without_people_are_refused(team, people, ada, rotation):
    empty = make_rotation(team, name="Empty")
    with pytest.raises(Refused, match="Nobody is on call in Harbour · Empty now"):
        open_by_hand(empty, user=ada, now=NOW)
    rotation.ended_at = NOW
    rotation.save()
    with pytest.raises(Refused, match="On call has ended"):
        open_by_hand(rotation, user=ada, now=NOW)


def test_strangers_to_the_rotation_are_refused_and_its_people_are_not(rotation, people):
    cy = reload_user(people[2])
    with pytest.raises(NotAllowed, match="Only Harbour, the people of On call and administrators"):
        open_by_hand(rotation, user=cy, now=NOW)
    cover(rotation.layers.get(), cy, at("2026-11-19 09:00"), at("2026-11-19 12:00"))
    assert open_by_hand(rotation, user=cy, now=NOW).incoming == cy


def test_a_reader_of_the_team_is_refused(rotation, team):
    rae = make_user("rae", role=READER)
    team.memberships.create(user=rae)
    with pytest.raises(NotAllowed, match="You may not open handoffs"):
        open_by_hand(rotation, user=reload_user(rae), now=NOW)


class TestPage:
    @pytest.fixture
    def page(self, rotation):
        return f"{reverse('handoffs:new')}?rotation={rotation.pk}"

    def test_it_says_what_the_schedule_says(self, page, ada, as_user):
        response = as_user(ada).get(page)
        assert response.status_code == 200
        assert "The next change of shift: " in response.content.decode()

    def test_opening_leads_to_the_handoff(self, page, ada, as_user):
        response = as_user(ada).post(page, {"when": "next"})
        assert response.status_code == 302
        assert response["Location"] == Handoff.objects.get().get_absolute_url()

    def test_a_refusal_comes_back_with_its_link_and_the_choice(self, page, ada, as_user, people):
        browser = as_user(ada)
        browser.post(page, {"when": "next"})
        response = browser.post(page, {"when": "next", "incoming": people[2].pk})
        text = response.content.decode()
        assert response.status_code == 409
        assert f'<a href="{Handoff.objects.get().get_absolute_url()}">Go to it</a>' in text
        assert f'<option value="{people[2].pk}" selected>' in text

    @pytest.mark.parametrize("data", [{}, {"when": "x"}, {"when": "next", "incoming": "999999"}, {"when": "now\0"}])
    def test_what_can_t_be_read_comes_back_filled_in(self, page, ada, as_user, data):
        assert as_user(ada).post(page, data).status_code == 422
        assert not Handoff.objects.exists()

    def test_a_stranger_gets_403_and_no_rotation_404(self, page, people, ada, as_user):
        assert as_user(reload_user(people[2])).get(page).status_code == 403
        for wrong in ("999999", "x", "-1", "9" * 30, "²"):
            assert as_user(ada).get(reverse("handoffs:new"), {"rotation": wrong}).status_code == 404

    def test_without_a_rotation_there_is_a_choice_of_one_s_own(self, ada, people, as_user):
        other = make_team("Elsewhere")
        make_rotation(other, people[2], name="Far away")
        text = as_user(ada).get(reverse("handoffs:new")).content.decode()
        assert "On call" in text
        assert "Far away" not in text

    def test_a_reader_gets_403(self, page, as_user):
        browser = as_user(make_user("rae"))
        assert browser.get(page).status_code == 403
        assert browser.get(reverse("handoffs:new")).status_code == 403

    def test_the_rotation_and_the_team_lead_to_it(self, page, ada, as_user, rotation):
        for address in (rotation.get_absolute_url(), reverse("oncall:team", args=[rotation.team.slug])):
            assert page in as_user(ada).get(address).content.decode()

    def test_it_costs_the_same_for_many_people(self, page, ada, as_user, team, django_assert_num_queries):
        browser = as_user(ada)
        browser.get(page)
        with django_assert_num_queries(21, exact=False) as few:
            browser.get(page)
        for number in range(20):
            team.memberships.create(user=make_user(f"person{number}"))
        with django_assert_num_queries(len(few)):
            browser.get(page)
