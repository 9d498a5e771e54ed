"""Runbooks in the admin: every change goes through the same services as in the pages, so no rule is walked around."""

from runbooks.admin.flags import FlagAdmin
from runbooks.admin.records import FormerAddressAdmin, ImageAdmin, UnansweredQuestionAdmin
from runbooks.admin.runbook import RunbookAdmin
from runbooks.admin.writing import AllowedLineAdmin, RunbookTemplateAdmin

__all__ = [
    "AllowedLineAdmin",
    "FlagAdmin",
    "FormerAddressAdmin",
    "ImageAdmin",
    "RunbookAdmin",
    "RunbookTemplateAdmin",
    "UnansweredQuestionAdmin",
]
