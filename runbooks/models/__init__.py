"""Runbooks, their versions, what was written on the way, and the images they show."""

from runbooks.models.image import Image, SourceImage
from runbooks.models.runbook import Kind, Runbook
from runbooks.models.version import DraftSave, RunbookVersion, Status

__all__ = ["DraftSave", "Image", "Kind", "Runbook", "RunbookVersion", "SourceImage", "Status"]
