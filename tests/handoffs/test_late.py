"""A handoff that nobody accepts: a reminder, then the backup, then the team's lead; each step once, with time passed in."""

import datetime as dt

import pytest
from django.db import connection

from accounts.services import add_member
from handoffs.models import EventKind, Handoff, HandoffEvent, Policy
from handoffs.services.reminding import remind_late, stop_reminding
from oncall.models import Channel, Delivery, Notification
from tests.factories import NOW, make_handoff, make_rotation, make_team, make_user

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)
CHANGE = NOW + 60 * MINUTE
LATE = CHANGE + 15 * MINUTE


@pytest.fixture
def ben():
    return make_user("ben")


@pytest.fixture
def cy():
    return make_user("cy")


@pytest.fixture
def lee():
    return make_user("lee")


@pytest.fixture
def rotation(ada, ben, cy, lee):
    """Lee leads the team and is in no shift."""
    team = make_team("Harbour", ada, ben, cy)
    add_member(team, lee, is_lead=True)
    return make_rotation(team, ada, ben, cy)


@pytest.fixture
def draft(ada, ben, cy, rotation):
    """From Ada to Ben, Cy behind him."""
    return make_handoff(ada, ben, rotation=rotation, backup=cy)


@pytest.fixture
def submitted(draft):
    return submit(draft)


def submit(handoff):
    Handoff.objects.filter(pk=handoff.pk).update(state="submitted", submitted_at=NOW, round=1)
    handoff.refresh_from_db()
    return handoff


def told():
    """Steps and names, in order."""
    return [(int(key.split(":")[2]), to) for key, to in late().values_list("key", "to")]


def late():
    return Notification.objects.filter(key__startswith="handoff-late:").order_by("pk")


def waiting():
    return Delivery.objects.filter(status="waiting", notification__in=late())


def text_to(name, step):
    return late().get(key__contains=f":{step}:", to=name).text


def refuse_history_of(handoff):
    """Let the database refuse whatever is written into that one's history."""
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'refused'; END $$;"
            "CREATE TRIGGER refuse BEFORE INSERT ON handoffs_handoffevent FOR EACH ROW "
            f"WHEN (NEW.handoff_id = {int(handoff.pk)}) EXECUTE FUNCTION refuse()"
        )


def history():
    return list(HandoffEvent.objects.filter(kind=EventKind.REMINDED).values_list("text", "person"))


class TestLadder:
    def test_not_a_second_too_early(self, submitted):
        assert remind_late(LATE - dt.timedelta(seconds=1)) == 0
        assert told() == []

    def test_first_the_incoming_person_and_the_outgoing_hears_it(self, submitted):
        assert remind_late(LATE) == 1
        assert told() == [(1, "Ben"), (1, "Ada")]
        assert history() == [("reminded Ben, Ada: not accepted 15 minutes after the change", None)]

    def test_as_long_again_until_the_backup(self, submitted):
        remind_late(LATE)
        assert remind_late(LATE + 14 * MINUTE) == 0
        assert remind_late(LATE + 15 * MINUTE) == 1
        assert told()[2:] == [(2, "Cy"), (2, "Ben")]

    def test_and_again_until_the_lead(self, submitted):
        for number in range(3):
            assert remind_late(LATE + number * 15 * MINUTE) == 1
        assert told()[4:] == [(3, "Lee"), (3, "Ben")]
        assert history()[-1][0] == "reminded Lee, Ben: not accepted 45 minutes after the change"

    def test_after_the_lead_nothing_more_comes(self, submitted):
        for number in range(3):
            remind_late(LATE + number * 15 * MINUTE)
        assert remind_late(LATE + dt.timedelta(days=3)) == 0
        submitted.refresh_from_db()
        assert (submitted.reminders, submitted.remind_at) == (3, None)

    def test_swept_again_at_the_same_moment_nothing_is_told_twice(self, submitted):
        remind_late(LATE)
        assert remind_late(LATE) == 0
        assert len(told()) == 2

    def test_after_a_night_without_workers_the_steps_do_not_come_all_at_once(self, submitted):
        morning = CHANGE + dt.timedelta(hours=8)
        assert remind_late(morning) == 1
        assert remind_late(morning + 14 * MINUTE) == 0
        assert remind_late(morning + 15 * MINUTE) == 1
        assert [step for step, _ in told()] == [1, 1, 2, 2]

    def test_the_policy_says_how_many_minutes(self, submitted, rotation):
        Policy.objects.create(rotation=rotation, late_after=3)
        assert remind_late(CHANGE + 2 * MINUTE) == 0
        assert remind_late(CHANGE + 3 * MINUTE) == 1
        assert remind_late(CHANGE + 6 * MINUTE) == 1
        assert "In 3 minutes the lead of Harbour is told." in text_to("Cy", 2)

    def test_a_change_that_moves_before_the_first_reminder_moves_it_along(self, submitted):
        Handoff.objects.filter(pk=submitted.pk).update(changes_at=CHANGE + 60 * MINUTE)
        assert remind_late(LATE + 59 * MINUTE) == 0
        assert remind_late(LATE + 60 * MINUTE) == 1


