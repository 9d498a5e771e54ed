"""The board: who is on call now, for every team."""

from django.contrib.auth.decorators import permission_required
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.http import Request
from oncall.pages.board import describe_board


@require_safe
@vary_on_headers("HX-Request")
@permission_required("oncall.view_rotation", raise_exception=True)
def show_board(request: Request) -> HttpResponse:
    """All teams, the reader's own first; those that fit the words in the address, where there are any."""
    now = timezone.now()
    board = describe_board(request.user, now, question=request.GET.get("q", ""))
    template = "oncall/_board.html" if request.htmx else "oncall/board.html"
    return render(request, template, {"board": board, "now": now})
