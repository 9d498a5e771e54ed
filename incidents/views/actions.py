"""Action items and lessons: the overview, adding, changing."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.http import Request
from accounts.models import Team
from incidents.forms.postmortems import ActionChangeForm, ActionForm, LessonForm, LessonVersionForm
from incidents.models import ActionItem, Incident, Lesson
from incidents.pages.actions import STATUSES, find_actions, list_actions, write_actions
from incidents.pages.postmortems import find_near
from incidents.services import actions, lessons
from incidents.views.fetching import ask_permission, try_to
from incidents.views.postmortems import answer, get_postmortem, render_report
from runbooks.models import Runbook

MOST_ROWS = 10_000


@require_safe
def show_actions(request: Request) -> HttpResponse:
    """The overview. `?whose=` and `?status=` narrow it; without them, all that are not finished."""
    today = timezone.localdate()
    wishes = request.GET.dict()
    page = list_actions(request.user, wishes, today)
    context = {"page": page, "wishes": wishes, "statuses": STATUSES, "teams": Team.objects.all(), "today": today}
    return render(request, "incidents/actions.html", context)


@require_safe
def download_actions(request: Request) -> HttpResponse:
    """The same items as CSV."""
    items = find_actions(request.user, request.GET.dict(), timezone.localdate())[:MOST_ROWS]
    response = HttpResponse(write_actions(items), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="action-items.csv"'
    return response


@require_POST
def add_action(request: Request, number: int) -> HttpResponse:
    """Write one down, on the post-mortem's page."""
    postmortem = get_postmortem(request, number)
    ask_permission(request.user, "incidents.add_actionitem", "add action items")
    form = ActionForm(request.POST, near=find_near(postmortem.incident))
    if form.is_valid():
        data, now = form.cleaned_data, timezone.now()
        if try_to(form, lambda: actions.add_action(postmortem, **data, user=request.user, now=now)):
            messages.success(request, "The action item is written down.")
            return redirect(f"{postmortem.get_absolute_url()}#actions")
    return render_report(request, postmortem, action_form=form)


def edit_action(request: Request, pk: int) -> HttpResponse:
    """Change one; its owner may say how far it is without any other right."""
    rows = ActionItem.objects.visible_to(request.user).select_related("postmortem__incident", "owner")
    item = get_object_or_404(rows, pk=pk)
    if not actions.may_change(item, request.user):
        ask_permission(request.user, "incidents.change_actionitem", "change action items")
    incident = item.postmortem.incident
    is_known = Incident.objects.visible_to(request.user).filter(pk=incident.pk).exists()
    only_status = not request.user.has_perm("incidents.change_actionitem")
    near = find_near(incident) if is_known and not only_status else []
    form = ActionChangeForm(request.POST or None, item=item, near=near, only_status=only_status)
    if request.method == "POST" and form.is_valid():
        data, now = form.read(), timezone.now()
        if try_to(form, lambda: actions.change_action(item, user=request.user, now=now, **data)):
            messages.success(request, "Saved.")
            return redirect(f"{item.postmortem.get_absolute_url()}#actions" if is_known else "incidents:actions")
    context = {"form": form, "item": item, "incident": incident, "is_known": is_known}
    return render(request, "incidents/action.html", context, status=422 if form.errors else 200)


@require_POST
def add_lesson(request: Request, number: int) -> HttpResponse:
    """Tie a lesson to a runbook, on the post-mortem's page."""
    postmortem = get_postmortem(request, number)
    ask_permission(request.user, "incidents.add_lesson", "tie lessons to runbooks")
    form = LessonForm(request.POST, user=request.user)
    if form.is_valid():
        text, runbook = form.cleaned_data["text"], form.cleaned_data["runbook"]
        if try_to(form, lambda: lessons.add_lesson(postmortem, text, runbook, user=request.user)):
            messages.success(request, "The lesson is tied to its runbook.")
            return redirect(f"{postmortem.get_absolute_url()}#lessons")
    return render_report(request, postmortem, lesson_form=form)


def edit_lesson(request: Request, pk: int) -> HttpResponse:
    """Say which version took a lesson in, or (`do=remove`) take the lesson away."""
    rows = Lesson.objects.select_related("postmortem__incident", "runbook__service")
    rows = rows.filter(postmortem__incident__in=Incident.objects.visible_to(request.user))
    lesson = get_object_or_404(rows.filter(runbook__in=Runbook.objects.visible_to(request.user)), pk=pk)
    ask_permission(request.user, "incidents.change_lesson", "tie lessons to runbooks")
    place = f"{lesson.postmortem.get_absolute_url()}#lessons"
    if request.method == "POST" and request.POST.get("do") == "remove":
        return answer(
            request, lambda: lessons.remove_lesson(lesson, user=request.user), "The lesson is taken away.", place
        )
    form = LessonVersionForm(
        request.POST or None, runbook=lesson.runbook, initial={"version": lesson.version_id}, auto_id="id_%s"
    )
    if request.method == "POST" and form.is_valid():
        version = form.cleaned_data["version"]
        return answer(request, lambda: lessons.tie_lesson(lesson, version, user=request.user), "Saved.", place)
    context = {"form": form, "lesson": lesson, "incident": lesson.postmortem.incident}
    return render(request, "incidents/lesson.html", context, status=422 if form.errors else 200)
