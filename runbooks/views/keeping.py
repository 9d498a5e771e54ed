"""Words kept while somebody writes: sent by the editor every few seconds, seen by nobody else."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.http import Request
from runbooks.errors import NotAllowed, Refused
from runbooks.forms import EditForm
from runbooks.models import WorkingCopy
from runbooks.services import EditBase, discard_working_copy, keep_working_copy
from runbooks.views.common import get_runbook


@require_POST
def keep_words(request: Request, service: str, slug: str) -> HttpResponse:
    """Keep what stands in the editor now; answers with what to tell the writer, 422 with the reason when it is refused."""
    runbook = get_runbook(request.user, service, slug)
    form = EditForm(request.POST, runbook=runbook)
    if not form.is_valid():
        return JsonResponse(
            {"error": " ".join(str(words) for errors in form.errors.values() for words in errors)}, status=422
        )
    data = {name: form.cleaned_data[name] for name in ("markdown", "change_summary", "section")}
    try:
        base = EditBase.parse(form.cleaned_data["base"])
        copy = keep_working_copy(runbook, base=base, author=request.user, now=timezone.now(), **data)
    except NotAllowed as refusal:
        return JsonResponse({"error": str(refusal)}, status=403)
    except Refused as refusal:
        return JsonResponse({"error": str(refusal)}, status=422)
    return JsonResponse({"told": _tell(copy)})


@require_POST
def forget_words(request: Request, service: str, slug: str) -> HttpResponse:
    """Throw away what this person wrote and did not save, and show the saved text again."""
    runbook = get_runbook(request.user, service, slug)
    if not request.user.has_perm("runbooks.change_runbook"):
        raise PermissionDenied("You may not edit runbooks.")
    if discard_working_copy(runbook, request.user):
        messages.success(request, "Your unsaved words are discarded. This is the saved text.")
    return redirect("runbooks:edit", service, slug)


def _tell(copy: WorkingCopy | None) -> str:
    """In the person's own time zone."""
    if copy is None:
        return "Nothing unsaved."
    return f"Kept {timezone.localtime(copy.saved_at):%H:%M:%S} on the server, not saved yet"
