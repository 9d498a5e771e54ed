"""What the editor asks while somebody writes: how the text will look, and what is still to be put right in it."""

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_POST

from accounts.http import Request
from runbooks.editor import look_at
from runbooks.errors import Refused
from runbooks.models import Runbook
from runbooks.own_pages import OwnPages
from runbooks.rendering import Look, check_text, look_over
from runbooks.services import find_refused
from runbooks.views.common import may_write


@require_POST
def preview_markdown(request: Request) -> HttpResponse:
    """The text as the published page shows it, with its findings; 422 with a sentence for what can't be stored.

    The address may name the `runbook`, and the `section` of a `base` that is written alone, as the editor's does.
    """
    if not may_write(request.user):
        raise PermissionDenied("You may not write runbooks.")
    words = request.POST.get("content", "")
    try:
        check_text(words)
        look = _look_at(request, words) if request.GET.get("runbook") else _look_over(words)
    except Refused as refusal:
        return render(request, "runbooks/_preview.html", {"refusal": refusal}, status=422)
    return render(request, "runbooks/_preview.html", {"look": look})


def _look_over(words: str) -> Look:
    """A runbook that does not exist yet stands beside nothing, and may lead to pages of the portal."""
    return look_over(words, resolve=OwnPages(), secrets=find_refused(words))


def _look_at(request: Request, words: str) -> Look:
    """Raises Http404 for a runbook this person may not know of: its links would say where it stands."""
    number = request.GET["runbook"]
    if not (number.isascii() and number.isdigit() and len(number) < 19):
        raise Http404("There is no such runbook.")
    runbook = get_object_or_404(Runbook.objects.visible_to(request.user), pk=int(number))
    return look_at(runbook, words, base=request.GET.get("base", ""), section=request.GET.get("section", ""))
