"""Numbers: the arithmetic, the geometry, and what the database counts."""

import datetime as dt
import zoneinfo

import pytest

from accounts.charts import draw_bars, draw_columns
from accounts.csv_text import write_csv
from accounts.roles import RESPONDER
from accounts.weeks import fill_weeks
from incidents.models import Alert, AlertGroup, Incident, Run
from incidents.pages.lengths import say_length
from incidents.pages.numbers import find_table
from incidents.pages.numbers.arithmetic import Bin, count_hours, find_level, find_share
from incidents.pages.numbers.counting import Wanted, count_alerts
from tests.factories import NOW, get_severity, make_incident, make_published, make_service, make_team, make_user
from tests.incidents.postmortems import HOUR, make_resolved

MINUTE = dt.timedelta(minutes=1)
DAY = dt.timedelta(days=1)
UTC = zoneinfo.ZoneInfo("UTC")
LISBON = zoneinfo.ZoneInfo("Europe/Lisbon")
KOLKATA = zoneinfo.ZoneInfo("Asia/Kolkata")


def at(*parts):
    return dt.datetime(*parts, tzinfo=dt.UTC)


WANTED = Wanted(start=at(2026, 11, 1), end=at(2026, 12, 1), zone=UTC)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "0 s"),
        (45, "45 s"),
        (89, "1 min"),
        (3600, "1 h"),
        (3540, "59 min"),
        (3599, "1 h"),
        (11100, "3 h 5 min"),
        (86400, "1 d"),
        (187200, "2 d 4 h"),
    ],
)
def test_lengths_in_words(seconds, words):
    assert say_length(dt.timedelta(seconds=seconds)) == words


def test_weeks_without_incidents_are_there_too():
    weeks = fill_weeks({dt.date(2026, 11, 9): 3}, dt.date(2026, 11, 4), dt.date(2026, 11, 22), 0)
    assert weeks == [(dt.date(2026, 11, 2), 0), (dt.date(2026, 11, 9), 3), (dt.date(2026, 11, 16), 0)]


def test_hours_are_those_on_the_wall_also_where_the_clocks_change():
    bins = [
        Bin(at(2026, 10, 25, 0, 30), LISBON, 1),  # 01:30 summer time
        Bin(at(2026, 10, 25, 1, 30), LISBON, 2),  # 01:30 again, winter time
        Bin(at(2026, 10, 25, 20, 0), KOLKATA, 4),  # Monday, 01:30
    ]
    grid = count_hours(bins)
    assert (grid[6][1], grid[0][1]) == (3, 4)
    assert sum(map(sum, grid)) == 7


@pytest.mark.parametrize(("count", "level"), [(0, 0), (1, 1), (2, 1), (4, 2), (8, 4)])
def test_the_most_is_darkest_and_none_is_white(count, level):
    assert find_level(count, 8) == level


def test_a_share_of_nothing_is_none():
    assert find_share(0, 0) is None
    assert find_share(1, 3) == 33.3


def test_bars_are_as_long_as_their_numbers():
    chart = draw_bars("x", "About", [("One", 10, 1), ("Two", 5, 0), ("None", 0, 0)])
    assert [mark.width for mark in chart.marks] == [400, 200, 0]
    assert draw_bars("x", "About", [("None", 0, 0)]) is None
    assert draw_bars("x", "About", []) is None


def test_close_columns_are_labelled_now_and_then():
    chart = draw_columns("x", "About", [(str(number), number) for number in range(53)])
    labels = [mark.label for mark in chart.marks if mark.label]
    assert 8 <= len(labels) <= 14
    assert all(mark.y >= 0 and mark.y + mark.height <= chart.height for mark in chart.marks)


def test_a_csv_cell_is_no_formula_and_a_number_stays_one():
    assert write_csv(("A", "B"), [("=1+1", -3), (None, "-3")]) == "A,B\r\n'=1+1,-3\r\n,'-3\r\n"


