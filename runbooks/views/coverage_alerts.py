"""Coverage of alerts: the lists, files of rules in and out, stubs."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import permission_required
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.http import Request
from oncall.models import Service
from runbooks.alert_links import AlertName
from runbooks.coverage.alerts import AlertCoverage, find_draft, make_stub_address
from runbooks.coverage.forms import RulesForm
from runbooks.errors import NotAllowed, Refused
from runbooks.models import RuleFile, RunbookTemplate, UnansweredQuestion
from runbooks.services import questions, start_runbook
from runbooks.services.alerting import delete_rule_file, import_rules


@require_http_methods(["GET", "HEAD", "POST"])
@permission_required("runbooks.view_rulefile", raise_exception=True)
def show_alerts(request: Request) -> HttpResponse:
    """`?show=` is one of the lists, `?q=` narrows it. A POST is a file of rules."""
    is_post = request.method == "POST"
    form = RulesForm(request.POST if is_post else None, request.FILES if is_post else None)
    if is_post and _take_in(request, form):
        return redirect("coverage:alerts")
    query = request.GET.copy()
    if is_post:
        query["show"] = "files"
    coverage = AlertCoverage(request.user, query)
    context = {"coverage": coverage, "page": coverage.page, "form": form}
    return render(request, "coverage/alerts.html", context, status=422 if form.errors else 200)


def _take_in(request: Request, form: RulesForm) -> bool:
    if not request.user.has_perm("runbooks.add_rulefile"):
        raise PermissionDenied("You may not add files of alerting rules.")
    if not form.is_valid():
        return False
    name, data = form.read()
    try:
        done = import_rules(name, data, user=request.user, now=timezone.now())
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return False
    said = "has not changed" if done.is_unchanged else f"holds {done.rules} alert{'' if done.rules == 1 else 's'}"
    messages.success(request, f"{done.name} {said}.")
    return True


@require_safe
@permission_required("runbooks.view_rulefile", raise_exception=True)
def download_alerts(request: Request) -> HttpResponse:
    """The list that `?show=` names, all of it."""
    coverage = AlertCoverage(request.user, request.GET)
    response = HttpResponse(coverage.to_csv(), content_type="text/csv; charset=utf-8")
    name = f"alerts-{coverage.show}-{timezone.localdate()}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
def start_stub(request: Request) -> HttpResponse:
    """Begin a runbook for an alert, and go on in the editor; where its service is not known, choose that first."""
    if not request.user.has_perm("runbooks.add_runbook"):
        raise PermissionDenied("You may not write runbooks.")
    alert = AlertName.parse(request.POST.get("alert", "")).short[:200]
    slug = request.POST.get("service", "").replace("\0", "")
    if draft := find_draft(alert, request.user):
        messages.info(request, f"Somebody has begun one for {alert}: this is it.")
        return redirect("runbooks:edit", draft.service.slug, draft.slug)
    service = Service.objects.visible_to(request.user).filter(slug=slug).first() if slug else None
    template = RunbookTemplate.objects.filter(slug="alert").first()
    if not alert or service is None or template is None:
        return redirect(make_stub_address(alert, slug if service else ""))
    wishes: dict[str, Any] = {"service": service, "template": template, "alert": alert, "title": alert}
    try:
        version = start_runbook(**wishes, author=request.user, now=timezone.now())
    except (Refused, ValidationError) as refusal:
        messages.error(request, " ".join(getattr(refusal, "messages", [str(refusal)])))
        return redirect(make_stub_address(alert, service.slug))
    messages.success(request, f"{alert} is a draft now. What stands in brackets is yours to fill in.")
    return redirect("runbooks:edit", service.slug, version.runbook.slug)


@require_POST
@permission_required("runbooks.view_rulefile", raise_exception=True)
def delete_file(request: Request, pk: int) -> HttpResponse:
    """Take out a file with its rules."""
    file = get_object_or_404(RuleFile, pk=pk)
    try:
        delete_rule_file(file, user=request.user)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    messages.success(request, f"{file.name} is taken out, with its alerts.")
    return redirect(f"{reverse('coverage:alerts')}?show=files")


@require_POST
def clear_question(request: Request, pk: int) -> HttpResponse:
    """Forget that an alert's address was asked for."""
    asked = UnansweredQuestion.objects.filter(kind=UnansweredQuestion.Kind.ALERT)
    if not request.user.has_perm("runbooks.delete_unansweredquestion"):
        raise PermissionDenied("You may not clear unanswered questions.")
    question = get_object_or_404(asked, pk=pk)
    questions.clear_question(question, user=request.user)
    messages.success(request, f"{question.words} is off the list until somebody asks again.")
    return redirect(f"{reverse('coverage:alerts')}?show=asked")
