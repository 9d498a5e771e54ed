"""Before a shift: who is asked, what is found, and that it is told once."""

import datetime as dt
import threading

import pytest
from django.db import close_old_connections, connection

from accounts.models import Membership
from accounts.roles import RESPONDER
from accounts.services import add_member
from oncall import tasks
from oncall.models import (
    Absence,
    Address,
    Channel,
    Contact,
    EscalationLevel,
    EscalationPath,
    EscalationTarget,
    Kind,
    Notification,
    Override,
    ReachTest,
    ShiftCheck,
)
from oncall.pages.checks import describe_checks, describe_checks_of
from oncall.services.checks import check_shifts
from tests.factories import NOW, add_layer, add_plan, make_rotation, make_service, make_team, make_user

pytestmark = pytest.mark.django_db
HOUR = dt.timedelta(hours=1)
START = dt.datetime(2026, 11, 23, 9, tzinfo=dt.UTC)  # a Monday; Lisbon is on UTC then
DAY_BEFORE = START - dt.timedelta(hours=23)


def confirm(*people, at=START - dt.timedelta(days=2)):
    for person in people:
        Address.objects.create(person=person, transport="email", target=person.email, answered_at=at)


@pytest.fixture
def people():
    return [make_user(name) for name in ("ada", "ben", "cy")]


@pytest.fixture
def team(people):
    team = make_team("Harbour", *people)
    add_member(team, people[2], is_lead=True)
    return team


@pytest.fixture
def rotation(team, people):
    """Ada's week ends on the 23rd and Ben's begins."""
    return make_rotation(team, people[0], people[1], anchor_on=dt.date(2026, 11, 16))


def told(kind):
    return list(Notification.objects.filter(kind=kind).order_by("pk"))


def add_path(rotation, *targets, name="Booking"):
    path = EscalationPath.objects.create(name=name, slug=name.lower(), team=rotation.team)
    for position, target in enumerate(targets, start=1):
        level = EscalationLevel.objects.create(path=path, position=position, label=f"L{position}")
        EscalationTarget.objects.create(level=level, **target)
    return path


def test_a_shift_is_looked_at_within_the_hours_of_its_rotation(rotation, people):
    confirm(*people)
    assert check_shifts(START - 25 * HOUR) == 0
    assert check_shifts(START - 24 * HOUR) == 1
    check = ShiftCheck.objects.get()
    assert (check.person, check.shift_starts_at, check.problems) == (people[1], START, [])


def test_the_hours_can_be_changed(rotation, people):
    confirm(*people)
    rotation.check_hours = 72
    rotation.save()
    assert check_shifts(START - 71 * HOUR) == 1


def test_the_person_is_told_when_the_shift_starts_in_their_zone_and_the_teams(rotation, people):
    people[1].time_zone = "Europe/Paris"
    people[1].save()
    confirm(*people)
    check_shifts(DAY_BEFORE)
    (notification,) = told(Kind.SHIFT)
    assert notification.person == people[1]
    assert notification.subject == "Your shift starts tomorrow at 10:00 (Europe/Paris)"
    assert "Mon 23 Nov 2026, 10:00 (Europe/Paris), which is Mon 23 Nov 2026, 09:00 (Europe/Lisbon)" in notification.text


def test_when_all_is_well_the_team_hears_nothing(rotation, people):
    confirm(*people)
    check_shifts(DAY_BEFORE)
    assert told(Kind.TEAM) == []


def test_running_twice_tells_once(rotation, people):
    check_shifts(DAY_BEFORE)
    before = Notification.objects.count()
    assert check_shifts(DAY_BEFORE + HOUR / 6) == 0
    assert Notification.objects.count() == before > 0


def test_what_is_missing_is_told_to_the_lead_with_what_to_do(rotation, people):
    confirm(people[0])
    Absence.objects.create(person=people[1], during=(START - HOUR, START + 48 * HOUR), created_at=NOW)
    check_shifts(DAY_BEFORE)
    (notification,) = told(Kind.TEAM)
    assert notification.person == people[2]
    assert (
        notification.subject == "Harbour: 2 things to mend before the shift of Mon 23 Nov 2026, 09:00 (Europe/Lisbon)"
    )
    assert "Ben is away until" in notification.text
    assert "Ben has never confirmed a test message." in notification.text
    assert "What to do" in notification.text
    assert notification.url == rotation.get_absolute_url()


def test_somebody_whose_account_is_off_is_a_finding_and_gets_nothing(rotation, people):
    people[1].is_active = False
    people[1].save()
    check_shifts(DAY_BEFORE)
    assert "the account is switched off" in ShiftCheck.objects.get().problems[0]
    assert told(Kind.SHIFT) == []


def test_without_a_lead_every_member_is_told(rotation, people):
    Membership.objects.update(is_lead=False)
    check_shifts(DAY_BEFORE)
    assert {notification.person for notification in told(Kind.TEAM)} == set(people)


