"""Adding layers, changing plans, ending layers and rotations, on their pages."""

import datetime as dt

import pytest
from django.utils import timezone

from accounts.roles import EDITOR, RESPONDER
from oncall.models import EscalationLevel, EscalationPath, EscalationTarget, Layer, Plan, Rotation
from oncall.pages.preview import find_changes
from oncall.rota import Span
from oncall.schedule import load_schedule
from tests.factories import add_layer, make_rotation, make_team, make_user

pytestmark = pytest.mark.django_db
PAGE = "/oncall/harbour/on-call/"


@pytest.fixture
def people():
    return [make_user(name, password=None) for name in ("ada", "ben", "cy", "dee")]


@pytest.fixture
def rotation(people):
    return make_rotation(make_team("Harbour", *people), *people)


@pytest.fixture
def layer(rotation):
    return rotation.layers.get()


@pytest.fixture
def client(as_user):
    return as_user(make_user("gus", role=EDITOR, password=None))


def shown(response):
    """What the page's form would send, as it stands."""
    form = response.context["form"]
    data = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    rows = data.pop("people")
    data |= {"people": [pk for pk, _ in rows]} | {f"people-place-{pk}": place for pk, place in rows}
    return data


def with_people(data, *people):
    kept = {name: value for name, value in data.items() if not name.startswith("people")}
    return kept | {
        "people": [str(person.pk) for person in people],
        **{f"people-place-{person.pk}": str(place) for place, person in enumerate(people, start=1)},
    }


def call_layer(layer):
    """A path that calls the layer."""
    path = EscalationPath.objects.create(name="Harbour ladder", slug="harbour-ladder")
    level = EscalationLevel.objects.create(path=path, position=1, label="L1")
    EscalationTarget.objects.create(level=level, layer=layer)


class TestChangeOfAPlan:
    def url(self, layer):
        return f"{PAGE}layers/{layer.pk}/"

    def test_begins_with_whoever_would_be_next(self, client, layer):
        response = client.get(self.url(layer))
        coming = load_schedule(layer.rotation, timezone.now(), timezone.now()).layers[0].now_and_next(timezone.now())[1]
        assert response.context["form"].people_rows[0].person == coming.person

    def test_saved_as_it_stands_it_changes_nobodys_shift(self, client, layer, people):
        data = shown(client.get(self.url(layer)))
        start, end = timezone.now(), timezone.now() + dt.timedelta(weeks=20)
        before = [(shift.person, shift.span) for shift in load_schedule(layer.rotation, start, end).shifts(start, end)]
        assert client.post(self.url(layer), data)["Location"] == PAGE
        after = [(shift.person, shift.span) for shift in load_schedule(layer.rotation, start, end).shifts(start, end)]
        assert (Plan.objects.count(), after) == (2, before)

    def test_previews_old_and_new_and_saves_nothing(self, client, layer, people):
        data = with_people(shown(client.get(self.url(layer))), people[0])
        response = client.post(self.url(layer), data | {"preview": "1"})
        text = response.content.decode()
        assert response.status_code == 200 and "Primary before" in text and "Primary after" in text
        assert {change.after for change in response.context["look"].changes} == {people[0]}
        assert Plan.objects.count() == 1

    def test_a_preview_without_change_says_so(self, client, layer):
        data = shown(client.get(self.url(layer))) | {"preview": "1"}
        assert "the same people are on call at the same times" in client.post(self.url(layer), data).content.decode()

    def test_hours_of_each_person_are_told_with_what_they_were(self, client, layer, people):
        data = with_people(shown(client.get(self.url(layer))), people[0], people[1]) | {"preview": "1"}
        lines = client.post(self.url(layer), data).context["look"].hours
        assert {str(line.person): line.hours for line in lines if line.hours} == {"Ada": 336, "Ben": 336}
        assert {str(line.person): line.difference for line in lines}["Cy"] == -168

    def test_right_away_puts_the_first_of_the_list_on_call(self, client, layer, people):
        data = with_people(shown(client.get(self.url(layer))), people[3], people[0]) | {"when": "now"}
        assert client.post(self.url(layer), data).status_code == 302
        now = timezone.now()
        assert load_schedule(layer.rotation, now, now).on_call(now)[0].person == people[3]

    @pytest.mark.parametrize(
        ("differs", "field"),
        [
            ({"when": "moment"}, "when_on"),
            ({"when": "moment", "when_on": "2020-01-01"}, "when_on"),
            ({"when": "moment", "when_on": "2199-01-01"}, "when_on"),
            ({"when": "never"}, "when"),
            ({"handover_at": ""}, "handover_at"),
            ({"seen": "x"}, "seen"),
        ],
    )
    def test_bad_input_is_said_at_its_field(self, client, layer, differs, field):
        response = client.post(self.url(layer), shown(client.get(self.url(layer))) | differs)
        assert response.status_code == 422 and field in response.context["form"].errors

    def test_somebody_elses_change_in_between_is_not_lost(self, client, layer, people):
        data = shown(client.get(self.url(layer)))
        client.post(self.url(layer), with_people(data, people[2]))
        response = client.post(self.url(layer), with_people(data, people[3]))
        assert response.status_code == 422 and "Somebody changed this layer" in response.content.decode()
        assert Plan.objects.count() == 2

    def test_a_change_that_is_planned_already_is_said_and_built_upon(self, client, layer, people):
        client.post(self.url(layer), with_people(shown(client.get(self.url(layer))), people[2], people[3]))
        response = client.get(self.url(layer))
        chosen = [row.person for row in response.context["form"].people_rows if row.is_chosen]
        assert "A change is planned already for" in response.content.decode()
        assert chosen == [people[2], people[3]]

    def test_own_hours_come_back_as_they_are(self, client, rotation, people):
        hours = [([0, 2], dt.time(7), dt.time(15, 30)), ([5], dt.time(22), dt.time(6))]
        layer = add_layer(rotation, *people, name="Odd", windows=hours)
        form = client.get(self.url(layer)).context["form"]
        assert form["hours"].value() == "own" and form["w1-from"].value() == "22:00"

    def test_is_not_for_responders(self, as_user, layer):
        responder = as_user(make_user("hal", role=RESPONDER, password=None))
        assert responder.get(self.url(layer)).status_code == 403

    def test_of_another_rotations_layer_is_404(self, client, layer, people):
        other = make_rotation(make_team("Pier"), *people)
        assert client.get(f"{PAGE}layers/{other.layers.get().pk}/").status_code == 404


