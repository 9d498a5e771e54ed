"""Tests of reachability: sent, answered, refused."""

import datetime as dt

import pytest

from accounts.roles import EDITOR, READER, RESPONDER
from accounts.services import add_member
from oncall.errors import NotAllowed, WrongState
from oncall.models import Address, Channel, Contact, Delivery, Kind, Notification, QuietHours, ReachTest
from oncall.services.reach import confirm_test, find_reach_problems, is_reachable, load_last_answered, send_test
from tests.factories import NOW, make_rotation, make_team, make_user, reload_user

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)


def make_address(person, target="ada@pier.example", transport="email", **extra):
    return Address.objects.create(person=person, transport=transport, target=target, **extra)


@pytest.fixture
def address(ada):
    return make_address(ada)


def test_a_test_goes_to_the_one_address_it_tests(ada, address):
    make_address(ada, "ada@quay.example")
    test = send_test(address, user=ada, now=NOW)
    delivery = Delivery.objects.get()
    assert (delivery.address, delivery.notification, test.notification.kind) == (address, test.notification, Kind.TEST)
    assert test.notification.url == f"/answer/{test.token}/"


def test_quiet_hours_do_not_hold_a_test_back(ada, address):
    QuietHours.objects.create(person=ada, starts_at=dt.time(0), ends_at=dt.time(23, 59))
    send_test(address, user=ada, now=NOW)
    assert Delivery.objects.get().due_at == NOW


def test_a_second_test_waits_a_minute(ada, address):
    send_test(address, user=ada, now=NOW)
    with pytest.raises(WrongState, match="less than a minute"):
        send_test(address, user=ada, now=NOW + MINUTE / 2)
    send_test(address, user=ada, now=NOW + MINUTE)
    assert ReachTest.objects.count() == 2


def test_an_address_that_is_switched_off_is_not_tested(ada):
    with pytest.raises(WrongState, match="switched off"):
        send_test(make_address(ada, is_enabled=False), user=ada, now=NOW)


def test_a_team_mate_may_ask_for_a_test(ada, address):
    ben = make_user("ben", role=RESPONDER)
    make_team("Harbour", ada, ben)
    test = send_test(address, user=reload_user(ben), now=NOW)
    assert (test.person, test.asked_by) == (ada, ben)
    assert "Ben asked for this test" in test.notification.text


def test_somebody_who_takes_turns_in_the_teams_rotation_counts_as_one_of_it(ada, address):
    ben = make_user("ben", role=RESPONDER)
    make_rotation(make_team("Harbour", ben), ada)
    assert send_test(address, user=reload_user(ben), now=NOW).asked_by == ben


@pytest.mark.parametrize(("role", "team"), [(READER, "Harbour"), (RESPONDER, "Care")])
def test_readers_and_people_of_other_teams_may_not(ada, address, role, team):
    ben = make_user("ben", role=role)
    teams = {"Harbour": make_team("Harbour", ada), "Care": make_team("Care")}
    add_member(teams[team], ben)
    with pytest.raises(NotAllowed):
        send_test(address, user=reload_user(ben), now=NOW)


def test_somebody_who_left_gets_no_test(ada, address):
    ada.is_active = False
    ada.save()
    with pytest.raises(WrongState):
        send_test(address, user=make_user("ben", role="Administrator"), now=NOW)
    assert not Notification.objects.exists()


def test_a_channel_is_tested_by_an_editor_who_looks_whether_it_came():
    channel = Channel.objects.create(purpose="Incidents", channel="#harbour")
    address = Address.objects.create(channel=channel, transport="email", target="harbour@chat.example")
    ben = make_user("ben", role=EDITOR)
    test = send_test(address, user=ben, now=NOW)
    assert (test.person, test.notification.channel) == (ben, channel)


