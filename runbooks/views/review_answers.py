"""The three answers to a review, as the page sends them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.http import Request
from runbooks.errors import EditConflict, NotAllowed, Refused, SecretFound
from runbooks.models import Review
from runbooks.review_pages.page import ReviewPage
from runbooks.services import EditBase, reviews, text_of_base
from runbooks.services.bases import put_together
from runbooks.views.editing import show_merge


def say_right(request: Request, page: ReviewPage) -> HttpResponse:
    """Still right."""

    def confirm(data: dict[str, Any]) -> Review:
        return reviews.confirm_runbook(
            page.runbook, user=request.user, now=page.now, note=data["note"], version_id=data["version"]
        )

    return _take(request, page, "right", confirm)


def ask_for_work(request: Request, page: ReviewPage) -> HttpResponse:
    """Needs work: somebody gets a task, and a draft is open."""

    def ask(data: dict[str, Any]) -> Review:
        wanted = {name: data[name] for name in ("text", "owner", "due_on", "note")}
        return reviews.ask_for_work(page.runbook, user=request.user, now=page.now, version_id=data["version"], **wanted)

    return _take(request, page, "work", ask)


def fix_it(request: Request, page: ReviewPage) -> HttpResponse:
    """Right with a small fix: the words go into the open version; where somebody wrote meanwhile, into the usual merge."""
    page.open_section(request.POST.get("section", ""))
    form = page.make_form("fixed", request.POST)
    if not form.is_valid():
        return _show_again(request, page, "fixed", form)
    data = form.cleaned_data
    try:
        base = EditBase.parse(data["base"])
        whole = put_together(text_of_base(page.runbook, base), data["markdown"], data["section"])
    except Refused as refusal:
        form.add_error("markdown", str(refusal))
        return _show_again(request, page, "fixed", form)
    return _fix(request, page, form, base, whole)


def _fix(request: Request, page: ReviewPage, form: Form, base: EditBase, whole: str) -> HttpResponse:
    summary = form.cleaned_data["change_summary"]
    try:
        review = reviews.confirm_with_fix(
            page.runbook,
            user=request.user,
            now=page.now,
            version_id=base.version_id,
            base=base,
            markdown=whole,
            change_summary=summary,
        )
    except EditConflict as conflict:
        return _merge(request, page, conflict, {"change_summary": summary, "bump": "minor"})
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        form.add_error("markdown" if isinstance(refusal, SecretFound) else None, str(refusal))
        return _show_again(request, page, "fixed", form)
    return _answered(request, page, review)


def _merge(request: Request, page: ReviewPage, conflict: EditConflict, words: dict[str, str]) -> HttpResponse:
    messages.warning(
        request,
        "Your answer is not recorded yet, as the text is another one now. Save the merged text, then answer the review.",
    )
    return show_merge(request, page.runbook, conflict, words)


def _take(request: Request, page: ReviewPage, answer: str, give: Callable[[dict[str, Any]], Review]) -> HttpResponse:
    """The answer of a form; the page again with what was typed where it can't be taken."""
    form = page.make_form(answer, request.POST)
    if not form.is_valid():
        return _show_again(request, page, answer, form)
    try:
        review = give(form.cleaned_data)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show_again(request, page, answer, form)
    return _answered(request, page, review)


def _show_again(request: Request, page: ReviewPage, answer: str, form: Form) -> HttpResponse:
    """The page with everything that was typed. 409 where another version is shown by now: the next answer is about that."""
    page.runbook.refresh_from_db()
    shown = page.runbook.shown_version
    if shown is not None:
        shown.runbook, page.version = page.runbook, shown
    page.came_late = str(form.data.get("version", "")) != str(page.version.pk)
    if page.came_late and answer != "fixed":  # words written over the former text are never put over the new one
        form.data = {**form.data.dict(), "version": str(page.version.pk)}  # type: ignore[attr-defined]  # a QueryDict
    page.forms[answer] = form
    return render(request, "reviews/review.html", page.context(), status=409 if page.came_late else 422)


def _answered(request: Request, page: ReviewPage, review: Review) -> HttpResponse:
    messages.success(request, say_recorded(review))
    return redirect(find_next(request) or f"{page.runbook.get_absolute_url()}review/")


def find_next(request: Request) -> str:
    """The address in the form's `next`; "" for anything that leads out of the portal."""
    address = request.POST.get("next", "")
    own = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if own else ""


def say_recorded(review: Review) -> str:
    """What came of an answer, in a sentence."""
    day = review.due_after
    due = f" Next review {day:%-d %B %Y}." if day else ""
    if review.answer == Review.Answer.WORK:
        task = review.task
        return f"Recorded: {review.runbook} needs work. {task.owner} has the task, until {task.due_on:%-d %B}."
    if review.fix is None:
        return f"Recorded: {review.runbook} is still right.{due}"
    how = "is active" if review.fix.status == "active" else f"is {review.fix.get_status_display().lower()}"
    return f"Recorded. Version {review.fix.number} with your fix {how}.{due}"


ANSWERS: Mapping[str, Callable[[Request, ReviewPage], HttpResponse]] = {
    "right": say_right,
    "fixed": fix_it,
    "work": ask_for_work,
}
