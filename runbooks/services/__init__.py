"""Every change a person can make to runbooks: one atomic function each, used by pages, admin, commands and tasks alike.

Each locks, checks, writes and returns; what it refuses it raises as a `runbooks.errors.Refused` whose text can be shown.
"""

from runbooks.services.bases import EditBase, put_together, text_of_base
from runbooks.services.details import change_runbook
from runbooks.services.drafts import (
    create_runbook,
    discard_draft,
    keep_late_text,
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
from runbooks.services.secrets import allow_line, allow_lines, check_secrets, find_allowed, find_refused
from runbooks.services.starting import start_runbook
from runbooks.services.templates import (
    add_template,
    change_template,
    delete_template,
    draft_template,
    ensure_templates,
    fill_template,
    try_template,
)
from runbooks.services.working_copies import discard_working_copy, find_working_copy, keep_working_copy

__all__ = [
    "EditBase",
    "activate_version",
    "add_template",
    "allow_line",
    "allow_lines",
    "approve_version",
    "change_runbook",
    "change_template",
    "check_secrets",
    "create_runbook",
    "delete_template",
    "discard_draft",
    "discard_working_copy",
    "draft_template",
    "ensure_templates",
    "fill_template",
    "find_allowed",
    "find_refused",
    "find_working_copy",
    "keep_late_text",
    "keep_working_copy",
    "publish_text",
    "put_together",
    "reinstate_runbook",
    "reread_version",
    "restore_version",
    "retire_runbook",
    "save_edit",
    "send_back_version",
    "start_runbook",
    "store_image",
    "submit_version",
    "text_of_base",
    "try_template",
]