def test_twelve_hours_before_the_check_a_test_goes_out(rotation, people):
    assert check_shifts(START - 35 * HOUR) == 0
    test = ReachTest.objects.get()
    assert (test.person, test.asked_by, test.address.target) == (people[1], None, people[1].email)
    assert told(Kind.TEAM) == []


def test_who_answers_it_in_time_is_no_finding(rotation, people):
    check_shifts(START - 35 * HOUR)
    Address.objects.update(answered_at=START - 30 * HOUR)
    check_shifts(DAY_BEFORE)
    assert ShiftCheck.objects.get().problems == []


def test_a_link_that_is_still_good_is_not_sent_again(rotation, people):
    check_shifts(START - 35 * HOUR)
    check_shifts(START - 30 * HOUR)
    check_shifts(DAY_BEFORE)
    assert ReachTest.objects.count() == 1


def test_who_confirmed_lately_is_not_asked(rotation, people):
    confirm(people[1])
    check_shifts(START - 35 * HOUR)
    assert not ReachTest.objects.exists()


def test_a_new_person_for_the_same_shift_is_checked_and_told_too(rotation, people):
    confirm(*people)
    check_shifts(DAY_BEFORE)
    Override.objects.create(
        layer=rotation.layers.get(), person=people[2], during=(START, START + 24 * HOUR), created_at=NOW
    )
    assert check_shifts(DAY_BEFORE + HOUR) == 1
    assert people[2] in {notification.person for notification in told(Kind.SHIFT)}


def test_a_shift_taken_now_is_not_checked(rotation, people):
    confirm(*people)
    Override.objects.create(
        layer=rotation.layers.get(), person=people[2], during=(DAY_BEFORE, DAY_BEFORE + HOUR), created_at=NOW
    )
    check_shifts(DAY_BEFORE)
    assert not ShiftCheck.objects.filter(person=people[2]).exists()


def test_days_of_one_week_are_told_once(team, people):
    office = [([0, 1, 2, 3, 4], dt.time(9), dt.time(17))]
    make_rotation(team, *people[:2], windows=office, anchor_on=dt.date(2026, 11, 16))
    confirm(*people)
    for day in range(5):
        check_shifts(DAY_BEFORE + dt.timedelta(days=day))
    assert ShiftCheck.objects.count() == 5
    assert len(told(Kind.SHIFT)) == 1


def test_what_the_team_heard_is_not_repeated_every_day(team, people):
    make_rotation(team, *people[:1], turn_unit="days", anchor_on=dt.date(2026, 11, 16))
    messages = []
    for day in range(5):
        check_shifts(DAY_BEFORE + dt.timedelta(days=day))
        messages.append(len(told(Kind.TEAM)))
    assert messages == [1, 1, 1, 2, 2]
    assert all(check.problems for check in ShiftCheck.objects.all())


def test_something_new_is_told_with_all_that_is_missing(team, people):
    make_rotation(team, *people[:1], turn_unit="days", anchor_on=dt.date(2026, 11, 16))
    check_shifts(DAY_BEFORE)
    Absence.objects.create(person=people[0], during=(START, START + 48 * HOUR), created_at=NOW)
    check_shifts(DAY_BEFORE + 24 * HOUR)
    assert "2 things to mend" in told(Kind.TEAM)[1].subject


def test_layers_that_change_together_make_one_message(rotation, people):
    add_layer(rotation, people[1], people[0], anchor_on=dt.date(2026, 11, 16))
    check_shifts(DAY_BEFORE)
    assert ShiftCheck.objects.count() == 2
    (notification,) = told(Kind.TEAM)
    assert "2 things to mend" in notification.subject


def test_levels_of_paths_that_call_the_rotation_are_looked_at(rotation, people):
    confirm(people[1])
    gone = Contact.objects.create(name="Old Pilot", left_at=NOW)
    silent = Contact.objects.create(name="Night Desk", kind="shared")
    manager = Contact.objects.create(name="Cy", user=people[2])
    channel = Channel.objects.create(purpose="Incidents", channel="#harbour")
    add_path(
        rotation,
        {"layer": rotation.layers.get()},
        {"contact": gone},
        {"contact": silent},
        {"contact": manager},
        {"channel": channel},
    )
    check_shifts(DAY_BEFORE)
    problems = "\n".join(ShiftCheck.objects.get().problems)
    assert "Old Pilot has left. (L2 of “Booking”)" in problems
    assert "There is no way to reach Night Desk" in problems
    assert "Cy has never confirmed a test message. (L4 of “Booking”)" in problems
    assert "#harbour has no address, so the portal can't write there. (L5 of “Booking”)" in problems
    assert "Ben" not in problems


def test_a_path_that_only_the_teams_services_follow_counts_too(rotation, people):
    confirm(*people)
    other = make_rotation(make_team("Care"), people[2], name="Care", anchor_on=dt.date(2026, 12, 1))
    path = add_path(other, {"layer": other.layers.get()}, name="Care first")
    make_service(team=rotation.team, escalation_path=path)
    check_shifts(DAY_BEFORE)
    problems = ShiftCheck.objects.get().problems
    assert any(text.startswith("“Care first”: ") for text in problems)


