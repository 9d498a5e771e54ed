"""Templates: which there are, how one is written and tried, and how a runbook becomes one."""

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.http import Request
from oncall.models import Service
from runbooks import services
from runbooks.errors import NotAllowed, Refused
from runbooks.filling import NAMES
from runbooks.forms import SaveAsTemplateForm, TemplateForm
from runbooks.models import RunbookTemplate
from runbooks.rendering import look_over
from runbooks.services.templates import SHIPPED, is_confidential
from runbooks.views.common import get_runbook, may_write

# Findings that a template is meant to have: whoever begins a runbook with it fills them in.
LEFT_TO_AUTHORS = frozenset(
    {
        "unfilled-placeholder",
        "contact-missing",
        "contact-unreachable",
        "escalation-level-missing",
        "escalation-reaches-nobody",
        "no-owner",
        "no-review-date",
    }
)


def list_templates(request: Request) -> HttpResponse:
    """All templates, the hidden ones too, for those who write."""
    _require(request, "runbooks.view_runbooktemplate", "see templates")
    context = {"templates": RunbookTemplate.objects.select_related("updated_by"), "shipped": SHIPPED}
    return render(request, "runbooks/template_list.html", context)


def add_template(request: Request) -> HttpResponse:
    """Write a template of one's own."""
    _require(request, "runbooks.add_runbooktemplate", "make templates")
    form = TemplateForm(request.POST or None, user=request.user, initial={"markdown": "# {{ title }}\n"})
    if (saved := _save(request, form, services.add_template)) is not None:
        return saved
    return _show(request, "runbooks/template_edit.html", form, {})


def edit_template(request: Request, slug: str) -> HttpResponse:
    """Change a template, and see how it fills for a service."""
    _require(request, "runbooks.change_runbooktemplate", "change templates")
    template = get_object_or_404(RunbookTemplate, slug=slug)
    name = template.name
    form = TemplateForm(request.POST or None, user=request.user, instance=template)

    def change(**values: Any) -> RunbookTemplate:
        return services.change_template(template, **values)

    if (saved := _save(request, form, change)) is not None:
        return saved
    context = {"template": template, "name": name, "is_shipped": slug in SHIPPED}
    return _show(request, "runbooks/template_edit.html", form, context)


@require_POST
def preview_template(request: Request) -> HttpResponse:
    """What the editor shows beside a template: each name as what it means. 422 with a sentence for what can't be stored."""
    if not may_write(request.user):
        raise PermissionDenied("You may not write runbooks.")
    look = _look_at(RunbookTemplate(name="template", markdown=request.POST.get("content", "")), None, request)
    return render(request, "runbooks/_preview.html", look, status=422 if "refusal" in look else 200)


@require_POST
def delete_template(request: Request, slug: str) -> HttpResponse:
    """Delete a template for good; one that comes with the portal can only be hidden."""
    template = get_object_or_404(RunbookTemplate, slug=slug)
    try:
        services.delete_template(template, user=request.user)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("runbooks:edit_template", slug)
    messages.success(request, f"The template “{template}” is deleted. Runbooks made from it stay.")
    return redirect("runbooks:templates")


def save_as_template(request: Request, service: str, slug: str) -> HttpResponse:
    """Make a template out of what a runbook shows, its service's facts taken out; looked over before it is saved."""
    runbook = get_runbook(request.user, service, slug)
    _require(request, "runbooks.add_runbooktemplate", "make templates")
    version = runbook.shown_version
    if version is None:
        raise Http404("This runbook has no text yet.")
    version.runbook = runbook
    initial: dict[str, Any] = {"kind": runbook.kind}
    if request.method != "POST":
        initial["markdown"] = services.draft_template(version, user=request.user, now=timezone.now())
    form = SaveAsTemplateForm(
        request.POST or None, user=request.user, initial=initial, is_confidential=is_confidential(runbook)
    )

    def add(**values: Any) -> RunbookTemplate:
        may_be_known = form.cleaned_data.get("may_be_known", False)
        return services.add_template(**values, source=runbook, may_be_known=may_be_known)

    if (saved := _save(request, form, add)) is not None:
        return saved
    return _show(request, "runbooks/save_as_template.html", form, {"runbook": runbook})


def _require(request: Request, permission: str, what: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied(f"You may not {what}.")


def _save(request: Request, form: TemplateForm, change: Any) -> HttpResponse | None:
    """Where to go when the form was sent to be saved and could be; None when it is to be shown (again)."""
    if request.method != "POST" or "try" in request.POST or not form.is_valid():
        return None
    try:
        template = change(**form.get_values(), user=request.user)
    except ValidationError as error:
        form.add_error(None, error)
        return None
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return None
    messages.success(request, f"The template “{template}” is saved.")
    return redirect("runbooks:templates")


def _show(request: Request, page: str, form: TemplateForm, context: dict[str, Any]) -> HttpResponse:
    names = [(f"{{{{ {name} }}}}", meaning) for name, meaning in NAMES.items()]
    context |= {"form": form, "names": names} | _try_out(request, form)
    return render(request, page, context, status=422 if form.errors else 200)


def _try_out(request: Request, form: TemplateForm) -> dict[str, Any]:
    """How the text as it stands in the form fills for the chosen service: what “Try” asks for. Nothing is saved."""
    if "try" not in request.POST or not form.is_valid():
        return {}
    values = form.cleaned_data
    template = RunbookTemplate(name=values["name"] or "template", markdown=values["markdown"])
    return _look_at(template, values["tried_with"], request) | {"tried_with": values["tried_with"]}


def _look_at(template: RunbookTemplate, service: Service | None, request: Request) -> dict[str, Any]:
    """The filled text as readers would see it. Its gaps are meant to be there, so only faults of the template are named."""
    try:
        look = look_over(services.try_template(template, service, user=request.user, now=timezone.now()))
    except Refused as refusal:
        return {"refusal": str(refusal)}
    faults = tuple(finding for finding in look.findings if finding.code not in LEFT_TO_AUTHORS)
    return {"look": replace(look, findings=faults)}
