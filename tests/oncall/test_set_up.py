"""Setting a rotation up on one page."""

import datetime as dt
import re

import pytest

from accounts.roles import EDITOR, READER
from oncall.models import Layer, Plan, Rotation
from oncall.schedule import load_schedule
from tests.factories import make_rotation, make_team, make_user

pytestmark = pytest.mark.django_db
NEW = "/oncall/harbour/new/"


@pytest.fixture
def people():
    return [make_user(name, password=None) for name in ("ada", "ben", "cy", "dee")]


@pytest.fixture
def team(people):
    return make_team("Harbour", *people)


@pytest.fixture
def client(as_user):
    return as_user(make_user("eli", role=EDITOR, password=None))


def filled(people, /, **differs):
    """What the page sends when nothing but the named fields is touched."""
    data = {
        "name": "On call",
        "expects": "always",
        "people": [str(person.pk) for person in people],
        "turn_length": "1",
        "turn_unit": "weeks",
        "weekday": "0",
        "handover_at": "09:00",
        "time_zone": "Europe/Lisbon",
        "hours": "always",
        "starts": "next",
        "backup": "shifted",
    }
    data |= {f"people-place-{person.pk}": str(place) for place, person in enumerate(people, start=1)}
    return data | differs


def people_of(name):
    plan = Plan.objects.get(layer__name=name)
    return [member.person for member in plan.members.order_by("position")]


def errors_of(response):
    assert response.status_code == 422
    return dict(response.context["form"].errors.items())


class TestThePage:
    def test_opens_with_everybody_ticked_and_the_weeks_shown(self, client, team):
        text = client.get(NEW).content.decode()
        assert text.count('name="people" value=') == 4 and text.count('class="week"') == 4
        assert "No gap, nobody in two layers at once" in text

    def test_saves_what_it_opens_with(self, client, team):
        page = client.get(NEW).content.decode()
        form = page[page.index('<form class="stack planform"') : page.index("</form>", page.index("planform"))]
        fields = re.findall(r'<input[^>]*name="([^"]+)"[^>]*value="([^"]*)"([^>]*)>', form)
        sent = {}
        for name, value, rest in fields:
            if "place" in name or "checked" in rest or name in ("name", "turn_length", "handover_at", "time_zone"):
                sent.setdefault(name, []).append(value)
        sent |= {"turn_unit": "weeks", "weekday": "0", "hours": "always", "starts": "next", "backup": "shifted"}
        assert client.post(NEW, sent | {"expects": "always"}).status_code == 302
        assert [layer.name for layer in Layer.objects.all()] == ["Primary", "Backup"]

    def test_is_not_for_readers(self, as_user, team):
        assert as_user(make_user("fay", role=READER, password=None)).get(NEW).status_code == 403

    def test_of_no_team_is_404(self, client):
        assert client.get("/oncall/none/new/").status_code == 404

    def test_opens_for_a_team_without_people(self, client):
        make_team("Harbour")
        response = client.get(NEW)
        assert response.status_code == 200 and "This field is required" not in response.content.decode()


class TestSaving:
    def test_makes_two_layers_in_which_nobody_is_both(self, client, team, people):
        response = client.post(NEW, filled(people))
        assert response["Location"] == "/oncall/harbour/on-call/?new=1"
        assert people_of("Primary") == people
        assert people_of("Backup") == [*people[1:], people[0]]
        start = Plan.objects.earliest("effective_from").effective_from
        schedule = load_schedule(Rotation.objects.get(), start, start + dt.timedelta(weeks=9))
        for week in range(9):
            first, second = schedule.on_call(start + dt.timedelta(weeks=week))
            assert first.person != second.person

    def test_follows_the_numbers_without_scripts(self, client, team, people):
        places = {f"people-place-{person.pk}": str(9 - number) for number, person in enumerate(people)}
        client.post(NEW, filled(people, backup="none", **places))
        assert people_of("Primary") == people[::-1]

    def test_leaves_out_who_is_not_ticked_whatever_their_number(self, client, team, people):
        client.post(NEW, filled(people, people=[str(people[2].pk), str(people[0].pk)], backup="none"))
        assert people_of("Primary") == [people[0], people[2]]

    def test_takes_somebody_from_another_team_by_address(self, client, team, people):
        other = make_user("gus", password=None)
        client.post(NEW, filled(people[:1], others="GUS@example.com", backup="none"))
        assert people_of("Primary") == [people[0], other]

    def test_begins_right_away_with_the_first_of_the_list(self, client, team, people):
        client.post(NEW, filled(people, starts="now", turn_unit="hours", turn_length="12"))
        start = Plan.objects.first().effective_from
        schedule = load_schedule(Rotation.objects.get(), start, start)
        assert [shift.person for shift in schedule.on_call(start)] == people[:2]

    def test_takes_own_hours_over_midnight(self, client, team, people):
        own = {"hours": "own", "w0-days": ["4"], "w0-from": "18:00", "w0-to": "08:00", "expects": "hours"}
        assert client.post(NEW, filled(people, **own)).status_code == 302
        window = Plan.objects.first().windows.get()
        assert (window.weekdays, window.starts_at, window.ends_at) == ([4], dt.time(18), dt.time(8))

    def test_takes_another_list_for_the_backup(self, client, team, people):
        backup = [str(people[3].pk)]
        client.post(NEW, filled(people[:2], backup="own", backup_people=backup))
        assert people_of("Backup") == [people[3]]

    def test_of_a_name_that_the_team_has_is_refused_at_the_name(self, client, team, people):
        make_rotation(team, *people)
        assert "already" in errors_of(client.post(NEW, filled(people, name="ON  call")))["name"][0]
        assert Rotation.objects.count() == 1

    def test_of_a_name_that_hides_a_page_gets_another_address(self, client, team, people):
        assert client.post(NEW, filled(people, name="New"))["Location"] == "/oncall/harbour/new-2/?new=1"