def test_paths_of_other_teams_are_not_this_teams_matter(rotation, people):
    confirm(*people)
    add_path(make_rotation(make_team("Care"), name="Care", anchor_on=dt.date(2026, 12, 1)), name="Care first")
    check_shifts(DAY_BEFORE)
    assert ShiftCheck.objects.get().problems == []


@pytest.mark.parametrize(
    ("day", "hours"),
    [(dt.date(2026, 3, 29), 23), (dt.date(2026, 10, 25), 25)],
    ids=["the night with 23 hours", "the night with 25 hours"],
)
def test_a_hand_over_after_the_clock_changed_is_told_at_its_time_on_the_wall(team, people, day, hours):
    rotation = make_rotation(team, *people[:2], turn_unit="days", anchor_on=day - dt.timedelta(days=2))
    layer = rotation.layers.get()
    layer.plans.all().delete()
    add_plan(
        layer,
        *people[:2],
        turn_unit="days",
        anchor_on=day - dt.timedelta(days=2),
        effective_from=dt.datetime(2026, 1, 1, tzinfo=dt.UTC),
    )
    confirm(*people, at=dt.datetime.combine(day, dt.time(0), dt.UTC))
    start = dt.datetime.combine(day, dt.time(9), rotation.layers.get().plans.get().zone).astimezone(dt.UTC)
    before = dt.datetime.combine(day - dt.timedelta(days=1), dt.time(9), layer.plans.get().zone).astimezone(dt.UTC)
    assert start - before == hours * HOUR
    people[0].time_zone = "Europe/Lisbon"
    people[0].save()
    assert check_shifts(start - 20 * HOUR) == 1
    assert ShiftCheck.objects.get().shift_starts_at == start
    assert told(Kind.SHIFT)[0].subject == "Your shift starts tomorrow at 09:00 (Europe/Lisbon)"


def test_queries_do_not_grow_with_rotations_once_all_is_checked(people, django_assert_num_queries):
    for number in range(10):
        make_rotation(make_team(f"Team {number}"), *people, anchor_on=dt.date(2026, 11, 23))
    confirm(*people)
    check_shifts(DAY_BEFORE)
    with django_assert_num_queries(12):
        assert check_shifts(DAY_BEFORE + HOUR) == 0


def test_the_newest_check_of_each_layer_is_shown(rotation, people, django_assert_num_queries):
    confirm(people[1])
    check_shifts(DAY_BEFORE)
    check_shifts(DAY_BEFORE + dt.timedelta(days=7))
    with django_assert_num_queries(2):
        (shown,) = describe_checks(rotation)
        assert (shown.check.person, shown.check.layer.rotation.team) == (people[0], rotation.team)
    assert not shown.is_answered_since
    assert [one.check.person for one in describe_checks_of(people[1], DAY_BEFORE)] == [people[1]]
    assert describe_checks_of(people[1], START) == []


def test_the_pages_of_the_rotation_and_of_ones_shifts_show_it(rotation, people, as_user):
    check_shifts(DAY_BEFORE)
    page = as_user(people[0]).get(rotation.get_absolute_url()).content.decode()
    assert "Checked before the shift" in page
    assert "Ben has never confirmed a test message." in page
    assert "Never answered a test" in page
    assert "Send a test to Ben" not in page  # Ada only reads


def test_responders_of_the_team_find_a_button_that_sends_a_test(rotation, people, as_user):
    confirm(people[1])
    check_shifts(DAY_BEFORE)
    mate, stranger = make_user("dee", role=RESPONDER), make_user("eve", role=RESPONDER)
    add_member(rotation.team, mate)
    assert "Send a test to Ben" in as_user(mate).get(rotation.get_absolute_url()).content.decode()
    assert "Send a test to Ben" not in as_user(stranger).get(rotation.get_absolute_url()).content.decode()


def test_beat_asks_for_it_every_ten_minutes(settings):
    assert settings.CELERY_BEAT_SCHEDULE["check shifts"] == {"task": tasks.check_shifts.name, "schedule": 600}


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_once():
    people = [make_user(name) for name in ("ada", "ben")]
    rotation = make_rotation(make_team("Harbour", *people), *people, anchor_on=dt.date(2026, 11, 16))
    add_layer(rotation, people[1], people[0], anchor_on=dt.date(2026, 11, 16))
    together, counts, failures = threading.Barrier(2), [], []

    def work():
        try:
            together.wait(timeout=10)
            counts.append(check_shifts(DAY_BEFORE))
        except Exception as error:
            failures.append(error)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=work) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    assert failures == []
    assert sum(counts) == ShiftCheck.objects.count() == 2
    keys = list(Notification.objects.values_list("kind", "person__email", "deliveries__address"))
    assert len(keys) == len(set(keys))
    assert Notification.objects.filter(kind=Kind.TEAM).count() == 2  # one for each member, as nobody leads
