"""Pages of overrides: put somebody on call, take the shift, take an override back."""

import pytest
from django.utils import timezone

from oncall.models import Override
from oncall.services.covers import override_shift
from tests.factories import add_layer, make_rotation, make_team, make_user
from tests.oncall.covers import at, on_call

pytestmark = pytest.mark.django_db
NOW = at(1, 6, 12, 30)
OVERRIDE = "/oncall/harbour/on-call/override/"
TAKE = "/oncall/harbour/on-call/take/"


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    """The views' clock stands at a Tuesday in Ada's week."""
    monkeypatch.setattr(timezone, "now", lambda: NOW)


def fields(layer, person, start="2026-01-07T09:00", end="2026-01-08T09:00", **more):
    return {"layer": layer.pk, "person": person.pk, "start": start, "end": end, "reason": "Dentist"} | more


def test_the_address_fills_the_form(layer, people, as_user):
    page = as_user(people[1]).get(
        OVERRIDE, {"layer": layer.pk, "start": at(1, 12).isoformat(), "end": at(1, 19).isoformat()}
    )
    assert 'value="2026-01-12T09:00"' in page.text
    assert 'value="2026-01-19T09:00"' in page.text


def test_a_shift_that_is_on_already_is_covered_from_now_on(layer, people, as_user):
    page = as_user(people[1]).get(
        OVERRIDE, {"layer": layer.pk, "start": at(1, 5).isoformat(), "end": at(1, 12).isoformat()}
    )
    assert page.context["form"]["start"].value() is None


@pytest.mark.parametrize(
    "query", ["start=yesterday", "layer=x&person=-1", "start=2026-13-45T99:99Z", "end=%00", "layer=9" * 30]
)
def test_an_address_that_makes_no_sense_shows_the_empty_form(layer, people, as_user, query):
    assert as_user(people[1]).get(f"{OVERRIDE}?{query}").status_code == 200


def test_somebody_is_put_on_call(layer, people, as_user):
    answer = as_user(people[1]).post(OVERRIDE, fields(layer, people[2]), follow=True)
    assert answer.redirect_chain[0][0] == "/oncall/harbour/on-call/"
    assert "Cy is on call in Primary until Thu 8 Jan, 09:00." in answer.text
    assert on_call(layer, at(1, 7)) == people[2]


def test_without_a_start_it_begins_now_and_the_running_minute_is_now(layer, people, as_user):
    as_user(people[1]).post(OVERRIDE, fields(layer, people[2], start="", end="2026-01-06T13:00"))
    as_user(people[1]).post(OVERRIDE, fields(layer, people[2], start="2026-01-06T13:00", end="2026-01-06T14:00"))
    assert [row.during.lower for row in Override.objects.all()] == [NOW, at(1, 6, 13)]


def test_times_are_read_by_the_clock_of_the_reader(layer, people, as_user):
    people[1].time_zone = "Asia/Tokyo"
    people[1].save()
    as_user(people[1]).post(OVERRIDE, fields(layer, people[2], start="2026-01-07T18:00", end="2026-01-07T20:00"))
    assert Override.objects.get().during.lower == at(1, 7, 9)


def test_a_time_that_the_clocks_skip_is_refused_in_words(layer, people, as_user):
    people[1].time_zone = "Europe/Lisbon"
    people[1].save()
    page = as_user(people[1]).post(OVERRIDE, fields(layer, people[2], start="2026-03-29T01:30", end="2026-03-30T09:00"))
    assert page.status_code == 422
    assert "The clocks skip 01:30 on that day in Europe/Lisbon" in page.text


def test_a_time_that_comes_twice_means_the_first(layer, people, as_user):
    people[1].time_zone = "Europe/Lisbon"
    people[1].save()
    as_user(people[1]).post(OVERRIDE, fields(layer, people[0], start="2026-10-25T01:30", end="2026-10-25T09:00"))
    assert Override.objects.get().during.lower == at(10, 25, 0, 30)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"end": "2026-01-06T09:00"}, "The end must come after the start"),
        ({"end": "2026-01-07T09:00"}, "The end must come after the start"),
        ({"start": "2026-01-06T09:00"}, "The start lies in the past"),
        ({"end": "2027-01-07T09:00"}, "That is longer than 92 days"),
        ({"start": "2150-01-07T09:00", "end": "2150-01-08T09:00"}, "more than 400 days from now"),
        ({"end": ""}, "This field is required"),
        ({"end": "soon"}, "Give a day and a time"),
        ({"end": "9999-12-31T23:59"}, "Give a day and a time"),
        ({"end": "0001-01-01T00:00"}, "Give a day and a time"),
        ({"end": "2026-01-08T09:00+02:00"}, "Give a day and a time"),
        ({"person": "0"}, "There is nobody like that who is active"),
        ({"layer": "0"}, "This rotation has no such layer any more"),
        ({"reason": "x" * 301}, "at most 300 characters"),
        ({"reason": "a\0b"}, "Null characters are not allowed"),
    ],
)
def test_bad_input_is_refused_in_words_and_the_form_stays_filled(layer, people, as_user, wrong, words):
    page = as_user(people[1]).post(OVERRIDE, fields(layer, people[2]) | wrong)
    assert page.status_code == 422
    assert words in page.text
    assert f'<option value="{people[2].pk}"{"" if "person" in wrong else " selected"}>' in page.text
    assert not Override.objects.exists()


