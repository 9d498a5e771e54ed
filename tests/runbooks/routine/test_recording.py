"""Active texts become tasks; new versions carry them over."""

import datetime as dt

import pytest
from django.core.management import call_command

from accounts.roles import APPROVER, EDITOR
from runbooks.models import RoutineTask, RoutineTick, RunbookVersion
from runbooks.services import change_runbook, reinstate_runbook, retire_runbook
from runbooks.services.routine import find_day, record_tasks, tick_task
from tests.factories import NOW, go_active, make_draft, make_team, make_user
from tests.runbooks.routine.texts import DAY, TEXT, get_task, make_people, make_routine, publish

pytestmark = pytest.mark.django_db


def going():
    return list(RoutineTask.objects.going().order_by("position").values_list("cadence", "text"))


def test_the_checklists_with_a_cadence_of_an_active_text_become_tasks():
    make_routine()
    assert going() == [
        ("daily", "Look at the error rate"),
        ("daily", "Check the disk of the ledger"),
        ("weekly", "Restore a backup"),
    ]
    assert (get_task().checklist, get_task().anchor) == ("Daily checks", "daily-checks")


def test_a_draft_has_no_tasks_until_it_is_active():
    version = make_draft(text=TEXT)
    assert going() == []
    go_active(version, make_user("ben", role=APPROVER))
    assert len(going()) == 3


def test_a_new_version_carries_over_what_is_unfinished_and_what_is_done():
    team, ada, _, _ = make_people()
    runbook = make_routine(team=team)
    before = {task.text: task.pk for task in RoutineTask.objects.all()}
    tick_task(get_task(), user=ada, now=NOW)
    publish(runbook, TEXT.replace("Check the disk of the ledger", "Check the disks of the ledger"))
    after = {task.text: task.pk for task in RoutineTask.objects.going()}
    assert after["Check the disks of the ledger"] == before["Check the disk of the ledger"]
    assert after["Restore a backup"] == before["Restore a backup"]
    assert get_task().ticks.get().ticked_by == ada


def test_what_is_gone_ends_and_what_is_new_begins():
    runbook = make_routine()
    publish(runbook, TEXT.replace("Restore a backup", "Rotate the keys of the pier"), NOW + DAY)
    assert get_task("Restore a backup").ended_on == dt.date(2026, 11, 18)
    assert get_task("Rotate the keys of the pier").started_on == dt.date(2026, 11, 18)


def test_what_comes_back_goes_on_with_its_history_and_was_not_missed_meanwhile():
    team, ada, _, _ = make_people()
    runbook = make_routine(team=team)
    task = get_task()
    tick_task(task, user=ada, now=NOW)
    publish(runbook, "# Ticket desk\n\nNothing to do.\n", NOW + DAY)
    assert going() == []
    publish(runbook, TEXT, NOW + 5 * DAY)
    task.refresh_from_db()
    assert (task.ended_on, task.ticks.count()) == (None, 1)
    assert task.life.pauses == ((dt.date(2026, 11, 18), dt.date(2026, 11, 23)),)
    assert RoutineTask.objects.count() == 3


def test_retiring_ends_and_reinstating_goes_on():
    runbook, ben = make_routine(), make_user("ben", role=APPROVER)
    retire_runbook(runbook, user=ben, now=NOW)
    assert going() == []
    assert set(RoutineTask.objects.values_list("ended_on", flat=True)) == {NOW.date()}
    reinstate_runbook(runbook, user=ben, now=NOW + DAY)
    assert len(going()) == 3
    assert all(task.pauses for task in RoutineTask.objects.all())


def test_retired_and_back_on_the_same_day_is_no_pause():
    runbook, ben = make_routine(), make_user("ben", role=APPROVER)
    retire_runbook(runbook, user=ben, now=NOW)
    reinstate_runbook(runbook, user=ben, now=NOW)
    assert [task.pauses for task in RoutineTask.objects.all()] == [[], [], []]


def test_a_template_asks_nobody_for_anything():
    runbook = make_routine(kind="template")
    assert going() == []
    change_runbook(runbook, user=make_user("ada", role=EDITOR), now=NOW, kind="procedure")
    assert len(going()) == 3
    change_runbook(runbook, user=make_user("ben", role=EDITOR), now=NOW, kind="template")
    assert going() == []


def test_recording_twice_changes_nothing(django_assert_max_num_queries):
    runbook = make_routine()
    before = list(RoutineTask.objects.order_by("pk").values())
    with django_assert_max_num_queries(2):
        record_tasks(runbook, NOW.date())
    assert list(RoutineTask.objects.order_by("pk").values()) == before


def test_a_runbook_without_such_checklists_costs_two_queries(django_assert_max_num_queries):
    runbook = make_routine(text="# Ticket desk\n\n- [ ] Tell the harbour\n")
    assert going() == []
    with django_assert_max_num_queries(2):
        record_tasks(runbook, NOW.date())


def test_the_day_is_that_of_the_runbooks_team_else_of_its_services():
    auckland, lisbon = make_team("Keepers"), make_team("Harbour")
    auckland.time_zone = "Pacific/Auckland"
    auckland.save()
    at = dt.datetime(2026, 11, 17, 12, tzinfo=dt.UTC)  # the 18th, 01:00 in Auckland
    runbook = make_routine(team=lisbon)
    assert find_day(runbook, at) == dt.date(2026, 11, 17)
    runbook.team = auckland
    assert find_day(runbook, at) == dt.date(2026, 11, 18)
    runbook.team = runbook.service.team = None
    assert find_day(runbook, at) == dt.date(2026, 11, 17)


def test_a_team_that_moved_to_the_west_can_end_what_begins_tomorrow():
    runbook = make_routine()
    RoutineTask.objects.update(started_on=NOW.date() + DAY)
    publish(runbook, "# Ticket desk\n")
    assert set(RoutineTask.objects.values_list("ended_on", flat=True)) == {NOW.date() + DAY}


def test_reading_stored_texts_again_finds_the_tasks_of_runbooks_that_were_active_before():
    make_routine()
    RoutineTask.objects.all().delete()
    RunbookVersion.objects.update(schema=0)
    call_command("reread_runbooks")
    assert len(going()) == 3
    assert not RoutineTick.objects.exists()


def test_hostile_text_is_kept_as_text():
    make_routine(text="# Desk\n\n## Daily checks\n\n- [ ] <script>alert(1)</script> `rm -rf` " + "x" * 2000 + "\n")
    assert len(RoutineTask.objects.get().text) <= 1000
