"""People: login, roles, teams, settings."""

import re
from itertools import pairwise
from pathlib import Path

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from accounts.roles import ADMINISTRATOR, APPROVER, EDITOR, READER, RESPONDER, ROLES, ensure_roles, permissions_of
from accounts.services import add_member, create_person, ensure_team
from tests.factories import PASSWORD, make_team, make_user, reload_user

pytestmark = pytest.mark.django_db


def test_the_five_roles_exist_after_migration():
    assert set(Group.objects.values_list("name", flat=True)) == {
        "Reader",
        "Responder",
        "Editor",
        "Approver",
        "Administrator",
    }


def test_each_role_includes_the_one_before():
    for lower, higher in pairwise(ROLES):
        assert permissions_of(lower) <= permissions_of(higher)


@pytest.mark.parametrize(
    ("permission", "first_role"),
    [
        ("runbooks.view_runbook", READER),
        ("runbooks.change_runbook", EDITOR),
        ("runbooks.approve_runbookversion", APPROVER),
        ("runbooks.retire_runbook", APPROVER),
        ("accounts.change_user", ADMINISTRATOR),
        ("runbooks.view_confidential_runbook", ADMINISTRATOR),
    ],
)
def test_who_may_do_what(permission, first_role):
    allowed = [role for role in ROLES if make_user(role.lower(), role=role).has_perm(permission)]
    assert allowed == list(ROLES[ROLES.index(first_role) :])


def test_a_permission_taken_from_a_role_by_hand_comes_back_with_the_next_migration():
    Group.objects.get(name=READER).permissions.clear()
    ensure_roles()
    assert make_user("ada", role=READER).has_perm("runbooks.view_runbook")


def test_the_roles_table_in_the_docs_says_what_the_code_says():
    text = (Path(settings.BASE_DIR) / "docs" / "roles.md").read_text()
    rows = re.findall(r"^\| `([a-z_.]+)` \|(.*)\|$", text, re.M)
    documented = {
        name: [role for role, mark in zip(ROLES, cells.split("|"), strict=False) if mark.strip()]
        for name, cells in rows
    }
    actual = {
        permission: [role for role in ROLES if permission in permissions_of(role)]
        for permission in permissions_of(ADMINISTRATOR)
    }
    assert documented == actual


def test_permissions_and_teams_come_with_the_person_in_one_query(django_assert_num_queries):
    ada = make_user("ada", role=RESPONDER)
    team = make_team("Harbour", ada)
    with django_assert_num_queries(1):
        person = reload_user(ada)
        assert person.has_perm("runbooks.view_runbook")
        assert not person.has_perm("runbooks.change_runbook")
        assert person.get_team_ids() == [team.pk]


def test_a_deactivated_person_may_do_nothing():
    ada = make_user("ada", role=ADMINISTRATOR)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    assert not reload_user(ada).has_perm("runbooks.view_runbook")


def test_a_deactivated_person_is_logged_out_at_once(ada, as_ada):
    User.objects.update(is_active=False)
    assert as_ada.get("/").status_code == 302


def test_e_mail_addresses_that_differ_in_case_are_one():
    make_user("ada")
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create_user("ADA@example.com", display_name="Other")


def test_a_time_zone_has_to_exist():
    with pytest.raises(ValidationError, match="is not a time zone"):
        create_person("ada@example.com", "Ada", role=READER, time_zone="Europe/Atlantis")


@pytest.mark.parametrize(
    ("name", "initials"), [("Ada Winter", "AW"), ("Ada", "A"), ("Ada van der Berg", "AB"), ("", "AE")]
)
def test_initials(name, initials):
    assert User(display_name=name, email="ada@example").initials == initials


def test_a_team_is_found_by_name_whatever_the_case():
    team = ensure_team("Harbour Crew")
    assert ensure_team("harbour crew ") == team


