"""The search page, what the palette shows while somebody types, and what nobody found."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.http import Request
from accounts.models import User
from oncall.models import Service
from portal.actions import find_actions
from portal.finding import KINDS, Asked, find, find_while_typing
from runbooks.errors import NotAllowed
from runbooks.models import UnansweredQuestion
from runbooks.search import count_unanswered
from runbooks.search.results import Hit, Results
from runbooks.services.questions import clear_question

MOST_SERVICES = 12  # offered where nothing was found
LEAST_LETTERS = 2  # of a question that is answered while it is typed
QUESTIONS_PER_PAGE = 50


@require_safe
@vary_on_headers("HX-Request")
def show_search(request: Request) -> HttpResponse:
    """All that answers a question; only the answers when htmx asks, as somebody types on the page."""
    asked = Asked.of(request.GET)
    results = find(request.user, asked) if asked.text else Results("")
    if not request.htmx and not _comes_from_the_list(request) and _is_unanswered(asked, results):
        count_unanswered(asked.text, UnansweredQuestion.Kind.SEARCH, timezone.now())
    template = "portal/_results.html" if request.htmx else "portal/search.html"
    return render(request, template, _describe(request.user, asked, results))


@require_safe
@never_cache
def suggest(request: Request) -> HttpResponse:
    """Lines for the palette: what answers the letters typed so far, and actions; after `>` actions alone."""
    asked = Asked.of(request.GET)
    only_actions = asked.text.startswith(">")
    words = asked.text.removeprefix(">").strip()
    is_search = not only_actions and len(words) >= LEAST_LETTERS
    results = find_while_typing(request.user, words) if is_search else Results("")
    context = {
        "asked": asked,
        "results": results,
        "groups": _list_suggestions(results),
        "actions": find_actions(request.user, words),
        "all_url": asked.address() if is_search else "",
    }
    return render(request, "portal/_palette.html", context)


@require_safe
@permission_required("runbooks.view_unansweredquestion", raise_exception=True)
def list_unanswered(request: Request) -> HttpResponse:
    """What was asked and led nowhere, most often asked first: what the team might write next."""
    kind = request.GET.get("kind", "")
    questions = UnansweredQuestion.objects.all()
    if kind in UnansweredQuestion.Kind.values:
        questions = questions.filter(kind=kind)
    page = Paginator(questions.order_by("-times", "-last_asked_at", "pk"), QUESTIONS_PER_PAGE).get_page(
        request.GET.get("page")
    )
    context = {"page": page, "kind": kind, "kinds": UnansweredQuestion.Kind.choices}
    return render(request, "portal/unanswered.html", context)


@require_POST
def clear_unanswered(request: Request, pk: int) -> HttpResponse:
    """Take a question off the list; it comes back when it is asked again."""
    if not request.user.has_perm("runbooks.view_unansweredquestion"):
        raise PermissionDenied
    question = get_object_or_404(UnansweredQuestion, pk=pk)
    try:
        clear_question(question, user=request.user)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    messages.success(request, f"“{question.words}” is off the list.")
    return redirect("portal:unanswered")


def _comes_from_the_list(request: Request) -> bool:
    """Whether somebody only looks at a question of the list again."""
    return urlsplit(request.headers.get("Referer", "")).path == reverse("portal:unanswered")


def _is_unanswered(asked: Asked, results: Results) -> bool:
    """Whether nothing at all fits: neither in another kind nor in a draft."""
    fits = not results.is_empty and not results.is_nearest
    return bool(asked.text) and not fits and not asked.kind and not results.in_drafts


def _describe(user: User, asked: Asked, results: Results) -> dict[str, Any]:
    """What the template prints."""
    return {
        "asked": asked,
        "results": results,
        "best": _pick_best(asked, results),
        "command": _pick_command(asked, results),
        "groups": _list_groups(asked, results),
        "kinds": _list_kinds(asked, results),
        "drafts_url": asked.address(drafts=not asked.drafts, page=1),
        "previous_url": asked.address(page=results.page - 1) if results.page > 1 else "",
        "next_url": asked.address(page=results.page + 1) if results.page < results.pages else "",
        "new_url": f"/runbooks/new/?{urlencode({'title': asked.text[:200]})}",
        "services": Service.objects.for_list(user)[:MOST_SERVICES] if results.is_empty else [],
    }


def _pick_best(asked: Asked, results: Results) -> Hit | None:
    """The answer that stands above all others; none where one kind is gone through page by page."""
    return None if asked.kind else results.best


def _pick_command(asked: Asked, results: Results) -> Hit | None:
    """What to type: the command that is the best answer, or the first that stands in the section it leads to."""
    best = _pick_best(asked, results)
    if best is None or results.is_nearest:
        return None
    same_place = (hit for hit in results.hits if hit.kind == "command" and hit.url == best.url)
    return next(same_place, None) if "#" in best.url else None


def _list_groups(asked: Asked, results: Results) -> list[dict[str, Any]]:
    """Groups as they are printed: without the hit that stands above them all, and with a way to the rest of them."""
    best = _pick_best(asked, results)
    groups = []
    for group in results.groups:
        hits = [hit for hit in group.hits if hit != best]
        has_more = group.count > len(group.hits) and not asked.kind
        url = asked.address(kind=group.kind, page=1) if has_more and group.kind in KINDS else ""
        if hits:
            groups.append({"group": group, "hits": hits, "all_url": url})
    return groups


def _list_suggestions(results: Results) -> list[dict[str, Any]]:
    """Groups as the palette shows them: the best answer first, on its own, since Enter opens it."""
    best = [{"name": "best", "label": "Best match", "hits": [results.best]}] if results.best else []
    groups = [
        {"name": group.kind, "label": group.label, "hits": [hit for hit in group.hits if hit != results.best]}
        for group in results.groups
    ]
    return best + [group for group in groups if group["hits"]]


def _list_kinds(asked: Asked, results: Results) -> list[dict[str, Any]]:
    """The ways to see answers of one kind alone."""
    counts = {group.kind: group for group in results.groups}
    kinds = [
        {
            "label": label,
            "url": asked.address(kind=kind, page=1),
            "group": counts.get(kind),
            "is_current": kind == asked.kind,
        }
        for kind, label in KINDS.items()
        if kind in counts or asked.kind
    ]
    everything = {"label": "Everything", "url": asked.address(kind="", page=1), "is_current": not asked.kind}
    return [everything | {"total": results}, *kinds]
