"""Roles of an incident: taken, given, left; command offered, accepted, and taken over."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone

from accounts.http import Request
from accounts.models import User
from incidents.forms.roles import GiveForm, OfferForm, TakeOverForm
from incidents.models import CommandOffer, Incident, Role
from incidents.pages.roles import describe_roles
from incidents.services import roles
from incidents.views.fetching import answer, get_to_change, try_to


def show_roles(request: Request, number: int) -> HttpResponse:
    """Who has which role. `do` in a POST is take, leave or give."""
    incident = get_to_change(request.user, number)
    do, role, now = request.POST.get("do", ""), request.POST.get("role", ""), timezone.now()
    label = dict(Role.choices).get(role, "")
    if do == "take":
        done = f"You are {label}."
        return answer(request, incident, lambda: roles.take_role(incident, role, user=request.user, now=now), done)
    if do == "leave":
        done = f"You are not {label} any more."
        return answer(request, incident, lambda: roles.leave_role(incident, role, user=request.user, now=now), done)
    form = GiveForm(request.POST if do == "give" else None, near=find_near(incident))
    if form.is_bound and form.is_valid():
        data = form.cleaned_data
        given = try_to(
            form, lambda: roles.give_role(incident, data["role"], data["person"], user=request.user, now=now)
        )
        if given is not None:
            messages.success(request, f"{given.person} is {given.get_role_display()}.")
            return redirect(incident)
    context = {"incident": incident, "form": form, "roles": describe_roles(incident, request.user)}
    return render(request, "incidents/roles_form.html", context, status=422 if form.errors else 200)


def command(request: Request, number: int) -> HttpResponse:
    """Hand command over, or answer an offer. `do` in a POST: offer, take_over; accept, decline, withdraw with `offer`."""
    incident = get_to_change(request.user, number)
    do = request.POST.get("do", "")
    if do in ("accept", "decline", "withdraw"):
        return _settle(request, incident, do)
    if request.method == "POST" and do not in ("offer", "take_over"):
        return HttpResponseBadRequest("Nothing to do was named.", content_type="text/plain")
    offer = OfferForm(request.POST if do == "offer" else None, near=find_near(incident), user=request.user)
    over = TakeOverForm(request.POST if do == "take_over" else None)
    done = _offer(request, incident, offer) if do == "offer" else _take_over(request, incident, over)
    if done is not None:
        return done
    context = {
        "incident": incident,
        "form": offer,
        "over": over,
        "roles": describe_roles(incident, request.user),
    }
    return render(request, "incidents/command_form.html", context, status=422 if offer.errors or over.errors else 200)


def find_near(incident: Incident) -> list[User]:
    """People of the incident's team and of its services' teams: those who are asked first."""
    teams = [incident.team_id, *incident.services.values_list("team", flat=True)]
    return list(User.objects.filter(memberships__team__in=[pk for pk in teams if pk], is_active=True).distinct())


def _settle(request: Request, incident: Incident, do: str) -> HttpResponse:
    text = request.POST.get("offer", "")
    offer = get_object_or_404(
        CommandOffer, incident=incident, pk=int(text) if text.isdecimal() and len(text) < 12 else 0
    )
    user, now = request.user, timezone.now()
    steps: dict[str, tuple[Callable[[], object], str]] = {
        "accept": (lambda: roles.answer_offer(offer, accept=True, user=user, now=now), "You command now."),
        "decline": (lambda: roles.answer_offer(offer, accept=False, user=user, now=now), f"{offer.by} is told."),
        "withdraw": (lambda: roles.withdraw_offer(offer, user=user, now=now), "The offer is withdrawn."),
    }
    change, done = steps[do]
    return answer(request, incident, change, done)


def _offer(request: Request, incident: Incident, form: OfferForm) -> HttpResponse | None:
    if not form.is_valid():
        return None
    data = form.cleaned_data
    made = try_to(
        form,
        lambda: roles.offer_command(incident, data["to"], note=data["note"], user=request.user, now=timezone.now()),
    )
    if made is None:
        return None
    messages.success(request, f"{made.to} is asked. You command until they accept.")
    return redirect(incident)


def _take_over(request: Request, incident: Incident, form: TakeOverForm) -> HttpResponse | None:
    if not form.is_bound or not form.is_valid():
        return None
    reason = form.cleaned_data["reason"]
    taken = try_to(
        form, lambda: roles.take_over_command(incident, reason=reason, user=request.user, now=timezone.now())
    )
    if taken is None:
        return None
    messages.success(request, f"You command {incident.reference} now.")
    return redirect(incident)
