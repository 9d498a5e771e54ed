"""What templates ask of an incident's post-mortem; no query."""

from __future__ import annotations

import datetime as dt

from django import template

from incidents.models import ActionItem, Incident
from incidents.services.postmortem_asking import due_at

register = template.Library()
SOON = dt.timedelta(days=7)


@register.filter
def postmortem_due(incident: Incident) -> dt.datetime | None:
    """Until when the post-mortem has to be in review; None where none is asked for."""
    return due_at(incident)


@register.filter
def due_state(item: ActionItem, today: dt.date) -> str:
    """`overdue`, `soon`, `fresh`, or "" for an item that is closed or has no date."""
    if item.closed_at is not None or item.due_on is None:
        return ""
    if item.due_on < today:
        return "overdue"
    return "soon" if item.due_on - today <= SOON else "fresh"


@register.filter
def is_link(ticket: str) -> bool:
    """Whether a ticket is an address of the web that may be a link."""
    return ticket.startswith(("https://", "http://")) and " " not in ticket
