"""Somebody for the admin, and its form of a runbook as a browser sends it."""

from django.urls import reverse

from accounts.roles import ADMINISTRATOR
from runbooks.services import EditBase
from tests.factories import make_user

ADD = "/admin/runbooks/runbook/add/"
LIST = "/admin/runbooks/runbook/"
NO_TEAMS = {"memberships-TOTAL_FORMS": "0", "memberships-INITIAL_FORMS": "0"}


def staff(name="root", role=ADMINISTRATOR, **extra):
    """Somebody who may open the admin."""
    return make_user(name, role=role, is_staff=True, **extra)


def change_url(runbook):
    return reverse("admin:runbooks_runbook_change", args=[runbook.pk])


def form_data(runbook, **changed):
    """What a browser sends for the form as it is shown now, with some fields typed over."""
    version = runbook.versions.open().first() or runbook.versions.active().first()
    details = {
        "title": runbook.title,
        "slug": runbook.slug,
        "service": runbook.service_id,
        "kind": runbook.kind,
        "owner": runbook.owner_id or "",
        "team": runbook.team_id or "",
        "classification": runbook.classification,
        "review_days": runbook.review_days or "",
        "last_reviewed_on": runbook.last_reviewed_on or "",
        "next_review_on": runbook.next_review_on or "",
    }
    text = {
        "markdown": version.markdown.replace("\n", "\r\n"),
        "change_summary": version.change_summary if version.is_open else "",
        "bump": "minor",
        "base": str(EditBase(version.pk, version.revision)),
    }
    inlines = {f"{p}-{n}_FORMS": "0" for p in ("versions", "former_addresses") for n in ("TOTAL", "INITIAL")}
    return details | {f"initial-{name}": value for name, value in details.items()} | text | inlines | changed