def test_somebody_who_left_can_not_be_chosen(layer, people, as_user):
    people[2].is_active = False
    people[2].save()
    page = as_user(people[1]).post(OVERRIDE, fields(layer, people[2]))
    assert page.status_code == 422
    assert "There is nobody like that who is active" in page.text


def test_a_layer_of_another_rotation_is_refused(layer, people, as_user):
    other = make_rotation(make_team("Quay"), people[0], name="Nights").layers.get()
    assert as_user(people[1]).post(OVERRIDE, fields(other, people[2])).status_code == 422


def test_an_overlap_says_who_covers_when(layer, people, as_user):
    override_shift(layer, people[1], at(1, 7), at(1, 8), user=people[1], now=NOW)
    page = as_user(people[1]).post(OVERRIDE, fields(layer, people[2]))
    assert page.status_code == 422
    assert "Ben already stands in: Wed 7 Jan, 09:00" in page.text


def test_what_speaks_against_it_is_said_once_it_is_done(layer, people, as_user):
    add_layer(layer.rotation, people[2])
    people[2].absences.create(during=(at(1, 7), at(1, 9)), created_at=NOW)
    page = as_user(people[1]).post(OVERRIDE, fields(layer, people[2]), follow=True)
    assert "Cy is away for a part of that time." in page.text
    assert "Cy is also on call in Backup then: nobody stands behind them." in page.text


def test_hostile_words_are_shown_as_words(layer, people, as_user):
    as_user(people[1]).post(OVERRIDE, fields(layer, people[2], reason="<script>alert(1)</script>{when}"))
    page = as_user(people[1]).get(OVERRIDE)
    assert "&lt;script&gt;alert(1)&lt;/script&gt;{when}" in page.text


@pytest.mark.parametrize("path", [OVERRIDE, TAKE])
def test_readers_are_told_why_not(layer, as_user, path):
    for answer in (as_user(make_user("dee")).get(path), as_user(make_user("eve")).post(path, {})):
        assert answer.status_code == 403
        assert "Ask an administrator for the role that may" in answer.text


@pytest.mark.parametrize("path", ["/oncall/harbour/none/override/", "/oncall/none/on-call/take/"])
def test_a_rotation_that_is_not_there_is_not_found(layer, people, as_user, path):
    assert as_user(people[0]).get(path).status_code == 404


def test_the_shift_is_taken(layer, people, as_user):
    page = as_user(people[2]).get(f"{TAKE}?layer={layer.pk}")
    assert "Ada, until" in page.text
    answer = as_user(people[2]).post(TAKE, {"layer": layer.pk, "until": ""}, follow=True)
    assert "You are on call in Primary until Mon 12 Jan, 09:00." in answer.text
    assert on_call(layer, NOW) == people[2]


def test_taking_ones_own_shift_is_refused(layer, people, as_user):
    page = as_user(people[0]).post(TAKE, {"layer": layer.pk, "until": ""})
    assert page.status_code == 422
    assert "You are on call in this layer already" in page.text


def test_taking_until_a_time_gone_by_is_refused(layer, people, as_user):
    page = as_user(people[2]).post(TAKE, {"layer": layer.pk, "until": "2026-01-06T12:00"})
    assert page.status_code == 422
    assert "The end must come after the start" in page.text


def test_an_override_is_listed_and_taken_back(layer, people, as_user):
    row = override_shift(layer, people[2], at(1, 7), at(1, 8), user=people[1], now=at(1, 6, 12))
    client = as_user(people[0])
    address = f"/overrides/{row.pk}/take-back/"
    assert address in client.get(OVERRIDE).text
    assert "Cy does not stand in any more." in client.post(address, follow=True).text
    assert "That was taken back before." in client.post(address, follow=True).text
    assert client.get(address).status_code == 405
    assert as_user(make_user("dee")).post(address).status_code == 403
    assert client.post("/overrides/999999/take-back/").status_code == 404


def test_the_page_takes_the_same_queries_for_many_overrides(layer, people, as_user, django_assert_max_num_queries):
    client = as_user(people[0])
    spare = make_user("eve")
    counts = []
    for number in range(2, 21):
        override_shift(layer, spare, at(2, number, 10), at(2, number, 11), user=people[1], now=NOW)
        if number in (3, 20):
            with django_assert_max_num_queries(16) as asked:
                client.get(OVERRIDE)
            counts.append(len(asked))
    assert counts[0] == counts[1]
