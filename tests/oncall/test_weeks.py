"""Laying shifts and gaps out in weeks, by the clock on a wall."""

import datetime as dt
import zoneinfo

import pytest

from oncall.models import Layer, Override, PlannedGap, Rotation
from oncall.pages.shifts import build_cards, find_doubles
from oncall.pages.weeks import build_weeks, first_day_of, week_span
from oncall.pages.window import read_window
from oncall.schedule import load_schedule
from tests.factories import NOW, add_layer, make_rotation, make_team, make_user

pytestmark = pytest.mark.django_db
UTC = dt.UTC
LISBON = zoneinfo.ZoneInfo("Europe/Lisbon")
EVERY_DAY = list(range(7))


@pytest.fixture
def people():
    return [make_user(name, password=None) for name in ("ada", "ben", "cy")]


@pytest.fixture
def team():
    return make_team("Harbour")


def weeks_of(rotation, monday, weeks=1, zone=LISBON, now=NOW):
    span = week_span(monday, weeks, zone)
    schedule = load_schedule(rotation, *span)
    return build_weeks(schedule, build_cards(schedule, span, now, {}), monday, weeks, zone, now)


def told(row):
    """A row as (columns, who); "" where nothing is, "gap" for a gap."""
    return [
        (cell.columns, str(cell.shift.shift.person) if cell.shift else "gap" if cell.gap else "") for cell in row.cells
    ]


