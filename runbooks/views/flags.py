"""Flags: saying that something is wrong, the list for those who answer, and the answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.http import Request
from runbooks.errors import NotAllowed, Refused
from runbooks.flag_pages import FlagList
from runbooks.forms import AnswerForm, FlagForm
from runbooks.models import Flag, Runbook
from runbooks.services.flags import answer_flag, answer_flags, raise_flag
from runbooks.views.common import get_runbook, get_version


def raise_flag_page(request: Request, service: str, slug: str) -> HttpResponse:
    """Say that something in the text that is shown is wrong; `?section=` is where."""
    runbook = get_runbook(request.user, service, slug)
    version = runbook.shown_version
    if version is None:
        raise Http404("Nothing has been written yet.")
    if not request.user.has_perm("runbooks.add_flag"):
        raise PermissionDenied("You may not say that a runbook is wrong.")
    sections = version.document.get("sections", [])
    form = FlagForm(
        request.POST if request.method == "POST" else None,
        sections=sections,
        initial={"section": request.GET.get("section", "")},
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        words = {"anchor": data["section"], "text": data["text"], "suggestion": data["suggestion"]}
        try:
            raise_flag(runbook, version=version, **words, user=request.user, now=timezone.now())
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, "Thank you. It stands on the page until somebody answers, and you will be told.")
            return redirect(runbook)
    context = {"runbook": runbook, "version": version, "form": form}
    return render(request, "runbooks/flag_new.html", context, status=422 if form.errors else 200)


def list_flags(request: Request) -> HttpResponse:
    """What readers say is wrong, open ones first."""
    return render(request, "runbooks/flags.html", FlagList(request.user, request.GET).context())


def show_flag(request: Request, pk: int) -> HttpResponse:
    """One flag, and the form to answer it for those who may."""
    flags = Flag.objects.visible_to(request.user).for_list()
    flag = get_object_or_404(flags, pk=pk)
    can_answer = flag.is_open and request.user.has_perm("runbooks.change_flag")
    given = request.POST if request.method == "POST" else None
    form = AnswerForm(given, runbook=flag.runbook, initial=_guess_answer(flag.runbook, flag))
    if request.method == "POST":
        if not request.user.has_perm("runbooks.change_flag"):
            raise PermissionDenied("You may not answer what readers say about runbooks.")
        if form.is_valid() and _answer(request, flag, form):
            return redirect(flag)
    context = {"flag": flag, "form": form, "can_answer": can_answer, "heading": _find_heading(flag)}
    return render(request, "runbooks/flag.html", context, status=422 if form.errors else 200)


@require_POST
def answer_several(request: Request, service: str, slug: str, number: tuple[int, int]) -> HttpResponse:
    """The ticked flags were answered by this version."""
    runbook = get_runbook(request.user, service, slug)
    version = get_version(runbook, number)
    ticked = [int(pk) for pk in request.POST.getlist("flag") if pk.isascii() and pk.isdigit() and len(pk) < 19]
    try:
        count = answer_flags(version, ticked, user=request.user, now=timezone.now())
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(version)
    told = f"{count} flag{'s are' if count != 1 else ' is'} answered." if count else "No flag was ticked."
    messages.success(request, told)
    return redirect(version)


def _answer(request: Request, flag: Flag, form: AnswerForm) -> bool:
    data = form.cleaned_data
    try:
        answer_flag(flag, data["answer"], data["note"], version=data["version"], user=request.user, now=timezone.now())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    messages.success(request, f"Answered. {flag.raised_by} is told.")
    return True


def _guess_answer(runbook: Runbook, flag: Flag) -> dict[str, Any]:
    """A version that became active after the flag was raised is probably the one that put it right."""
    later = runbook.versions.active().filter(activated_at__gt=flag.raised_at).values_list("pk", flat=True).first()
    return {"version": later, "answer": "changed"} if later else {}


def _find_heading(flag: Flag) -> str:
    """The heading the flag is about, in the version it is about, else in the one that is shown."""
    versions = [pk for pk in (flag.version_id, flag.runbook.shown_version_id) if pk]
    documents = flag.runbook.versions.filter(pk__in=versions).values_list("document__sections", flat=True)
    parts = [part for sections in documents for part in sections or []]
    return next((part["heading"] for part in parts if part["anchor"] == flag.anchor), "")