@pytest.fixture
def ada(db):
    return make_user(role=RESPONDER)


def rows(key, user, wanted=WANTED):
    return [list(row) for row in find_table(wanted, user, key).rows]


def make_timed(title="One", *services, ack=None, resolve=None, now=NOW, **fields):
    incident = make_resolved(title, *services, hours=resolve or 1, now=now, **fields)
    if ack:
        Incident.objects.filter(pk=incident.pk).update(acknowledged_at=now + MINUTE * ack)
    return incident


@pytest.mark.django_db
def test_median_and_mean_to_acknowledge_and_to_resolve(ada):
    for ack, resolve in ((1, 1), (2, 2), (30, 12)):
        make_timed(ack=ack, resolve=resolve)
    make_incident("Not acknowledged")
    by_name = {row[0]: row[1:] for row in rows("lengths", ada)}
    assert by_name["To acknowledge (MTTA)"] == [3, MINUTE * 2, MINUTE * 11]
    assert by_name["To resolve (MTTR)"] == [3, HOUR * 2, HOUR * 5]


@pytest.mark.django_db
def test_by_severity_the_worst_first(ada):
    make_timed(level="SEV-3")
    make_timed(level="SEV-1")
    make_timed(level="SEV-3")
    assert [row[:2] for row in rows("severity", ada)] == [["SEV-1", 1], ["SEV-3", 2]]


@pytest.mark.django_db
def test_an_incident_of_two_services_counts_for_both(ada):
    desk, lamp = make_service(), make_service("Lamp")
    make_timed("One", desk, lamp, ack=5)
    make_timed("Two", lamp)
    assert [row[:3] for row in rows("service", ada)] == [["Lamp", 2, MINUTE * 5], ["Ticket desk", 1, MINUTE * 5]]


@pytest.mark.django_db
def test_weeks_begin_by_the_clock_of_the_zone(ada):
    make_timed(now=at(2026, 11, 15, 20))  # Sunday in UTC, Monday in Kolkata
    in_utc = {row[0]: row[1] for row in rows("week", ada)}
    assert (in_utc[dt.date(2026, 11, 9)], in_utc[dt.date(2026, 11, 16)]) == (1, 0)
    there = Wanted(WANTED.start, WANTED.end, KOLKATA)
    assert {row[0]: row[1] for row in rows("week", ada, there)}[dt.date(2026, 11, 16)] == 1


@pytest.mark.django_db
def test_the_time_of_day_is_the_team_s(ada):
    team = make_team("Platform")
    team.time_zone = "Asia/Kolkata"
    team.save()
    make_timed(team=team, now=at(2026, 11, 16, 19, 40))  # Tuesday, 01:10
    make_timed(now=at(2026, 11, 16, 19, 40))  # no team: UTC
    grid = {row[0]: row[1:] for row in rows("hours", ada)}
    assert (grid["Tue"][1], grid["Mon"][19]) == (1, 1)


@pytest.mark.django_db
def test_only_what_was_opened_in_that_time_counts(ada):
    for moment in (WANTED.start - MINUTE, WANTED.start, WANTED.end - MINUTE, WANTED.end):
        make_timed(now=moment)
    assert sum(row[1] for row in rows("severity", ada)) == 2


@pytest.mark.django_db
def test_filters_by_team_service_and_severity(ada):
    team, desk = make_team("Harbour"), make_service()
    make_timed("One", desk, team=team, level="SEV-1")
    make_timed("Two", team=team)
    make_timed("Three", desk)
    for filters, number in (
        ({"team": team}, 2),
        ({"service": desk}, 2),
        ({"severity": get_severity("SEV-2")}, 2),
        ({"team": team, "service": desk, "severity": get_severity("SEV-1")}, 1),
    ):
        wanted = Wanted(WANTED.start, WANTED.end, UTC, **filters)
        assert sum(row[1] for row in rows("severity", ada, wanted)) == number, filters


