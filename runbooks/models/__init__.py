"""Runbooks, their versions, what was written on the way, what can be found in them, and the images they show."""

from runbooks.models.address import FormerAddress
from runbooks.models.flag import Flag
from runbooks.models.image import Image, SourceImage
from runbooks.models.runbook import Kind, Runbook
from runbooks.models.search import SearchEntry, SearchWord, UnansweredQuestion
from runbooks.models.version import DraftSave, RunbookVersion, Status
from runbooks.models.writing import AllowedLine, RunbookTemplate, WorkingCopy

__all__ = [
    "AllowedLine",
    "DraftSave",
    "Flag",
    "FormerAddress",
    "Image",
    "Kind",
    "Runbook",
    "RunbookTemplate",
    "RunbookVersion",
    "SearchEntry",
    "SearchWord",
    "SourceImage",
    "Status",
    "UnansweredQuestion",
    "WorkingCopy",
]
