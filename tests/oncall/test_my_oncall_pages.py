"""My on-call, absences, gaps and hours as pages."""

import csv
import datetime as dt
import io

import pytest
from django.utils import timezone

from accounts.roles import EDITOR
from oncall.models import Absence, Kind, Notification, PlannedGap
from oncall.services.covers import answer_swap, ask_swap, override_shift
from tests.factories import add_layer, make_rotation, make_team, make_user
from tests.oncall.covers import at

pytestmark = pytest.mark.django_db
NOW = at(1, 6, 12, 30)
MINE = "/me/shifts/"
AWAY = "/me/absences/"
GAPS = "/oncall/harbour/on-call/gaps/"
HOURS = "/oncall/harbour/on-call/hours/"


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    """The views' clock stands at a Tuesday in Ada's week; Ben's comes next, then Cy's."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def test_my_shifts_of_all_teams_with_whom_i_take_over_from(layer, people, as_user):
    make_rotation(make_team("Quay"), people[1], name="Nights", turn_length=4)
    page = as_user(people[1]).get(MINE).context["page"]
    found = [turn for _, turns in page.months for turn in turns]
    harbour = [turn for turn in found if turn.rotation == layer.rotation]
    assert [turn.run.span.start for turn in harbour] == [at(1, 12), at(2, 2), at(2, 23), at(3, 16), at(4, 6, 8)]
    assert {(turn.before, turn.after) for turn in harbour} == {(people[0], people[2])}
    assert [len(turn.shifts) for turn in found if turn.rotation != layer.rotation] == [4]


def test_days_in_a_row_are_one_turn_that_is_swapped_as_one(office, people, as_user):
    client = as_user(people[1])
    turn = client.get(MINE).context["page"].months[0][1][0]
    assert (tuple(turn.run.span), len(turn.shifts)) == ((at(1, 12, 0), at(1, 17, 0)), 1)
    office.layers.get().plans.get().windows.update(starts_at=dt.time(9), ends_at=dt.time(17))
    turn = client.get(MINE).context["page"].months[0][1][0]
    assert (tuple(turn.run.span), len(turn.shifts)) == ((at(1, 12), at(1, 16, 17)), 5)
    form = client.get(f"/oncall/harbour/on-call/swap/?{turn.swap_query}").context["form"]
    assert dict(form.fields["shift"].choices)[form["shift"].value()].startswith("Primary: 5 shifts, Mon 12 Jan")


def test_times_are_mine_and_the_teams_stand_beside_them(layer, people, as_user):
    people[1].time_zone = "Asia/Tokyo"
    people[1].save()
    page = as_user(people[1]).get(MINE)
    assert "Mon 12 Jan, 18:00</time>" in page.text
    assert "(09:00 to 09:00 in Europe/Lisbon)" in page.text


def test_a_shift_offers_a_swap_and_cover(layer, people, as_user):
    page = as_user(people[1]).get(MINE)
    query = f"layer={layer.pk}&amp;start=2026-01-12T09%3A00%3A00%2B00%3A00"
    assert f"/oncall/harbour/on-call/swap/?{query}" in page.text
    assert f"/oncall/harbour/on-call/override/?{query}" in page.text


def test_questions_that_wait_for_me_and_mine_that_wait(layer, people, as_user):
    swap = ask_swap(layer, at(1, 12), at(1, 19), people[2], user=people[1], now=NOW)
    asked, asker = as_user(people[2]).get(MINE), as_user(people[1]).get(MINE)
    assert (asked.context["page"].to_answer, asked.context["page"].asked) == ([swap], [])
    assert (asker.context["page"].to_answer, asker.context["page"].asked) == ([], [swap])
    assert "Waiting for your answer" in asked.text


def test_a_question_of_a_shift_that_has_begun_waits_no_more(layer, people, as_user, monkeypatch):
    ask_swap(layer, at(1, 12), at(1, 19), people[2], user=people[1], now=NOW)
    monkeypatch.setattr(timezone, "now", lambda: at(1, 12, 10))
    assert as_user(people[2]).get(MINE).context["page"].to_answer == []


def test_what_others_took_over_is_listed_and_can_be_taken_back(layer, people, as_user):
    row = override_shift(layer, people[2], at(1, 7), at(1, 8), user=people[1], now=NOW)
    client = as_user(people[0])
    (relief,) = client.get(MINE).context["page"].reliefs
    assert (relief.override, tuple(relief.span)) == (row, (at(1, 7), at(1, 8)))
    answer = client.post(f"/overrides/{row.pk}/take-back/", {"from": "mine"})
    assert answer["Location"] == MINE
    assert client.get(MINE).context["page"].reliefs == []


def test_a_swapped_shift_leads_to_its_swap(layer, people, as_user):
    swap = ask_swap(layer, at(1, 12), at(1, 19), people[2], user=people[1], now=NOW)
    answer_swap(swap, True, user=people[2], now=NOW)
    for person in people[1:]:
        assert f'<a href="/swaps/{swap.pk}/">by a swap</a>' in as_user(person).get(MINE).text


def test_shifts_in_an_absence_are_marked(layer, people, as_user):
    Absence.objects.create(person=people[1], during=(at(1, 13), at(1, 14)), reason="Dentist", created_at=NOW)
    page = as_user(people[1]).get(MINE)
    assert page.text.count("You are away</span>") == 1
    assert "You are on call while you are away." in page.text


def test_without_shifts_the_page_says_so(as_ada):
    page = as_ada.get(MINE)
    assert "You are not on call in the next three months." in page.text


def test_my_shifts_take_the_same_queries_for_many_rotations(people, as_user, django_assert_max_num_queries):
    counts = []
    client = as_user(people[0])
    for number in range(1, 9):
        rotation = make_rotation(make_team(f"Team {number}"), *people)
        override_shift(rotation.layers.get(), people[2], at(1, 7), at(1, 8), user=people[1], now=NOW)
        if number in (2, 8):
            with django_assert_max_num_queries(16) as asked:
                client.get(MINE)
            counts.append(len(asked))
    assert counts[0] == counts[1]


def away(first, last, **more):
    return {"first_day": first, "from_time": "", "last_day": last, "until_time": "", "reason": ""} | more


def test_whole_days_are_noted_by_ones_own_clock(people, as_user):
    people[0].time_zone = "Asia/Tokyo"
    people[0].save()
    as_user(people[0]).post(AWAY, away("2026-02-01", "2026-02-03"))
    absence = Absence.objects.get()
    assert (absence.during.lower, absence.during.upper) == (at(1, 31, 15), at(2, 3, 15))


def test_a_clash_is_said_on_saving_with_links_to_do_something(layer, people, as_user):
    client = as_user(people[1])
    page = client.post(AWAY, away("2026-01-14", "2026-01-14", from_time="10:00", until_time="18:00"), follow=True)
    assert "The absence is noted." in page.text
    assert "You are on call in Harbour · On call, Primary" in page.text
    assert "Ask for a swap" in page.text
    assert "start=2026-01-14T10%3A00%3A00%2B00%3A00" in page.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (away("2026-02-03", "2026-02-01"), "The last day must not be before the first"),
        (away("2025-12-01", "2025-12-03"), "That is over already"),
        (away("2026-02-01", "2027-02-10"), "longer than a year"),
        (away("2026-02-01", "2026-02-01", from_time="18:00", until_time="10:00"), "The end must come after the start"),
        (away("", "2026-02-01"), "This field is required"),
        (away("soon", "2026-02-01"), "Enter a valid date"),
        (away("0001-01-01", "9999-12-31"), "That year is too far away"),
        (away("2026-02-01", "2026-02-01", reason="x" * 201), "at most 200 characters"),
    ],
)
def test_an_absence_that_can_not_be_is_refused_in_words(people, as_user, data, words):
    page = as_user(people[0]).post(AWAY, data)
    assert page.status_code == 422
    assert words in page.text
    assert not Absence.objects.exists()


def test_the_same_days_again_are_refused_in_words(people, as_user):
    client = as_user(people[0])
    client.post(AWAY, away("2026-02-01", "2026-02-03"))
    page = client.post(AWAY, away("2026-02-02", "2026-02-05"))
    assert page.status_code == 422
    assert "An absence in that time is known already" in page.text


def test_an_absence_is_taken_back_by_whom_it_is_of(people, as_user):
    absence = Absence.objects.create(person=people[0], during=(at(2, 1), at(2, 2)), created_at=NOW)
    address = f"/absences/{absence.pk}/take-back/"
    assert as_user(people[1]).post(address).status_code == 403
    assert "The absence is taken back." in as_user(people[0]).post(address, follow=True).text
    assert as_user(people[0]).post(address).status_code == 404


def test_absences_of_others_are_for_editors(people, as_user):
    address = f"/people/{people[0].pk}/absences/"
    assert as_user(people[1]).get(address).status_code == 403
    assert as_user(people[0]).get(address)["Location"] == AWAY
    page = as_user(make_user("dee", role=EDITOR)).post(address, away("2026-02-01", "2026-02-03"), follow=True)
    assert "Absences of Ada" in page.text
    assert Absence.objects.get().person == people[0]


@pytest.fixture
def office(people):
    """Somebody from Monday to Friday, nobody on weekends."""
    days = [([0, 1, 2, 3, 4], dt.time(0), dt.time(0))]
    return make_rotation(make_team("Harbour", *people), *people, windows=days, handover_at=dt.time(0))


def test_gaps_are_listed_with_what_can_be_done(office, as_user):
    page = as_user(make_user("dee", role=EDITOR)).get(GAPS)
    assert [gap.span.start for gap in page.context["page"].gaps[:2]] == [at(1, 10, 0), at(1, 17, 0)]
    assert "Find somebody" in page.text
    assert "This is meant" in page.text


def test_a_gap_is_marked_and_the_mark_taken_back(office, as_user):
    client = as_user(make_user("dee", role=EDITOR))
    gap = client.get(GAPS).context["page"].gaps[0]
    form = client.get(f"{GAPS}?{gap.query}").context["form"]
    assert [form[name].value() for name in ("start", "end")] == [moment.replace(tzinfo=None) for moment in gap.span]
    data = {"rank": 1, "start": "2026-01-10T00:00", "end": "2026-01-12T00:00", "reason": "No ships"}
    page = client.post(GAPS, data, follow=True)
    assert "The gap is marked as meant." in page.text
    assert "No ships" in page.text
    mark = PlannedGap.objects.get()
    assert "The mark is taken back." in client.post(f"/gaps/{mark.pk}/take-back/", follow=True).text
    assert not PlannedGap.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"rank": "7"}, "Select a valid choice"),
        ({"reason": ""}, "This field is required"),
        ({"end": "2026-01-09T00:00"}, "The end must come after the start"),
        ({"start": "2026-01-07T09:00", "end": "2026-01-07T10:00"}, "There is no gap in that time"),
    ],
)
def test_a_mark_that_can_not_be_is_refused_in_words(office, as_user, wrong, words):
    data = {"rank": 1, "start": "2026-01-10T00:00", "end": "2026-01-12T00:00", "reason": "No ships"} | wrong
    page = as_user(make_user("dee", role=EDITOR)).post(GAPS, data)
    assert page.status_code == 422
    assert words in page.text


def test_readers_see_gaps_and_mark_none(office, as_user):
    client = as_user(make_user("eve"))
    page = client.get(f"{GAPS}?rank=1&start=2026-01-10T00:00Z")
    assert page.status_code == 200
    assert "Mark as meant" not in page.text
    assert client.post(GAPS, {}).status_code == 403


def hours_of(page):
    return {
        row.person.display_name: (row.total.hours, row.total.nights, row.total.weekends) for row in page.context["rows"]
    }


def test_hours_of_this_month_by_default_and_of_any_days(layer, people, as_user):
    client = as_user(make_user("dee"))
    page = client.get(HOURS)
    assert (page.context["first"], page.context["last"]) == (dt.date(2026, 1, 1), dt.date(2026, 1, 31))
    page = client.get(f"{HOURS}?from=2026-01-05&to=2026-01-12")
    assert hours_of(page) == {"Ada": (168, 63, 48), "Ben": (15, 2, 0)}


def test_pages_and_shifts_are_counted_and_two_layers_at_once_count_once(layer, people, as_user):
    add_layer(layer.rotation, *people)
    for number, kind in enumerate((Kind.PAGE, Kind.PAGE, Kind.SWAP)):
        Notification.objects.create(
            key=f"x:{number}", kind=kind, person=people[0], to="Ada", subject="x", text="x", created_at=at(1, 6, number)
        )
    page = as_user(people[1]).get(f"{HOURS}?from=2026-01-05&to=2026-01-11")
    ada = next(row for row in page.context["rows"] if row.person == people[0])
    assert (ada.total.hours, ada.total.shifts, ada.pages) == (159, 2, 2)
    assert [(line.name, line.hours, line.shifts) for line in ada.layers] == [("Primary", 159, 1), ("Backup", 159, 1)]


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("from=2026-02-01&to=2026-01-01", "The last day must not be before the first"),
        ("from=2026-01-01&to=2027-01-31", "longer than a year"),
        ("from=x&to=2026-01-01", "Enter a valid date"),
        ("from=2026-01-01", "This field is required"),
        ("from=0001-01-01&to=0001-02-01", "That year is too far away"),
    ],
)
def test_days_that_can_not_be_are_refused_in_words(layer, people, as_user, query, words):
    client = as_user(people[0])
    for path in (HOURS, HOURS.rstrip("/") + ".csv"):
        page = client.get(f"{path}?{query}")
        assert page.status_code == 422
        assert words in page.text


def test_the_file_has_the_same_numbers_as_the_page(layer, people, as_user):
    client = as_user(people[0])
    query = "?from=2026-01-05&to=2026-01-12"
    answer = client.get(f"/oncall/harbour/on-call/hours.csv{query}")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="hours-harbour-on-call-2026-01-05-2026-01-12.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    total = {row["Person"]: row for row in rows if row["Layer"] == "All layers"}
    for name, numbers in hours_of(client.get(f"{HOURS}{query}")).items():
        told = total[name]
        assert tuple(float(told[column]) for column in ("Hours", "Night hours", "Weekend hours")) == numbers
    assert total["Ada"]["From"] == "2026-01-05"


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1"])
def test_no_cell_is_a_formula(layer, people, as_user, name):
    people[0].display_name = name
    people[0].save()
    answer = as_user(people[1]).get("/oncall/harbour/on-call/hours.csv?from=2026-01-05&to=2026-01-12")
    names = {row[0] for row in csv.reader(io.StringIO(answer.text))}
    assert f"'{name}" in names
    assert name not in names


def test_hours_take_the_same_queries_for_many_people(people, as_user, django_assert_max_num_queries):
    team = make_team("Harbour")
    make_rotation(team, *people[:2])
    make_rotation(team, *people, *(make_user(f"p{number}") for number in range(17)), name="Many", turn_unit="hours")
    client = as_user(people[0])
    counts = []
    for slug in ("on-call", "many"):
        with django_assert_max_num_queries(14) as asked:
            client.get(f"/oncall/harbour/{slug}/hours/")
        counts.append(len(asked))
    assert counts[0] == counts[1]
