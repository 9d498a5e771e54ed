"""Every change a person can make to runbooks: one atomic function each, used by pages, admin, commands and tasks alike.

Each locks, checks, writes and returns; what it refuses it raises as a `runbooks.errors.Refused` whose text can be shown.
"""

from runbooks.services.drafts import (
    EditBase,
    create_runbook,
    discard_draft,
    restore_version,
    save_edit,
)
from runbooks.services.images import store_image
from runbooks.services.lifecycle import (
    activate_version,
    approve_version,
    reinstate_runbook,
    retire_runbook,
    send_back_version,
    submit_version,
)
from runbooks.services.publishing import publish_text, reread_version

__all__ = [
    "EditBase",
    "activate_version",
    "approve_version",
    "create_runbook",
    "discard_draft",
    "publish_text",
    "reinstate_runbook",
    "reread_version",
    "restore_version",
    "retire_runbook",
    "save_edit",
    "send_back_version",
    "store_image",
    "submit_version",
]
