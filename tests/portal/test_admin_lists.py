"""Which lists of the admin each role finds."""

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import ADMINISTRATOR, APPROVER, EDITOR, READER
from tests.factories import make_published, make_team
from tests.portal.admin_forms import staff

pytestmark = pytest.mark.django_db

EVERYTHING = [
    "accounts_user",
    "accounts_team",
    "oncall_service",
    "oncall_formerserviceslug",
    "oncall_contact",
    "oncall_vendor",
    "oncall_channel",
    "oncall_rotation",
    "oncall_override",
    "oncall_swap",
    "oncall_absence",
    "oncall_plannedgap",
    "oncall_escalationpath",
    "oncall_notification",
    "oncall_delivery",
    "oncall_address",
    "oncall_mailboxmail",
    "oncall_reachtest",
    "oncall_shiftcheck",
    "runbooks_runbook",
    "runbooks_runbooktemplate",
    "runbooks_allowedline",
    "runbooks_unansweredquestion",
    "runbooks_formeraddress",
    "runbooks_image",
    "runbooks_flag",
    "runbooks_review",
    "runbooks_reviewtask",
    "runbooks_evidence",
    "runbooks_reviewpolicy",
    "runbooks_snooze",
    "runbooks_notmine",
    "runbooks_routinetask",
    "runbooks_rulefile",
    "runbooks_alertingrule",
    "auth_group",
    "accounts_token",
    "incidents_alertrule",
    "incidents_alertpayload",
    "incidents_postmortem",
    "incidents_actionitem",
    "incidents_incidentupdate",
    "incidents_maintenancewindow",
    "incidents_updatetemplate",
    "handoffs_handoff",
]


@pytest.mark.parametrize("name", EVERYTHING)
def test_lists_and_search_open_for_whoever_may_do_everything(as_root, name):
    make_published(team=make_team("Harbour", User.objects.get()))
    assert as_root.get(reverse(f"admin:{name}_changelist")).status_code == 200
    assert as_root.get(reverse(f"admin:{name}_changelist"), {"q": "'\"%\x00 desk"}).status_code in {200, 302}


FOR_ALL = {
    "runbooks_flag",
    "runbooks_review",
    "runbooks_reviewtask",
    "runbooks_evidence",
    "runbooks_routinetask",
    "runbooks_rulefile",
    "runbooks_alertingrule",
    "oncall_contact",
    "oncall_vendor",
    "oncall_channel",
    "oncall_rotation",
    "oncall_escalationpath",
    "incidents_postmortem",
    "incidents_actionitem",
    "incidents_incidentupdate",
    "incidents_maintenancewindow",
    "handoffs_handoff",
}
FOR_EDITORS = FOR_ALL | {"oncall_override", "oncall_plannedgap", "incidents_alertrule", "incidents_updatetemplate"}
LISTS = {
    READER: {"accounts_team", "oncall_service", "runbooks_runbook"} | FOR_ALL,
    EDITOR: FOR_EDITORS
    | {
        "accounts_team",
        "oncall_service",
        "runbooks_runbook",
        "runbooks_runbooktemplate",
        "runbooks_unansweredquestion",
        "runbooks_reviewpolicy",
    },
    APPROVER: FOR_EDITORS
    | {
        "accounts_team",
        "oncall_service",
        "runbooks_runbook",
        "runbooks_runbooktemplate",
        "runbooks_unansweredquestion",
        "runbooks_allowedline",
        "runbooks_reviewpolicy",
    },
    ADMINISTRATOR: set(EVERYTHING) - {"auth_group", "runbooks_image"},
}


@pytest.mark.parametrize("role", LISTS)
def test_each_role_opens_the_lists_it_includes_and_no_others(as_user, role):
    client = as_user(staff("dee", role=role))
    opened = {name for name in EVERYTHING if client.get(reverse(f"admin:{name}_changelist")).status_code == 200}
    assert opened == LISTS[role]
    refused = next(iter(set(EVERYTHING) - LISTS[role]))
    assert client.get(reverse(f"admin:{refused}_changelist")).status_code == 403


def test_the_front_page_names_what_the_role_includes_and_nothing_else(as_user):
    page = as_user(staff("dee", role=EDITOR)).get("/admin/").content.decode()
    assert reverse("admin:runbooks_runbook_add") in page
    assert reverse("admin:accounts_team_changelist") in page
    assert reverse("admin:accounts_user_changelist") not in page
