"""The page of a team's on-call, and its first step."""

import pytest
from django.utils import timezone

from accounts.roles import EDITOR, READER
from accounts.services import add_member
from oncall.models import Layer, Rotation
from oncall.pages.team import describe_team
from tests.factories import NOW, add_layer, make_rotation, make_team, make_user

pytestmark = pytest.mark.django_db
PAGE = "/oncall/harbour/"


@pytest.fixture
def people():
    return [make_user(name, password=None) for name in ("ada", "ben", "cy")]


@pytest.fixture
def team(people):
    return make_team("Harbour", *people)


@pytest.fixture
def reader():
    return make_user("fay", role=READER, password=None)


@pytest.fixture
def editor():
    return make_user("gus", role=EDITOR, password=None)


def look(client):
    response = client.get(PAGE)
    assert response.status_code == 200
    return response.content.decode()


def test_an_unknown_team_is_404(as_user, reader):
    assert as_user(reader).get("/oncall/none/").status_code == 404


def test_a_team_without_rotation_is_led_to_the_first_step(as_user, editor, team):
    text = look(as_user(editor))
    assert "Set up on-call" in text and f"{PAGE}new/" in text and "The 3 people of the team" in text


def test_readers_are_told_who_can_set_it_up(as_user, reader, team):
    text = look(as_user(reader))
    assert "An editor of the portal can set up" in text and f"{PAGE}new/" not in text


def test_says_who_is_on_call_and_who_is_next(as_user, reader, team, people):
    make_rotation(team, *people)
    line = describe_team(team, reader, NOW).lines[0]
    assert [(str(seat.now.person), str(seat.coming.person)) for seat in line.seats] == [("Ada", "Ben")]


def test_members_say_in_which_layers_they_are_on_call(reader, team, people):
    make_rotation(team, *people)
    members = describe_team(team, reader, NOW).members
    assert [(str(member.person), member.on_call_in) for member in members] == [
        ("Ada", ["Primary"]),
        ("Ben", []),
        ("Cy", []),
    ]


def test_all_is_well_is_said_too(as_user, reader, team, people):
    make_rotation(team, *people)
    assert "No gap and no clash in the next four weeks" in look(as_user(reader))


def test_ended_rotations_stand_apart(as_user, reader, team, people):
    make_rotation(team, *people)
    Layer.objects.update(ended_at=timezone.now())
    Rotation.objects.update(ended_at=timezone.now())
    text = look(as_user(reader))
    assert "Rotations that were ended" in text and "Nobody is on call for Harbour yet" in text


def test_who_left_is_no_member_any_more(reader, team, people):
    people[0].is_active = False
    people[0].save()
    assert [str(member.person) for member in describe_team(team, reader, NOW).members] == ["Ben", "Cy"]


def test_queries_do_not_grow_with_people_layers_and_rotations(
    as_user, reader, team, people, django_assert_max_num_queries
):
    make_rotation(team, *people)
    client = as_user(reader)
    look(client)
    with django_assert_max_num_queries(18) as few:
        look(client)
    crowd = [make_user(f"p{number}", password=None) for number in range(20)]
    for person in crowd:
        add_member(team, person)
    for number in range(4):
        add_layer(make_rotation(team, *crowd, name=f"Rota {number}"), *crowd[1:], crowd[0])
    with django_assert_max_num_queries(18) as many:
        look(client)
    assert len(few) == len(many)
