"""The five roles and what each may do. The table in docs/roles.md says the same for people (a test compares them).

A role is a permission group; each includes the ones before it. Django's own permission names are used throughout, so the
admin, the pages and the API ask the same question (`user.has_perm`).
"""

from django.contrib.auth.models import Group, Permission

READER = "Reader"
RESPONDER = "Responder"
EDITOR = "Editor"
APPROVER = "Approver"
ADMINISTRATOR = "Administrator"

_ADDED: dict[str, tuple[str, ...]] = {
    READER: (
        "runbooks.view_runbook",
        "oncall.view_service",
        "oncall.view_rotation",
        "oncall.view_contact",
        "oncall.view_vendor",
        "oncall.view_channel",
        "oncall.view_escalationpath",
        "accounts.view_team",
        "runbooks.add_flag",
        "runbooks.view_flag",
        "runbooks.view_review",
        "runbooks.view_reviewtask",
        "runbooks.view_evidence",
        "runbooks.view_gatetick",
        "runbooks.view_externallink",
        "runbooks.view_routinetask",
        "runbooks.view_routinetick",
        "runbooks.view_rulefile",
        "runbooks.view_alertingrule",
        "incidents.view_severity",
        "incidents.view_incident",
        "incidents.view_run",
        "incidents.view_alert",
        "incidents.view_incidentupdate",
        "incidents.view_postmortem",
        "incidents.view_actionitem",
        "incidents.view_maintenancewindow",
        "incidents.view_systemchange",
        "incidents.view_watchitem",
        "handoffs.view_handoff",
    ),
    RESPONDER: (
        "oncall.view_personal_phone",
        "oncall.view_way",
        "oncall.add_override",
        "oncall.change_override",
        "oncall.view_override",
        "oncall.add_swap",
        "oncall.add_reachtest",
        "incidents.add_incident",
        "incidents.change_incident",
        "incidents.add_timelineentry",
        "incidents.view_timelineentry",
        "incidents.add_run",
        "incidents.change_run",
        "incidents.add_incidentupdate",
        "incidents.view_updatetemplate",
        "incidents.add_postmortem",
        "incidents.change_postmortem",
        "incidents.add_actionitem",
        "incidents.change_actionitem",
        "incidents.add_maintenancewindow",
        "incidents.change_maintenancewindow",
        "incidents.add_systemchange",
        "incidents.add_watchitem",
        "incidents.change_watchitem",
        "handoffs.add_handoff",
        "handoffs.change_handoff",
        "handoffs.view_checklist",
        "runbooks.add_review",
        "runbooks.change_reviewtask",
        "runbooks.add_gatetick",
        "runbooks.change_routinetask",
    ),
    EDITOR: (
        "runbooks.add_runbook",
        "runbooks.change_runbook",
        "runbooks.add_runbooktemplate",
        "runbooks.change_runbooktemplate",
        "runbooks.view_runbooktemplate",
        "runbooks.view_unansweredquestion",
        "runbooks.delete_unansweredquestion",
        "oncall.add_service",
        "oncall.change_service",
        "oncall.add_servicelink",
        "oncall.change_servicelink",
        "oncall.delete_servicelink",
        "oncall.view_servicelink",
        "oncall.add_dependency",
        "oncall.change_dependency",
        "oncall.delete_dependency",
        "oncall.view_dependency",
        "oncall.add_rotation",
        "oncall.change_rotation",
        "oncall.add_plannedgap",
        "oncall.change_plannedgap",
        "oncall.delete_plannedgap",
        "oncall.view_plannedgap",
        "oncall.add_contact",
        "oncall.change_contact",
        "oncall.add_vendor",
        "oncall.change_vendor",
        "oncall.add_channel",
        "oncall.change_channel",
        "oncall.add_way",
        "oncall.change_way",
        "oncall.delete_way",
        "oncall.add_escalationpath",
        "oncall.change_escalationpath",
        *(
            f"oncall.{verb}_{model}"
            for model in ("escalationlevel", "escalationtarget")
            for verb in ("add", "change", "delete", "view")
        ),
        "runbooks.change_flag",
        "runbooks.view_reviewpolicy",
        "runbooks.add_rulefile",
        "runbooks.delete_rulefile",
        "incidents.add_updatetemplate",
        "incidents.change_updatetemplate",
        "incidents.view_alertrule",
        "incidents.view_escalation",
        "incidents.add_lesson",
        "incidents.change_lesson",
        "incidents.delete_lesson",
        "incidents.view_lesson",
        "handoffs.change_checklist",
        "handoffs.add_policy",
        "handoffs.change_policy",
        "handoffs.view_policy",
    ),
    APPROVER: (
        "runbooks.approve_runbookversion",
        "runbooks.activate_runbookversion",
        "runbooks.retire_runbook",
        "runbooks.add_allowedline",
        "runbooks.view_allowedline",
        "runbooks.delete_runbooktemplate",
        "runbooks.add_reviewpolicy",
        "runbooks.change_reviewpolicy",
        "oncall.delete_contact",
        "oncall.delete_vendor",
        "oncall.delete_channel",
        "oncall.delete_escalationpath",
        "incidents.publish_postmortem",
        "incidents.add_severity",
        "incidents.change_severity",
        "incidents.delete_severity",
        "incidents.delete_updatetemplate",
        "incidents.add_alertrule",
        "incidents.change_alertrule",
        "incidents.delete_alertrule",
    ),
    ADMINISTRATOR: (
        "runbooks.view_confidential_runbook",
        "runbooks.view_runbookversion",
        "runbooks.delete_runbook",
        "runbooks.delete_allowedline",
        "runbooks.view_formeraddress",
        "runbooks.delete_reviewpolicy",
        "runbooks.view_snooze",
        "runbooks.view_notmine",
        "runbooks.view_reminder",
        "oncall.view_formerserviceslug",
        "oncall.delete_service",
        "oncall.view_notification",
        "oncall.view_delivery",
        "oncall.change_delivery",
        "oncall.view_mailboxmail",
        "oncall.delete_mailboxmail",
        "oncall.add_address",
        "oncall.change_address",
        "oncall.delete_address",
        "oncall.view_address",
        "oncall.view_reachtest",
        "oncall.view_shiftcheck",
        "oncall.view_publishedshift",
        "oncall.view_swap",
        "oncall.view_absence",
        "accounts.add_user",
        "accounts.change_user",
        "accounts.delete_user",
        "accounts.view_user",
        "accounts.add_team",
        "accounts.change_team",
        "accounts.delete_team",
        "accounts.add_membership",
        "accounts.change_membership",
        "accounts.delete_membership",
        "accounts.view_membership",
        "accounts.add_token",
        "accounts.change_token",
        "accounts.view_token",
        "accounts.delete_token",
        "incidents.view_alertpayload",
        "incidents.view_alertgroup",
        "incidents.view_calledlevel",
        "incidents.view_statuschange",
        "incidents.view_roleholder",
        "incidents.view_commandoffer",
        "incidents.view_incidentlink",
        "incidents.view_runstep",
        "incidents.view_stepevent",
        "incidents.view_attachedrunbook",
    ),
}
ROLES = tuple(_ADDED)


def permissions_of(role: str) -> set[str]:
    """Everything the role may do, as `app_label.codename`, the roles before it included."""
    upto = ROLES[: ROLES.index(role) + 1]
    return {permission for name in upto for permission in _ADDED[name]}


def ensure_roles() -> None:
    """Make the five groups hold exactly their permissions. Run after every migration; harmless when run twice.

    Raises LookupError when a permission named above does not exist.
    """
    known = {f"{p.content_type.app_label}.{p.codename}": p for p in Permission.objects.select_related("content_type")}
    for role in ROLES:
        missing = permissions_of(role) - set(known)
        if missing:
            raise LookupError(f"No such permissions: {', '.join(sorted(missing))}")
        group, _ = Group.objects.get_or_create(name=role)
        group.permissions.set(known[name] for name in permissions_of(role))
