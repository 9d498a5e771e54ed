"""Writing a post-mortem: the form, its previews, two people at once."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.safestring import mark_safe
from django.views.decorators.http import require_POST

from accounts.http import Request
from incidents.errors import NotAllowed, Refused
from incidents.forms.postmortems import PostMortemForm
from incidents.models import PostMortem
from incidents.pages.postmortems import find_near
from incidents.services.postmortem_texts import LONGEST, TEXTS, digest
from incidents.services.postmortems import NEEDED, Clash, find_gaps, save_postmortem
from incidents.views.fetching import ask_permission
from incidents.views.postmortems import get_postmortem
from runbooks.reading.notes import draw_note


def edit_postmortem(request: Request, number: int) -> HttpResponse:
    """All parts in one form. `do=preview` shows how they will look and saves nothing."""
    postmortem = get_postmortem(request, number)
    ask_permission(request.user, "incidents.change_postmortem", "write post-mortems")
    if postmortem.status == PostMortem.Status.PUBLISHED:
        messages.error(request, "It is published. Reopen it, with a reason, to change it.")
        return redirect(postmortem)
    form = PostMortemForm(request.POST or None, postmortem=postmortem, near=find_near(postmortem.incident))
    if request.method != "POST" or not form.is_valid():
        return _show(request, postmortem, form)
    if request.POST.get("do") == "preview":
        return _show(request, postmortem, form, is_preview=True)
    return _save(request, postmortem, form)


@require_POST
def preview_text(request: Request, number: int) -> HttpResponse:
    """How one text will look: the HTML of `text`."""
    get_postmortem(request, number)
    text = request.POST.get("text", "")
    if "\0" in text or len(text) > LONGEST:
        return HttpResponse("<p>This text can’t be stored.</p>", status=422)
    return HttpResponse(draw_note(text))


def _save(request: Request, postmortem: PostMortem, form: PostMortemForm) -> HttpResponse:
    owner = form.cleaned_data["owner"]
    try:
        save_postmortem(postmortem, form.read_base(), user=request.user, now=timezone.now(), owner=owner, **form.read())
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Clash as clash:
        return _show(request, postmortem, *_meet(request, postmortem, form, clash))
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, postmortem, form)
    messages.success(request, "Saved.")
    return redirect(postmortem)


def _meet(
    request: Request, postmortem: PostMortem, form: PostMortemForm, clash: Clash
) -> tuple[PostMortemForm, dict[str, str]]:
    """The form again, on the base of now: own words stay, and parts that only somebody else changed hold theirs."""
    base = form.read_base()
    postmortem.refresh_from_db()
    data = request.POST.copy()
    for name, text in form.read().items():
        if name not in clash.theirs and digest(text.replace("\r\n", "\n").strip()) == base.get(name):
            data[name] = getattr(postmortem, name)
    data["base"] = json.dumps(clash.base)
    met = PostMortemForm(data, postmortem=postmortem, near=find_near(postmortem.incident))
    met.is_valid()
    met.add_error(None, str(clash))
    return met, clash.theirs


def _show(
    request: Request,
    postmortem: PostMortem,
    form: PostMortemForm,
    theirs: dict[str, str] | None = None,
    *,
    is_preview: bool = False,
) -> HttpResponse:
    texts = [
        {
            "field": form[name],
            "is_needed": name in NEEDED,
            "theirs": (theirs or {}).get(name),
            "preview": mark_safe(draw_note(form.cleaned_data.get(name, ""))) if is_preview else "",
        }
        for name in TEXTS
    ]
    context: dict[str, Any] = {
        "postmortem": postmortem,
        "incident": postmortem.incident,
        "form": form,
        "texts": texts,
        "lines": [{"field": field, "theirs": (theirs or {}).get(field.name)} for field in form.lines()],
        "gaps": find_gaps(postmortem, postmortem.actions.count()),
        "is_preview": is_preview,
    }
    return render(request, "incidents/postmortem_edit.html", context, status=422 if form.errors else 200)
