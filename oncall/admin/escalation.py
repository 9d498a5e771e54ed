"""Escalation paths in the admin."""