class TestRows:
    def test_a_hand_over_at_nine_cuts_monday(self, team, people):
        (week,) = weeks_of(make_rotation(team, *people), dt.date(2026, 1, 12))
        assert told(week.rows[0]) == [(9, "Ada"), (159, "Ben")]

    def test_what_comes_from_before_and_goes_on_says_so(self, team, people):
        (week,) = weeks_of(make_rotation(team, *people), dt.date(2026, 1, 12))
        assert [(cell.begins_before, cell.goes_on) for cell in week.rows[0].cells] == [(True, False), (False, True)]

    @pytest.mark.parametrize("monday", [dt.date(2026, 3, 23), dt.date(2026, 10, 19)])
    def test_hand_overs_stay_at_nine_when_the_clocks_change(self, team, people, monday):
        rotation = make_rotation(team, *people, turn_unit="days")
        (week,) = weeks_of(rotation, monday)
        assert [cell.columns for cell in week.rows[0].cells] == [9, *[24] * 6, 15]

    def test_the_day_of_a_change_says_how_long_it_is(self, team, people):
        rotation = make_rotation(team, *people)
        forward, back = (weeks_of(rotation, monday)[0] for monday in (dt.date(2026, 3, 23), dt.date(2026, 10, 19)))
        assert [day.change for day in forward.changes] == ["Clocks go forward: 23 h"]
        assert [day.change for day in back.changes] == ["Clocks go back: 25 h"]

    def test_another_zone_moves_the_cut(self, team, people):
        (week,) = weeks_of(make_rotation(team, *people), dt.date(2026, 1, 12), zone=zoneinfo.ZoneInfo("Asia/Kolkata"))
        assert week.columns == 48 and told(week.rows[0]) == [(29, "Ada"), (307, "Ben")]

    @pytest.mark.parametrize("unit", ["hours", "days", "weeks"])
    def test_cells_always_add_up_to_the_week(self, team, people, unit):
        rotation = make_rotation(team, *people, turn_unit=unit, turn_length=5, handover_at=dt.time(9, 20))
        for week in weeks_of(rotation, dt.date(2026, 3, 16), weeks=6):
            assert {sum(cell.columns for cell in row.cells) for row in week.rows} == {week.width}

    def test_an_hour_that_the_wall_shows_twice_is_no_overlap(self, team, people):
        rotation = make_rotation(team, *people, turn_unit="hours", handover_at=dt.time(0))
        (week,) = weeks_of(rotation, dt.date(2026, 10, 19))
        assert sum(cell.columns for cell in week.rows[0].cells) == 168

    def test_a_gap_fills_the_row_of_the_only_layer_of_its_rank(self, team, people):
        rotation = make_rotation(team, *people, windows=[(EVERY_DAY, dt.time(8), dt.time(20))], handover_at=dt.time(8))
        (week,) = weeks_of(rotation, dt.date(2026, 1, 12))
        assert told(week.rows[0])[:3] == [(8, "gap"), (12, "Ben"), (12, "gap")]

    def test_a_gap_of_several_layers_has_a_row_of_its_own(self, team, people):
        day = {"windows": [(EVERY_DAY, dt.time(8), dt.time(14))], "handover_at": dt.time(0)}
        evening = {"windows": [(EVERY_DAY, dt.time(14), dt.time(20))], "handover_at": dt.time(0)}
        rotation = make_rotation(team, people[0], layer="East", **day)
        add_layer(rotation, people[1], name="West", rank=1, **evening)
        (week,) = weeks_of(rotation, dt.date(2026, 1, 12))
        assert [row.name for row in week.rows] == ["East", "West", "Nobody"]
        assert told(week.rows[2])[:3] == [(8, "gap"), (12, ""), (12, "gap")]

    def test_a_planned_gap_keeps_its_reason(self, team, people):
        rotation = make_rotation(team, *people, windows=[(EVERY_DAY, dt.time(8), dt.time(0))], handover_at=dt.time(8))
        closed = (dt.datetime(2026, 1, 13, tzinfo=UTC), dt.datetime(2026, 1, 13, 8, tzinfo=UTC))
        PlannedGap.objects.create(rotation=rotation, during=closed, reason="No ships", marked_at=NOW)
        (week,) = weeks_of(rotation, dt.date(2026, 1, 12))
        reasons = [cell.gap.reason for cell in week.rows[0].cells if cell.gap]
        assert reasons == ["", "No ships", "", "", "", "", ""]

    def test_before_the_first_plan_there_is_no_row(self, team, people):
        (week,) = weeks_of(make_rotation(team, *people), dt.date(2025, 12, 1))
        assert week.is_empty

    def test_an_ended_layer_stays_in_the_weeks_in_which_it_was(self, team, people):
        rotation = make_rotation(team, *people)
        add_layer(rotation, *people)
        Layer.objects.filter(name="Backup").update(ended_at=dt.datetime(2026, 1, 14, 12, tzinfo=UTC))
        before, after = weeks_of(Rotation.objects.get(), dt.date(2026, 1, 12), weeks=2)
        assert [row.name for row in before.rows] == ["Primary", "Backup"]
        assert [row.name for row in after.rows] == ["Primary"]


class TestDays:
    def test_the_list_says_what_goes_on_and_what_starts(self, team, people):
        (week,) = weeks_of(make_rotation(team, *people), dt.date(2026, 1, 12))
        monday, tuesday = week.lists[0][1], week.lists[1][1]
        assert [(str(line.shift.shift.person), line.goes_on) for line in monday] == [("Ada", True), ("Ben", False)]
        assert tuesday == []

    def test_today_lists_who_is_on_call_though_nothing_starts(self, team, people):
        (week,) = weeks_of(make_rotation(team, *people), dt.date(2026, 11, 16))
        assert [(str(line.shift.shift.person), line.goes_on) for line in week.lists[1][1]] == [("Ada", True)]

    def test_what_ends_at_midnight_is_not_listed_on_the_day_after(self, team, people):
        rotation = make_rotation(team, *people, turn_unit="days", handover_at=dt.time(0))
        (week,) = weeks_of(rotation, dt.date(2026, 11, 16))
        assert [len(lines) for _, lines in week.lists] == [1] * 7

    def test_today_and_now_are_marked_in_their_week_only(self, team, people):
        this, other = weeks_of(make_rotation(team, *people), dt.date(2026, 11, 16), weeks=2)
        assert [day.date for day in this.days if day.is_today] == [dt.date(2026, 11, 17)]
        assert (round(this.now_at, 1), this.today_at, other.now_at, other.today_at) == (16.2, 100 / 7, None, None)

    def test_an_override_is_marked(self, team, people):
        rotation = make_rotation(team, *people)
        during = (dt.datetime(2026, 1, 14, tzinfo=UTC), dt.datetime(2026, 1, 15, tzinfo=UTC))
        Override.objects.create(layer=rotation.layers.get(), person=people[2], during=during, created_at=NOW)
        (week,) = weeks_of(rotation, dt.date(2026, 1, 12))
        assert [bool(cell.shift.shift.override_id) for cell in week.rows[0].cells] == [False, False, True, False]


