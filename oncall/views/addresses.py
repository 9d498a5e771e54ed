"""Where the portal sends: one's own addresses, those of contacts and channels, and what goes to which."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.http import Request
from accounts.models import User
from oncall.errors import AddressRefused, LastAddress, NotAllowed, Refused
from oncall.forms.delivery import AddressForm, QuietHoursForm
from oncall.models import Address, Channel, Contact
from oncall.outbox.choosing import ensure_login_mail
from oncall.pages.addresses import describe_addresses
from oncall.services import addresses as services
from oncall.services.addresses import CHOOSABLE, Owner, owner_of
from oncall.services.reach import send_test

SECRET = "address with a new secret"  # in the session, until the page was shown once


@never_cache
def edit_addresses(request: Request) -> HttpResponse:
    """One's own addresses; POST adds one. The mail address of the login is one of them from the start."""
    ensure_login_mail(request.user)
    return _edit(request, request.user)


@never_cache
def edit_contact_addresses(request: Request, pk: int) -> HttpResponse:
    """The addresses of a contact, for editors."""
    _require(request, "oncall.change_contact")
    return _edit(request, get_object_or_404(Contact, pk=pk))


@never_cache
def edit_channel_addresses(request: Request, pk: int) -> HttpResponse:
    """The addresses of a channel, for editors."""
    _require(request, "oncall.change_channel")
    return _edit(request, get_object_or_404(Channel, pk=pk))


def _edit(request: Request, owner: Owner) -> HttpResponse:
    if request.method != "POST":
        return _show(request, owner)
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _show(request, owner, form=form)
    try:
        address = services.add_address(owner, **form.cleaned_data, user=request.user)
    except AddressRefused as refusal:
        form.add_error("target", str(refusal))
        return _show(request, owner, form=form)
    except Refused as refusal:
        raise PermissionDenied(str(refusal)) from None
    if address.secret:
        request.session[SECRET] = address.pk
    messages.success(request, f"“{address}” is added. Send a test, so that you know it works.")
    return redirect(_page_of(owner))


def _show(request: Request, owner: Owner, **shown: Any) -> HttpResponse:
    """The page; 422 with a form or a question that has to be looked at."""
    new_secret = None if shown else request.session.pop(SECRET, None)
    context = describe_addresses(owner, timezone.now(), new_secret=new_secret)
    context |= {"form": AddressForm(), "page_url": _page_of(owner)} | shown
    if isinstance(owner, User):
        context.setdefault("quiet_form", QuietHoursForm(initial=context["quiet_hours"]))
    return render(request, "oncall/addresses.html", context, status=422 if shown else 200)


@require_POST
def switch_address(request: Request, pk: int) -> HttpResponse:
    """Use an address, or stop using it; the last one only after a question."""
    address, on = _get_address(request, pk), "on" in request.POST
    try:
        services.switch_address(address, on=on, user=request.user, sure="sure" in request.POST)
    except LastAddress as refusal:
        return _ask(request, address, refusal, "Switch off all the same")
    except Refused as refusal:
        return _refuse(request, address, refusal)
    messages.success(request, f"“{address}” is {'in use again' if on else 'switched off'}.")
    return redirect(_page_of(owner_of(address)))


@require_POST
def remove_address(request: Request, pk: int) -> HttpResponse:
    """Forget an address; the last one only after a question."""
    address = _get_address(request, pk)
    try:
        services.remove_address(address, user=request.user, sure="sure" in request.POST)
    except LastAddress as refusal:
        return _ask(request, address, refusal, "Remove all the same")
    except Refused as refusal:
        return _refuse(request, address, refusal)
    messages.success(request, f"“{address}” is removed.")
    return redirect(_page_of(owner_of(address)))


@require_POST
def renew_secret(request: Request, pk: int) -> HttpResponse:
    """A new secret for a webhook, shown on the next page and never again."""
    address = _get_address(request, pk)
    try:
        services.renew_secret(address, user=request.user)
    except Refused as refusal:
        return _refuse(request, address, refusal)
    request.session[SECRET] = address.pk
    return redirect(_page_of(owner_of(address)))


@require_POST
def test_address(request: Request, pk: int) -> HttpResponse:
    """Send a test there."""
    address = _get_address(request, pk)
    try:
        send_test(address, user=request.user, now=timezone.now())
    except Refused as refusal:
        return _refuse(request, address, refusal)
    messages.success(request, f"A test is on its way to “{address}”. Open the link in it, and say that it reached you.")
    return redirect(_page_of(owner_of(address)))


@require_POST
def set_choices(request: Request) -> HttpResponse:
    """Which kinds go to which of one's own addresses."""
    chosen = {kind.value: _numbers(request.POST.getlist(kind.value)) for kind in CHOOSABLE}
    services.set_choices(request.user, chosen, user=request.user)
    messages.success(request, "Your choices are saved.")
    return redirect("oncall:addresses")


@require_POST
def set_quiet_hours(request: Request) -> HttpResponse:
    """One's own quiet hours; empty for none."""
    form = QuietHoursForm(request.POST)
    if not form.is_valid():
        return _show(request, request.user, quiet_form=form)
    try:
        services.set_quiet_hours(request.user, form.hours, user=request.user)
    except Refused as refusal:
        form.add_error(None, str(refusal))
        return _show(request, request.user, quiet_form=form)
    messages.success(request, "Your quiet hours are saved." if form.hours else "You have no quiet hours.")
    return redirect("oncall:addresses")


def _get_address(request: Request, pk: int) -> Address:
    """An address that the person may change: their own, or for editors that of a contact or a channel. Else 404."""
    address = get_object_or_404(Address.objects.select_related("person", "contact", "channel"), pk=pk)
    may = request.user.has_perm
    if address.person_id == request.user.pk:
        return address
    if (address.contact and may("oncall.change_contact")) or (address.channel and may("oncall.change_channel")):
        return address
    raise Http404("There is no such address.")


def _ask(request: Request, address: Address, refusal: LastAddress, action: str) -> HttpResponse:
    question = {"text": str(refusal), "action": action, "url": request.path, "name": str(address)}
    return _show(request, owner_of(address), question=question)


def _refuse(request: Request, address: Address, refusal: Refused) -> HttpResponse:
    if isinstance(refusal, NotAllowed):
        raise PermissionDenied(str(refusal))
    messages.error(request, str(refusal))
    return redirect(_page_of(owner_of(address)))


def _page_of(owner: Owner) -> str:
    if isinstance(owner, User):
        return "/me/addresses/"
    kind = "contacts" if isinstance(owner, Contact) else "channels"
    return f"/{kind}/{owner.pk}/addresses/"


def _numbers(values: list[str]) -> set[int]:
    return {int(value) for value in values if value.isascii() and value.isdigit() and len(value) < 19}


def _require(request: Request, permission: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied("Only editors may change the addresses of contacts and channels.")
