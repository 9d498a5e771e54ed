"""Ticks, words and notes. A script gets JSON; a form without scripts the page again, with its words where they were refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.http import Request
from handoffs.errors import NotAllowed, Refused, WrongState
from handoffs.models import Handoff, Tick
from handoffs.pages.contract import make_anchor
from handoffs.pages.looks import draw
from handoffs.services import writing
from handoffs.services.locking import may_take_part
from handoffs.services.writing import Written
from handoffs.views.page import draw_handoff
from handoffs.views.steps import find_handoff
from runbooks.rendering import render_note

CLASH = (
    "Somebody else changed the same lines meanwhile. Nothing is lost: theirs is saved, and yours is still in the field."
)
PREVIEWED = {
    "urgent": "What cannot wait",
    "context": "Context for the next shifts",
    "tried": "Tried",
    "stuck": "Where it is stuck",
    "next_step": "Next step",
    "note": "Note",
}


@require_POST
def tick_item(request: Request, pk: int) -> HttpResponse:
    """Tick the item in `tick`, or take the tick off the one in `untick`; both are positions."""
    handoff = find_handoff(request, pk)
    done = "tick" in request.POST
    position = _read_position(request.POST.get("tick" if done else "untick", ""))
    try:
        writing.tick(handoff, position, done, user=request.user, now=timezone.now())
    except Tick.DoesNotExist:
        raise Http404("There is no such item.") from None
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        return draw_handoff(request, pk, status=_find_status(refusal), refusal=str(refusal))
    return redirect(f"{handoff.get_absolute_url()}#tick-{position}")


@require_POST
def write_tick_note(request: Request, pk: int) -> HttpResponse:
    """The note beside an item: `position`, `note`, and in `base_note` what it was."""
    handoff = find_handoff(request, pk)
    position = _read_position(request.POST.get("position", ""))
    sent = _read(request, "note")

    def write() -> Written:
        base = _read_base(request, sent)
        return writing.note_tick(
            handoff,
            position,
            sent.get("note", ""),
            base=base["note"] if base else None,
            user=request.user,
            now=timezone.now(),
        )

    return _keep(request, handoff, write, sent, f"tick-{position}", f"note-{position}")


@require_POST
def write_the_words(request: Request, pk: int) -> HttpResponse:
    """Some of `summary`, `urgent` and `context`, each with its `base_…`."""
    handoff = find_handoff(request, pk)
    sent = _read(request, *writing.WORDS)

    def write() -> Written:
        base = _read_base(request, sent)
        return writing.write_words(handoff, user=request.user, now=timezone.now(), base=base, **sent)

    return _keep(request, handoff, write, sent, "words", "words")


@require_POST
def write_note(request: Request, pk: int) -> HttpResponse:
    """The note to the entry in `entry`: `tried`, `stuck` and `next_step`, each with its `base_…`."""
    handoff = find_handoff(request, pk)
    entry = request.POST.get("entry", "")
    sent = {name: request.POST.get(name, "") for name in ("tried", "stuck", "next_step")}

    def write() -> Written:
        base = _read_base(request, sent)
        return writing.write_entry_note(handoff, entry, **sent, base=base, user=request.user, now=timezone.now())

    return _keep(request, handoff, write, sent, make_anchor(entry), entry)


@require_POST
def preview(request: Request, pk: int) -> HttpResponse:
    """How the words that were sent will look; without scripts, on a page from which they can be saved."""
    handoff = find_handoff(request, pk)
    if not may_take_part(handoff, request.user):
        raise PermissionDenied(f"This is a handoff of {handoff.team}. Only its people can write in it.")
    sent = _read(request, *PREVIEWED)
    try:
        looks = [(PREVIEWED[name], render_note(text)) for name, text in sent.items() if text.strip()]
    except Refused as refusal:
        return render(request, "handoffs/_preview.html", {"refusal": refusal}, status=422)
    fields = {name: text for name, text in request.POST.items() if name != "csrfmiddlewaretoken"}
    context = {"looks": looks, "handoff": handoff, "fields": fields, "target": _find_target(request, handoff)}
    is_script = request.headers.get("X-Requested-With") == "XMLHttpRequest"
    return render(request, "handoffs/_preview.html" if is_script else "handoffs/preview.html", context)


def _keep(
    request: Request, handoff: Handoff, write: Callable[[], Written], sent: dict[str, str], anchor: str, what: str
) -> HttpResponse:
    """Make the change, and answer a script or a person. `what` names the form whose words come back."""
    try:
        written = write()
    except Tick.DoesNotExist:
        raise Http404("There is no such item.") from None
    except NotAllowed as refusal:
        if _wants_json(request):
            return JsonResponse({"error": str(refusal)}, status=403)
        raise PermissionDenied(str(refusal)) from refusal
    except Refused as refusal:
        return _refuse(request, handoff, str(refusal), _find_status(refusal), {"of": what, "words": sent})
    if written.clashes:
        typed = {"of": what, "words": sent, "clashes": written.clashes}
        return _refuse(request, handoff, CLASH, 409, typed, now=written.now, clashes=written.clashes)
    if _wants_json(request):
        return JsonResponse({"now": written.now, "looks": {name: draw(text) for name, text in written.now.items()}})
    return redirect(f"{handoff.get_absolute_url()}#{anchor}")


def _refuse(
    request: Request, handoff: Handoff, words: str, status: int, typed: dict[str, Any], **more: Any
) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"error": words} | more, status=status)
    return draw_handoff(request, handoff.pk, status=status, refusal=words, typed=typed)


def _find_status(refusal: Refused) -> int:
    return 409 if isinstance(refusal, WrongState) else 422


def _wants_json(request: Request) -> bool:
    return request.headers.get("Accept", "").startswith("application/json")


def _read(request: Request, *names: str) -> dict[str, str]:
    return {name: request.POST[name] for name in names if name in request.POST}


def _read_base(request: Request, sent: dict[str, str]) -> dict[str, str] | None:
    base = {name: request.POST[f"base_{name}"] for name in sent if f"base_{name}" in request.POST}
    return base or None


def _read_position(text: str) -> int:
    """Raises Http404 for what is no position."""
    if not (text.isascii() and text.isdigit() and len(text) < 5):
        raise Http404("There is no such item.")
    return int(text)


def _find_target(request: Request, handoff: Handoff) -> str:
    """Where the words of a preview are saved, by what was sent with them."""
    name = "entry-note" if "entry" in request.POST else "tick-note" if "position" in request.POST else "words"
    return f"{handoff.get_absolute_url()}{name}/"
