"""Texts that updates begin with: the list, one of them, and those found in runbooks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.http import Request
from incidents.errors import NotAllowed, Refused
from incidents.filling import NAMES
from incidents.forms.communication import UpdateTemplateForm
from incidents.models import UpdateTemplate
from incidents.services import update_templates as services
from incidents.views.fetching import ask_permission
from oncall.models import Classification
from runbooks.models import Runbook
from runbooks.rendering import render_note

MOST_RUNBOOKS = 200
HOLDS_MESSAGES = [{"kind": "communication"}]


@require_safe
def list_templates(request: Request) -> HttpResponse:
    """All texts, those that are not offered too."""
    ask_permission(request.user, "incidents.view_updatetemplate", "see templates of updates")
    return render(
        request, "incidents/update_templates.html", {"templates": UpdateTemplate.objects.select_related("team")}
    )


def add_template(request: Request) -> HttpResponse:
    """Write a new text."""
    ask_permission(request.user, "incidents.add_updatetemplate", "make templates of updates")
    form = UpdateTemplateForm(request.POST or None)
    return _write(request, form, services.add_update_template, {})


def edit_template(request: Request, pk: int) -> HttpResponse:
    """Change a text; what was sent stays as it was."""
    ask_permission(request.user, "incidents.change_updatetemplate", "change templates of updates")
    template = get_object_or_404(UpdateTemplate, pk=pk)
    name = template.name
    form = UpdateTemplateForm(request.POST or None, instance=template)

    def change(**values: Any) -> UpdateTemplate:
        return services.change_update_template(template, **values)

    return _write(request, form, change, {"template": template, "name": name})


@require_POST
def delete_template(request: Request, pk: int) -> HttpResponse:
    """Delete a text for good."""
    template = get_object_or_404(UpdateTemplate, pk=pk)
    try:
        services.delete_update_template(template, user=request.user)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    messages.success(request, f"The template “{template}” is deleted. Updates that were sent stay.")
    return redirect("incidents:update_templates")


def adopt(request: Request) -> HttpResponse:
    """Messages that stand in runbooks. `?runbook=` shows those of one; a button makes one a template."""
    ask_permission(request.user, "incidents.add_updatetemplate", "make templates of updates")
    runbooks = _find_runbooks(request)
    runbook = _find_chosen(request, runbooks)
    if request.method == "POST" and runbook is not None:
        return _adopt(request, runbook)
    found = services.find_adoptable(runbook) if runbook else []
    known = set(UpdateTemplate.objects.filter(name__in=[one.name for one in found]).values_list("name", flat=True))
    context = {
        "runbooks": list(runbooks[:MOST_RUNBOOKS]),
        "runbook": runbook,
        "found": [(number, one, render_note(one.markdown), one.name in known) for number, one in enumerate(found)],
    }
    return render(request, "incidents/update_template_adopt.html", context)


def _find_runbooks(request: Request) -> QuerySet[Runbook]:
    """Runbooks whose text holds messages; Confidential ones are left out, as everybody who sends updates reads templates."""
    visible = Runbook.objects.visible_to(request.user).in_use()
    secret = Classification.CONFIDENTIAL
    return (
        visible.filter(shown_version__document__templates__contains=HOLDS_MESSAGES)
        .exclude(classification=secret)
        .exclude(service__classification=secret)
        .select_related("service", "shown_version")
        .defer("shown_version__markdown", "shown_version__html")
        .order_by("title", "pk")
    )


def _find_chosen(request: Request, runbooks: QuerySet[Runbook]) -> Runbook | None:
    key = (request.POST if request.method == "POST" else request.GET).get("runbook", "")
    if not key:
        return None
    return get_object_or_404(runbooks, pk=int(key) if key.isascii() and key.isdigit() and len(key) < 19 else 0)


def _adopt(request: Request, runbook: Runbook) -> HttpResponse:
    number = request.POST.get("number", "")
    try:
        chosen = int(number) if number.isascii() and number.isdigit() and len(number) < 6 else -1
        template = services.adopt_template(runbook, chosen, user=request.user)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except (Refused, ValidationError) as refusal:
        texts = refusal.messages if isinstance(refusal, ValidationError) else [str(refusal)]
        messages.error(request, " ".join(texts))
        return redirect(f"{request.path}?runbook={runbook.pk}")
    messages.success(request, f"The template “{template}” is added. Look over what it says before it is used.")
    return redirect("incidents:edit_update_template", template.pk)


def _write(request: Request, form: UpdateTemplateForm, change: Any, context: dict[str, Any]) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        try:
            template = change(**form.get_values(), user=request.user)
        except NotAllowed as refusal:
            raise PermissionDenied(str(refusal)) from None
        except ValidationError as error:
            form.add_error(None, error)
        except Refused as refusal:
            form.add_error("markdown", str(refusal))
        else:
            messages.success(request, f"The template “{template}” is saved.")
            return redirect("incidents:update_templates")
    names = [(f"{{{{ {name} }}}}", meaning) for name, meaning in NAMES.items()]
    page = "incidents/update_template_edit.html"
    return render(request, page, context | {"form": form, "names": names}, status=422 if form.errors else 200)
