"""The page of a rotation: who is on call, how to reach them, the calendar of weeks."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import EDITOR, READER, RESPONDER
from oncall.models import Absence, Contact, Layer, Override, Rotation, Way
from oncall.pages.rotation import describe_rotation
from oncall.pages.window import read_window
from tests.factories import NOW, add_layer, make_rotation, make_team, make_user

pytestmark = pytest.mark.django_db
PAGE = "/oncall/harbour/on-call/"
UTC = dt.UTC


@pytest.fixture
def people():
    return [make_user(name, password=None) for name in ("ada", "ben", "cy", "dee")]


@pytest.fixture
def rotation(people):
    rotation = make_rotation(make_team("Harbour", *people), *people)
    add_layer(rotation, *people[1:], people[0])
    return rotation


@pytest.fixture
def reader():
    return make_user("fay", role=READER, password=None)


def look(client, query=""):
    response = client.get(PAGE + query)
    assert response.status_code == 200
    return response.content.decode()


def describe(rotation, reader, **asked):
    return describe_rotation(rotation, read_window(asked, NOW, rotation.team.time_zone), reader, NOW)


class TestWhoMayWhat:
    def test_an_unknown_rotation_is_404(self, as_user, reader, rotation):
        assert as_user(reader).get("/oncall/harbour/none/").status_code == 404
        assert as_user(reader).get("/oncall/none/on-call/").status_code == 404

    def test_somebody_without_a_role_gets_403(self, as_user, rotation):
        nobody = make_user("gus", password=None)
        nobody.groups.clear()
        for path in (PAGE, "/oncall/harbour/"):
            assert as_user(nobody).get(path).status_code == 403

    def test_readers_see_no_button_they_cannot_use(self, as_user, reader, rotation):
        text = look(as_user(reader))
        for words in ("Take the shift now", "Put somebody else in", "Add a layer", "/edit/", "/layers/"):
            assert words not in text

    def test_responders_may_put_somebody_else_in(self, as_user, rotation):
        text = look(as_user(make_user("gus", role=RESPONDER, password=None)))
        assert f"{PAGE}override/?layer=" in text and "Add a layer" not in text

    def test_editors_may_change_it(self, as_user, rotation):
        text = look(as_user(make_user("gus", role=EDITOR, password=None)))
        assert f"{PAGE}layers/new/" in text and f"{PAGE}edit/" in text

    def test_only_whose_shift_it_is_may_ask_for_a_swap(self, as_user, rotation, people):
        ben = make_user("gus", role=RESPONDER, password=None)
        assert "Ask for a swap" not in look(as_user(ben))
        add_layer(rotation, ben, name="Third", rank=3)
        assert "Ask for a swap" in look(as_user(ben))

    def test_an_ended_rotation_can_be_looked_at_and_not_changed(self, as_user, rotation):
        now = timezone.now()
        Layer.objects.update(ended_at=now)
        Rotation.objects.update(ended_at=now)
        text = look(as_user(make_user("gus", role=EDITOR, password=None)))
        assert "What was stays here" in text and "Add a layer" not in text and "override/?" not in text


class TestNow:
    def test_says_who_is_on_call_and_who_is_next_in_each_layer(self, rotation, reader, people):
        seats = describe(rotation, reader).seats
        assert [(str(seat.layer), str(seat.now.person), str(seat.coming.person)) for seat in seats] == [
            ("Primary", "Ben", "Cy"),
            ("Backup", "Cy", "Dee"),
        ]

    def test_reaches_them_by_what_the_directory_says(self, as_user, rotation, reader, people):
        for person in people:
            contact = Contact.objects.create(name=str(person), user=person)
            Way.objects.create(contact=contact, kind="phone", value=f"+44 20 7946 01{person.pk % 90:02}")
            Way.objects.create(contact=contact, kind="phone", value="+44 7700 900999", is_personal=True)
        assert "tel:+44207946" in look(as_user(reader)) and "900999" not in look(as_user(reader))
        assert "900999" in look(as_user(make_user("gus", role=RESPONDER, password=None)))

    def test_tells_the_time_of_both_zones_where_they_differ(self, as_user, rotation):
        far = make_user("gus", password=None, time_zone="Asia/Kolkata")
        assert "IST</time>" in look(as_user(far)) and "for the team)" in look(as_user(far))

    def test_tells_one_time_where_they_agree(self, as_user, rotation):
        assert "for the team)" not in look(as_user(make_user("gus", password=None, time_zone="Europe/Lisbon")))


class TestConcerns:
    def test_an_absence_in_a_shift_is_said(self, rotation, reader, people):
        away = (dt.datetime(2026, 11, 24, tzinfo=UTC), dt.datetime(2026, 11, 25, tzinfo=UTC))
        Absence.objects.create(person=people[2], during=away, reason="Wedding", created_at=NOW)
        concerns = describe(rotation, reader).concerns
        assert [(str(clash.shift.person), clash.away.reason) for clash in concerns.clashes] == [("Cy", "Wedding")]

    def test_an_override_that_makes_somebody_both_is_said(self, rotation, reader, people):
        during = (dt.datetime(2026, 11, 18, tzinfo=UTC), dt.datetime(2026, 11, 19, tzinfo=UTC))
        layer = rotation.layers.get(name="Backup")
        Override.objects.create(layer=layer, person=people[1], during=during, created_at=NOW)
        concerns = describe(rotation, reader).concerns
        assert [(str(double.person), double.span.start) for double in concerns.doubles] == [("Ben", during[0])]

    def test_without_any_there_is_no_panel(self, as_user, rotation, reader):
        assert "Worth a look" not in look(as_user(reader))

    def test_gaps_are_counted_together(self, rotation, reader):
        layer = add_layer(rotation, *rotation.team.members.all(), name="Desk", rank=3)
        layer.plans.get().windows.create(weekdays=[0, 1, 2, 3, 4], starts_at=dt.time(9), ends_at=dt.time(17))
        concerns = describe(rotation, reader).concerns
        assert concerns.gap_hours == 28 * 24 - 20 * 8


class TestCalendar:
    @pytest.mark.parametrize(
        "query",
        ["?week=2026-W48", "?week=2026-W12&weeks=1", "?weeks=6&zone=Asia/Tokyo", "?week=x&weeks=y&zone=z", "?zone=%00"],
    )
    def test_every_address_answers(self, as_user, rotation, reader, query):
        assert 'class="week__table"' in look(as_user(reader), query)

    def test_is_a_table_with_days_as_headers(self, as_user, rotation, reader):
        text = look(as_user(reader), "?week=2026-W48&weeks=1")
        assert text.count('<th scope="col" colspan="24"') == 7 and text.count('<th scope="row">') == 2

    def test_says_the_name_and_the_time_of_each_shift_in_words(self, as_user, rotation, reader):
        text = look(as_user(reader), "?week=2026-W48&weeks=1")
        assert '<span class="vh">Cy, Mon 23 Nov, 09:00 to Mon 30 Nov, 09:00</span>' in text

    def test_says_when_the_clocks_change(self, as_user, rotation, reader):
        assert "Clocks go forward: 23 h" in look(as_user(reader), "?week=2027-W12&weeks=1")

    def test_before_anything_was_planned_it_says_so(self, as_user, rotation, reader):
        assert "Nothing planned in this week" in look(as_user(reader), "?week=2024-W10&weeks=1")

    def test_after_setting_up_the_next_steps_are_shown(self, as_user, rotation, reader):
        assert "Three things make it dependable" in look(as_user(reader), "?new=1")
        assert "Three things make it dependable" not in look(as_user(reader))

    def test_hostile_names_are_text(self, as_user, rotation, reader, people):
        people[1].display_name = '"><script>alert(1)</script>'
        people[1].save()
        text = look(as_user(reader))
        assert "<script>alert" not in text and "&lt;script&gt;alert(1)" in text


class TestQueries:
    LIMIT = 17

    def test_are_the_same_for_two_people_and_twenty(
        self, as_user, rotation, reader, people, django_assert_max_num_queries
    ):
        client = as_user(reader)
        look(client)
        with django_assert_max_num_queries(self.LIMIT) as few:
            look(client)
        crowd = [make_user(f"p{number}", password=None) for number in range(20)]
        for number in range(4):
            add_layer(
                rotation, *crowd[number:], *crowd[:number], name=f"L{number}", rank=number % 4 + 1, turn_unit="days"
            )
        with django_assert_max_num_queries(self.LIMIT) as many:
            look(client)
        assert len(few) == len(many)
