"""What views of incidents share: finding the incident, asking for the right, and saying what was refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect

from accounts.http import Request
from accounts.models import User
from incidents.errors import EditClash, NotAllowed, Refused
from incidents.models import Incident

Changed = TypeVar("Changed")


def get_incident(user: User, number: int) -> Incident:
    """The incident with its severity and team; 404 for whoever may not know of it."""
    rows = Incident.objects.visible_to(user).select_related("severity", "team")
    return get_object_or_404(rows, pk=number)


def get_to_change(user: User, number: int) -> Incident:
    """The incident for a page that changes it: strangers get 404, readers 403."""
    incident = get_incident(user, number)
    ask_permission(user, "incidents.change_incident", "change incidents")
    return incident


def ask_permission(user: User, permission: str, what: str) -> None:
    """403 for somebody whose role does not include it."""
    if not user.has_perm(permission):
        raise PermissionDenied(f"You may not {what}. Ask an administrator for the role that may.")


def try_to(form: Form, change: Callable[[], Changed]) -> Changed | None:
    """What the change gives; None when it was refused, with the reason put on the form. An EditClash is for the caller."""
    try:
        return change()
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except EditClash:
        raise
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return None


def answer(request: Request, incident: Incident, change: Callable[[], object], done: str) -> HttpResponse:
    """Make a change that has no form, say what came of it, and go back to the incident."""
    try:
        change()
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, done)
    return redirect(incident)
