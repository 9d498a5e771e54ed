"""The steps of the contract. Each has a small page of its own, so that everything works without scripts and nothing is lost."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from accounts.http import Request
from handoffs.forms.contract import (
    AcceptForm,
    AddendumForm,
    AnswerForm,
    EntryForm,
    LapseForm,
    QuestionForm,
    RestForm,
    ReturnForm,
)
from handoffs.models import Handoff
from handoffs.pages.contract import make_anchor
from handoffs.services import contract
from handoffs.services.contract.accepting import say_responsible
from handoffs.services.secrecy import may_see_secret
from handoffs.views.steps import Step, find_handoff, read_posted, take

either = require_http_methods(["GET", "HEAD", "POST"])


@either
def submit_handoff(request: Request, pk: int) -> HttpResponse:
    handoff = find_handoff(request, pk)
    step = Step("Sign and submit", _say_submit(handoff), f"Sign as {request.user}")
    return take(
        request, handoff, step, forms.Form(read_posted(request)), lambda _: _submit(handoff, request, quiet=False)
    )


@either
def submit_quiet(request: Request, pk: int) -> HttpResponse:
    handoff = find_handoff(request, pk)
    lede = f"Every item is ticked as “nothing to report”. {_say_submit(handoff)}"
    step = Step("Nothing happened", lede, f"Nothing happened, sign as {request.user}")
    return take(
        request, handoff, step, forms.Form(read_posted(request)), lambda _: _submit(handoff, request, quiet=True)
    )


@either
def return_handoff(request: Request, pk: int) -> HttpResponse:
    handoff = find_handoff(request, pk)
    step = Step("Return it", f"{handoff.outgoing} writes again, and stays responsible.", "Return it", "danger")
    form = ReturnForm(read_posted(request), initial=_seen(handoff))

    def change(values: dict[str, Any]) -> str:
        contract.give_back(handoff, values["reason"], number=values["number"], user=request.user, now=timezone.now())
        return f"Returned. {handoff.outgoing} was told."

    return take(request, handoff, step, form, change, field="reason")


@either
def take_entry(request: Request, pk: int) -> HttpResponse:
    handoff = find_handoff(request, pk)
    form = EntryForm(read_posted(request), initial=_seen(handoff) | {"entry": request.GET.get("entry", "")})
    step = Step("Accept an entry", "You have read it, and take it on.", "Accept it")

    def change(values: dict[str, Any]) -> str:
        contract.accept_entry(handoff, values["entry"], number=values["number"], user=request.user, now=timezone.now())
        return "Accepted."

    anchor = f"#{make_anchor(request.POST.get('entry', ''))}"
    return take(request, handoff, step, form, change, anchor=anchor)


@either
def take_rest(request: Request, pk: int) -> HttpResponse:
    handoff = find_handoff(request, pk)
    form = RestForm(read_posted(request), initial=_seen(handoff))
    step = Step("Accept the rest", "Every entry that you have not accepted one by one.", "Accept the rest")

    def change(values: dict[str, Any]) -> str:
        seen = {"number": values["number"], "has_read": values["has_read"]}
        count = contract.accept_rest(handoff, **seen, user=request.user, now=timezone.now())
        return "1 entry accepted." if count == 1 else f"{count} entries accepted."

    return take(request, handoff, step, form, change, field="has_read", anchor="#signatures")


@either
def accept_handoff(request: Request, pk: int) -> HttpResponse:
    handoff = find_handoff(request, pk)
    snapshot = handoff.snapshots.filter(number=handoff.round).first()
    form = AcceptForm(read_posted(request), initial=_seen(handoff) | {"sha256": snapshot.sha256 if snapshot else ""})
    step = Step(
        "Accept and sign",
        f"{handoff.incoming} is responsible then, or as soon as the shift changes.",
        f"Accept and sign as {request.user}",
    )

    def change(values: dict[str, Any]) -> str:
        now = timezone.now()
        signed = contract.accept(handoff, **values, user=request.user, now=now)
        return f"Accepted and signed. {signed.incoming} {say_responsible(signed, now)}."

    return take(request, handoff, step, form, change, anchor="#signatures")


@either
def ask_question(request: Request, pk: int) -> HttpResponse:
    handoff = find_handoff(request, pk)
    form = QuestionForm(read_posted(request), initial={"entry": request.GET.get("entry", "")})
    step = Step("Ask", f"{handoff.outgoing} and {handoff.incoming} are told.", "Ask")

    def change(values: dict[str, Any]) -> str:
        contract.ask(handoff, values["entry"], values["text"], user=request.user, now=timezone.now())
        return "Asked."

    entry = request.POST.get("entry", "")
    return take(
        request, handoff, step, form, change, field="text", anchor=f"#{make_anchor(entry)}" if entry else "#questions"
    )


@either
def answer_question(request: Request, pk: int, question: int) -> HttpResponse:
    handoff = find_handoff(request, pk)
    if question >= 2**63:
        raise Http404("There is no such question.")
    asked = get_object_or_404(handoff.questions.select_related("asked_by", "answered_by"), pk=question)
    if asked.entry and not may_see_secret(handoff, request.user):
        raise Http404("There is no such question.")
    step = Step("Answer", f"{asked.asked_by} asks: {asked.text}", "Answer")

    def change(values: dict[str, Any]) -> str:
        contract.answer(asked, values["text"], user=request.user, now=timezone.now())
        return f"Answered. {asked.asked_by} was told."

    anchor = f"#question-{asked.pk}"
    return take(request, handoff, step, AnswerForm(read_posted(request)), change, field="text", anchor=anchor)


@either
def write_addendum(request: Request, pk: int) -> HttpResponse:
    handoff = find_handoff(request, pk)
    step = Step("Write an addendum", "What both have signed stays as it is.", "Add it")

    def change(values: dict[str, Any]) -> str:
        contract.add_addendum(handoff, values["addendum"], user=request.user, now=timezone.now())
        return "Added below the signatures."

    form = AddendumForm(read_posted(request))
    return take(request, handoff, step, form, change, field="addendum", anchor="#addenda")


@either
def test_page(request: Request, pk: int) -> HttpResponse:
    handoff = find_handoff(request, pk)
    lede = (
        f"{handoff.incoming} gets a test page at every address that a page would go to, and answers it with its link."
    )
    step = Step("Send a test page", lede, "Send it")

    def change(_: dict[str, Any]) -> str:
        count = contract.send_test_page(handoff, user=request.user, now=timezone.now())
        return f"Test page sent to {count} address{'' if count == 1 else 'es'} of {handoff.incoming}."

    return take(request, handoff, step, forms.Form(read_posted(request)), change, anchor="#signatures")


@either
def lapse_handoff(request: Request, pk: int) -> HttpResponse:
    handoff = find_handoff(request, pk)
    step = Step("Call it off", "For a handoff that is not needed, or that nobody can finish.", "Call it off", "danger")

    def change(values: dict[str, Any]) -> str:
        contract.lapse(handoff, values["reason"], user=request.user, now=timezone.now())
        return "Called off. Both were told."

    return take(request, handoff, step, LapseForm(read_posted(request)), change, field="reason")


def _submit(handoff: Handoff, request: Request, *, quiet: bool) -> str:
    contract.submit(handoff, user=request.user, now=timezone.now(), quiet=quiet)
    return f"Signed and submitted. {handoff.incoming} was told; until it is accepted you stay responsible."


def _say_submit(handoff: Handoff) -> str:
    return f"What the handoff says now is kept as it is, and {handoff.incoming} accepts it. Until then you stay responsible."


def _seen(handoff: Handoff) -> dict[str, Any]:
    return {"number": handoff.round}