class TestWhoActs:
    def test_what_was_not_submitted_is_asked_of_the_outgoing_person(self, draft):
        remind_late(LATE)
        assert told() == [(1, "Ada"), (1, "Ben")]
        assert "Ada has not submitted the handoff, so nobody can accept it." in text_to("Ada", 1)
        assert "Write what is missing, and submit it." in text_to("Ada", 1)
        assert "The portal has reminded Ada." in text_to("Ben", 1)
        assert {one.action for one in late()} == {"Open the handoff"}

    def test_then_the_same_ladder_is_climbed(self, draft):
        for number in range(3):
            remind_late(LATE + number * 15 * MINUTE)
        assert told()[2:] == [(2, "Cy"), (2, "Ada"), (3, "Lee"), (3, "Ada")]

    def test_what_was_returned_is_asked_of_the_outgoing_person_again(self, submitted):
        Handoff.objects.filter(pk=submitted.pk).update(state="returned")
        remind_late(LATE)
        assert "Ada has not submitted the handoff again" in text_to("Ada", 1)

    def test_submitted_after_the_first_reminder_the_next_one_reaches_whoever_accepts(self, draft):
        remind_late(LATE)
        submit(draft)
        remind_late(LATE + 15 * MINUTE)
        assert told()[2:] == [(2, "Cy"), (2, "Ben")]
        assert "Read it and accept it" in text_to("Ben", 2)

    def test_the_incoming_person_is_told_what_to_do_and_what_comes_next(self, submitted):
        remind_late(LATE)
        text = text_to("Ben", 1)
        assert "Tue 17 Nov 2026, 04:14" in text
        assert "Ada stays responsible until Ben accepts it." in text
        assert "In 15 minutes the backup, Cy, is told." in text
        message = late().get(to="Ben")
        assert (message.kind, message.url, message.action) == (
            "handoff",
            submitted.get_absolute_url(),
            "Accept the handoff",
        )

    def test_each_reads_the_moment_on_their_own_clock(self, submitted, ben):
        ben.time_zone = "Asia/Tokyo"
        ben.save()
        remind_late(LATE)
        assert "Tue 17 Nov 2026, 13:14 (Asia/Tokyo), which is Tue 17 Nov 2026, 04:14 (UTC)" in text_to("Ben", 1)

    def test_whoever_goes_on_alone_is_reminded_alone(self, ada, rotation):
        make_handoff(ada, ada, rotation=rotation)
        remind_late(LATE)
        assert told() == [(1, "Ada")]
        assert "Ada goes on, and has not signed the handoff." in text_to("Ada", 1)


