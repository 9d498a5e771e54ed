"""Rotations, overrides, swaps, absences and planned gaps in the admin: to look at, with the few fields that may change."""

import datetime as dt

import pytest
from django.urls import reverse

from accounts.roles import ADMINISTRATOR, EDITOR, READER, RESPONDER
from oncall.models import Absence, Override, PlannedGap, Rotation, Swap
from tests.factories import NOW, add_layer, make_rotation, make_team, make_user

pytestmark = pytest.mark.django_db
DAY = dt.timedelta(days=1)
LISTS = ("rotation", "override", "swap", "absence", "plannedgap")


@pytest.fixture
def rotation():
    """A rotation with one of everything that differs from its plan."""
    dee, eve = make_user("dee"), make_user("eve")
    rotation = make_rotation(make_team("Harbour", dee), dee, eve)
    layer, during = rotation.layers.get(), (NOW, NOW + DAY)
    swap = Swap.objects.create(asker=dee, colleague=eve, layer=layer, during=during, asked_at=NOW)
    Override.objects.create(layer=layer, person=eve, during=during, reason="Dentist", swap=swap, created_at=NOW)
    Absence.objects.create(person=dee, during=during, reason="Hills", created_at=NOW)
    PlannedGap.objects.create(rotation=rotation, during=during, reason="No ships", marked_at=NOW)
    return rotation


@pytest.fixture
def as_staff(as_user):
    return lambda role: as_user(make_user("sue", role=role, is_staff=True))


def change_url(rotation):
    return reverse("admin:oncall_rotation_change", args=[rotation.pk])


def form_data(rotation, **changed):
    inline = {f"layers-{name}_FORMS": "0" for name in ("TOTAL", "INITIAL")}
    data = {"name": rotation.name, "expects": rotation.expects, "check_hours": rotation.check_hours}
    return data | inline | changed


@pytest.mark.parametrize(
    ("role", "opened"),
    [
        (READER, {"rotation"}),
        (RESPONDER, {"rotation", "override"}),
        (EDITOR, {"rotation", "override", "plannedgap"}),
        (ADMINISTRATOR, set(LISTS)),
    ],
)
def test_each_role_opens_the_lists_it_includes(rotation, as_staff, role, opened):
    client = as_staff(role)
    answers = {name: client.get(reverse(f"admin:oncall_{name}_changelist")).status_code for name in LISTS}
    assert {name for name, status in answers.items() if status == 200} == opened
    assert set(answers.values()) <= {200, 403}


@pytest.mark.parametrize("model", [Override, Swap, Absence, PlannedGap])
def test_each_row_has_a_page_to_look_at_and_nothing_to_change(rotation, as_staff, model):
    client, row = as_staff(ADMINISTRATOR), model.objects.get()
    url = reverse(f"admin:oncall_{model._meta.model_name}_change", args=[row.pk])
    assert "17 Nov 2026, 03:14" in client.get(url).content.decode()
    assert client.post(url, {"reason": "Other"}).status_code == 403
    assert client.post(url.replace("change", "delete"), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_lists_can_be_searched_and_filtered(rotation, as_staff, name):
    url = reverse(f"admin:oncall_{name}_changelist")
    client = as_staff(ADMINISTRATOR)
    for query in ({"q": "harbour '\"%"}, {"state": "all"}, {"state": "ended"}):
        assert client.get(url, query).status_code in {200, 302}


def test_the_page_of_a_rotation_shows_its_layers_with_the_plan_in_force(rotation, as_staff):
    page = as_staff(EDITOR).get(change_url(rotation)).content.decode()
    assert "1 week each, hand-over at 09:00 (Europe/Lisbon): Dee, Eve" in page
    assert reverse("oncall:layer", args=["harbour", rotation.slug, rotation.layers.get().pk]) in page


def test_an_editor_changes_the_name_and_what_is_expected(rotation, as_staff):
    client = as_staff(EDITOR)
    response = client.post(change_url(rotation), form_data(rotation, name="Ships", expects="hours", check_hours=48))
    rotation.refresh_from_db()
    assert response.status_code == 302
    assert (rotation.name, rotation.expects, rotation.check_hours) == ("Ships", "hours", 48)


def test_a_name_that_is_taken_comes_back_with_the_reason(rotation, as_staff):
    other = make_rotation(rotation.team, name="Ships")
    response = as_staff(EDITOR).post(change_url(rotation), form_data(rotation, name=other.name))
    assert response.status_code == 422
    assert Rotation.objects.get(pk=rotation.pk).name == "On call"


def test_readers_look_and_change_nothing(rotation, as_staff):
    client = as_staff(READER)
    assert client.get(change_url(rotation)).status_code == 200
    assert client.post(change_url(rotation), form_data(rotation, name="Ships")).status_code == 403


def test_a_rotation_that_ended_is_only_looked_at(rotation, as_staff):
    Rotation.objects.update(ended_at=NOW)
    client = as_staff(EDITOR)
    url = reverse("admin:oncall_rotation_changelist")
    assert change_url(rotation) not in client.get(url).content.decode()
    assert change_url(rotation) in client.get(url, {"state": "ended"}).content.decode()
    assert client.post(change_url(rotation), form_data(rotation, name="Ships")).status_code == 403


def test_nothing_is_added_or_deleted_here(rotation, as_staff):
    client = as_staff(ADMINISTRATOR)
    assert client.get(reverse("admin:oncall_rotation_add")).status_code == 403
    assert client.get(reverse("admin:oncall_rotation_delete", args=[rotation.pk])).status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_lists_take_as_many_queries_for_many_rows_as_for_few(as_staff, name, django_assert_max_num_queries):
    def fill(numbers):
        for number in numbers:
            one, other = make_user(f"a{number}"), make_user(f"b{number}")
            rotation = make_rotation(make_team(f"Team {number}"), one, other)
            layer, during = rotation.layers.get(), (NOW, NOW + DAY)
            Swap.objects.create(asker=one, colleague=other, layer=layer, during=during, asked_at=NOW)
            Override.objects.create(layer=layer, person=other, during=during, created_at=NOW)
            Absence.objects.create(person=one, during=during, created_at=NOW)
            PlannedGap.objects.create(rotation=rotation, during=during, reason="Meant", marked_at=NOW)

    client, url = as_staff(ADMINISTRATOR), reverse(f"admin:oncall_{name}_changelist")
    fill(range(2))
    client.get(url)
    with django_assert_max_num_queries(16) as few:
        client.get(url)
    fill(range(2, 12))
    with django_assert_max_num_queries(len(few)):
        client.get(url)


def test_a_rotation_takes_as_many_queries_with_many_layers_as_with_few(
    rotation, as_staff, django_assert_max_num_queries
):
    client = as_staff(ADMINISTRATOR)
    client.get(change_url(rotation))
    with django_assert_max_num_queries(16) as few:
        client.get(change_url(rotation))
    for number in range(6):
        add_layer(rotation, make_user(f"p{number}"), name=f"Layer {number}")
    with django_assert_max_num_queries(len(few)):
        client.get(change_url(rotation))
