"""Runbooks in the admin: every change goes through the same services as in the pages, so no rule is walked around."""

from runbooks.admin.alerting import AlertingRuleAdmin, RuleFileAdmin
from runbooks.admin.flags import FlagAdmin
from runbooks.admin.links import ExternalLinkAdmin
from runbooks.admin.records import FormerAddressAdmin, ImageAdmin, UnansweredQuestionAdmin
from runbooks.admin.reviews import (
    EvidenceAdmin,
    NotMineAdmin,
    ReviewAdmin,
    ReviewPolicyAdmin,
    ReviewTaskAdmin,
    SnoozeAdmin,
)
from runbooks.admin.routine import RoutineTaskAdmin
from runbooks.admin.runbook import RunbookAdmin
from runbooks.admin.writing import AllowedLineAdmin, RunbookTemplateAdmin

__all__ = [
    "AlertingRuleAdmin",
    "AllowedLineAdmin",
    "EvidenceAdmin",
    "ExternalLinkAdmin",
    "FlagAdmin",
    "FormerAddressAdmin",
    "ImageAdmin",
    "NotMineAdmin",
    "ReviewAdmin",
    "ReviewPolicyAdmin",
    "ReviewTaskAdmin",
    "RoutineTaskAdmin",
    "RuleFileAdmin",
    "RunbookAdmin",
    "RunbookTemplateAdmin",
    "SnoozeAdmin",
    "UnansweredQuestionAdmin",
]
