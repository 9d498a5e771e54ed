"""The page behind a link in a message: one button, for the person who was asked. Opening it changes nothing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.errors import Refused
from accounts.http import Request
from accounts.models import User
from runbooks.models import Review, Runbook
from runbooks.review_links import NOT_MINE, RIGHT, SNOOZE, Answer, BadToken, OldToken, read_answer_token
from runbooks.review_pages.forms import NotMineForm, SnoozeForm
from runbooks.review_pages.mail import MailAnswer
from runbooks.review_pages.mine import list_mine
from runbooks.review_pages.queue import mark_latest
from runbooks.services import reviews


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answer_mail(request: Request, token: str) -> HttpResponse:
    """What the link asks for, and the button. A browser that only looks ahead gets nothing."""
    if "prefetch" in request.headers.get("Sec-Purpose", request.headers.get("Purpose", "")):
        return HttpResponse(status=204)
    try:
        answer = read_answer_token(token)
    except BadToken as refusal:
        is_old = isinstance(refusal, OldToken)
        return render(request, "reviews/answer_gone.html", {"is_old": is_old}, status=410 if is_old else 404)
    if answer.person_id != request.user.pk:
        return _say_whose(request, answer)
    found = MailAnswer.find(answer, request.user, timezone.localdate())
    if found is None:
        return render(request, "reviews/answer_gone.html", {"is_gone": True}, status=404)
    if request.method != "POST":
        return _show(request, found)
    return GIVE[answer.what](request, found)


@require_safe
def show_recorded(request: Request, pk: int) -> HttpResponse:
    """What was answered, the way to take it back, and what else waits for this person."""
    review = get_object_or_404(Review.objects.visible_to(request.user).for_list(), pk=pk)
    newest = review.runbook.reviews.standing().order_by("-reviewed_at", "-pk").values_list("pk", flat=True).first()
    now = timezone.now()
    marked = mark_latest([review], request.user, now)[0] if newest == review.pk else None
    context = {
        "review": review,
        "may_take_back": bool(marked and marked.may_take_back),
        "rows": list_mine(request.user, timezone.localdate(), most=5, leaving_out=review.runbook_id),
        "can_review": request.user.has_perm("runbooks.add_review"),
    }
    return render(request, "reviews/recorded.html", context)


def _say_right(request: Request, found: MailAnswer) -> HttpResponse:
    if not found.can_answer:
        return _show(request, found, status=409)
    try:
        review = reviews.confirm_runbook(
            found.runbook, user=request.user, now=timezone.now(), way="mail", version_id=found.answer.version_id
        )
    except Refused as refusal:
        return _show(request, found, refusal=str(refusal), status=409)
    return redirect("reviews:recorded", review.pk)


def _snooze(request: Request, found: MailAnswer) -> HttpResponse:
    form = SnoozeForm(request.POST, today=found.today)
    if not form.is_valid():
        return _show(request, found, form=form, status=422)
    data, now = form.cleaned_data, timezone.now()
    try:
        reviews.snooze_runbook(found.runbook, until=data["until"], reason=data["reason"], user=request.user, now=now)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, found, form=form, status=422)
    messages.success(request, f"Nobody is reminded of {found.runbook} before {data['until']:%-d %B %Y}.")
    return _to_mine()


def _disown(request: Request, found: MailAnswer) -> HttpResponse:
    form = NotMineForm(request.POST)
    if not form.is_valid():
        return _show(request, found, form=form, status=422)
    try:
        reviews.disown_runbook(found.runbook, user=request.user, now=timezone.now(), note=form.cleaned_data["note"])
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, found, form=form, status=422)
    messages.success(request, f"You are reminded of {found.runbook} no more.")
    return _to_mine()


def _to_mine() -> HttpResponse:
    response = redirect("reviews:queue")
    response["Location"] += "?mine=1"
    return response


def _show(
    request: Request,
    found: MailAnswer,
    *,
    form: SnoozeForm | NotMineForm | None = None,
    refusal: str = "",
    status: int = 200,
) -> HttpResponse:
    """The page of the link; sent by itself only where one click is what was asked for."""
    if form is None and found.answer.what == SNOOZE:
        form = SnoozeForm(today=found.today)
    if form is None and found.answer.what == NOT_MINE:
        form = NotMineForm()
    is_one_click = request.method == "GET" and found.answer.what == RIGHT and found.can_answer
    context = {"found": found, "runbook": found.runbook, "form": form, "refusal": refusal, "now": is_one_click}
    return render(request, "reviews/answer.html", context, status=status)


def _say_whose(request: Request, answer: Answer) -> HttpResponse:
    """Somebody else is logged in: whose link it is, and the page on which they may answer themselves."""
    runbook = Runbook.objects.visible_to(request.user).shown().select_related("service").filter(pk=answer.runbook_id)
    person = User.objects.filter(pk=answer.person_id).first()
    context = {"person": person, "runbook": runbook.first()}
    return render(request, "reviews/answer_other.html", context, status=403)


GIVE = {RIGHT: _say_right, SNOOZE: _snooze, NOT_MINE: _disown}
