"""Reviews in the API: what waits for one, answering, putting off."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Field, Router, Schema, Status

from accounts.models import User
from runbooks.errors import NotAllowed, Refused
from runbooks.models import Review, Runbook
from runbooks.review_pages.waiting import annotate_waiting, find_mine, find_states, order_by_urgency
from runbooks.services.reviews import ask_for_work, confirm_runbook, snooze_runbook

router = Router()
PAGE_SIZE = 50


class Problem(Schema):
    """Why something was not done, in a sentence."""

    detail: str


class DueOut(Schema):
    """A runbook and when it is to be read again. Days are calendar days without a zone."""

    service: str = Field(description="Slug of the service.")
    slug: str
    title: str
    team: str | None = Field(description="Slug of the team that is asked: the runbook's, else its service's.")
    owner: str | None
    last_reviewed_on: dt.date | None
    next_review_on: dt.date | None
    has_evidence: bool = Field(description="Something happened that asks for a review, whatever the day.")
    is_snoozed: bool
    freshness: int = Field(description="0 to 100.")
    url: str

    @staticmethod
    def resolve_service(runbook: Runbook) -> str:
        return runbook.service.slug

    @staticmethod
    def resolve_team(runbook: Runbook) -> str | None:
        team = runbook.team or runbook.service.team
        return team.slug if team else None

    @staticmethod
    def resolve_owner(runbook: Runbook) -> str | None:
        return str(runbook.owner) if runbook.owner else None

    @staticmethod
    def resolve_url(runbook: Runbook) -> str:
        return runbook.get_absolute_url()


class PageOut(Schema):
    """A page of the queue, the most pressing first."""

    count: int
    page: int
    pages: int
    runbooks: list[DueOut]


class AnswerIn(Schema):
    """An answer. `needs work` says what is to be done, by whom and until when."""

    answer: Literal["right", "work"]
    note: str = Field(default="", max_length=1000)
    version: str = Field(default="", max_length=20, description="Number of the version that was read, as 1.2.")
    text: str = Field(default="", max_length=500, description="What is to be done.")
    owner: str = Field(default="", max_length=254, description="E-mail address of whoever does it; empty: you.")
    due_on: dt.date | None = Field(default=None, description="The day until which it is done.")


class AnswerOut(Schema):
    """An answer that was kept. Moments are in UTC, ISO 8601."""

    id: int
    answer: str
    way: str
    version: str
    note: str
    reviewed_by: str
    reviewed_at: dt.datetime
    next_review_on: dt.date | None

    @staticmethod
    def resolve_version(review: Review) -> str:
        return review.version_number

    @staticmethod
    def resolve_reviewed_by(review: Review) -> str:
        return str(review.reviewed_by)

    @staticmethod
    def resolve_next_review_on(review: Review) -> dt.date | None:
        return review.due_after


class SnoozeIn(Schema):
    """Until which day nobody is reminded, and why."""

    until: dt.date = Field(description="1 to 90 days ahead.")
    reason: str = Field(max_length=300)


class SnoozeOut(Schema):
    until: dt.date
    reason: str


@router.get("/reviews", response=PageOut, operation_id="list_reviews")
def list_reviews(
    request: HttpRequest,
    state: Literal["waiting", "evidence", "overdue", "soon", "work", "snoozed", "all"] = "waiting",
    team: str = "",
    service: str = "",
    mine: bool = False,
    page: int = 1,
) -> dict[str, Any]:
    """Runbooks that wait for a review, fifty on a page; of one team or service (its slug), or of what is yours."""
    user, today = _user(request), timezone.localdate()
    found = annotate_waiting(Runbook.objects.visible_to(user).in_use().shown(), today)
    if state != "all":
        found = found.filter(find_states(today)[state])
    if team:
        found = found.filter(_is_of_team(team.replace("\0", "")))
    if service:
        found = found.filter(service__slug=service.replace("\0", ""))
    if mine:
        found = found.filter(find_mine(user))
    return _make_page(order_by_urgency(found, today), page)


@router.post(
    "/runbooks/{service}/{slug}/reviews", response={201: AnswerOut, 409: Problem}, operation_id="review_runbook"
)
def answer(request: HttpRequest, service: str, slug: str, body: AnswerIn) -> Status[Any]:
    """Say that a runbook is still right, or that it needs work. Fixes are made on its page."""
    runbook, user, now = _get(request, service, slug), _user(request), timezone.now()
    version_id = _find_version(runbook, body.version)
    if body.answer == "right":
        given = confirm_runbook(runbook, user=user, now=now, way=Review.Way.API, note=body.note, version_id=version_id)
        return Status(201, given)
    if body.due_on is None:
        raise Refused("Say until which day it is to be done.")
    given = ask_for_work(
        runbook,
        user=user,
        now=now,
        text=body.text,
        owner=_find_owner(body.owner, user),
        due_on=body.due_on,
        note=body.note,
        version_id=version_id,
        way=Review.Way.API,
    )
    return Status(201, given)


@router.post(
    "/runbooks/{service}/{slug}/snooze", response={201: SnoozeOut, 409: Problem}, operation_id="snooze_runbook"
)
def snooze(request: HttpRequest, service: str, slug: str, body: SnoozeIn) -> Status[Any]:
    """Put the review of a runbook off."""
    runbook = _get(request, service, slug)
    made = snooze_runbook(runbook, until=body.until, reason=body.reason, user=_user(request), now=timezone.now())
    return Status(201, made)


def _make_page(found: QuerySet[Any], number: int) -> dict[str, Any]:
    rows = found.select_related("service__team", "team", "owner")
    page = Paginator(rows, PAGE_SIZE).get_page(number)
    return {
        "count": page.paginator.count,
        "page": page.number,
        "pages": page.paginator.num_pages,
        "runbooks": list(page),
    }


def _is_of_team(slug: str) -> Q:
    return Q(team__slug=slug) | Q(team__isnull=True, service__team__slug=slug)


def _find_version(runbook: Runbook, number: str) -> int | None:
    """The version of that number. Raises Refused for one that there is not."""
    if not number:
        return None
    major, _, minor = number.partition(".")
    if not all(part.isascii() and part.isdigit() and len(part) < 10 for part in (major, minor)):
        raise Refused("The number of a version is like 1.2.")
    found = runbook.versions.filter(major=int(major), minor=int(minor)).only("pk").first()
    if found is None:
        raise Refused(f"This runbook has no version {number}.")
    return found.pk


def _find_owner(email: str, user: User) -> User:
    """Whoever shall do it: the person themselves where nobody is named. Raises Refused for an unknown address."""
    email = email.replace("\0", "").strip()
    if not email:
        return user
    found = User.objects.with_access().filter(email__iexact=email, is_active=True).first()
    if found is None:
        raise Refused("Nobody here has that e-mail address.")
    return found


def _get(request: HttpRequest, service: str, slug: str) -> Runbook:
    visible = Runbook.objects.visible_to(_user(request)).select_related("service", "team", "owner")
    return get_object_or_404(visible, service__slug=service.replace("\0", ""), slug=slug.replace("\0", ""))


def _user(request: HttpRequest) -> User:
    """Whoever asks; their role lets them look at reviews. Raises NotAllowed."""
    user: Any = request.user
    if not user.has_perm("runbooks.view_review"):
        raise NotAllowed("You may not see reviews. Ask an administrator for the role that may.")
    return user  # type: ignore[no-any-return]  # the API lets no stranger in
