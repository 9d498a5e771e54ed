"""Reminders of reviews: one message per person and morning, each line once."""

from runbooks.services.reminders.sending import Sent, send_due

__all__ = ["Sent", "send_due"]
