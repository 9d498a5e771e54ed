"""Sending one delivery: mail by Django, webhooks by ourselves, everything else by Apprise."""

from oncall.outbox.sending.lines import Lines

__all__ = ["Lines"]
