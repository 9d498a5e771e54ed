"""Services and on-call in the admin, by subject."""

from oncall.admin import delivery, directory, escalation, people, rotations, services

__all__ = ["delivery", "directory", "escalation", "people", "rotations", "services"]
