"""Writing: an edit of the text or of one section, and what to do when two people wrote at once."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.http import Request
from runbooks.comparing import merge
from runbooks.editor import Opened, follow_anchor, look_at, open_editor
from runbooks.errors import EditConflict, NotAllowed, Refused, SecretFound
from runbooks.flag_pages import find_open_flags, name_places
from runbooks.forms import EditForm
from runbooks.models import Runbook, RunbookVersion
from runbooks.pieces import PIECES
from runbooks.services import EditBase, save_edit
from runbooks.views.allowing import allow_posted_lines, describe_found
from runbooks.views.common import get_runbook


def edit_runbook(request: Request, service: str, slug: str) -> HttpResponse:
    """Edit the open draft, or start one from the active version; `?section=<anchor>` edits that section alone."""
    runbook = get_runbook(request.user, service, slug)
    if not request.user.has_perm("runbooks.change_runbook"):
        raise PermissionDenied("You may not edit runbooks.")
    current = runbook.versions.open().first() or runbook.versions.active().first()
    if current is None:
        return redirect("runbooks:versions", service, slug)
    current.runbook = runbook
    if request.method == "POST":
        return _preview(request, current) if "preview" in request.POST else _save(request, current)
    opened = open_editor(current, request.user, request.GET.get("section", ""))
    return _show(request, current, EditForm(initial=_as_initial(opened), runbook=runbook), opened=opened)


def _as_initial(opened: Opened) -> dict[str, str]:
    return {
        "markdown": opened.markdown,
        "change_summary": opened.change_summary,
        "base": str(opened.base),
        "section": opened.section,
    }


def _preview(request: Request, current: RunbookVersion) -> HttpResponse:
    """How the words will look, below the form: the way without scripts. Nothing is saved and nothing is lost."""
    form = EditForm(initial=request.POST.dict(), runbook=current.runbook)
    words, base, section = (request.POST.get(name, "") for name in ("markdown", "base", "section"))
    try:
        shown: dict[str, Any] = {"look": look_at(current.runbook, words, base=base, section=section)}
    except Refused as refusal:
        shown = {"refusal": refusal}
    return _show(request, current, form, **shown)


def _save(request: Request, current: RunbookVersion) -> HttpResponse:
    runbook = current.runbook
    form = EditForm(request.POST, runbook=runbook)
    if not form.is_valid():
        return _show(request, current, form)
    data = form.cleaned_data
    try:
        allow_posted_lines(request, runbook, data)
        version = save_edit(
            runbook, **(data | {"base": EditBase.parse(data["base"])}), author=request.user, now=timezone.now()
        )
    except EditConflict as conflict:
        return show_merge(request, runbook, conflict, data)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except SecretFound as refusal:
        found = describe_found(
            request, runbook, refusal.found, data
        )  # before the error, which takes the text out of `data`
        form.add_error("markdown", str(refusal))
        return _show(request, current, form, **found)
    except Refused as refusal:
        form.add_error("markdown", str(refusal))
        return _show(request, current, form)
    messages.success(request, f"Version {version.number} is saved as a draft.")
    return _go_on(request, current, version, data["section"])


def _go_on(request: Request, before: RunbookVersion, version: RunbookVersion, section: str) -> HttpResponse:
    place = [version.runbook.service.slug, version.runbook.slug]
    if "stay" not in request.POST:
        return redirect("runbooks:versions", *place)
    response = redirect("runbooks:edit", *place)
    anchor = follow_anchor(before, version, section)
    if anchor:
        response["Location"] += f"?{urlencode({'section': anchor})}"
    return response


def _show(request: Request, current: RunbookVersion, form: EditForm, **shown: Any) -> HttpResponse:
    section = str(form["section"].value() or "")
    headings = [entry for entry in current.document.get("sections", []) if entry["level"] > 1]
    own = next((entry["heading"] for entry in headings if entry["anchor"] == section), section)
    context = {
        "runbook": current.runbook,
        "version": current,
        "form": form,
        "findings": current.findings,
        "headings": headings,
        "heading": own,
        "pieces": PIECES,
        "flags": name_places(find_open_flags(current.runbook), current.document),
        "can_edit": True,
    }
    return render(request, "runbooks/edit.html", context | shown, status=422 if form.errors else 200)


def show_merge(request: Request, runbook: Runbook, conflict: EditConflict, data: dict[str, str]) -> HttpResponse:
    """The three texts, and one merged as far as it goes, ready to be saved on top of the newest."""
    theirs = conflict.version
    merged = merge(conflict.base, conflict.mine, theirs.markdown)
    initial = {
        "markdown": merged.text,
        "change_summary": data["change_summary"],
        "bump": data["bump"],
        "base": str(EditBase(theirs.pk, theirs.revision)),
    }
    form = EditForm(initial=initial, runbook=runbook)
    context = {"runbook": runbook, "version": theirs, "conflict": conflict, "merge": merged, "form": form}
    return render(request, "runbooks/merge.html", context, status=409)