def test_a_contact_with_an_account_answers_for_itself(ada):
    contact = Contact.objects.create(name="Ada", user=ada)
    address = Address.objects.create(contact=contact, transport="email", target="desk@pier.example")
    assert send_test(address, user=make_user("ben", role=EDITOR), now=NOW).person == ada


def test_saying_yes_is_kept_with_the_test_and_the_address(ada, address):
    test = send_test(address, user=ada, now=NOW)
    confirm_test(test.token, user=ada, now=NOW + MINUTE)
    test.refresh_from_db()
    address.refresh_from_db()
    assert test.answered_at == address.answered_at == NOW + MINUTE
    assert load_last_answered([ada]) == {ada.pk: NOW + MINUTE}


def test_a_second_yes_changes_nothing(ada, address):
    test = send_test(address, user=ada, now=NOW)
    confirm_test(test.token, user=ada, now=NOW + MINUTE)
    confirm_test(test.token, user=ada, now=NOW + DAY * 20)
    address.refresh_from_db()
    assert address.answered_at == NOW + MINUTE


def test_somebody_elses_link_is_nothing(ada, address):
    test = send_test(address, user=ada, now=NOW)
    assert confirm_test(test.token, user=make_user("ben", role="Administrator"), now=NOW) is None
    assert ReachTest.objects.get().answered_at is None


def test_after_seven_days_the_link_has_run_out(ada, address):
    test = send_test(address, user=ada, now=NOW)
    with pytest.raises(WrongState, match="seven days"):
        confirm_test(test.token, user=ada, now=NOW + DAY * 7 + MINUTE)


def test_an_older_test_answered_later_does_not_turn_time_back(ada, address):
    first = send_test(address, user=ada, now=NOW)
    second = send_test(address, user=ada, now=NOW + MINUTE)
    confirm_test(second.token, user=ada, now=NOW + MINUTE * 5)
    confirm_test(first.token, user=ada, now=NOW + MINUTE * 3)
    address.refresh_from_db()
    assert address.answered_at == NOW + MINUTE * 5


def test_problems_of_somebody_who_never_confirmed(ada, address):
    assert find_reach_problems(ada, NOW, NOW) == ["Ada has never confirmed a test message."]


def test_thirty_days_are_enough_and_one_second_more_is_not(ada):
    make_address(ada, answered_at=NOW - DAY * 30)
    assert find_reach_problems(ada, NOW, NOW) == []
    assert "more than 30 days ago" in find_reach_problems(ada, NOW, NOW + dt.timedelta(seconds=1))[0]


def test_somebody_away_is_said_with_the_day_of_return(ada):
    make_address(ada, answered_at=NOW)
    ada.absences.create(during=(NOW - DAY, NOW + DAY), created_at=NOW)
    assert find_reach_problems(ada, NOW, NOW) == ["Ada is away until Wed 18 Nov 2026, 03:14 (UTC)."]
    assert find_reach_problems(ada, NOW + DAY, NOW) == []


def test_the_login_mail_is_an_address_before_it_is_a_row(ada):
    assert is_reachable(ada)
    assert not Address.objects.exists()


def test_with_everything_switched_off_nobody_is_reached(ada):
    make_address(ada, is_enabled=False)
    assert not is_reachable(ada)
    assert find_reach_problems(ada, NOW, NOW) == ["Ada has no address in use that a page could go to."]


def test_only_the_addresses_chosen_for_pages_count(ada, address):
    chat = make_address(ada, "ntfys://ntfy.example.com/ada", "ntfy", answered_at=NOW)
    assert find_reach_problems(ada, NOW, NOW) == []
    address.choices.create(kind=Kind.PAGE)
    assert chat.answered_at == NOW
    assert find_reach_problems(ada, NOW, NOW) == ["Ada has never confirmed a test message."]


def test_an_account_that_is_switched_off_is_not_reachable(ada):
    ada.is_active = False
    assert not is_reachable(ada)
    assert "switched off" in find_reach_problems(ada, NOW, NOW)[0]
