"""The admin: open to those who may, each finding what their role includes, and no way around the rules of the pages."""

import re

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from accounts.admin import TeamAdmin
from accounts.models import Membership, Team
from accounts.roles import APPROVER, EDITOR
from oncall.models import Classification, Dependency, FormerServiceSlug, Service
from tests.factories import make_published, make_service, make_team, make_user
from tests.portal.admin_forms import NO_TEAMS, staff

pytestmark = pytest.mark.django_db

NO_LINKS = {
    "links-TOTAL_FORMS": "0",
    "links-INITIAL_FORMS": "0",
    "dependencies-TOTAL_FORMS": "0",
    "dependencies-INITIAL_FORMS": "0",
    "former_slugs-TOTAL_FORMS": "0",
    "former_slugs-INITIAL_FORMS": "0",
}


def service_data(service, **changed):
    own = {"name": service.name, "slug": service.slug, "tier": "3", "classification": service.classification}
    return own | NO_LINKS | changed


# Who may open it


def test_somebody_without_the_tick_is_told_so(as_user):
    response = as_user(make_user("cy", role=APPROVER)).get("/admin/")
    assert response.status_code == 403


def test_the_admin_has_no_second_login_form(as_user):
    assert as_user(make_user("cy")).get("/admin/login/").status_code == 403
    assert as_user(staff("dee")).get("/admin/login/").url == "/admin/"


def test_logging_out_and_passwords_are_those_of_the_portal(as_admin):
    assert as_admin.get("/admin/logout/").url == "/accounts/logout/"
    assert as_admin.get("/admin/password_change/").url == "/accounts/password/change/"


def test_every_page_says_where_one_is_and_leads_back(as_admin, settings):
    settings.PORTAL_NAME = "Skerry runbooks"
    page = as_admin.get("/admin/").content.decode()
    assert "<title>Administration | Skerry runbooks admin</title>" in page
    assert '<a href="/">Now</a>' in page


@pytest.mark.parametrize(("cookie", "shown"), [("dark", 'data-theme="dark"'), ("light", 'data-theme="light"')])
def test_the_theme_is_the_one_chosen_in_the_portal(as_admin, cookie, shown):
    as_admin.cookies["theme"] = cookie
    assert f'<html lang="en" {shown}>' in as_admin.get("/admin/").content.decode()


@pytest.mark.parametrize("path", ["/admin/", "/admin/accounts/user/", "/admin/oncall/service/add/"])
def test_pages_need_no_unsafe_policy(as_admin, path):
    page = as_admin.get(path).content.decode()
    assert not re.search(r"<script(?![^>]*\bsrc=)", page)
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"", page)


# Services


def test_a_dependency_on_itself_comes_back_with_the_reason(as_admin):
    service = make_service()
    data = service_data(service) | {"dependencies-TOTAL_FORMS": "1", "dependencies-0-needs": str(service.pk)}
    response = as_admin.post(reverse("admin:oncall_service_change", args=[service.pk]), data)
    assert response.status_code == 422
    assert "depend on itself" in response.content.decode()


def test_a_new_address_of_a_service_leaves_the_old_one_leading_there(as_admin):
    service = make_service()
    url = reverse("admin:oncall_service_change", args=[service.pk])
    assert as_admin.post(url, service_data(service, slug="pier-desk")).status_code == 302
    assert FormerServiceSlug.objects.get().slug == "ticket-desk"
    assert "ticket-desk" in as_admin.get(url).content.decode()


def test_an_editor_changes_a_service(as_user):
    service = make_service()
    url = reverse("admin:oncall_service_change", args=[service.pk])
    assert as_user(staff("dee", role=EDITOR)).post(url, service_data(service, slo="99.9 %")).status_code == 302
    assert Service.objects.get().slo == "99.9 %"


def test_nobody_hides_a_service_from_themselves(as_user):
    service = make_service()
    url = reverse("admin:oncall_service_change", args=[service.pk])
    response = as_user(staff("dee", role=EDITOR)).post(url, service_data(service, classification="confidential"))
    assert response.status_code == 422
    assert "You would not see it any more yourself" in response.content.decode()
    assert Service.objects.get().classification == Classification.INTERNAL


@pytest.fixture
def secret(db):
    return make_service("Vault", classification=Classification.CONFIDENTIAL, team=make_team("Keepers"))