class TestNewLayer:
    URL = f"{PAGE}layers/new/"

    def test_offers_a_backup_in_which_nobody_is_both(self, client, layer, people):
        response = client.get(self.URL)
        assert response.context["form"]["name"].value() == "Backup"
        assert response.context["look"].concerns.doubles == []

    def test_is_added(self, client, layer):
        assert client.post(self.URL, shown(client.get(self.URL))).status_code == 302
        assert list(Layer.objects.values_list("name", "rank")) == [("Primary", 1), ("Backup", 2)]

    def test_of_a_name_that_is_there_is_refused_at_the_name(self, client, layer):
        response = client.post(self.URL, shown(client.get(self.URL)) | {"name": "Primary"})
        assert response.status_code == 422 and "name" in response.context["form"].errors

    def test_is_previewed_with_the_layers_that_are_there(self, client, layer):
        response = client.post(self.URL, shown(client.get(self.URL)) | {"preview": "1"})
        assert [row.name for row in response.context["look"].weeks[1].rows] == ["Primary", "Backup"]
        assert Layer.objects.count() == 1


class TestEnding:
    def test_a_layer_is_ended(self, client, rotation, people):
        backup = add_layer(rotation, *people)
        assert client.post(f"{PAGE}layers/{backup.pk}/end/")["Location"] == PAGE
        assert Layer.objects.get(pk=backup.pk).ended_at is not None

    def test_the_only_layer_stays(self, client, layer):
        response = client.post(f"{PAGE}layers/{layer.pk}/end/", follow=True)
        assert "only layer" in response.content.decode() and Layer.objects.get().ended_at is None

    def test_a_layer_that_a_path_calls_stays_and_the_path_is_named(self, client, rotation, people):
        backup = add_layer(rotation, *people)
        call_layer(backup)
        response = client.post(f"{PAGE}layers/{backup.pk}/end/", follow=True)
        assert "Harbour ladder" in response.content.decode()
        assert Layer.objects.get(pk=backup.pk).ended_at is None

    def test_a_rotation_is_ended(self, client, layer):
        assert client.post(f"{PAGE}end/")["Location"] == "/oncall/harbour/"
        assert Rotation.objects.get().ended_at is not None

    def test_a_rotation_that_a_path_calls_stays_and_the_path_is_named(self, client, layer):
        call_layer(layer)
        assert "Harbour ladder" in client.post(f"{PAGE}end/", follow=True).content.decode()
        assert Rotation.objects.get().ended_at is None

    def test_needs_a_post(self, client, layer):
        assert client.get(f"{PAGE}end/").status_code == 405

    def test_an_ended_rotation_cannot_be_changed(self, client, layer):
        client.post(f"{PAGE}end/")
        assert client.get(f"{PAGE}edit/").status_code == 404

    @pytest.mark.parametrize("path", ["edit/", "layers/new/"])
    def test_changing_is_not_for_readers(self, as_user, layer, people, path):
        assert as_user(people[0]).get(PAGE + path).status_code == 403
        assert as_user(people[0]).post(f"{PAGE}end/").status_code == 403


class TestFacts:
    def test_name_expectation_and_check_are_saved(self, client, layer):
        data = {"name": "Night watch", "expects": "hours", "check_hours": "48"}
        assert client.post(f"{PAGE}edit/", data)["Location"] == PAGE
        assert Rotation.objects.filter(**data).exists()

    @pytest.mark.parametrize("hours", ["0", "337", "-1", "x", ""])
    def test_hours_out_of_bounds_are_refused(self, client, layer, hours):
        data = {"name": "Night watch", "expects": "always", "check_hours": hours}
        response = client.post(f"{PAGE}edit/", data)
        assert response.status_code == 422 and "check_hours" in response.context["form"].errors

    def test_a_layer_is_renamed_and_moved(self, client, layer):
        assert client.post(f"{PAGE}layers/{layer.pk}/name/", {"name": "Days", "rank": "3"}).status_code == 302
        assert Layer.objects.get().name == "Days" and Layer.objects.get().rank == 3

    def test_a_layers_name_that_is_there_is_refused(self, client, rotation, layer, people):
        add_layer(rotation, *people)
        response = client.post(f"{PAGE}layers/{layer.pk}/name/", {"name": "Backup", "rank": "1"})
        assert response.status_code == 422 and "already" in response.content.decode()


def test_changes_of_the_same_two_people_are_one(people):
    rotation = make_rotation(make_team("Harbour"), *people[:2], turn_unit="days")
    other = make_rotation(make_team("Pier"), people[1], people[0])
    start = dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC)
    span = Span(start, start + dt.timedelta(days=7))
    before, after = (load_schedule(found, *span).shifts(*span) for found in (rotation, other))
    changes = find_changes(before, after, span)
    assert [(str(change.before), str(change.after)) for change in changes] == [("Ada", "Ben")] * 4
