"""Writing: a new runbook, an edit, and what to do when two people wrote at once."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from accounts.http import Request
from runbooks.comparing import merge
from runbooks.errors import EditConflict, NotAllowed, Refused
from runbooks.forms import EditForm, NewRunbookForm
from runbooks.models import Runbook, RunbookVersion
from runbooks.services import EditBase, create_runbook, save_edit
from runbooks.views.common import get_runbook


def new_runbook(request: Request) -> HttpResponse:
    """Start a runbook with version 1.0 as a draft."""
    if not request.user.has_perm("runbooks.add_runbook"):
        raise PermissionDenied("You may not write runbooks.")
    form = NewRunbookForm(request.POST or None, user=request.user, initial={"service": request.GET.get("service")})
    if request.method == "POST" and form.is_valid():
        try:
            version = create_runbook(**form.cleaned_data, author=request.user, now=timezone.now())
        except (Refused, ValidationError) as refusal:
            form.add_error(None, refusal if isinstance(refusal, ValidationError) else str(refusal))
        else:
            messages.success(request, f"{version.runbook} is a draft now.")
            return redirect(version.runbook)
    return render(request, "runbooks/new.html", {"form": form}, status=422 if form.errors else 200)


def edit_runbook(request: Request, service: str, slug: str) -> HttpResponse:
    """Edit the open draft, or start one from the active version."""
    runbook = get_runbook(request.user, service, slug)
    if not request.user.has_perm("runbooks.change_runbook"):
        raise PermissionDenied("You may not edit runbooks.")
    current = runbook.versions.open().first() or runbook.versions.active().first()
    if current is None:
        return redirect("runbooks:versions", service, slug)
    current.runbook = runbook
    if request.method == "POST":
        return _save(request, runbook, current)
    form = EditForm(
        initial={
            "markdown": current.markdown,
            "change_summary": current.change_summary if current.is_open else "",
            "base": str(EditBase(current.pk, current.revision)),
        }
    )
    return _show(request, runbook, current, form)


def _save(request: Request, runbook: Runbook, current: RunbookVersion) -> HttpResponse:
    form = EditForm(request.POST)
    if not form.is_valid():
        return _show(request, runbook, current, form)
    data = form.cleaned_data
    try:
        version = save_edit(
            runbook,
            base=EditBase.parse(data["base"]),
            markdown=data["markdown"],
            change_summary=data["change_summary"],
            bump=data["bump"],
            author=request.user,
            now=timezone.now(),
        )
    except EditConflict as conflict:
        return _show_merge(request, runbook, conflict, data)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        form.add_error("markdown", str(refusal))
        return _show(request, runbook, current, form)
    messages.success(request, f"Version {version.number} is saved as a draft.")
    return redirect(
        "runbooks:edit" if "stay" in request.POST else "runbooks:versions", runbook.service.slug, runbook.slug
    )


def _show(request: Request, runbook: Runbook, current: RunbookVersion, form: EditForm) -> HttpResponse:
    context = {"runbook": runbook, "version": current, "form": form, "findings": current.findings}
    return render(request, "runbooks/edit.html", context, status=422 if form.errors else 200)


def _show_merge(request: Request, runbook: Runbook, conflict: EditConflict, data: dict[str, str]) -> HttpResponse:
    """The three texts, and one merged as far as it goes, ready to be saved on top of the newest."""
    theirs = conflict.version
    merged = merge(conflict.base, conflict.mine, theirs.markdown)
    form = EditForm(
        initial={
            "markdown": merged.text,
            "change_summary": data["change_summary"],
            "bump": data["bump"],
            "base": str(EditBase(theirs.pk, theirs.revision)),
        }
    )
    context = {"runbook": runbook, "version": theirs, "conflict": conflict, "merge": merged, "form": form}
    return render(request, "runbooks/merge.html", context, status=409)
