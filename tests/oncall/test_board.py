"""The board: for every team who is on call at a moment, who is next, how to reach them, and what is wrong."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.models import Team
from accounts.roles import EDITOR, RESPONDER
from accounts.services import add_member
from oncall.models import Absence, Contact, Override, PlannedGap, Rotation, Way
from oncall.pages.board import describe_board, describe_team_now
from tests.factories import NOW, add_layer, add_plan, make_rotation, make_team, make_user, reload_user

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
OFFICE = [([0, 1, 2, 3, 4], dt.time(9), dt.time(17))]


@pytest.fixture
def reader():
    return make_user("reader")


@pytest.fixture
def people():
    return [make_user(name) for name in ("ada", "ben", "cy")]


@pytest.fixture
def rotation(people):
    """Weekly turns since Monday 5 January 2026; NOW is a Tuesday night in a week of Ada's."""
    return make_rotation(make_team("Harbour"), *people)


def only_line(reader, at=NOW):
    (line,) = describe_board(reader, at).teams[0].lines
    return line


def give_phone(user, number="+44 20 7946 0112", **extra):
    contact, _ = Contact.objects.get_or_create(user=user, defaults={"name": str(user)})
    Way.objects.create(contact=contact, kind=Way.Kind.PHONE, value=number, **extra)


def test_a_line_says_who_is_on_call_until_when_and_who_is_next(rotation, reader):
    line = only_line(reader)
    assert (line.label, line.person.name, line.then) == ("Primary", "Ada", "Ben")
    assert line.until == "Mon 23 Nov, 09:00"


def test_moments_are_on_the_readers_clock_and_on_the_teams_beside_it(rotation):
    line = only_line(make_user("eve", time_zone="Europe/Oslo"))
    assert (line.until, line.until_there) == ("Mon 23 Nov, 10:00", "Mon 23 Nov, 09:00 WET")


def test_the_same_clock_is_not_said_twice(rotation):
    assert only_line(make_user("eve", time_zone="Europe/London")).until_there == ""


def test_an_override_shows_at_once(rotation, people, reader):
    Override.objects.create(layer=rotation.layers.get(), person=people[2], during=(NOW, NOW + 2 * DAY), created_at=NOW)
    line = only_line(reader)
    assert (line.person.name, line.then) == ("Cy", "Ada")


def test_the_passing_of_a_hand_over_shows(rotation, reader):
    monday = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
    assert only_line(reader, monday - dt.timedelta(minutes=1)).person.name == "Ada"
    assert only_line(reader, monday).person.name == "Ben"


def test_whoever_goes_straight_on_is_not_said_to_be_next(people, reader):
    make_rotation(make_team("Harbour"), people[0])
    assert only_line(reader).then == ""


def test_a_phone_comes_before_the_mail_address_of_the_account(rotation, people, reader):
    assert only_line(reader).person.email == "ada@example.com"
    give_phone(people[0])
    assert only_line(reader).person.phone_href == "tel:+442079460112"


def test_a_personal_number_is_for_responders_and_for_its_owner(rotation, people, reader):
    give_phone(people[0], is_personal=True)
    assert only_line(reader).person.phone == ""
    assert only_line(make_user("dee", role=RESPONDER)).person.phone
    assert only_line(people[0]).person.phone


def test_a_way_of_somebody_who_left_the_directory_is_not_shown(rotation, people, reader):
    give_phone(people[0])
    Contact.objects.update(left_at=NOW)
    assert only_line(reader).person.phone == ""


def test_layers_of_one_rank_are_one_line_of_whoever_is_on(people, reader):
    days = [(list(range(7)), dt.time(7), dt.time(19))]
    nights = [(list(range(7)), dt.time(19), dt.time(7))]
    rotation = make_rotation(make_team("Harbour"), people[0], layer="Days", windows=days, handover_at=dt.time(7))
    add_layer(rotation, people[1], name="Nights", rank=1, windows=nights, handover_at=dt.time(19))
    line = only_line(reader)
    assert (line.label, line.person.name, line.until) == ("Nights", "Ben", "07:00")
    assert (line.then, line.then_from) == ("Ada", "")


def test_nobody_on_call_although_somebody_should_be_is_said_in_red(people, reader):
    make_rotation(make_team("Harbour"), *people, windows=OFFICE)
    line = only_line(reader)
    assert (line.person, line.gap, line.tone) == (None, "Nobody is on call", "danger")
    assert (line.then, line.then_from) == ("Ada", "09:00")
    assert describe_board(reader, NOW).troubled == 1


def test_outside_business_hours_nothing_is_wrong_where_only_those_are_expected(people, reader):
    make_rotation(make_team("Harbour"), *people, windows=OFFICE)
    Rotation.objects.update(expects=Rotation.Expects.HOURS)
    line = only_line(reader)
    assert (line.gap, line.tone) == ("Outside its hours", "quiet")
    assert describe_board(reader, NOW).troubled == 0


def test_a_planned_gap_says_its_reason(people, reader):
    rotation = make_rotation(make_team("Harbour"), *people, windows=OFFICE)
    PlannedGap.objects.create(rotation=rotation, during=(NOW - DAY, NOW + DAY), reason="No ships", marked_at=NOW)
    assert only_line(reader).gap == "Nobody, and that is meant: No ships"


def test_a_layer_that_has_not_begun_misses_nobody_yet(people, reader):
    rotation = make_rotation(make_team("Harbour"), people[0])
    add_layer(rotation, people[1], effective_from=NOW + DAY)
    backup = describe_board(reader, NOW).teams[0].lines[1]
    assert (backup.tone, backup.then) == ("quiet", "Ben")