def test_a_confidential_service_does_not_exist_for_staff_outside_the_team(as_user, secret):
    client = as_user(staff("dee", role=EDITOR))
    make_published("Plain")
    for path in (
        reverse("admin:oncall_service_changelist"),
        reverse("admin:runbooks_runbook_changelist"),
        reverse("admin:runbooks_runbook_add"),
        "/admin/",
    ):
        assert "Vault" not in client.get(path).content.decode()
    assert client.get(reverse("admin:oncall_service_change", args=[secret.pk])).status_code == 302
    assert client.get(reverse("admin:oncall_service_history", args=[secret.pk])).status_code == 302
    asked = {"app_label": "runbooks", "model_name": "runbook", "field_name": "service", "term": "vau"}
    assert client.get(reverse("admin:autocomplete"), asked).json()["results"] == []


def test_a_confidential_service_is_found_by_its_team(as_user, secret):
    dee = staff("dee", role=EDITOR)
    Membership.objects.create(user=dee, team=secret.team)
    asked = {"app_label": "runbooks", "model_name": "runbook", "field_name": "service", "term": "vau"}
    assert [r["text"] for r in as_user(dee).get(reverse("admin:autocomplete"), asked).json()["results"]] == ["Vault"]


def test_a_dependency_on_a_confidential_service_is_not_shown_and_stays(as_user, secret):
    desk = make_service()
    Dependency.objects.create(service=desk, needs=secret)
    dee = staff("dee", role=EDITOR)
    for name in ("view", "add", "change"):
        dee.user_permissions.add(dee.user_permissions.model.objects.get(codename=f"{name}_dependency"))
    client = as_user(dee)
    url = reverse("admin:oncall_service_change", args=[desk.pk])
    assert "Vault" not in client.get(url).content.decode()
    assert client.post(url, service_data(desk, slo="99 %")).status_code == 302
    assert Dependency.objects.filter(service=desk, needs=secret).exists()


def test_no_address_tells_the_page_of_a_row_one_may_not_know_of(as_user, secret):
    assert as_user(staff("dee")).get(f"/admin/r/1/{secret.pk}/").status_code == 404


def test_view_on_site_leads_to_the_page(as_admin):
    service = make_service()
    page = as_admin.get(reverse("admin:oncall_service_change", args=[service.pk])).content.decode()
    assert f'href="{service.get_absolute_url()}"' in page


@pytest.mark.parametrize("name", ["accounts_user", "accounts_team", "oncall_service"])
def test_lists_take_as_many_queries_for_many_rows_as_for_few(as_admin, django_assert_max_num_queries, name):
    def fill(numbers):
        for n in numbers:
            team = make_team(f"Team {n}", make_user(f"p{n}"))
            make_service(f"Service {n}", team=team)

    fill(range(2))
    path = reverse(f"admin:{name}_changelist")
    as_admin.get(path)
    with django_assert_max_num_queries(14) as few:
        as_admin.get(path)
    fill(range(2, 20))
    with django_assert_max_num_queries(len(few)):
        as_admin.get(path)


def test_a_team_takes_as_many_queries_with_many_people_as_with_few(as_admin, django_assert_max_num_queries):
    team = make_team("Harbour", *(make_user(f"p{n}") for n in range(2)))
    path = reverse("admin:accounts_team_change", args=[team.pk])
    assert "P1" in as_admin.get(path).content.decode()
    with django_assert_max_num_queries(10) as few:
        as_admin.get(path)
    Membership.objects.bulk_create(Membership(team=team, user=make_user(f"p{n}")) for n in range(2, 20))
    with django_assert_max_num_queries(len(few)):
        as_admin.get(path)


# Somebody was faster


class Raced(TeamAdmin):
    """The team pages, where somebody else always takes the address between the look at the form and the save."""

    def save_model(self, request, obj, form, change):
        Team.objects.bulk_create([Team(name="Faster", slug=obj.slug)])
        super().save_model(request, obj, form, change)


def test_what_the_database_refuses_comes_back_on_the_form_and_nothing_stays(rf):
    request = rf.post(
        "/admin/accounts/team/add/", {"name": "Harbour", "slug": "harbour", "time_zone": "UTC"} | NO_TEAMS
    )
    request.user, request._dont_enforce_csrf_checks = staff(is_superuser=True), True
    response = Raced(Team, admin.site).add_view(request)
    response.render()
    assert response.status_code == 422
    assert "somebody was faster" in response.content.decode()
    assert 'value="harbour"' in response.content.decode()
    assert not Team.objects.exists() and not LogEntry.objects.exists()
