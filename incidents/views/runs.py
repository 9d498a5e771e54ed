"""A run while it goes on: its page, its steps, its values, its end."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from accounts.errors import NotAllowed, Refused
from accounts.http import Request
from incidents.forms.runs import AddStepForm, FlagStepForm, SkipForm, StepForm, StopForm
from incidents.models import Run, RunStep
from incidents.pages.live import answer_if_changed, make_tag
from incidents.pages.run import describe_run, find_next
from incidents.services import runs as services
from runbooks.models.version import HEAVY

Forms = dict[str, Any]


@require_safe
def show(request: Request, pk: int) -> HttpResponse:
    """The run. `?step=` looks at one of its steps, `?after=` at the next open one behind it."""
    return _show(request, get_run(request, pk))


@require_safe
def live(request: Request, pk: int) -> HttpResponse:
    """What changes on the page, for the one that is open; 304 while nothing did."""
    run = get_run(request, pk)
    chosen, behind = _read_number(request, "step"), _read_number(request, "after")
    tag = make_tag(run.revision, chosen, behind, request.user.pk, request.user.time_zone)
    return answer_if_changed(
        request,
        tag,
        lambda: render(request, "incidents/run_live.html", _describe(request, run)),
    )


@require_POST
def work(request: Request, pk: int, step: int) -> HttpResponse:
    """Work on a step: `do` is done, skip, undo or note."""
    run, found = get_step(request, pk, step)
    do = request.POST.get("do", "")
    form = SkipForm(request.POST) if do == "skip" else StepForm(request.POST)
    if do not in ("done", "skip", "undo", "note"):
        return HttpResponseBadRequest("Nothing to do was named.", content_type="text/plain")
    if form.is_valid():
        done = _try(form, lambda: _work(request, found, do, form.cleaned_data))
        if done is not None:
            return _go_on(request, run, done, do)
    return _show(request, run, chosen=found.pk, forms={"skip_form" if do == "skip" else "step_form": form})


@require_POST
def values(request: Request, pk: int) -> HttpResponse:
    """Values of placeholders, for everybody who works on the run: fields `value-<name>`."""
    run = get_run(request, pk)
    given = {
        name.removeprefix("value-"): str(value) for name, value in request.POST.items() if name.startswith("value-")
    }
    try:
        services.set_values(run, given, user=request.user, now=timezone.now())
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from None
    except Refused as error:
        return _show(request, run, forms={"values_error": str(error), "values_given": given})
    _say(request, "The values are saved, for everybody who works on this run.")
    return redirect(run)


@require_POST
def add(request: Request, pk: int) -> HttpResponse:
    """A step that the runbook does not have."""
    run = get_run(request, pk)
    form = AddStepForm(request.POST)
    if form.is_valid():
        after = run.steps.filter(pk=form.cleaned_data["after"] or 0).first()
        made = _try(form, lambda: services.add_step(run, form.cleaned_data["title"], after=after, **_who(request)))
        if made is not None:
            _say(request, "The step is added.")
            return redirect(f"{run.get_absolute_url()}#step-{made.pk}")
    return _show(request, run, forms={"add_form": form})


@require_POST
def finish(request: Request, pk: int) -> HttpResponse:
    """Everything that was to be done is done."""
    run = get_run(request, pk)
    try:
        services.finish_run(run, **_who(request))
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from None
    except Refused as error:
        return _show(request, run, forms={"finish_error": str(error)})
    messages.success(request, "The run is finished.")
    return redirect(run)


def stop(request: Request, pk: int) -> HttpResponse:
    """End it before its end, with the reason."""
    run = get_run(request, pk)
    _ask_permission(request, "stop a run")
    form = StopForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = _try(form, lambda: services.stop_run(run, form.cleaned_data["reason"], **_who(request)))
        if done is not None:
            messages.success(request, "The run is stopped.")
            return redirect(run)
    context = {"run": run, "form": form}
    return render(request, "incidents/run_stop.html", context, status=422 if form.errors else 200)


def flag(request: Request, pk: int, step: int) -> HttpResponse:
    """Say that the runbook is wrong in this step."""
    run, found = get_step(request, pk, step)
    _ask_permission(request, "work on a run")
    form = FlagStepForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        raised = _try(
            form, lambda: services.flag_step(found, data["text"], suggestion=data["suggestion"], **_who(request))
        )
        if raised is not None:
            messages.success(request, "Thank you. It stands on the runbook until its owner answers.")
            return redirect(f"{run.get_absolute_url()}?step={found.pk}#step-{found.pk}")
    context = {"run": run, "step": found, "form": form}
    return render(request, "incidents/run_flag.html", context, status=422 if form.errors else 200)


def get_run(request: Request, pk: int) -> Run:
    """The run with what its page needs, or 404 for somebody who may not know of it."""
    light = [f"version__{name}" for name in HEAVY]
    people = ("started_by", "finished_by", "incident__severity", "runbook__service", "version")
    return get_object_or_404(Run.objects.visible_to(request.user).select_related(*people).defer(*light), pk=pk)


def get_step(request: Request, pk: int, step: int) -> tuple[Run, RunStep]:
    run = get_run(request, pk)
    found = get_object_or_404(RunStep, run=run, pk=step)
    found.run = run
    return run, found


def _show(request: Request, run: Run, *, chosen: int | None = None, forms: Forms | None = None) -> HttpResponse:
    context = _describe(request, run, chosen=chosen) | (forms or {})
    return render(request, "incidents/run.html", context, status=422 if forms else 200)


def _describe(request: Request, run: Run, *, chosen: int | None = None) -> Forms:
    chosen, behind = chosen or _read_number(request, "step"), _read_number(request, "after")
    page = describe_run(run, request.user, timezone.now(), chosen=chosen, behind=behind)
    focus = page.focus.step.pk if page.focus else None
    return {
        "page": page,
        "run": run,
        "chosen": chosen,
        "behind": behind,
        "tag": make_tag(run.revision, chosen, behind, request.user.pk, request.user.time_zone),
        "step_form": StepForm(auto_id=f"id_%s_{focus}"),
        "skip_form": SkipForm(auto_id=f"id_%s_{focus}"),
        "add_form": AddStepForm(initial={"after": focus}, auto_id="id_add_%s"),
    }


def _work(request: Request, step: RunStep, do: str, data: Forms) -> RunStep:
    who = _who(request)
    if do == "skip":
        return services.skip_step(step, data["reason"], **who)
    if do == "undo":
        return services.take_back_step(step, **who)
    change = services.settle_step if do == "done" else _note
    return change(step, note=data["note"], output=data["output"], **who)


def _note(step: RunStep, *, note: str, output: str, **who: Any) -> RunStep:
    return services.note_step(step, note, output=output, **who)


def _go_on(request: Request, run: Run, step: RunStep, do: str) -> HttpResponse:
    """To the next step, after a tick or a skip; else back to the step."""
    if do == "done" and step.settled_by_id != request.user.pk:
        _say(request, f"{step.settled_by} did this step before you. What you wrote is kept with it.")
    if do in ("undo", "note"):
        return redirect(f"{run.get_absolute_url()}?step={step.pk}#step-{step.pk}")
    following = find_next(run, step)
    anchor = f"#step-{following.pk}" if following else "#run-end"
    return redirect(f"{run.get_absolute_url()}?after={step.pk}{anchor}")


def _try(form: Any, change: Callable[[], Any]) -> Any:
    """What the change gives; None, with the reason on the form, where it is refused. 403 for a missing right."""
    try:
        return change()
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from None
    except Refused as error:
        form.add_error(None, str(error))
        return None


def _who(request: Request) -> Forms:
    return {"user": request.user, "now": timezone.now()}


def _ask_permission(request: Request, what: str) -> None:
    if not request.user.has_perm("incidents.change_run"):
        raise PermissionDenied(f"You may not {what}. Ask an administrator for the role that may.")


def _say(request: Request, words: str) -> None:
    """Above the next page; not to a script, which stays on the page and tells it there."""
    if request.headers.get("X-Requested-With") != "XMLHttpRequest":
        messages.info(request, words)


def _read_number(request: Request, name: str) -> int | None:
    text = request.GET.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else None
