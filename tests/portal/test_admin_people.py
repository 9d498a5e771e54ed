"""People, teams and roles in the admin."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from accounts.models import Membership, User
from accounts.roles import EDITOR
from tests.factories import PASSWORD, make_published, make_service, make_team, make_user, reload_user
from tests.portal.admin_forms import NO_TEAMS, staff

pytestmark = pytest.mark.django_db


def test_an_administrator_makes_a_person_who_can_log_in(as_admin):
    data = {
        "email": "dee@example.com",
        "display_name": "Dee",
        "time_zone": "Europe/Lisbon",
        "usable_password": "true",
        "password1": "pier-and-lantern-7",
        "password2": "pier-and-lantern-7",
    }
    assert as_admin.post(reverse("admin:accounts_user_add"), data | NO_TEAMS).status_code == 302
    assert User.objects.get(email="dee@example.com").check_password("pier-and-lantern-7")


def person_data(person, **changed):
    own = {"email": person.email, "display_name": person.display_name, "time_zone": "UTC", "is_active": "on"}
    return own | NO_TEAMS | changed


def test_an_administrator_gives_a_person_a_role(as_admin):
    ben = make_user("ben")
    role = ben.groups.model.objects.get(name=EDITOR)
    url = reverse("admin:accounts_user_change", args=[ben.pk])
    assert as_admin.post(url, person_data(ben, groups=[role.pk])).status_code == 302
    assert reload_user(ben).has_perm("runbooks.change_runbook")


def test_an_administrator_can_let_nobody_do_everything(as_admin):
    ben = make_user("ben")
    as_admin.post(reverse("admin:accounts_user_change", args=[ben.pk]), person_data(ben, is_superuser="on"))
    assert not User.objects.get(pk=ben.pk).is_superuser


@pytest.mark.parametrize("page", ["admin:accounts_user_change", "admin:auth_user_password_change"])
def test_an_administrator_cannot_take_over_an_account_that_may_do_everything(as_admin, page):
    chief = make_user("chief", is_superuser=True)
    data = person_data(chief, password1="pier-and-lantern-7", password2="pier-and-lantern-7", usable_password="true")
    assert as_admin.post(reverse(page, args=[chief.pk]), data).status_code == 403
    assert User.objects.get(pk=chief.pk).check_password(PASSWORD)


def test_an_unknown_time_zone_comes_back_with_the_reason(as_admin):
    ben = make_user("ben")
    response = as_admin.post(
        reverse("admin:accounts_user_change", args=[ben.pk]), person_data(ben, time_zone="Atlantis/Quay")
    )
    assert response.status_code == 422
    assert "Atlantis/Quay is not one of the available choices" in response.content.decode()


def test_a_person_without_a_history_can_be_deleted(as_admin):
    ben = make_user("ben")
    as_admin.post(reverse("admin:accounts_user_delete", args=[ben.pk]), {"post": "yes"})
    assert not User.objects.filter(pk=ben.pk).exists()


def test_deleting_a_person_who_did_something_here_is_refused(as_root, as_user):
    dee = staff("dee")
    as_user(dee).post(
        reverse("admin:accounts_team_add"), {"name": "Harbour", "slug": "harbour", "time_zone": "UTC"} | NO_TEAMS
    )
    response = as_root.post(reverse("admin:accounts_user_delete", args=[dee.pk]), {"post": "yes"})
    assert "has a history here" in response.content.decode()
    assert User.objects.filter(pk=dee.pk).exists() and LogEntry.objects.filter(user=dee).exists()


def test_a_person_is_put_into_a_team_beside_it(as_admin):
    ben, team = make_user("ben"), make_team("Harbour")
    data = {"name": team.name, "slug": team.slug, "time_zone": "Europe/Lisbon"} | {
        "memberships-TOTAL_FORMS": "1",
        "memberships-INITIAL_FORMS": "0",
        "memberships-0-user": str(ben.pk),
        "memberships-0-team": str(team.pk),
        "memberships-0-is_lead": "on",
    }
    assert as_admin.post(reverse("admin:accounts_team_change", args=[team.pk]), data).status_code == 302
    assert Membership.objects.get(user=ben, team=team).is_lead


def test_a_team_that_owns_something_stays_and_says_what_needs_it(as_admin):
    team = make_team("Harbour")
    make_service(team=team)
    response = as_admin.post(reverse("admin:accounts_team_delete", args=[team.pk]), {"post": "yes"})
    assert "protected related objects" in response.content.decode()


def test_a_service_with_runbooks_stays_and_says_what_needs_it(as_admin):
    service = make_published("Desk rules").service
    response = as_admin.post(reverse("admin:oncall_service_delete", args=[service.pk]), {"post": "yes"})
    assert "protected related objects" in response.content.decode()
    assert "Desk rules" in response.content.decode()


def test_roles_are_shown_and_not_changed_here(as_root):
    role = make_user("ben").groups.get()
    url = reverse("admin:auth_group_change", args=[role.pk])
    assert as_root.get(url).status_code == 200
    assert as_root.post(url, {"name": "Captain"}).status_code == 403
