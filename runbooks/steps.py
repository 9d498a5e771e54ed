"""Which steps a version can take next, and who is offered them. The services decide; this only saves a useless button."""

from django.conf import settings

from accounts.models import User
from runbooks.models import RunbookVersion, Status

_EDIT, _APPROVE, _ACTIVATE = (
    "runbooks.change_runbook",
    "runbooks.approve_runbookversion",
    "runbooks.activate_runbookversion",
)
# Names of the URLs below `runbooks:` and of the services behind them, with the permission each needs.
_STEPS: dict[str, dict[str, str]] = {
    Status.DRAFT: {"edit": _EDIT, "submit": _EDIT, "discard": _EDIT},
    Status.REVIEW: {"edit": _EDIT, "approve": _APPROVE, "send_back": _APPROVE},
    Status.APPROVED: {"edit": _EDIT, "activate": _ACTIVATE, "send_back": _APPROVE},
    Status.ACTIVE: {},
    Status.SUPERSEDED: {"restore": _EDIT},
}


def actions_open_to(user: User, version: RunbookVersion) -> list[str]:
    """The steps this person's role includes for a version in its status."""
    names = [name for name, permission in _STEPS[version.status].items() if user.has_perm(permission)]
    if "approve" in names and settings.FOUR_EYES and version.was_written_by(user):
        names.remove("approve")
    return names