def test_whoever_is_away_or_has_left_is_said(rotation, people, reader):
    Absence.objects.create(person=people[0], during=(NOW - DAY, NOW + DAY), created_at=NOW)
    assert only_line(reader).person.problem == "is away until Wed 03:14"
    people[0].is_active = False
    people[0].save()
    line = only_line(reader)
    assert (line.person.problem, line.tone) == ("has left", "warn")


def test_ended_layers_and_rotations_are_gone(rotation, people, reader):
    add_layer(rotation, people[1], name="Old")
    rotation.layers.filter(name="Old").update(ended_at=NOW - DAY)
    assert [line.label for line in describe_board(reader, NOW).teams[0].lines] == ["Primary"]
    Rotation.objects.update(ended_at=NOW - DAY)
    assert describe_board(reader, NOW).teams[0].rotations == []


def test_my_teams_come_first(rotation, people):
    add_member(make_team("Zebra"), people[0])
    board = describe_board(reload_user(people[0]), NOW)
    assert [team.name for team in board.teams] == ["Zebra", "Harbour"]
    assert [team.name for team in board.mine] == ["Zebra"]


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("harb", ["Harbour"]),
        ("ADA", ["Harbour"]),
        ("ben", ["Harbour"]),
        ("prim harb", ["Harbour"]),
        ("cy", ["Quay"]),
        ("arbour", []),
        ("on", ["Harbour", "Quay"]),
        ("%", []),
        ("'; --", []),
    ],
)
def test_words_keep_the_teams_in_which_each_begins_a_word(rotation, people, reader, words, found):
    make_rotation(make_team("Quay"), people[2])
    assert [team.name for team in describe_board(reader, NOW, question=words).teams] == found


def test_one_team_alone_can_be_asked_for(rotation, people, reader):
    make_rotation(make_team("Quay"), people[1])
    team = describe_team_now(Team.objects.get(slug="quay"), reader, NOW)
    assert [line.person.name for line in team.lines] == ["Ben"]


def test_a_new_plan_that_holds_from_now_on_is_the_one_that_counts(rotation, people, reader):
    add_plan(rotation.layers.get(), people[2], effective_from=NOW, anchor_on=dt.date(2026, 11, 17))
    assert only_line(reader).person.name == "Cy"


# ---- The page ----


def test_a_team_without_a_rotation_says_nobody_and_offers_the_way_to_one_to_editors(as_user, reader):
    make_team("Quay")
    page = as_user(reader).get("/oncall/").content.decode()
    assert "Nobody can be called" in page and "/oncall/quay/new/" not in page
    assert "/oncall/quay/new/" in as_user(make_user("ed", role=EDITOR)).get("/oncall/").content.decode()


def test_addresses_that_are_written_out_are_those_of_the_site_map():
    assert reverse("oncall:board") == "/oncall/"
    assert reverse("oncall:team", args=["quay"]) == "/oncall/quay/"
    assert reverse("oncall:new_rotation", args=["quay"]) == "/oncall/quay/new/"
    assert reverse("oncall:rotation", args=["quay", "rota"]) == "/oncall/quay/rota/"
    assert reverse("oncall:gaps", args=["quay", "rota"]) == "/oncall/quay/rota/gaps/"
    assert (reverse("oncall:my_shifts"), reverse("oncall:paths")) == ("/me/shifts/", "/escalation/")


def test_names_are_shown_as_text(as_user, reader):
    person = make_user("eve", display_name="<script>alert(1)</script>")
    team = make_team("Harbour")
    Team.objects.update(name="<b>Harbour</b>")
    make_rotation(team, person, layer="<i>Primary</i>")
    give_phone(person, number='"><img src=x>')
    page = as_user(reader).get("/oncall/?q=").content.decode()
    for danger in ("<script>alert", "<i>Primary", "<b>Harbour", "<img"):
        assert danger not in page


def test_the_filter_stays_in_its_field(as_user, reader):
    make_team("Harbour")
    page = as_user(reader).get("/oncall/", {"q": '"x\x00 nowhere'}).content.decode()
    assert 'value="&quot;x nowhere"' in page and "No team fits" in page


def test_htmx_gets_the_lines_alone(as_user, reader):
    make_team("Harbour")
    response = as_user(reader).get("/oncall/?q=harb", headers={"HX-Request": "true"})
    assert b"<html" not in response.content and b"Harbour" in response.content


def test_somebody_who_may_not_look_gets_403(as_user, reader):
    reader.groups.clear()
    assert as_user(reload_user(reader)).get("/oncall/").status_code == 403


def test_an_empty_portal_says_so(as_user, reader):
    assert "No teams yet" in as_user(reader).get("/oncall/").content.decode()


@pytest.mark.parametrize("is_night", [False, True])
def test_ten_queries_however_many_teams(as_user, reader, people, django_assert_max_num_queries, is_night):
    def fill(numbers):
        for number in numbers:
            rotation = make_rotation(make_team(f"Team {number}"), *people, windows=OFFICE if is_night else [])
            add_layer(rotation, *people[::-1])

    client = as_user(reader)
    fill(range(2))
    with django_assert_max_num_queries(10) as few:
        client.get("/oncall/")
    fill(range(2, 20))
    with django_assert_max_num_queries(10) as many:
        client.get("/oncall/")
    assert len(few) == len(many)
