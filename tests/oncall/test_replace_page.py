"""The page that replaces a person, and the admin that asks for it before an account is deleted or switched off."""

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import ADMINISTRATOR, EDITOR
from oncall.models import PlanMember
from tests.factories import make_rotation, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ben():
    return make_user("ben", role=EDITOR)


@pytest.fixture
def rotation(ada, ben):
    return make_rotation(make_team("Harbour", ada, ben), ada)


@pytest.fixture
def as_admin(as_user):
    return as_user(make_user("root", role=ADMINISTRATOR, is_staff=True))


def page_of(person):
    return reverse("oncall:replace_person", args=[person.pk])


def test_an_editor_sees_where_a_person_is_needed(as_user, ada, ben, rotation):
    text = as_user(ben).get(page_of(ada)).text
    assert f'<a class="row__title" href="{rotation.get_absolute_url()}">Harbour, On call: Primary</a>' in text


def test_an_editor_replaces_a_person(as_user, ada, ben, rotation):
    response = as_user(ben).post(page_of(ada), {"by": ben.pk}, follow=True)
    assert "Ben takes over from Ada in 1 place, from now on." in response.text
    assert "Nobody would miss them" in response.text
    assert PlanMember.objects.filter(person=ben).exists()


def test_a_reader_gets_403(as_ada, ben):
    assert as_ada.get(page_of(ben)).status_code == 403


def test_nobody_of_that_number_is_404(as_user, ben):
    assert as_user(ben).get("/people/999999/replace/").status_code == 404


@pytest.mark.parametrize("value", ["", "0", "x"])
def test_a_choice_that_is_none_is_refused_in_the_form(as_user, ada, ben, rotation, value):
    assert as_user(ben).post(page_of(ada), {"by": value}).status_code == 422


def test_a_person_can_not_take_over_from_themselves(as_user, ada, ben, rotation):
    response = as_user(ben).post(page_of(ada), {"by": ada.pk})
    assert response.status_code == 422
    assert "themselves" in response.text


def test_somebody_who_left_is_not_offered(as_user, ada, ben, rotation):
    cy = make_user("cy", is_active=False)
    assert as_user(ben).post(page_of(ada), {"by": cy.pk}).status_code == 422


def change(client, person, **fields):
    data = {
        "email": person.email,
        "display_name": person.display_name,
        "time_zone": person.time_zone,
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    }
    return client.post(reverse("admin:accounts_user_change", args=[person.pk]), data | fields)


def test_the_admin_does_not_switch_off_somebody_who_is_in_a_rotation(as_admin, ada, rotation):
    response = change(as_admin, ada)
    assert response.status_code == 422
    assert "Ada is still needed" in response.text
    assert f'href="{page_of(ada)}"' in response.text
    assert User.objects.get(pk=ada.pk).is_active


def test_the_admin_changes_what_else_there_is_of_them(as_admin, ada, rotation):
    assert change(as_admin, ada, is_active="on", display_name="Ada Winter").status_code == 302


def test_the_admin_switches_off_somebody_who_is_needed_nowhere(as_admin, ben):
    assert change(as_admin, ben).status_code == 302
    assert not User.objects.get(pk=ben.pk).is_active


def test_the_admin_does_not_delete_somebody_who_is_in_a_rotation(as_admin, ada, rotation):
    address = reverse("admin:accounts_user_delete", args=[ada.pk])
    assert f'href="{page_of(ada)}"' in as_admin.get(address).text
    as_admin.post(address, {"post": "yes"})
    assert User.objects.filter(pk=ada.pk).exists()


def test_the_bulk_action_does_not_either(as_admin, ada, ben, rotation):
    data = {"action": "delete_selected", "_selected_action": [ada.pk, ben.pk], "post": "yes"}
    response = as_admin.post(reverse("admin:accounts_user_changelist"), data)
    assert "Ada is still needed" in response.text
    assert User.objects.filter(pk__in=[ada.pk, ben.pk]).count() == 2


def test_a_hostile_name_is_only_a_name_there(as_admin, ada, rotation):
    ada.display_name = "<script>alert(1)</script>"
    ada.save()
    assert "<script>alert(1)" not in as_admin.get(reverse("admin:accounts_user_delete", args=[ada.pk])).text