def test_teams_whose_names_slug_alike_get_slugs_of_their_own():
    slugs = [ensure_team(name).slug for name in ("Pier 1", "Pier-1", "Pier: 1", "灯台")]
    assert slugs == ["pier-1", "pier-1-2", "pier-1-3", "team"]


def test_a_person_is_in_a_team_once(ada):
    team = make_team("Harbour", ada)
    add_member(team, ada, is_lead=True)
    assert list(team.memberships.values_list("is_lead", flat=True)) == [True]


class TestLogin:
    def log_in(self, client, **data):
        return client.post("/accounts/login/", {"login": "ada@example.com", "password": PASSWORD} | data)

    def test_right_password_opens_the_page_that_was_asked_for(self, ada):
        client = Client()
        response = client.post(
            "/accounts/login/?next=/services/", {"login": "ADA@example.com", "password": PASSWORD, "next": "/services/"}
        )
        assert (response.status_code, response["Location"]) == (302, "/services/")

    def test_wrong_password_shows_the_form_again_and_does_not_say_which_was_wrong(self, ada):
        wrong = self.log_in(Client(), password="wrong")
        unknown = self.log_in(Client(), login="nobody@example.com")
        assert [r.status_code for r in (wrong, unknown)] == [200, 200]
        (error,), (other,) = (r.context["form"].non_field_errors() for r in (wrong, unknown))
        assert error == other

    def test_a_foreign_address_is_not_followed(self, ada):
        client = Client()
        response = client.post(
            "/accounts/login/", {"login": "ada@example.com", "password": PASSWORD, "next": "https://evil.example/"}
        )
        assert response["Location"] == "/"

    def test_nobody_signs_up_by_themselves(self):
        client = Client()
        client.post("/accounts/signup/", {"email": "cy@example.com", "password1": PASSWORD})
        assert not User.objects.exists()

    def test_the_login_page_offers_no_sign_up(self):
        page = Client().get("/accounts/login/").content.decode()
        assert "signup" not in page and "Sign up" not in page

    def test_many_wrong_passwords_are_slowed_down(self, ada):
        client = Client()
        answers = [self.log_in(client, password=f"wrong {n}") for n in range(12)]
        assert "Too many" in answers[-1].content.decode() or answers[-1].status_code == 429

    def test_logging_out_takes_a_post(self, as_ada):
        as_ada.get("/accounts/logout/")
        assert as_ada.get("/").status_code == 200
        as_ada.post("/accounts/logout/")
        assert as_ada.get("/").status_code == 302

    def test_a_changed_password_works_and_the_old_one_does_not(self, ada, as_ada):
        new = "a much longer lighthouse"
        data = {"oldpassword": PASSWORD, "password1": new, "password2": new}
        assert as_ada.post("/accounts/password/change/", data).status_code == 302
        ada.refresh_from_db()
        assert ada.check_password(new) and not ada.check_password(PASSWORD)

    def test_a_common_password_is_refused(self, ada, as_ada):
        data = {"oldpassword": PASSWORD, "password1": "password", "password2": "password"}
        assert "too common" in as_ada.post("/accounts/password/change/", data).content.decode()


class TestSettings:
    def test_a_person_changes_name_and_time_zone(self, ada, as_ada):
        response = as_ada.post("/accounts/settings/", {"display_name": "Ada W.", "time_zone": "Pacific/Auckland"})
        ada.refresh_from_db()
        assert (response.status_code, ada.display_name, ada.time_zone) == (302, "Ada W.", "Pacific/Auckland")

    def test_a_wrong_time_zone_comes_back_with_the_reason(self, as_ada):
        response = as_ada.post("/accounts/settings/", {"display_name": "Ada", "time_zone": "Mars/Crater"})
        assert response.status_code == 422
        assert "is not a time zone" in response.content.decode()

    def test_times_are_shown_in_the_readers_zone(self, ada, as_ada):
        User.objects.update(time_zone="Asia/Kolkata")
        assert "IST" in as_ada.get("/").content.decode()
