"""Who answers for a service: by its escalation path, else by its team's rotations; kept no longer than it is true."""

import datetime as dt

import pytest

from accounts.roles import RESPONDER
from oncall.models import (
    Absence,
    Contact,
    EscalationLevel,
    EscalationPath,
    EscalationTarget,
    OncallChange,
    Override,
    Service,
    Way,
)
from oncall.pages.kept import get_oncall
from oncall.pages.service_oncall import describe_service_oncall
from tests.factories import NOW, add_layer, make_rotation, make_service, make_team, make_user

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)


@pytest.fixture
def people():
    return [make_user(name) for name in ("ada", "ben", "cy")]


@pytest.fixture
def rotation(people):
    """Weekly turns; at NOW Ada is on call."""
    return make_rotation(make_team("Harbour"), *people)


@pytest.fixture
def service(rotation):
    return make_service(team=rotation.team)


@pytest.fixture
def path(rotation, people, service):
    """L1 calls the rotation's layer, L2 a contact 5 minutes later, L3 another one."""
    path = EscalationPath.objects.create(name="Ships", slug="ships", team=rotation.team)
    for position, name in enumerate(["", "Ingrid", "Freya"], start=1):
        level = EscalationLevel.objects.create(
            path=path, position=position, label=f"L{position}", response_minutes=5 * position
        )
        contact = Contact.objects.create(name=name) if name else None
        EscalationTarget.objects.create(level=level, contact=contact, layer=None if contact else rotation.layers.get())
    Service.objects.filter(pk=service.pk).update(escalation_path=path)
    service.refresh_from_db()
    return path


def names(level):
    return [person.name for person in level.people]


def ask(service, reader, at=NOW):
    number = OncallChange.objects.values_list("number", flat=True).first()
    return get_oncall(service.escalation_path_id, service.team_id, number, reader, at)


def test_without_a_path_the_teams_rotations_answer_rank_by_rank(service, rotation, people):
    add_layer(rotation, people[2])
    oncall = describe_service_oncall(service, NOW, people[0])
    assert [(level.label, names(level)) for level in oncall.levels] == [("Primary", ["Ada"]), ("Backup", ["Cy"])]
    assert (oncall.team_url, oncall.path) == ("/oncall/harbour/", "")


def test_with_a_path_its_first_two_levels_answer(service, path, people):
    oncall = describe_service_oncall(service, NOW, people[0])
    assert [(level.label, level.after, names(level)) for level in oncall.levels] == [
        ("L1", 0, ["Ada"]),
        ("L2", 5, ["Ingrid"]),
    ]
    assert (oncall.more, oncall.path_url) == (1, "/escalation/ships/")


def test_a_level_in_which_nobody_is_on_call_says_so(service, path, rotation, people):
    rotation.layers.update(ended_at=NOW - DAY)
    oncall = describe_service_oncall(service, NOW, people[0])
    assert oncall.first.people == ()
    assert "Nobody is on call" in oncall.first.holes[0]


def test_whoever_is_away_is_said_to_be(service, people):
    Absence.objects.create(person=people[0], during=(NOW - DAY, NOW + DAY), created_at=NOW)
    oncall = describe_service_oncall(service, NOW, people[1])
    assert oncall.first.people[0].problem == "is away until Wed 18 Nov, 03:14"


def test_there_is_nothing_to_say_without_a_team_or_a_rotation(people):
    assert describe_service_oncall(make_service(), NOW, people[0]) is None
    assert describe_service_oncall(make_service("Desk", team=make_team("Quay")), NOW, people[0]) is None


# ---- Kept in the process ----


def test_what_is_kept_costs_no_query(service, people, django_assert_num_queries):
    first = ask(service, people[0])
    with django_assert_num_queries(1):  # the number itself, which the reading page has from its one query
        assert ask(service, people[1]) is first


def test_an_override_is_seen_at_once(service, rotation, people):
    before = ask(service, people[0])
    Override.objects.create(
        layer=rotation.layers.get(), person=people[2], during=(NOW - DAY, NOW + DAY), created_at=NOW
    )
    after = ask(service, people[0])
    assert (names(before.oncall.first), names(after.oncall.first)) == (["Ada"], ["Cy"])
    assert before.key != after.key


def test_the_passing_of_a_hand_over_is_seen_to_the_second(service, people):
    monday = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)
    second = dt.timedelta(seconds=1)
    kept = ask(service, people[0], monday - second)
    assert kept.until == monday
    assert names(kept.oncall.first) == ["Ada"]
    assert names(ask(service, people[0], monday).oncall.first) == ["Ben"]


def test_an_override_that_begins_within_the_minute_is_seen_when_it_begins(service, rotation, people):
    start = NOW + dt.timedelta(seconds=20)
    Override.objects.create(layer=rotation.layers.get(), person=people[2], during=(start, NOW + DAY), created_at=NOW)
    assert ask(service, people[0], NOW).until == start
    assert names(ask(service, people[0], start).oncall.first) == ["Cy"]


def test_it_holds_a_minute_at_most_and_the_key_stays_while_it_says_the_same(service, people):
    kept = ask(service, people[0], NOW)
    assert kept.until == NOW.replace(second=0, microsecond=0) + dt.timedelta(minutes=1)
    again = ask(service, people[0], kept.until)
    assert again is not kept and again.key == kept.key


def test_a_change_of_another_team_leaves_the_key_as_it_was(service, people):
    before = ask(service, people[0]).key
    make_rotation(make_team("Quay"), people[1])
    assert ask(service, people[0]).key == before


@pytest.mark.parametrize("has_path", [False, True])
def test_personal_numbers_are_kept_for_responders_alone(service, people, request, has_path):
    if has_path:
        request.getfixturevalue("path")
    contact = Contact.objects.create(name="Ada", user=people[0])
    Way.objects.create(contact=contact, kind="phone", value="+44 20 7946 0213", is_personal=True)
    responder = make_user("dee", role=RESPONDER)
    shown = {}
    for reader in (people[0], responder, people[1], responder, people[0]):  # its owner first, who sees it elsewhere
        kept = ask(service, reader)
        shown[reader.display_name] = [way.value for person in kept.oncall.first.people for way in person.ways]
    assert "+44 20 7946 0213" in shown["Dee"]
    assert "+44 20 7946 0213" not in [*shown["Ben"], *shown["Ada"]]


def test_a_contact_without_an_account_keeps_its_personal_number_to_responders(service, path, people):
    Way.objects.create(
        contact=Contact.objects.get(name="Ingrid"), kind="phone", value="+44 20 7946 0199", is_personal=True
    )
    kept = ask(service, people[1])
    assert [
        way for level in kept.oncall.levels for person in level.people for way in person.ways if "0199" in way.value
    ] == []
