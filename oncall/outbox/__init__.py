"""The outbox: writing what has to be told, claiming it, sending it."""

from oncall.outbox.notifying import notify, notify_team

__all__ = ["notify", "notify_team"]
