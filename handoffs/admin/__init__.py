"""Handoffs in the admin, by subject."""

from handoffs.admin import checklists, handoff, policy

__all__ = ["checklists", "handoff", "policy"]
