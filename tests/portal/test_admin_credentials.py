"""Credentials are refused in the admin too, and approvers allow lines that are none."""

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse

from accounts.roles import APPROVER
from oncall.models import Classification
from runbooks.models import (
    AllowedLine,
    Runbook,
    RunbookTemplate,
)
from tests.factories import (
    NOW,
    TEXT,
    make_active,
    make_published,
    make_service,
    make_team,
    make_user,
)
from tests.portal.admin_forms import ADD, change_url, form_data

pytestmark = pytest.mark.django_db


PASSWORD_LINE = "export DB_PASS" + "WORD=" + "q7Lk" + "Zr29vTx4"


def test_a_text_with_a_credential_is_refused_with_its_line_and_never_saved(as_dee):
    runbook = make_active().runbook
    response = as_dee.post(
        change_url(runbook), form_data(runbook, title="New", markdown=f"{TEXT}\r\n{PASSWORD_LINE}\r\n")
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "looks like a credential: line" in page
    assert page.count("q7LkZr29vTx4") == 1  # in the person's own field
    runbook.refresh_from_db()
    assert runbook.title == "Ticket desk" and runbook.versions.count() == 1


def test_a_new_runbook_and_a_template_with_a_credential_are_refused(as_dee):
    data = {
        "service": make_service().pk,
        "title": "A",
        "kind": "service",
        "markdown": f"# A\r\n\r\n{PASSWORD_LINE}\r\n",
    }
    assert as_dee.post(ADD, data).status_code == 422
    template = {"name": "Leaky form", "kind": "service", "markdown": f"# A\r\n\r\n{PASSWORD_LINE}\r\n"}
    assert as_dee.post("/admin/runbooks/runbooktemplate/add/", template).status_code == 422
    assert not Runbook.objects.exists() and not RunbookTemplate.objects.filter(name="Leaky form").exists()


def allow(client, **changed):
    data = {"line": PASSWORD_LINE, "runbook": "", "reason": "A sample of the vendor"} | changed
    return client.post("/admin/runbooks/allowedline/add/", data)


@pytest.fixture
def as_approver(as_user):
    return as_user(make_user("fay", role=APPROVER, is_staff=True))


def test_an_approver_allows_a_line_and_only_its_print_is_kept(as_approver, as_dee):
    runbook = make_active().runbook
    assert allow(as_approver, runbook=runbook.pk).status_code == 302
    row = AllowedLine.objects.get()
    assert row.allowed_by.display_name == "Fay" and row.runbook == runbook
    assert "q7LkZr29vTx4" not in str(AllowedLine.objects.values().get()) + str(LogEntry.objects.values().get())
    saved = as_dee.post(change_url(runbook), form_data(runbook, markdown=f"{TEXT}\r\n{PASSWORD_LINE}\r\n"))
    assert saved.status_code == 302
    url = reverse("admin:runbooks_allowedline_change", args=[row.pk])
    assert "A sample of the vendor" in as_approver.get(url).content.decode()
    assert as_approver.post(url, {"reason": "Other"}).status_code == 403


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"line": "kubectl get pods"}, "does not look like a credential"),
        ({"line": ""}, "This field is required."),
        ({"reason": "  "}, "This field is required."),
        ({"reason": PASSWORD_LINE}, "looks like a credential itself"),
    ],
)
def test_a_line_that_cannot_be_allowed_comes_back_with_the_reason(as_approver, changed, said):
    response = allow(as_approver, **changed)
    assert response.status_code == 422
    assert said in response.content.decode()
    assert not AllowedLine.objects.exists()


def test_an_editor_allows_nothing(as_dee):
    assert allow(as_dee).status_code == 403


def test_lines_allowed_in_a_confidential_runbook_are_not_listed(as_approver):
    secret = make_published("Vault keys", classification=Classification.CONFIDENTIAL, team=make_team("Keepers"))
    AllowedLine.objects.create(
        runbook=secret,
        fingerprint="f" * 64,
        kind="password",
        reason="Vault",
        allowed_by=make_user("gus"),
        allowed_at=NOW,
    )
    assert "Vault" not in as_approver.get("/admin/runbooks/allowedline/").content.decode()
    assert allow(as_approver, runbook=secret.pk).status_code == 422
