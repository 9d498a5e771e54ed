"""The directory: its lists, an entry for each contact, and cards to take along."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_POST

from accounts.http import Request
from oncall.errors import BadWay, NotAllowed, Refused
from oncall.forms.directory import ContactForm, WayLines, choose_team
from oncall.models import Contact, Way
from oncall.pages.contact import find_ladders, find_mentions, find_turns
from oncall.pages.directory import DirectoryList, describe_contact, find_contacts
from oncall.pages.vcards import write_cards
from oncall.services import directory as services

MOST_CARDS = 1000


def list_contacts(request: Request) -> HttpResponse:
    """People and shared lines, filtered by what stands in the address."""
    _require(request, "oncall.view_contact", "look into the directory")
    asked = DirectoryList(request.user, request.GET, timezone.now())
    page, lines = asked.contacts()
    return render(request, "oncall/contacts.html", asked.context() | {"tab": "contacts", "page": page, "lines": lines})


def show_contact(request: Request, pk: int) -> HttpResponse:
    """One contact: how to reach them, what time it is for them, their turns, and who relies on them."""
    _require(request, "oncall.view_contact", "look into the directory")
    contact = _get_contact(request, pk)
    now = timezone.now()
    context = describe_contact(contact, request.user, now) | {
        "turns": find_turns(contact, now),
        "ladders": find_ladders(contact, now),
        "mentions": find_mentions(contact, request.user),
    }
    return render(request, "oncall/contact.html", context)


def show_mine(request: Request) -> HttpResponse:
    """To one's own entry; who has none yet begins one."""
    own = Contact.objects.filter(user=request.user).first()
    return redirect(own) if own else redirect("oncall:add_contact")


def add_contact(request: Request) -> HttpResponse:
    """Write a new entry. Who may not add others writes their own."""
    may_add = request.user.has_perm("oncall.add_contact")
    own = None if may_add else Contact.objects.filter(user=request.user).first()
    if own is not None:
        return redirect(own)
    initial: dict[str, Any] = {"team": choose_team(request.GET.get("team", ""))}
    ways: list[dict[str, str]] = []
    if not may_add:
        initial = {"name": request.user.display_name, "user": request.user.pk}
        ways = [{"kind": Way.Kind.EMAIL, "value": request.user.email}]
    form = ContactForm(request.POST or None, editor=request.user, initial=initial)
    return _write(request, form, WayLines(request.POST or None, initial=ways), None)


def edit_contact(request: Request, pk: int) -> HttpResponse:
    """Change an entry and its ways."""
    contact = _get_contact(request, pk)
    if not services.may_change(contact, request.user):
        raise PermissionDenied("You may change your own entry only. Ask an editor to change this one.")
    form = ContactForm(request.POST or None, editor=request.user, instance=contact)
    return _write(request, form, WayLines(request.POST or None, contact.ways.all()), contact)


def _write(request: Request, form: ContactForm, lines: WayLines, contact: Contact | None) -> HttpResponse:
    saved = None
    if lines.is_bound and "more" not in request.POST:
        saved = save_entry(form, lines, services.save_contact, contact, request)
    if saved is not None:
        messages.success(request, f"{saved} is in the directory." if contact is None else f"{saved} is saved.")
        return redirect(saved)
    status = 422 if lines.is_bound and "more" not in request.POST else 200
    heading = f"Change {contact}" if contact else "New contact"
    context = {"form": form, "lines": lines, "entry": contact, "heading": heading}
    return render(request, "oncall/contact_form.html", context, status=status)


def save_entry(form: Any, lines: WayLines, save: Any, row: Any, request: Request) -> Any:
    """The row as a service saved it; None when the form has to be shown again, with what was said to it."""
    if not all([form.is_valid(), lines.is_valid()]):
        return None
    seen = form.cleaned_data["seen"]
    try:
        return save(row, form.facts(), lines.specs(), user=request.user, now=timezone.now(), seen=seen)
    except ValidationError as error:
        form.refuse(error)
    except BadWay as refusal:
        lines.refuse(refusal.place, str(refusal))
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        form.add_error(None, str(refusal))
    return None


@require_POST
def mark_left(request: Request, pk: int) -> HttpResponse:
    """They have left: still there, but nobody is sent to them any more."""
    contact = _get_contact(request, pk)
    text = f"{contact} is marked as left."
    return answer(request, contact, text, services.mark_as_left, contact, now=timezone.now())


@require_POST
def bring_back(request: Request, pk: int) -> HttpResponse:
    """They had not left, or came back."""
    contact = _get_contact(request, pk)
    return answer(request, contact, f"{contact} is back.", services.bring_back, contact)


@require_POST
def confirm_contact(request: Request, pk: int) -> HttpResponse:
    """What is written about them is still right."""
    contact = _get_contact(request, pk)
    return answer(request, contact, "Thank you: confirmed.", services.confirm_contact, contact, now=timezone.now())


@require_POST
def confirm_way(request: Request, pk: int) -> HttpResponse:
    """One number or address is still right."""
    way = get_object_or_404(Way.objects.visible_to(request.user).select_related("contact", "vendor"), pk=pk)
    seen = request.POST.get("seen", "")
    text = f"Thank you: {way} is confirmed."
    return answer(request, way.contact or way.vendor, text, services.confirm_way, way, seen=seen, now=timezone.now())


def show_card(request: Request, pk: int) -> HttpResponse:
    """A contact as a vCard."""
    _require(request, "oncall.view_contact", "look into the directory")
    contact = _get_contact(request, pk)
    return _give_cards(request, [contact], contact.name)


def show_cards(request: Request) -> HttpResponse:
    """Everybody in the directory as vCards, or a team (`?team=`). Who has left is left out."""
    _require(request, "oncall.view_contact", "look into the directory")
    contacts = find_contacts(request.user).current()
    team = choose_team(request.GET.get("team", ""))
    if team is None and request.GET.get("team"):
        raise Http404("There is no such team.")
    if team is not None:
        contacts = contacts.filter(team=team)
    return _give_cards(request, contacts[:MOST_CARDS], team.name if team else "Contacts")


def answer(request: Request, row: Any, text: str, change: Any, *args: Any, **kwargs: Any) -> HttpResponse:
    """Make a change and go to the row's page, with what was done or why it was not."""
    try:
        change(*args, user=request.user, **kwargs)
    except NotAllowed as refusal:
        raise PermissionDenied(str(refusal)) from None
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, text)
    return redirect(row)


def _get_contact(request: Request, pk: int) -> Any:
    return get_object_or_404(find_contacts(request.user), pk=pk)


def _give_cards(request: Request, contacts: Any, name: str) -> HttpResponse:
    cards = write_cards(contacts, request.user, request.build_absolute_uri("/").rstrip("/"))
    response = HttpResponse(cards, content_type="text/vcard; charset=utf-8")
    response["Content-Disposition"] = content_disposition_header(True, f"{name.replace('/', '-')}.vcf") or "attachment"
    response["Cache-Control"] = "private, no-store"
    return response


def _require(request: Request, permission: str, what: str) -> None:
    if not request.user.has_perm(permission):
        raise PermissionDenied(f"You may not {what}.")
