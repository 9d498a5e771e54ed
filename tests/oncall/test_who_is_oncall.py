"""`who_is_oncall`: for scripts, and for whoever has nothing but a shell at night."""

import datetime as dt
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from oncall.models import Contact, Rotation, Way
from tests.factories import add_layer, make_rotation, make_team, make_user

pytestmark = pytest.mark.django_db
OFFICE = [([0, 1, 2, 3, 4], dt.time(9), dt.time(17))]
TUESDAY = "2026-11-17T03:14Z"


@pytest.fixture
def people():
    return [make_user(name) for name in ("ada", "ben")]


@pytest.fixture
def team(people):
    return make_team("Harbour Lights", *people)


def ask(*arguments):
    out = StringIO()
    call_command("who_is_oncall", *arguments, stdout=out)
    return out.getvalue()


def test_it_says_who_until_when_and_how_to_reach_them(team, people):
    rotation = make_rotation(team, *people)
    add_layer(rotation, people[1], people[0])
    contact = Contact.objects.create(name="Ben", user=people[1], role="Quay master")
    Way.objects.create(contact=contact, kind="phone", value="+351 210 000 101", label="Mobile", is_personal=True)
    assert ask("harbour-lights", "--at", TUESDAY) == (
        "Harbour Lights, Tue 17 Nov 2026, 03:14 (Europe/Lisbon)\n"
        "\nOn call\n"
        "  Primary: Ben (Quay master), until Mon 23 Nov 2026, 09:00 (Europe/Lisbon)\n"
        "    Phone +351 210 000 101 (Mobile)\n"
        "  Backup: Ada, until Mon 23 Nov 2026, 09:00 (Europe/Lisbon)\n"
        "    E-mail ada@example.com\n"
    )


@pytest.mark.parametrize("name", ["harbour-lights", "Harbour Lights", "HARBOUR lights", " harbour-lights "])
def test_a_team_is_known_by_its_name_and_its_address(team, people, name):
    make_rotation(team, *people)
    assert "Ben" in ask(name, "--at", TUESDAY)


def test_without_a_moment_it_is_now(team, people):
    make_rotation(team, people[0])
    assert "Primary: Ada" in ask("harbour-lights")


@pytest.mark.parametrize(
    ("moment", "name"),
    [
        ("2026-11-23T08:59Z", "Ben"),
        ("2026-11-23T09:00Z", "Ada"),
        ("2026-11-23T10:00+01:00", "Ada"),
        ("2026-11-23T08:59", "Ben"),
        ("2026-07-06T08:30", "Ben"),  # on the team's clock it is before 09:00, in UTC, too
        ("2026-07-06T08:30Z", "Ada"),  # half past nine in Lisbon
        ("2026-11-23", "Ben"),
    ],
)
def test_a_moment_without_an_offset_is_on_the_team_s_clock(team, people, moment, name):
    make_rotation(team, *people)
    assert f"Primary: {name}" in ask("harbour-lights", "--at", moment)


def test_a_layer_without_anybody_is_said_beside_the_others(team, people):
    rotation = make_rotation(team, *people)
    add_layer(rotation, people[0], windows=OFFICE)
    assert "  Backup: nobody\n" in ask("harbour-lights", "--at", TUESDAY)


def test_a_past_moment_is_answered_as_it_was(team, people):
    rotation = make_rotation(team, *people)
    Rotation.objects.update(ended_at=dt.datetime(2026, 11, 18, tzinfo=dt.UTC))
    rotation.layers.update(ended_at=dt.datetime(2026, 11, 18, tzinfo=dt.UTC))
    assert "Primary: Ben, until Wed 18 Nov 2026, 00:00" in ask("harbour-lights", "--at", TUESDAY)
    with pytest.raises(CommandError, match="has no rotation"):
        ask("harbour-lights", "--at", "2026-11-18T00:00Z")


def test_nobody_on_call_is_a_failure_that_says_who_is_next(team, people):
    make_rotation(team, *people, windows=OFFICE)
    with pytest.raises(CommandError) as refusal:
        ask("harbour-lights", "--at", TUESDAY)
    assert str(refusal.value) == (
        "Nobody is on call for Harbour Lights: Tue 17 Nov 2026, 03:14 (Europe/Lisbon). "
        "Next is Ben (Primary), from Tue 17 Nov 2026, 09:00 (Europe/Lisbon)."
    )
    assert refusal.value.returncode == 1


def test_a_team_without_a_rotation_is_a_failure(team):
    with pytest.raises(CommandError, match="Harbour Lights has no rotation"):
        ask("harbour-lights")


def test_an_unknown_team_is_a_failure_that_names_the_teams(team):
    with pytest.raises(CommandError, match=r"There is no team “port”\. Teams: harbour-lights\."):
        ask("port")


@pytest.mark.parametrize("moment", ["yesterday", "2026-13-01", "2026-11-17T25:00", "0001-01-01T00:00+14:00", "17"])
def test_a_time_that_is_none_is_a_failure(team, people, moment):
    make_rotation(team, *people)
    with pytest.raises(CommandError, match="not a time in ISO 8601"):
        ask("harbour-lights", "--at", moment)
