"""Vendors and channels: whom else to ask, and where people talk."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST

from accounts.http import Request
from oncall.errors import NotAllowed, Refused
from oncall.forms.directory import ChannelForm, VendorForm, WayLines, choose_team
from oncall.models import Channel, EscalationPath, Vendor
from oncall.pages.confirmed import say_confirmed
from oncall.pages.directory import DirectoryList, describe_vendor, find_vendors
from oncall.services import directory as services
from oncall.views.directory import answer, save_entry


def list_vendors(request: Request) -> HttpResponse:
    """Vendors, filtered by what stands in the address."""
    _require(request, "oncall.view_vendor", "look at vendors")
    asked = DirectoryList(request.user, request.GET, timezone.now())
    return render(request, "oncall/contacts.html", asked.context() | {"tab": "vendors", "lines": asked.vendors()})


def list_channels(request: Request) -> HttpResponse:
    """Channels, filtered by what stands in the address."""
    _require(request, "oncall.view_channel", "look at channels")
    asked = DirectoryList(request.user, request.GET, timezone.now())
    return render(request, "oncall/contacts.html", asked.context() | {"tab": "channels", "lines": asked.channels()})


def show_vendor(request: Request, pk: int) -> HttpResponse:
    """One vendor: what they ask for, and how to reach them."""
    _require(request, "oncall.view_vendor", "look at vendors")
    vendor = get_object_or_404(find_vendors(request.user), pk=pk)
    return render(request, "oncall/vendor.html", describe_vendor(vendor, timezone.now()))


def add_vendor(request: Request) -> HttpResponse:
    """Write down a vendor."""
    _require(request, "oncall.add_vendor", "add vendors")
    form = VendorForm(request.POST or None, initial={"team": choose_team(request.GET.get("team", ""))})
    return _write_vendor(request, form, WayLines(request.POST or None), None)


def edit_vendor(request: Request, pk: int) -> HttpResponse:
    """Change a vendor and how they are reached."""
    _require(request, "oncall.change_vendor", "change vendors")
    vendor = get_object_or_404(find_vendors(request.user), pk=pk)
    form = VendorForm(request.POST or None, instance=vendor)
    return _write_vendor(request, form, WayLines(request.POST or None, vendor.ways.all()), vendor)


def _write_vendor(request: Request, form: VendorForm, lines: WayLines, vendor: Vendor | None) -> HttpResponse:
    saved = None
    is_sent = lines.is_bound and "more" not in request.POST
    if is_sent:
        saved = save_entry(form, lines, services.save_vendor, vendor, request)
    if saved is not None:
        messages.success(request, f"{saved} is saved.")
        return redirect(saved)
    heading = f"Change {vendor}" if vendor else "New vendor"
    context = {"form": form, "lines": lines, "entry": vendor, "heading": heading}
    return render(request, "oncall/vendor_form.html", context, status=422 if is_sent else 200)


@require_POST
def confirm_vendor(request: Request, pk: int) -> HttpResponse:
    """What is written about a vendor is still right."""
    vendor = get_object_or_404(Vendor, pk=pk)
    return answer(request, vendor, "Thank you: confirmed.", services.confirm_vendor, vendor, now=timezone.now())


@require_POST
def delete_vendor(request: Request, pk: int) -> HttpResponse:
    """Take a vendor out for good."""
    vendor = get_object_or_404(Vendor, pk=pk)
    text = f"{vendor} is no longer in the directory."
    return _delete(request, vendor, text, services.delete_vendor, "oncall:vendors")


def show_channel(request: Request, pk: int) -> HttpResponse:
    """One channel, and the escalation paths that call it."""
    _require(request, "oncall.view_channel", "look at channels")
    channel = get_object_or_404(Channel.objects.select_related("team", "confirmed_by"), pk=pk)
    paths = EscalationPath.objects.filter(levels__targets__channel=channel).distinct()
    confirmed = say_confirmed(channel.confirmed_at, timezone.now())
    return render(request, "oncall/channel.html", {"channel": channel, "confirmed": confirmed, "paths": paths})


def add_channel(request: Request) -> HttpResponse:
    """Write down a channel."""
    _require(request, "oncall.add_channel", "add channels")
    form = ChannelForm(request.POST or None, initial={"team": choose_team(request.GET.get("team", ""))})
    return _write_channel(request, form, None)


def edit_channel(request: Request, pk: int) -> HttpResponse:
    """Change a channel."""
    _require(request, "oncall.change_channel", "change channels")
    channel = get_object_or_404(Channel, pk=pk)
    return _write_channel(request, ChannelForm(request.POST or None, instance=channel), channel)


def _write_channel(request: Request, form: ChannelForm, channel: Channel | None) -> HttpResponse:
    if form.is_bound and form.is_valid():
        try:
            seen = form.cleaned_data["seen"]
            saved = services.save_channel(channel, form.facts(), user=request.user, now=timezone.now(), seen=seen)
        except ValidationError as error:
            form.refuse(error)
        except NotAllowed as refusal:
            raise PermissionDenied(str(refusal)) from None
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            messages.success(request, f"{saved} is saved.")
            return redirect(saved)
    heading = f"Change {channel.purpose}" if channel else "New channel"
    context = {"form": form, "entry": channel, "heading": heading}
    return render(request, "oncall/channel_form.html", context, status=422 if form.errors else 200)


@require_POST
def confirm_channel(request: Request, pk: int) -> HttpResponse:
    """What is written about a channel is still right."""
    channel = get_object_or_404(Channel, pk=pk)
    return answer(request, channel, "Thank you: confirmed.", services.confirm_channel, channel, now=timezone.now())


@require_POST
def delete_channel(request: Request, pk: int) -> HttpResponse:
    """Take a channel out for good."""
    channel = get_object_or_404(Channel, pk=pk)
    text = f"{channel} is no longer in the directory."
    return _delete(request, channel, text, services.delete_channel, "oncall:channels")


def _delete(request: Request, row: Any, text: str, delete: Any, then: str) -> HttpResponse:
    try:
        delete(row, user=request.user)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect(row)
    messages.success(request, text)
    return redirect(then)


def _require(request: Request, permission: str, what: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied(f"You may not {what}.")
