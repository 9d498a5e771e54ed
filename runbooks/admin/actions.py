"""Steps taken for many runbooks at once: the same services, one runbook after the other, each refusal with its reason."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone

from accounts.admin_base import REFUSED_BY_DATABASE, WHY, person_of
from accounts.models import User
from runbooks import services
from runbooks.admin.forms import ReviewDateForm, SendBackForm
from runbooks.errors import Refused, WrongStatus
from runbooks.models import Runbook, RunbookVersion
from runbooks.services.reviews import spread_reviews

# Refusals beyond this many are counted: nobody reads a thousand messages.
MOST_MESSAGES = 30
MOST_NAMES = 100

# Takes the step for one runbook and gives back what was done, for its history.
Step = Callable[[Runbook, User, dt.datetime], str]


@dataclass(frozen=True)
class Question:
    """What is asked before the step is taken: a page with the chosen runbooks, and a form where one is needed."""

    title: str
    button: str
    form: type[Form] = Form
    help: str = ""


def open_version(runbook: Runbook) -> RunbookVersion:
    """The version on its way. Raises WrongStatus when there is none."""
    version = runbook.versions.open().first()
    if version is None:
        raise WrongStatus("No version is on its way.")
    version.runbook = runbook
    return version


def submit(runbook: Runbook, user: User, now: dt.datetime) -> str:
    version = services.submit_version(open_version(runbook), user=user, now=now)
    return f"Submitted version {version.number} for review."


def approve(runbook: Runbook, user: User, now: dt.datetime) -> str:
    version = services.approve_version(open_version(runbook), user=user, now=now)
    return f"Approved version {version.number}."


def send_back(runbook: Runbook, user: User, now: dt.datetime, *, note: str) -> str:
    version = services.send_back_version(open_version(runbook), user=user, note=note, now=now)
    return f"Sent version {version.number} back: {note.strip()}"


def activate(runbook: Runbook, user: User, now: dt.datetime) -> str:
    version = services.activate_version(open_version(runbook), user=user, now=now)
    return f"Activated version {version.number}."


def retire(runbook: Runbook, user: User, now: dt.datetime) -> str:
    services.retire_runbook(runbook, user=user, now=now)
    return "Retired."


def reinstate(runbook: Runbook, user: User, now: dt.datetime) -> str:
    services.reinstate_runbook(runbook, user=user, now=now)
    return "Reinstated."


def set_review_date(runbook: Runbook, user: User, now: dt.datetime, *, next_review_on: dt.date) -> str:
    services.change_runbook(runbook, user=user, now=now, next_review_on=next_review_on)
    return f"Set the next review to {next_review_on:%-d %B %Y}."


def take_each(model_admin: Any, request: HttpRequest, runbooks: QuerySet[Any], step: Step, done: str) -> None:
    """Take the step for each runbook; say how many took it, and for each other one why not."""
    user, now = person_of(request), timezone.now()
    taken, refusals = 0, []
    for runbook in runbooks:
        try:
            said = step(runbook, user, now)
        except (Refused, ValidationError, *REFUSED_BY_DATABASE) as refusal:
            refusals.append(f"{runbook}: {_reason(refusal)}")
        else:
            model_admin.log_change(request, runbook, said)
            taken += 1
    if taken:
        noun = "runbook" if taken == 1 else "runbooks"
        model_admin.message_user(request, f"{taken} {noun} {done}.", messages.SUCCESS)
    for sentence in refusals[:MOST_MESSAGES]:
        model_admin.message_user(request, sentence, messages.WARNING)
    if len(refusals) > MOST_MESSAGES:
        rest = len(refusals) - MOST_MESSAGES
        model_admin.message_user(request, f"{rest} more were refused. Choose fewer to see why.", messages.WARNING)


def make_action(name: str, step: Step, *, label: str, permission: str, done: str) -> Any:
    """An action that is taken at once; `permission` names `has_<permission>_permission` of the model admin."""

    def act(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> None:
        take_each(model_admin, request, queryset, step, done)

    act.__name__ = name
    return admin.action(permissions=[permission], description=label)(act)


def make_asking_action(
    name: str, step: Callable[..., str], question: Question, *, label: str, permission: str, done: str
) -> Any:
    """An action that asks first, on a page of its own; what was answered goes to the step."""

    def act(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> HttpResponse | None:
        answered = "answered" in request.POST
        form = question.form(request.POST if answered else None)
        if not answered or not form.is_valid():
            return _ask(model_admin, request, queryset, question, form, name)
        take_each(model_admin, request, queryset, partial(step, **form.cleaned_data), done)
        return None

    act.__name__ = name
    return admin.action(permissions=[permission], description=label)(act)


def _ask(
    model_admin: Any, request: HttpRequest, runbooks: QuerySet[Any], question: Question, form: Form, name: str
) -> HttpResponse:
    chosen = list(runbooks[: MOST_NAMES + 1])
    context = {
        **model_admin.admin_site.each_context(request),
        "title": question.title,
        "question": question,
        "form": form,
        "runbooks": chosen[:MOST_NAMES],
        "has_more": len(chosen) > MOST_NAMES,
        "selected": request.POST.getlist("_selected_action"),
        "select_across": request.POST.get("select_across", "0"),
        "action": name,
        "opts": model_admin.opts,
        "media": model_admin.media + form.media,
    }
    request.current_app = model_admin.admin_site.name  # as Django's own admin views do
    return TemplateResponse(request, "admin/runbooks/ask_first.html", context, status=422 if form.errors else 200)


def _reason(refusal: Exception) -> str:
    if isinstance(refusal, ValidationError):
        return " ".join(refusal.messages)
    return str(refusal) if isinstance(refusal, Refused) else WHY


@admin.action(permissions=["spread"], description="Spread the reviews of these runbooks")
def spread(model_admin: Any, request: HttpRequest, queryset: QuerySet[Any]) -> None:
    """What falls together among the chosen ones is spread over its period; days that somebody stated stay."""
    chosen = list(queryset.order_by().values_list("pk", flat=True))
    moved = spread_reviews(chosen, timezone.localdate(), user=person_of(request))
    if moved:
        said = f"{moved} {'review has' if moved == 1 else 'reviews have'} another day."
        model_admin.message_user(request, said, messages.SUCCESS)
    else:
        model_admin.message_user(request, "None of these fall together, so every review keeps its day.", messages.INFO)


ACTIONS = [
    make_action("submit", submit, label="Submit for review", permission="change", done="submitted for review"),
    make_action("approve", approve, label="Approve", permission="approve", done="approved"),
    make_asking_action(
        "send_back",
        send_back,
        Question("Send back to the authors", "Send back", SendBackForm),
        label="Send back…",
        permission="approve",
        done="sent back",
    ),
    make_action("activate", activate, label="Activate", permission="activate", done="activated"),
    make_asking_action(
        "set_review_date",
        set_review_date,
        Question("Set the date of the next review", "Set the date", ReviewDateForm),
        label="Set review date…",
        permission="change",
        done="given the new review date",
    ),
    spread,
    make_asking_action(
        "retire",
        retire,
        Question(
            "Retire runbooks", "Retire", help="They stay readable, and leave lists, search, reminders and reviews."
        ),
        label="Retire…",
        permission="retire",
        done="retired",
    ),
    make_action("reinstate", reinstate, label="Reinstate", permission="retire", done="reinstated"),
]