class TestRefusals:
    @pytest.mark.parametrize(
        ("differs", "field", "words"),
        [
            ({"people": []}, "people", "nobody would be on call"),
            ({"time_zone": "Atlantis/Old_Harbour"}, "time_zone", "not a time zone"),
            ({"turn_length": "0"}, "turn_length", "greater than or equal to 1"),
            ({"turn_length": "30"}, "turn_length", "from 1 to 26 weeks"),
            ({"turn_length": "many"}, "turn_length", "whole number"),
            ({"weekday": "9"}, "weekday", "not one of the available choices"),
            ({"handover_at": "25:00"}, "handover_at", "valid time"),
            ({"others": "nobody@example.com"}, "others", "nobody@example.com"),
            ({"starts": "date"}, "starts_on", "Choose the day"),
            ({"starts": "date", "starts_on": "2199-01-01"}, "starts_on", "two years"),
            ({"hours": "own"}, "hours", "at least one stretch"),
            ({"hours": "own", "w0-from": "09:00", "w0-to": "17:00"}, "w0-days", "Choose the days"),
            ({"hours": "own", "w0-days": ["1"], "w0-from": "09:00"}, "w0-to", "both times"),
            ({"backup": "own"}, "backup_people", "Choose who is behind"),
        ],
    )
    def test_are_said_at_their_field_and_the_form_comes_back_filled(self, client, team, people, differs, field, words):
        response = client.post(NEW, filled(people, **({"name": "Night watch"} | differs)))
        assert words in " ".join(errors_of(response)[field])
        assert 'value="Night watch"' in response.content.decode()
        assert not Rotation.objects.exists()

    def test_one_person_cannot_be_their_own_backup(self, client, team, people):
        assert "own backup" in errors_of(client.post(NEW, filled(people[:1])))["backup"][0]

    def test_a_hand_over_that_the_zone_skips_is_said_at_the_time(self, client, team, people):
        data = filled(people, handover_at="01:30", turn_unit="days")
        assert "clocks go forward" in errors_of(client.post(NEW, data))["handover_at"][0]

    def test_somebody_who_left_cannot_be_chosen(self, client, team, people):
        people[1].is_active = False
        people[1].save()
        assert "switched off" in errors_of(client.post(NEW, filled(people)))["people"][0]

    @pytest.mark.parametrize("pk", ["x", "-1", "999999999999", "٣", "\x00"])
    def test_ids_that_are_none_are_left_out(self, client, team, people, pk):
        assert client.post(NEW, filled(people, people=[pk, str(people[0].pk)], backup="none")).status_code == 302
        assert people_of("Primary") == people[:1]

    def test_hostile_names_are_shown_as_text(self, client, team, people):
        client.post(NEW, filled(people, name="<script>alert(1)</script>"))
        page = client.get(Rotation.objects.get().get_absolute_url()).content.decode()
        assert "<script>alert" not in page and "&lt;script&gt;alert" in page


class TestPreview:
    def test_shows_gaps_and_saves_nothing(self, client, team, people):
        response = client.post(NEW, filled(people, hours="business", preview="1"))
        assert response.status_code == 200 and "Nobody on call" in response.content.decode()
        assert not Rotation.objects.exists()

    def test_of_hours_only_has_no_gap_at_night(self, client, team, people):
        response = client.post(NEW, filled(people, hours="business", expects="hours", preview="1"))
        assert "No gap, nobody in two layers" in response.content.decode()

    def test_says_who_would_be_in_both_layers(self, client, team, people):
        own = {f"backup_people-place-{person.pk}": str(n) for n, person in enumerate(people, start=1)}
        data = filled(people, backup="own", backup_people=[str(person.pk) for person in people], preview="1", **own)
        assert "is in two layers at once" in client.post(NEW, data).content.decode()

    def test_counts_the_hours_of_each_person(self, client, team, people):
        response = client.post(NEW, filled(people[:2], backup="none", preview="1"))
        hours = {str(line.person): line.hours for line in response.context["look"].hours}
        assert sum(hours.values()) in (671, 672, 673) and set(hours) == {"Ada", "Ben"}

    def test_for_htmx_is_the_part_of_the_page_only(self, client, team, people):
        response = client.post(NEW, filled(people, preview="1"), HTTP_HX_REQUEST="true")
        text = response.content.decode()
        assert "<html" not in text and 'class="week"' in text

    def test_for_htmx_says_what_is_missing(self, client, team, people):
        response = client.post(NEW, filled(people, people=[], preview="1"), HTTP_HX_REQUEST="true")
        assert response.status_code == 200 and "nobody would be on call" in response.content.decode()
