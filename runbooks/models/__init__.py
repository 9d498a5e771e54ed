"""Runbooks, their versions, what was written on the way, what can be found in them, the images they show, and what keeps
them true: reviews, evidence, reminders, gates, links, routine tasks, alerting rules."""

from runbooks.models.address import FormerAddress
from runbooks.models.alerting import AlertingRule, RuleFile
from runbooks.models.flag import Flag
from runbooks.models.image import Image, SourceImage
from runbooks.models.link import ExternalLink, LinkHost, LinkUse
from runbooks.models.policy import Gate, GateTick, ReviewPolicy
from runbooks.models.reminder import Reminder, ReminderMorning, ReminderZone
from runbooks.models.review import Evidence, NotMine, Review, ReviewTask, ServiceSnapshot, Snooze
from runbooks.models.routine import Cadence, RoutineTask, RoutineTick
from runbooks.models.runbook import Kind, Runbook
from runbooks.models.search import SearchEntry, SearchWord, UnansweredQuestion
from runbooks.models.version import DraftSave, RunbookVersion, Status
from runbooks.models.writing import AllowedLine, RunbookTemplate, WorkingCopy

__all__ = [
    "AlertingRule",
    "AllowedLine",
    "Cadence",
    "DraftSave",
    "Evidence",
    "ExternalLink",
    "Flag",
    "FormerAddress",
    "Gate",
    "GateTick",
    "Image",
    "Kind",
    "LinkHost",
    "LinkUse",
    "NotMine",
    "Reminder",
    "ReminderMorning",
    "ReminderZone",
    "Review",
    "ReviewPolicy",
    "ReviewTask",
    "RoutineTask",
    "RoutineTick",
    "RuleFile",
    "Runbook",
    "RunbookTemplate",
    "RunbookVersion",
    "SearchEntry",
    "SearchWord",
    "ServiceSnapshot",
    "Snooze",
    "SourceImage",
    "Status",
    "UnansweredQuestion",
    "WorkingCopy",
]
