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
    READER: ("runbooks.view_runbook", "oncall.view_service", "accounts.view_team"),
    RESPONDER: (),  # runs, incidents and handoffs bring their own permissions
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
    ),
    APPROVER: (
        "runbooks.approve_runbookversion",
        "runbooks.activate_runbookversion",
        "runbooks.retire_runbook",
        "runbooks.add_allowedline",
        "runbooks.view_allowedline",
        "runbooks.delete_runbooktemplate",
    ),
    ADMINISTRATOR: (
        "runbooks.view_confidential_runbook",
        "runbooks.view_runbookversion",
        "runbooks.delete_runbook",
        "runbooks.delete_allowedline",
        "runbooks.view_formeraddress",
        "oncall.view_formerserviceslug",
        "oncall.delete_service",
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