class TestLacking:
    @pytest.mark.parametrize("reason", ["none", "left", "outgoing"])
    def test_without_a_backup_the_lead_is_next_and_that_is_said(self, submitted, ada, cy, reason):
        if reason == "left":
            cy.is_active = False
            cy.save()
        else:
            Handoff.objects.filter(pk=submitted.pk).update(backup=None if reason == "none" else ada)
        remind_late(LATE)
        assert "There is no backup: in 15 minutes the lead of Harbour is told." in text_to("Ben", 1)
        remind_late(LATE + 15 * MINUTE)
        assert told()[2:] == [(3, "Lee"), (3, "Ben")]
        assert remind_late(LATE + 30 * MINUTE) == 0

    def test_a_team_without_a_lead_hears_it_all_together(self, submitted, lee):
        lee.memberships.all().delete()
        for number in range(3):
            remind_late(LATE + number * 15 * MINUTE)
        assert {name for step, name in told() if step == 3} == {"Ada", "Ben", "Cy"}

    def test_the_teams_channel_hears_the_last_step(self, submitted, rotation, lee):
        channel = Channel.objects.create(channel="#harbour", purpose="Talk", team=rotation.team)
        channel.addresses.create(transport="email", target="harbour@example.com", created_at=NOW)
        for number in range(3):
            remind_late(LATE + number * 15 * MINUTE)
        assert (3, "#harbour") in told()

    def test_when_nobody_is_left_to_tell_the_history_says_so(self, submitted, ada, ben):
        for person in (ada, ben):
            person.is_active = False
            person.save()
        remind_late(LATE)
        assert history()[0][0].startswith("reminded nobody, because nobody can be told")
        assert Handoff.objects.get().reminders == 1

    def test_an_example_disturbs_nobody(self, submitted):
        Handoff.objects.filter(pk=submitted.pk).update(is_example=True)
        assert remind_late(LATE) == 0


class TestEnd:
    @pytest.mark.parametrize("state", ["accepted", "lapsed"])
    def test_what_is_over_is_reminded_of_no_more(self, submitted, state):
        remind_late(LATE)
        Handoff.objects.filter(pk=submitted.pk).update(state=state, accepted_at=LATE if state == "accepted" else None)
        assert remind_late(LATE + 15 * MINUTE) == 0

    def test_what_was_not_sent_yet_stays_home(self, submitted):
        remind_late(LATE)
        assert waiting().exists()
        stop_reminding(submitted, now=LATE)
        assert not waiting().exists()


class TestClock:
    def test_a_clock_that_was_ahead_and_is_put_back_costs_no_step(self, submitted):
        remind_late(LATE + dt.timedelta(days=2))
        assert remind_late(LATE + MINUTE) == 0
        assert remind_late(LATE + 17 * MINUTE) == 1
        assert [step for step, _ in told()] == [1, 1, 2, 2]

    def test_a_clock_put_back_by_an_hour_at_night_says_utc_beside_it(self, ada, ben, rotation):
        """25 October 2026: 01:30 UTC is 01:30 in Lisbon a second time."""
        ben.time_zone = "Europe/Lisbon"
        ben.save()
        at = dt.datetime(2026, 10, 25, 1, 30, tzinfo=dt.UTC)
        submit(make_handoff(ada, ben, rotation=rotation, changes_at=at))
        assert remind_late(at + 14 * MINUTE) == 0
        assert remind_late(at + 15 * MINUTE) == 1
        assert "01:30 (Europe/Lisbon), which is Sun 25 Oct 2026, 01:30 (UTC)" in text_to("Ben", 1)


class TestMany:
    def test_one_that_fails_does_not_hold_up_the_others(self, ada, ben, rotation, caplog):
        broken = submit(make_handoff(ada, ben, rotation=rotation, changes_at=CHANGE - MINUTE))
        fine = submit(make_handoff(ada, ben, rotation=rotation, changes_at=CHANGE))
        refuse_history_of(broken)
        assert remind_late(LATE) == 1
        assert f"the reminder of handoff {broken.pk} failed" in caplog.text
        assert {key.split(":")[1] for key in late().values_list("key", flat=True)} == {str(fine.pk)}
        assert Handoff.objects.get(pk=fine.pk).reminders == 1

    def test_a_sweep_takes_no_more_than_it_is_asked_to(self, ada, ben, rotation):
        for number in range(3):
            submit(make_handoff(ada, ben, rotation=rotation, changes_at=CHANGE + number * MINUTE))
        assert remind_late(LATE + 5 * MINUTE, size=2) == 2
        assert remind_late(LATE + 5 * MINUTE, size=2) == 1

    def test_the_longest_late_comes_first(self, ada, ben, rotation):
        later = submit(make_handoff(ada, ben, rotation=rotation, changes_at=CHANGE))
        first = submit(make_handoff(ada, ben, rotation=rotation, changes_at=CHANGE - MINUTE))
        remind_late(LATE, size=1)
        assert [Handoff.objects.get(pk=one.pk).reminders for one in (first, later)] == [1, 0]

    def test_a_sweep_that_finds_nothing_is_two_queries_and_no_more(self, submitted, django_assert_max_num_queries):
        with django_assert_max_num_queries(4):  # two of them begin and end a savepoint
            remind_late(NOW)
