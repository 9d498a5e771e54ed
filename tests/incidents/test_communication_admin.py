"""Templates of updates, updates and maintenance in the admin, through the same services as on the pages."""

from __future__ import annotations

import pytest
from django.utils import timezone

from accounts.roles import ADMINISTRATOR, APPROVER, RESPONDER
from incidents.models import IncidentUpdate, MaintenanceWindow, UpdateTemplate
from incidents.services.maintenance import cancel_window
from tests.factories import NOW, make_incident, make_service, make_team, make_user
from tests.incidents.updates import make_window, send

pytestmark = pytest.mark.django_db
TEXTS = {
    "name": "Ours",
    "kind": "update",
    "audience": "everybody",
    "subject": "S",
    "markdown": "Text",
    "is_offered": "on",
}


@pytest.fixture(autouse=True)
def _now(monkeypatch):
    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def dee():
    return make_user("dee", role=ADMINISTRATOR, is_staff=True)


@pytest.fixture
def as_dee(dee, as_user):
    return as_user(dee)


def window_words(service, **values: object) -> dict[str, object]:
    return {
        "title": "New winch",
        "services": [service.pk],
        "start_0": "2026-11-24",
        "start_1": "10:00:00",
        "end_0": "2026-11-24",
        "end_1": "12:00:00",
        "impact": "Gates stay shut.",
    } | values


def test_a_template_is_added_changed_and_deleted(as_dee):
    assert as_dee.post("/admin/incidents/updatetemplate/add/", TEXTS).status_code == 302
    template = UpdateTemplate.objects.get(name="Ours")
    path = f"/admin/incidents/updatetemplate/{template.pk}/"
    assert as_dee.post(f"{path}change/", TEXTS | {"name": "Our own"}).status_code == 302
    assert as_dee.post(f"{path}delete/", {"post": "yes"}).status_code == 302
    assert not UpdateTemplate.objects.filter(pk=template.pk).exists()


def test_a_credential_in_a_template_comes_back_on_the_form(as_dee):
    page = as_dee.post("/admin/incidents/updatetemplate/add/", TEXTS | {"markdown": "AKIA" + "IOSFODNN7EXAMPLQ"})
    assert page.status_code == 422
    assert b"looks like a credential" in page.content


def test_an_update_is_only_looked_at(as_dee, dee):
    update = send(make_incident(), dee)
    path = f"/admin/incidents/incidentupdate/{update.pk}/"
    assert as_dee.get(f"{path}change/").status_code == 200
    assert as_dee.post(f"{path}change/", {"subject": "Another"}).status_code == 403
    assert as_dee.post(f"{path}delete/", {"post": "yes"}).status_code == 403
    assert IncidentUpdate.objects.get().subject == "Tickets"


def test_updates_of_confidential_incidents_are_not_listed(as_user, dee):
    cy = make_user("cy", role=APPROVER, is_staff=True)
    send(make_incident("Leak", make_service("Vault", classification="confidential")), dee, subject="Leaked")
    assert b"Leaked" not in as_user(cy).get("/admin/incidents/incidentupdate/").content


def test_a_window_is_planned_and_changed_by_the_services(as_dee):
    desk = make_service(team=make_team())
    page = as_dee.post("/admin/incidents/maintenancewindow/add/", window_words(desk))
    assert page.status_code == 302, page.context["adminform"].form.errors
    window = MaintenanceWindow.objects.get()
    assert (window.team, list(window.services.all())) == (desk.team, [desk])
    path = f"/admin/incidents/maintenancewindow/{window.pk}/change/"
    assert as_dee.get(path).status_code == 200
    assert as_dee.post(path, window_words(desk, title="Other winch")).status_code == 302
    window.refresh_from_db()
    assert window.title == "Other winch"


def test_what_the_service_refuses_comes_back_on_the_form(as_dee):
    page = as_dee.post("/admin/incidents/maintenancewindow/add/", window_words(make_service(), end_1="09:00:00"))
    assert page.status_code == 422
    assert b"The end must come after the start." in page.content


def test_a_window_that_was_called_off_stays_as_it_was(as_dee, dee):
    desk = make_service()
    window = make_window(dee, desk)
    cancel_window(window, "Storm", user=dee, now=NOW)
    path = f"/admin/incidents/maintenancewindow/{window.pk}/"
    assert as_dee.get(f"{path}change/").status_code == 200
    assert as_dee.post(f"{path}change/", window_words(desk)).status_code == 403
    assert as_dee.post(f"{path}delete/", {"post": "yes"}).status_code == 403


def test_a_responder_looks_at_a_window_of_others(as_user, dee):
    ben = make_user("ben", role=RESPONDER, is_staff=True)
    window = make_window(dee, make_service())
    assert as_user(ben).get(f"/admin/incidents/maintenancewindow/{window.pk}/change/").status_code == 200
    reader = make_user("cy", is_staff=True)
    assert as_user(reader).get(f"/admin/incidents/maintenancewindow/{window.pk}/change/").status_code == 200