class TestColours:
    def test_stay_whatever_the_order(self, team, people):
        rotation = make_rotation(team, *people)
        add_layer(rotation, *people[::-1])
        span = week_span(dt.date(2026, 1, 12), 4, LISBON)
        cards = build_cards(load_schedule(rotation, *span), span, NOW, {})
        assert len({(card.shift.person, card.hue) for card in cards.values()}) == 3

    def test_come_again_beyond_eight_people(self, team):
        people = [make_user(f"p{number}", password=None) for number in range(10)]
        rotation = make_rotation(team, *people, turn_unit="days")
        span = week_span(dt.date(2026, 1, 12), 4, LISBON)
        cards = build_cards(load_schedule(rotation, *span), span, NOW, {})
        assert {card.hue for card in cards.values()} == set(range(1, 9))


def test_somebody_in_two_layers_is_found_with_the_time(team, people):
    rotation = make_rotation(team, people[0])
    add_layer(rotation, people[1], people[0])
    start, end = week_span(dt.date(2026, 1, 12), 1, LISBON)
    (double,) = find_doubles(load_schedule(rotation, start, end).shifts(start, end))
    assert (double.person, double.span.start) == (people[0], dt.datetime(2026, 1, 12, 9, tzinfo=UTC))


class TestWindow:
    @pytest.mark.parametrize("week", ["", "2026-W54", "2026-W00", "now", "9999-W52", "0001-W01", "2026-W5", "٢٠٢٦-W01"])
    def test_what_is_no_week_means_this_one(self, week):
        assert read_window({"week": week}, NOW, "Europe/Lisbon").monday == dt.date(2026, 11, 16)

    def test_a_week_is_read_as_iso_counts(self):
        assert read_window({"week": "2026-W01"}, NOW, "Europe/Lisbon").monday == dt.date(2025, 12, 29)

    @pytest.mark.parametrize(
        ("asked", "weeks"), [("1", 1), ("6", 6), ("3", 4), ("99999999999", 4), ("-1", 4), ("x", 4)]
    )
    def test_only_some_lengths_are_known(self, asked, weeks):
        assert read_window({"weeks": asked}, NOW, "Europe/Lisbon").weeks == weeks

    def test_an_unknown_zone_means_the_usual_one(self):
        assert read_window({"zone": "Atlantis/Harbour"}, NOW, "Europe/Lisbon").zone_name == "Europe/Lisbon"

    def test_the_readers_zone_has_a_short_name(self):
        assert read_window({"zone": "reader"}, NOW, "Europe/Lisbon", "Asia/Tokyo").zone_name == "Asia/Tokyo"

    def test_addresses_leave_out_what_is_usual(self):
        window = read_window({}, NOW, "Europe/Lisbon")
        assert (window.query, window.after.query) == ("?", "?week=2026-W51")
        assert window.in_zone("Asia/Tokyo").before.query == "?week=2026-W43&zone=Asia%2FTokyo"

    def test_the_week_is_that_of_the_zone(self):
        late = dt.datetime(2026, 11, 22, 23, tzinfo=UTC)
        assert first_day_of(late, zoneinfo.ZoneInfo("Asia/Tokyo")) == dt.date(2026, 11, 23)