def make_alert(name, started, runbook=None, service=None):
    group, _ = AlertGroup.objects.get_or_create(digest="0" * 64, defaults={"key": "{}"})
    return Alert.objects.create(
        group=group,
        fingerprint=f"{Alert.objects.count():016x}",
        name=name,
        starts_at=started,
        received_at=started,
        last_received_at=started,
        runbook=runbook,
        service=service,
    )


@pytest.mark.django_db
def test_an_alert_that_comes_back_within_seven_days_is_a_repeat(ada):
    for moment in (NOW, NOW + MINUTE * 5, NOW + DAY * 3, NOW + DAY * 10, NOW + DAY * 12 + MINUTE):
        make_alert("DiskFull", moment)
    make_alert("Once", NOW)
    assert rows("alerts", ada) == [["DiskFull", 3, 4, 5, 0, 0.0], ["Once", 0, 1, 1, 0, 0.0]]


@pytest.mark.django_db
def test_after_more_than_seven_days_it_is_new(ada):
    make_alert("DiskFull", NOW)
    make_alert("DiskFull", NOW + DAY * 7 + MINUTE)
    assert rows("alerts", ada)[0][1:3] == [0, 2]


@pytest.mark.django_db
def test_what_came_just_before_the_time_makes_the_first_one_a_repeat(ada):
    make_alert("DiskFull", WANTED.start - DAY)
    make_alert("DiskFull", WANTED.start + DAY)
    assert rows("alerts", ada) == [["DiskFull", 1, 1, 1, 0, 0.0]]


@pytest.mark.django_db
def test_the_share_of_alerts_with_a_runbook(ada):
    runbook = make_published()
    make_alert("A", NOW, runbook)
    make_alert("A", NOW + MINUTE)
    make_alert("B", NOW)
    found = count_alerts(WANTED, ada)
    assert (found.answered, found.alerts) == (1, 3)


@pytest.mark.django_db
def test_nothing_of_a_confidential_service_is_counted_for_strangers(ada):
    secret = make_service("Vault", classification="confidential", team=make_team("Crown"))
    runbook = make_published("Vault", service=secret, owner=make_user("boss"))
    make_timed("Gold is gone", secret)
    make_alert("GoldGone", NOW, service=secret)
    make_run(runbook)
    assert sum(row[1] for row in rows("severity", ada)) == 0
    for key in ("service", "alerts", "runs"):
        assert rows(key, ada) == []


def make_run(runbook, outcome="done", incident=None, purpose="drill"):
    ended = {} if outcome == "going" else {"finished_at": NOW}
    return Run.objects.create(
        title="Restart",
        purpose=purpose,
        incident=incident,
        runbook=runbook,
        version_number="1.0",
        started_by=runbook.owner or make_user(f"runner{Run.objects.count()}"),
        started_at=NOW,
        outcome=outcome,
        last_activity_at=NOW,
        **ended,
    )


@pytest.mark.django_db
def test_runs_by_runbook(ada):
    one, other = make_published(), make_published("Tide watch")
    make_run(one)
    make_run(one, "going", make_incident(), "incident")
    make_run(other)
    assert rows("runs", ada) == [["Ticket desk", "Ticket desk", 2, 1, 1, 1], ["Tide watch", "Ticket desk", 1, 1, 0, 1]]


@pytest.mark.django_db
def test_lengths_are_minutes_in_the_csv(ada):
    make_timed(ack=90)
    text = find_table(WANTED, ada, "lengths").to_csv()
    assert text.splitlines()[:2] == [
        "Time,Incidents,Median (minutes),Mean (minutes)",
        "To acknowledge (MTTA),1,90.0,90.0",
    ]


@pytest.mark.django_db
def test_there_is_no_table_of_another_name(ada):
    assert find_table(WANTED, ada, "nonsense") is None
