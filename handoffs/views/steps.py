"""How a step of the contract is answered: back to the page once it is done, else its own small page with the sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.db import IntegrityError, InternalError
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render

from accounts.http import Request
from handoffs.errors import Damaged, NotAllowed, OldSnapshot, OwnHandoff, Refused, WrongState
from handoffs.models import Handoff
from handoffs.services.locking import may_take_part

FASTER = "Somebody was faster, and the handoff has changed. Look at it again; nothing of what you wrote is lost here."
CONFLICTS = (WrongState, OldSnapshot, OwnHandoff, Damaged)


@dataclass(frozen=True, slots=True)
class Step:
    """What the small page says: its title, a sentence, and the word on the button."""

    title: str
    lede: str
    button: str
    kind: str = "primary"  # of the button


def find_handoff(request: Request, pk: int) -> Handoff:
    """The handoff with its people, for those who may read handoffs; 404 for everybody else."""
    if pk >= 2**63 or not request.user.has_perm("handoffs.view_handoff"):
        raise Http404("There is no such handoff.")
    return get_object_or_404(Handoff.objects.for_list(), pk=pk)


def read_posted(request: Request) -> QueryDict | None:
    """For a form: what was sent, also where that is nothing at all."""
    return request.POST if request.method == "POST" else None


def take(
    request: Request,
    handoff: Handoff,
    step: Step,
    form: forms.Form,
    change: Callable[[dict[str, Any]], str],
    *,
    field: str | None = None,
    anchor: str = "",
    more: dict[str, Any] | None = None,
) -> HttpResponse:
    """A GET shows the form; a POST makes the change, says what `change` returns, and goes back to the page.

    What is refused comes back on the small page with the sentence (at `field`, where it is about that) and every word: 409
    where the handoff has changed or is another's, 422 where something is missing.
    """
    if not may_take_part(handoff, request.user):
        raise PermissionDenied(f"This is a handoff of {handoff.team}. Only its people can do this.")
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                said = change(form.cleaned_data)
            except NotAllowed as refusal:
                raise PermissionDenied(str(refusal)) from refusal
            except Refused as refusal:
                status = 409 if isinstance(refusal, CONFLICTS) else 422
                form.add_error(field if status == 422 else NON_FIELD_ERRORS, str(refusal))
            except (IntegrityError, InternalError):
                status = 409
                form.add_error(NON_FIELD_ERRORS, FASTER)
            else:
                messages.success(request, said)
                return redirect(f"{handoff.get_absolute_url()}{anchor}")
    context = {"handoff": handoff, "step": step, "form": form} | (more or {})
    return render(request, "handoffs/step.html", context, status=status)
