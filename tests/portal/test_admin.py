"""The admin: open to administrators, and no way around the rules of the pages."""

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import ADMINISTRATOR, APPROVER
from tests.factories import make_active, make_published, make_service, make_team, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def as_admin(as_user):
    return as_user(make_user("root", role=ADMINISTRATOR, is_staff=True))


@pytest.mark.parametrize(
    "name", ["accounts_user", "accounts_team", "oncall_service", "runbooks_runbook", "runbooks_image", "auth_group"]
)
def test_lists_open_for_the_administrator(as_user, name):
    root = make_user("root", role=ADMINISTRATOR, is_staff=True, is_superuser=True)
    make_published(team=make_team("Harbour", root))
    assert as_user(root).get(reverse(f"admin:{name}_changelist")).status_code == 200


def test_somebody_without_the_tick_is_sent_away(as_user):
    assert as_user(make_user("cy", role=APPROVER)).get("/admin/").status_code == 302


def test_a_runbook_is_edited_but_its_versions_are_only_shown(as_admin):
    version = make_active()
    page = as_admin.get(reverse("admin:runbooks_runbook_change", args=[version.runbook_id])).content.decode()
    assert version.get_absolute_url() in page
    assert 'name="versions-0-change_summary"' not in page


def test_a_runbook_cannot_be_deleted_here(as_admin):
    runbook = make_published()
    assert (
        as_admin.post(reverse("admin:runbooks_runbook_delete", args=[runbook.pk]), {"post": "yes"}).status_code == 403
    )


def test_an_administrator_makes_a_person_who_can_log_in(as_admin, client):
    data = {
        "email": "dee@example.com",
        "display_name": "Dee",
        "time_zone": "Europe/Lisbon",
        "usable_password": "true",
        "password1": "pier-and-lantern-7",
        "password2": "pier-and-lantern-7",
        "memberships-TOTAL_FORMS": "0",
        "memberships-INITIAL_FORMS": "0",
    }
    assert as_admin.post(reverse("admin:accounts_user_add"), data).status_code == 302
    assert User.objects.get(email="dee@example.com").check_password("pier-and-lantern-7")


def test_a_dependency_on_itself_comes_back_with_the_reason(as_admin):
    service = make_service()
    data = {
        "name": service.name,
        "slug": service.slug,
        "tier": "3",
        "classification": "internal",
        "links-TOTAL_FORMS": "0",
        "links-INITIAL_FORMS": "0",
        "dependencies-TOTAL_FORMS": "1",
        "dependencies-INITIAL_FORMS": "0",
        "dependencies-0-needs": str(service.pk),
    }
    response = as_admin.post(reverse("admin:oncall_service_change", args=[service.pk]), data)
    assert response.status_code == 200
    assert "depend on itself" in response.content.decode()
