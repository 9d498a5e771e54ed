"""The outbox: writing what has to be told, claiming it, sending it."""

from oncall.outbox.items import Item
from oncall.outbox.notifying import notify, notify_team
from oncall.outbox.withdrawing import withdraw

__all__ = ["Item", "notify", "notify_team", "withdraw"]
